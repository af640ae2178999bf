import area from '../../steps/ftp.ts';
import { areaTester } from '../helpers/area-tester.ts';

areaTester.run(area, {
  pass: [
    ['state', { config: { ftpsState: 'Disabled' } }, 'Disabled'],
    ['state', { config: { ftpsState: 'disabled' } }],
    ['state', { config: { ftpsState: 'FtpsOnly' }, answers: { state: 'FtpsOnly' } }],
  ],
  fail: [
    ['state', { config: { ftpsState: 'AllAllowed' } }, 'AllAllowed'],
    ['state', { config: { ftpsState: 'FtpsOnly' } }, 'FtpsOnly'],
    ['state', { config: {} }, 'not set'],
  ],
  plan: [
    ['state', { config: { ftpsState: 'AllAllowed' } }, ['siteConfig: ftpsState = Disabled']],
    ['state', { config: { ftpsState: 'AllAllowed' }, answers: { state: 'FtpsOnly' } }, ['siteConfig: ftpsState = FtpsOnly']],
  ],
  anyway: { state: 'inert: there is no FTP to open, and ARM refuses the member on Flex Consumption' },
  answers: { state: 'Disabled' },
  recorded: {
    state: {
      'fail, FtpsOnly': '01[3] 02[2] 07[0] 11[0-1] 12[0-7] 13[0-1] 14[0-2] 16[0-2] 17[0-8] 26[0,3]',
      'not-applicable, Flex Consumption has no FTP, and Azure Resource Manager refuses the property': '03[2]',
      'not-applicable, Container Apps has no FTP': '06[6]',
      'pass, Disabled': '07[1] 2-20[2]',
      'fail, AllAllowed':
        '07[2] 15[0-2] 2-01[4-5,18-19] 2-03[4,16,20,24-25] 2-05[4] 2-06[5-6] 2-07[3,10,13,17] 2-09[3] 2-11[3,7] 2-13[2,11] 2-17[8-9,12] 2-23[5] 2-25[1]',
      'fail, not set': '2-15[2,8]',
    },
  },
});
