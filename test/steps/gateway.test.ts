import area from '../../steps/gateway.ts';
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
const fence = (...ipSecurityRestrictions: (typeof fromDoor | typeof office)[]) => ({
  config: { ipSecurityRestrictions, ipSecurityRestrictionsDefaultAction: 'Deny' },
  others: door('Prevention'),
});

areaTester.run(area, {
  pass: [
    ['firewall', { others: door('Prevention') }],
    ['only-way', fence(fromDoor), 'the gateway only'],
  ],
  fail: [
    ['firewall', { others: door('Detection') }, 'fd: its WAF is in Detection mode'],
    ['only-way', fence(fromDoor, office), 'rule "office" allows other callers'],
    ['only-way', { ...fence(fromDoor), config: { ipSecurityRestrictions: [fromDoor], ipSecurityRestrictionsDefaultAction: 'Allow' } }],
  ],
  unknown: [
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
