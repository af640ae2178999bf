import area from '../../steps/usage-quota.ts';
import { areaTester } from '../helpers/area-tester.ts';

const most = (maximumInstanceCount: number | null) => ({
  plan: 'FC1' as const,
  site: { functionAppConfig: { scaleAndConcurrency: { maximumInstanceCount } } },
});

areaTester.run(area, {
  pass: [
    ['daily', { plan: 'Y1', site: { dailyMemoryTimeQuota: 9000 } }, '9000'],
    ['daily', { plan: 'Y1', site: { dailyMemoryTimeQuota: 5000 }, answers: { gbSeconds: 5000 } }],
    ['max-instances', most(40), '40 instances'],
    ['max-instances', most(null), '100 instances (default)'],
  ],
  fail: [
    ['daily', { plan: 'Y1', site: { dailyMemoryTimeQuota: 0 } }, '0'],
    ['daily', { plan: 'Y1', site: { dailyMemoryTimeQuota: 9000 }, answers: { gbSeconds: 5000 } }],
    ['max-instances', most(1000), /as many as the plan allows/],
  ],
  plan: [['daily', { plan: 'Y1', answers: { gbSeconds: 5000 } }, ['site: dailyMemoryTimeQuota = 5000']]],
  anyway: { daily: 'inert: a quota stops nothing outside Consumption, whatever its number' },
  answers: { gbSeconds: 5000 },
  sample: () => ({ gbSeconds: 13000 }),
  recorded: {
    daily: {
      'fail, 0': '01[0-2,4] 02[0-1] 2-01[1-3,16,22-23] 2-05[1-3] 2-06[1-4] 2-07[1] 2-13[1,10]',
      'not-applicable, a daily quota exists on Consumption only; on Flex Consumption, the maximum instance count limits the cost':
        '03[0-1] 2-19[0,2]',
      'not-applicable, a daily quota exists on Consumption only; the plan limits the cost of Elastic Premium':
        '04[1-3,6-7] 25[0-1] 2-09[1] 2-20[0,3]',
      'not-applicable, a daily quota exists on Consumption only; a Dedicated plan has a fixed price':
        '05[0-1] 10[0] 18[0-8] 26[1-2] 27[0,2] 35[0,3] 2-03[1-3,13-15,19,23,29-30] 2-07[12] 2-11[1,6,13] 2-15[0-1,6-7] 2-17[5-7,11] 2-22[2] 2-23[4]',
      'not-applicable, a daily quota exists on Consumption only': '06[2,5]',
    },
    'max-instances': {
      'not-applicable, this count is a setting of Flex Consumption; Consumption has a daily quota':
        '01[0-2,4] 02[0-1] 2-01[1-3,16,22-23] 2-05[1-3] 2-06[1-4] 2-07[1] 2-13[1,10]',
      'pass, 100 instances': '03[0-1] 2-19[0,2]',
      'not-applicable, this count is a setting of Flex Consumption; the plan limits the cost':
        '04[1-3,6-7] 05[0-1] 10[0] 18[0-8] 25[0-1] 26[1-2] 27[0,2] 35[0,3] 2-03[1-3,13-15,19,23,29-30] 2-07[12] 2-09[1] 2-11[1,6,13] 2-15[0-1,6-7] 2-17[5-7,11] 2-20[0,3] 2-22[2] 2-23[4]',
      'not-applicable, the environment of Container Apps limits the instances': '06[2,5]',
    },
  },
});
