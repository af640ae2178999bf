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
      'not-applicable, only Linux apps lose the Consumption plan': '01[0-2,4]',
      'fail, Linux Consumption ends on 2028-09-30 and gets no new language versions': '02[0-1]',
      'not-applicable, this plan has no end that was announced':
        '03[0-1] 04[1-3,6-7] 05[0-1] 06[2,5] 10[0] 18[0-8] 25[0-1] 26[1-2] 27[0,2] 35[0,3]',
    },
    language: {
      'fail, powershell 7.4, without fixes since 2026-11-10': '03[0-2]',
      'not-applicable, the image brings its own language': '06[2,5-6]',
      'fail, python 3.9, without fixes since 2025-10-31': '02[2]',
    },
  },
});
