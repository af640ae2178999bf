import area from '../../steps/function-privilege.ts';
import { areaTester } from '../helpers/area-tester.ts';
import { functions } from '../helpers/bodies.ts';

const uses = (connection: string) => ({ type: 'serviceBus', direction: 'out', connection });
const timer = { type: 'timerTrigger' };

areaTester.run(area, {
  pass: [
    // A name between percent signs, in another case and with the prefix of the host is the same connection.
    [
      'shared-credentials',
      {
        settings: { Name: 'Orders' },
        others: functions(['A', timer, uses('%Name%')], ['B', timer, uses('AzureWebJobsorders')], ['C', timer], ['D', timer]),
      },
    ],
    ['shared-credentials', { others: functions(['A', timer, uses('storage')], ['B', timer], ['C', timer]) }],
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
  unknown: [['shared-credentials', { others: { ...functions(['A', timer, uses('%Name%')], ['B', timer]), appSettings: undefined } }]],
  plan: [],
  notNeeded: { 'shared-credentials': ['appSettings'] },
});
