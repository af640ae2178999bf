import area from '../../steps/cors.ts';
import { areaTester } from '../helpers/area-tester.ts';

const origins = (...allowedOrigins: string[]) => ({ config: { cors: { allowedOrigins } } });

areaTester.run(area, {
  pass: [
    ['origins', origins(), 'none'],
    ['origins', origins('https://www.contoso.com', 'https://www.contoso.com')],
    ['origins', origins('capacitor://localhost')],
    // Neither admits anybody.
    ['origins', origins('https://www.contoso.com/shop', 'https://www.contoso.com/')],
    ['origins', { ...origins('https://WWW.contoso.com'), answers: { allowedOrigins: ['https://www.contoso.com'] } }],
    ['credentials', { config: {} }, 'off'],
    ['credentials', { config: { cors: { supportCredentials: true } }, answers: { supportCredentials: true } }],
  ],
  fail: [
    ['origins', origins('*'), '*'],
    ['origins', origins('http://shop.contoso.com')],
    ['origins', origins('https://*.contoso.com')],
    ['origins', origins('null')],
    ['origins', origins('https://www.contoso.com/', '*')],
    ['origins', { ...origins('https://a.contoso.com'), answers: { allowedOrigins: [] } }],
    ['credentials', { config: { cors: { supportCredentials: true } } }, 'on'],
  ],
  plan: [
    [
      'origins',
      { ...origins('*'), answers: { allowedOrigins: ['https://www.contoso.com'] } },
      ['siteConfig: cors.allowedOrigins = ["https://www.contoso.com"]'],
    ],
    ['credentials', { config: { cors: { supportCredentials: true } } }, ['siteConfig: cors.supportCredentials = false']],
  ],
  guards: [
    ['L13', 'origins', 'clear', { ...origins('*'), answers: { allowedOrigins: ['https://portal.azure.com'] } }],
    ['L13', 'origins', 'warn', { ...origins('https://portal.azure.com'), answers: { allowedOrigins: [] } }],
  ],
  anyway: { credentials: 'fails: it is off unless somebody switched it on' },
  answers: { allowedOrigins: ['https://www.contoso.com'], supportCredentials: false },
  recorded: {
    origins: {
      'pass, none':
        '01[3] 02[2] 03[2] 07[0-2] 11[0-1] 12[0-7] 13[0-1] 14[0-2] 15[0-2] 16[0-2] 17[0,3-6,8] 26[0,3] 2-03[16] 2-15[2,8] 2-17[8-9,12] 2-20[2] 2-25[1]',
      'not-applicable, Container Apps sets CORS at its ingress': '06[6]',
      'pass, https://msdn.com, https://msn.com': '17[1-2]',
      'pass, https://msdn.com': '17[7]',
      'pass, https://functions.azure.com, https://functions-staging.azure.com, https://functions-next.azure.com':
        '2-01[4-5,18-19] 2-03[4,20,24-25] 2-05[4] 2-06[5-6] 2-07[3,10,13,17] 2-09[3] 2-11[3,7] 2-13[2,11] 2-23[5]',
    },
    credentials: {
      'pass, off':
        '01[3] 02[2] 03[2] 07[0-2] 11[0-1] 12[0-7] 13[0-1] 14[0-2] 15[0-2] 16[0-2] 17[0-2,5-8] 26[0,3] 2-01[4-5,18-19] 2-03[4,16,20,24-25] 2-05[4] 2-06[5-6] 2-07[3,10,13,17] 2-09[3] 2-11[3,7] 2-13[2,11] 2-15[2,8] 2-17[8-9,12] 2-20[2] 2-23[5] 2-25[1]',
      'not-applicable, Container Apps sets CORS at its ingress': '06[6]',
      'fail, on': '17[3-4]',
    },
  },
});
