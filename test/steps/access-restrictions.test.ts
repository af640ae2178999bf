import area from '../../steps/access-restrictions.ts';
import { areaTester } from '../helpers/area-tester.ts';
import { FRONT_DOOR, SAMPLE_DOORS } from '../helpers/places.ts';

const office = { ipAddress: '203.0.113.0/24', action: 'Allow', priority: 100, name: 'office' };
const everybody = { ipAddress: '0.0.0.0/0', action: 'Allow', priority: 100, name: 'everybody' };
const fence = (
  ipSecurityRestrictions: (typeof office & { tag?: string; headers?: Record<string, string[]> })[],
  ipSecurityRestrictionsDefaultAction: string | null = 'Deny',
) => ({
  config: { ipSecurityRestrictions, ipSecurityRestrictionsDefaultAction },
});
const fromDoor = (id: string) => ({
  rules: [
    {
      name: 'fd',
      priority: 10,
      action: 'Allow' as const,
      serviceTag: 'AzureFrontDoor.Backend',
      headers: { 'x-azure-fdid': [id] },
    },
  ],
  defaultAction: 'Deny' as const,
});
const agents = { rules: [{ name: 'agents', priority: 10, action: 'Allow' as const, ip: '198.51.100.0/26' }] };

const STORED = { name: 'agents', priority: 10, action: 'Allow', tag: 'Default', ipAddress: '198.51.100.0/26' };
const NO_HEADER: object = { headers: { 'x-forwarded-host': [] } };

areaTester.run(area, {
  pass: [
    ['rules', fence([office])],
    ['default-action', fence([office])],
    ['default-action', fence([office], null), 'Deny (not set; rules exist)'],
    // A stored header without a value is none, so the rule is the answered one.
    ['rules', { ...fence([{ ...STORED, ...NO_HEADER }]), answers: agents }, '1 rule'],
  ],
  fail: [
    ['rules', fence([], 'Allow'), 'no rules'],
    ['rules', fence([everybody, office])],
    ['rules', fence([{ ...office, ipAddress: 'AzureCloud', tag: 'ServiceTag' }]), /contains the addresses of all Azure customers$/],
    // A header without values allows each Front Door.
    ...[[], [' ']].map(
      (ids) =>
        [
          'rules',
          fence([{ ...office, ipAddress: 'AzureFrontDoor.Backend', tag: 'ServiceTag', headers: { 'X-Azure-FDID': ids } }]),
          /allows every Azure Front Door/,
        ] as const,
    ),
    ['default-action', fence([office], 'Allow'), 'Allow'],
  ],
  plan: [
    [
      'rules',
      { ...fence([], 'Allow'), answers: agents },
      [
        'siteConfig: ipSecurityRestrictions = [{"ipAddress":"198.51.100.0/26","tag":"Default","action":"Allow","priority":10,"name":"agents"}]',
        // What it was; the other control changes it.
        'siteConfig: ipSecurityRestrictionsDefaultAction = Allow',
      ],
    ],
    [
      'default-action',
      { ...fence([office], 'Allow'), answers: { defaultAction: 'Deny' } },
      ['siteConfig: ipSecurityRestrictionsDefaultAction = Deny'],
    ],
  ],
  guards: [
    [
      'L9',
      'rules',
      'warn',
      { config: { ...fence([], 'Allow').config, scmIpSecurityRestrictionsUseMain: true }, answers: { ...agents, defaultAction: 'Deny' } },
    ],
  ],
  answers: fromDoor(FRONT_DOOR),
  sample: (app) => (SAMPLE_DOORS[app] ? fromDoor(SAMPLE_DOORS[app]) : { ...agents, defaultAction: 'Deny' as const }),
  recorded: {
    rules: {
      'fail, 1 rule; rule "Allow all" allows all callers':
        '01[3] 02[2] 03[2] 07[0-2] 11[0] 12[0-2,5-6] 13[1] 14[0] 15[0] 17[0-8] 26[0,3] 2-01[4-5,18-19] 2-03[4,16,20,24-25] 2-05[4] 2-06[5-6] 2-07[3,10,13,17] 2-09[3] 2-11[3,7] 2-13[2,11] 2-17[8-9,12] 2-20[2] 2-23[5] 2-25[1]',
      'not-applicable, Container Apps restricts addresses at its ingress': '06[6]',
      'fail, 2 rules; rule "afd" allows every Azure Front Door, because it does not require the id of your Front Door (header x-azure-fdid)':
        '14[1]',
      'pass, 2 rules': '11[1] 13[0] 15[1-2] 16[0-2]',
      'pass, rules that only deny, all other callers denied': '12[3-4,7]',
      'fail, 3 rules; rule "afd" allows every Azure Front Door, because it does not require the id of your Front Door (header x-azure-fdid); rule "europe" allows the service tag AzureCloud, which contains the addresses of all Azure customers':
        '14[2]',
      'fail, no rules': '2-15[2,8]',
    },
    'default-action': {
      'pass, Deny (not set; rules exist)':
        '01[3] 02[2] 03[2] 07[0-2] 11[0-1] 12[0-2] 13[0-1] 14[0-2] 15[0-2] 16[0-2] 17[0-8] 26[0,3] 2-01[4-5,18-19] 2-03[4,16,20,24-25] 2-05[4] 2-06[5-6] 2-07[3,10,13,17] 2-09[3] 2-11[3,7] 2-13[2,11] 2-17[8-9,12] 2-20[2] 2-23[5] 2-25[1]',
      'not-applicable, Container Apps restricts addresses at its ingress': '06[6]',
      'pass, Deny': '12[3-4,7]',
      'fail, Allow': '12[5-6]',
      'fail, Allow (not set; no rules)': '2-15[2,8]',
    },
  },
});
