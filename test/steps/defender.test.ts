import area from '../../steps/defender.ts';
import { areaTester } from '../helpers/area-tester.ts';
import { listOf } from '../helpers/bodies.ts';

const plan = (pricingTier: string) => ({ others: { defenderPlan: { properties: { pricingTier } } } });
const found = (...codes: string[]) => ({
  others: { defenderAssessments: listOf(...codes.map((code) => ({ properties: { displayName: 'HTTPS only', status: { code } } }))) },
});

areaTester.run(area, {
  pass: [
    ['plan', plan('Standard'), 'Standard'],
    ['assessments', found('Healthy'), 'none of 1 open'],
    ['assessments', found('Healthy', 'NotApplicable'), 'none of 2 open, 1 not assessed'],
  ],
  fail: [
    ['plan', plan('Free'), 'Free'],
    ['assessments', found('Unhealthy'), '1 open'],
  ],
  unknown: [
    ['assessments', found('NotApplicable', 'NotApplicable'), 'Defender assessed none of 2 recommendations'],
    ['assessments', found('Healthy', 'Pending'), 'Azure does not report the state of 1 of 2 assessments'],
  ],
  plan: [['plan', plan('Free'), ['defenderPlan: pricingTier = Standard']]],
});
