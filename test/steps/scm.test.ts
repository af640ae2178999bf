import area from '../../steps/scm.ts';
import { areaTester } from '../helpers/area-tester.ts';

const office = { ipAddress: '203.0.113.0/24', action: 'Allow', priority: 100, name: 'office' };
const fence = (scmIpSecurityRestrictions: (typeof office)[], scmIpSecurityRestrictionsDefaultAction = 'Deny') => ({
  config: { scmIpSecurityRestrictions, scmIpSecurityRestrictionsDefaultAction },
});
const asMain = (ipSecurityRestrictions: (typeof office)[]) => ({
  config: { ipSecurityRestrictions, ipSecurityRestrictionsDefaultAction: 'Deny', scmIpSecurityRestrictionsUseMain: true },
});
const agents = {
  rules: [{ name: 'agents', priority: 10, action: 'Allow' as const, ip: '198.51.100.0/26' }],
  defaultAction: 'Deny' as const,
};

areaTester.run(area, {
  pass: [
    ['restrictions', fence([office])],
    ['restrictions', asMain([office]), /^same as the main site: /],
    // Azure may return a switch as a word.
    ['restrictions', { config: { ...asMain([office]).config, scmIpSecurityRestrictionsUseMain: 'true' } }, /^same as the main site: /],
    ['default-action', fence([office]), 'Deny'],
    ['default-action', asMain([office]), 'Deny, from the main site'],
  ],
  fail: [
    ['restrictions', fence([], 'Allow')],
    ['restrictions', { ...fence([office]), answers: { sameAsMain: true } }, 'rules of its own'],
    ['default-action', fence([office], 'Allow'), 'Allow'],
  ],
  plan: [
    [
      'restrictions',
      { ...fence([]), answers: agents },
      [
        'siteConfig: scmIpSecurityRestrictions = [{"ipAddress":"198.51.100.0/26","tag":"Default","action":"Allow","priority":10,"name":"agents"}]',
        'siteConfig: scmIpSecurityRestrictionsDefaultAction = Deny',
        'siteConfig: scmIpSecurityRestrictionsUseMain = false',
      ],
    ],
    ['restrictions', { ...fence([]), answers: { sameAsMain: true } }, ['siteConfig: scmIpSecurityRestrictionsUseMain = true']],
    ['default-action', { ...fence([office], 'Allow'), answers: agents }, ['siteConfig: scmIpSecurityRestrictionsDefaultAction = Deny']],
  ],
  answers: agents,
  recorded: {
    restrictions: {
      'fail, 1 rule; rule "Allow all" allows all callers':
        '01[3] 02[2] 03[2] 07[0-2] 11[0-1] 12[0] 13[0-1] 14[0-2] 15[0-2] 16[0-2] 17[0-8] 26[0,3] 2-01[4-5,18-19] 2-03[4,16,20,24-25] 2-05[4] 2-06[5-6] 2-07[3,10,13,17] 2-09[3] 2-11[3,7] 2-13[2,11] 2-17[8-9,12] 2-20[2] 2-23[5] 2-25[1]',
      'not-applicable, Container Apps has no SCM site': '06[6]',
      'fail, same as the main site: 1 rule; rule "Allow all" allows all callers': '12[1-2,5-6]',
      'pass, same as the main site: rules that only deny, all other callers denied': '12[3-4,7]',
      'fail, no rules': '2-15[2,8]',
    },
    'default-action': {
      'pass, Deny (not set; rules exist)':
        '01[3] 02[2] 03[2] 07[0-2] 11[0-1] 12[0] 13[0-1] 14[0-2] 15[0-2] 16[0-2] 17[0-8] 26[0,3] 2-01[4-5,18-19] 2-03[4,16,20,24-25] 2-05[4] 2-06[5-6] 2-07[3,10,13,17] 2-09[3] 2-11[3,7] 2-13[2,11] 2-17[8-9,12] 2-20[2] 2-23[5] 2-25[1]',
      'not-applicable, Container Apps has no SCM site': '06[6]',
      'pass, Deny (not set; rules exist), from the main site': '12[1-2]',
      'pass, Deny, from the main site': '12[3-4,7]',
      'fail, Allow, from the main site': '12[5-6]',
      'fail, Allow (not set; no rules)': '2-15[2,8]',
    },
  },
});
