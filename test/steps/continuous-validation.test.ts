import area from '../../steps/continuous-validation.ts';
import { areaTester } from '../helpers/area-tester.ts';

/** Only attested. */
areaTester.run(area, {
  pass: [],
  fail: [],
  plan: [],
});
