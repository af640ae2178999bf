import area from '../../steps/runtime.ts';
import { areaTester } from '../helpers/area-tester.ts';

const host = (FUNCTIONS_EXTENSION_VERSION: string) => ({ settings: { FUNCTIONS_EXTENSION_VERSION } });
const python = (version: string) => ({ plan: 'FC1' as const, site: { functionAppConfig: { runtime: { name: 'python', version } } } });

/** Days and words of versions have a test of their own: support-dates.test.ts. */
areaTester.run(area, {
  pass: [
    ['functions-version', host('~4'), '~4'],
    ['language', python('3.13'), /^python 3\.13, supported until /],
  ],
  fail: [
    ['functions-version', host('~3'), /^~3, without support since /],
    ['functions-version', host('4.1037.0'), /pinned/],
    ['language', python('3.8')],
    ['plan', { plan: 'Y1-linux' }, /^Linux Consumption ends on /],
  ],
  plan: [],
  without: { 'plan: pass': 'a plan that ends is left for another one, where the control does not apply' },
  recorded: {
    plan: {
      'not-applicable, the Consumption plan is retiring only for Linux apps': '01[0-2,4] 2-01[1-3,16,22-23] 2-05[1-3] 2-06[1-4] 2-13[1,10]',
      'fail, Linux Consumption ends on 2028-09-30 and gets no new language versions': '02[0-1] 2-07[1]',
      'not-applicable, no retirement is announced for this plan':
        '03[0-1] 04[1-3,6-7] 05[0-1] 06[2,5] 10[0] 18[0-8] 25[0-1] 26[1-2] 27[0,2] 35[0,3] 2-03[1-3,13-15,19,23,29-30] 2-07[12] 2-09[1] 2-11[1,6,13] 2-15[0-1,6-7] 2-17[5-7,11] 2-19[0,2] 2-20[0,3] 2-22[2] 2-23[4]',
    },
    language: {
      'fail, powershell 7.4, without security updates since 2026-11-10': '03[0-2]',
      'not-applicable, the container image contains the language runtime': '06[2,5-6] 2-20[2]',
      'fail, python 3.9, without security updates since 2025-10-31': '02[2]',
      'pass, java 8, supported until 2027-09-30 (date of the Azure Functions documentation; older pages of Microsoft: 2026-11-30)':
        '2-07[3,10,13,17] 2-09[3] 2-11[3,7]',
      'pass, python 3.11, supported until 2027-10-31': '2-19[0,2]',
      'fail, python 3.8, without security updates since 2024-10-07': '2-23[5]',
    },
  },
});
