import area from '../../steps/defender.ts';
import { areaTester } from '../helpers/area-tester.ts';
import { listOf } from '../helpers/bodies.ts';

const plan = (pricingTier: string) => ({ others: { defenderPlan: { properties: { pricingTier } } } });
const found = (code: string) => ({
  others: { defenderAssessments: listOf({ properties: { displayName: 'HTTPS only', status: { code } } }) },
});

areaTester.run(area, {
  pass: [
    ['plan', plan('Standard'), 'Standard'],
    ['assessments', found('Healthy'), 'none of 1 open'],
  ],
  fail: [
    ['plan', plan('Free'), 'Free'],
    ['assessments', found('Unhealthy'), '1 open'],
  ],
  plan: [['plan', plan('Free'), ['defenderPlan: pricingTier = Standard']]],
});
