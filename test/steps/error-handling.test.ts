import area from '../../steps/error-handling.ts';
import { areaTester } from '../helpers/area-tester.ts';

areaTester.run(area, {
  pass: [
    ['detailed-errors', { config: {} }, 'off'],
    ['developer-pages', { settings: { ASPNETCORE_ENVIRONMENT: 'Production' } }, 'no development environment'],
  ],
  fail: [
    ['detailed-errors', { config: { detailedErrorLoggingEnabled: true } }, 'on'],
    ['developer-pages', { settings: { ASPNETCORE_ENVIRONMENT: 'development' } }, 'ASPNETCORE_ENVIRONMENT is Development'],
  ],
  plan: [['detailed-errors', { config: { detailedErrorLoggingEnabled: true } }, ['siteConfig: detailedErrorLoggingEnabled = false']]],
  anyway: { 'detailed-errors': 'inert: only Windows apps store these pages, whatever the value' },
  mended: ['developer-pages'],
  recorded: {
    'detailed-errors': {
      'pass, off':
        '01[3] 07[0-2] 11[0-1] 12[0-7] 13[0-1] 14[0-2] 15[0-2] 16[0-2] 17[0-8] 26[0,3] 2-01[4-5,18-19] 2-03[4,16,20,24-25] 2-05[4] 2-06[5-6] 2-13[2,11] 2-15[2,8] 2-17[8-9,12] 2-25[1]',
      'not-applicable, Container Apps stores no error pages': '06[6]',
      'not-applicable, Linux apps store no error pages': '02[2] 03[2] 2-07[3,10,13,17] 2-09[3] 2-11[3,7] 2-20[2] 2-23[5]',
    },
  },
});
