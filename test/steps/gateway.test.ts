import area from '../../steps/gateway.ts';
import type { Json } from '../../src/azure/index.ts';
import { areaTester } from '../helpers/area-tester.ts';
import { listOf } from '../helpers/bodies.ts';
import { FRONT_DOOR, SAMPLE_DOORS } from '../helpers/places.ts';

const door = (mode: string) => ({
  gateways: listOf({ name: 'fd', properties: { kind: 'Front Door', frontDoorId: FRONT_DOOR, waf: { enabled: true, mode } } }),
});
const fromDoor = {
  name: 'front-door',
  priority: 100,
  action: 'Allow',
  tag: 'ServiceTag',
  ipAddress: 'AzureFrontDoor.Backend',
  headers: { 'x-azure-fdid': [FRONT_DOOR] },
};
const office = { name: 'office', priority: 200, action: 'Allow', ipAddress: '203.0.113.0/24' };
const only = (...ipSecurityRestrictions: (typeof fromDoor | typeof office)[]) => ({
  config: { ipSecurityRestrictions, ipSecurityRestrictionsDefaultAction: 'Deny' },
});
const fence = (...rows: (typeof fromDoor | typeof office)[]) => ({ ...only(...rows), others: door('Prevention') });
const ELSEWHERE = '0a000000-0000-4000-8000-0000000000fd';
const fromAnother = { ...fromDoor, name: 'hub', headers: { 'x-azure-fdid': [ELSEWHERE] } };
/** An application gateway with this address; a public one is an id. */
const gate = (address: string, way: Record<string, Json> = { isSure: true }) => ({
  gateways: listOf({
    name: 'agw',
    properties: {
      kind: 'Application Gateway',
      addresses: [address],
      ways: [{ name: 'r', waf: { enabled: true, mode: 'Prevention' }, ...way }],
    },
  }),
});
const fromGate = { ...office, name: 'gateway', ipAddress: '20.1.2.3/32' };
const HIDDEN = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/publicIPAddresses/agw';
const NONE = { gateways: listOf() };

areaTester.run(area, {
  pass: [
    ['firewall', { others: door('Prevention') }],
    ['only-way', fence(fromDoor), 'the gateway only'],
    ['only-way', { ...only(fromGate), others: gate('20.1.2.3') }, 'the gateway only'],
    ['firewall', { others: gate('20.1.2.3') }],
  ],
  fail: [
    ['firewall', { others: door('Detection') }, 'fd: its WAF is in Detection mode'],
    ['only-way', fence(fromDoor, office), 'rule "office" allows other callers'],
    ['only-way', { ...only(office, fromAnother), others: NONE }, /^rule "office" allows other callers; rule "hub"/],
    ['only-way', { ...only(office), others: gate('20.1.2.3') }, 'rule "office" allows other callers'],
    // An answer wants only its own Front Door, so a rule for an address is not in doubt.
    ['only-way', { ...only(fromGate), others: gate(HIDDEN), answers: { frontDoorId: FRONT_DOOR } }, 'rule "gateway" allows other callers'],
    ['only-way', { ...fence(fromDoor), config: { ipSecurityRestrictions: [fromDoor], ipSecurityRestrictionsDefaultAction: 'Allow' } }],
  ],
  unknown: [
    // A rule that requires the id of a Front Door shows that there is one, in another subscription or of the classic kind.
    ['firewall', { ...only(fromAnother), others: NONE }, /^rule "hub" allows a Front Door that was not found in this subscription/],
    ['only-way', { ...only(fromAnother), others: NONE }, /^rule "hub" allows a Front Door that was not found/],
    ['only-way', fence(fromDoor, fromAnother), /^rule "hub" allows a Front Door that was not found/],
    [
      'only-way',
      { ...only(fromGate), others: gate(HIDDEN) },
      /^rule "gateway" allows 20\.1\.2\.3\/32, which may be the public address of agw/,
    ],
    [
      'only-way',
      { others: gate('20.1.2.3', { isSure: false, address: '10.0.2.4' }) },
      /^agw: it may lead to the app by the address 10\.0\.2\.4/,
    ],
    [
      'firewall',
      {
        others: {
          gateways: listOf({ name: 'fd', properties: { kind: 'Front Door', waf: { enabled: true, mode: 'Prevention' }, isMixed: true } }),
        },
      },
      /the one that covers the app was not read/,
    ],
  ],
  plan: [
    [
      'only-way',
      {
        others: door('Prevention'),
        answers: { frontDoorId: FRONT_DOOR },
        decisions: { 'access-restrictions': { decision: { decision: 'apply' }, answers: {}, controls: {} } },
      },
      [
        `siteConfig: ipSecurityRestrictions = [{"ipAddress":"AzureFrontDoor.Backend","tag":"ServiceTag","action":"Allow","priority":100,"name":"front-door","headers":{"x-azure-fdid":["${FRONT_DOOR}"]}}]`,
        'siteConfig: ipSecurityRestrictionsDefaultAction = Deny',
        'siteConfig: ipSecurityRestrictionsDefaultAction = Deny',
      ],
    ],
  ],
  answers: { frontDoorId: FRONT_DOOR },
  sample: (app) => (SAMPLE_DOORS[app] ? { frontDoorId: SAMPLE_DOORS[app] } : undefined),
});
