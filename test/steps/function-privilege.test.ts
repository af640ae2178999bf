import area from '../../steps/function-privilege.ts';
import { areaTester } from '../helpers/area-tester.ts';
import { functions } from '../helpers/bodies.ts';

const uses = (connection: string) => ({ type: 'serviceBus', direction: 'out', connection });
const timer = { type: 'timerTrigger' };

areaTester.run(area, {
  pass: [
    ['shared-credentials', { others: functions(['A', timer, uses('Orders')], ['B', timer, uses('Orders')]) }],
    ['shared-credentials', { others: functions(['A', timer, uses('AzureWebJobsStorage')], ['B', timer], ['C', timer]) }],
  ],
  fail: [
    [
      'shared-credentials',
      { others: functions(['A', timer, uses('Orders')], ['B', timer], ['C', timer]) },
      '1 of 1 connection used by fewer than half of the functions',
    ],
  ],
  plan: [],
});
