import { LACKS } from '../src/azure/index.ts';
import { defineStep, warn } from '../src/contract/index.ts';

/** What the free grant of a month (400,000 GB-s) leaves for a day. */
const FREE_GRANT_A_DAY = 13_000;

export default defineStep({
  id: 'usage-quota',
  title: 'Set usage quotas',
  group: 'operation',
  why: 'A flood of requests scales a Consumption app as far as it can, and the bill with it. A daily quota puts an end to that.',
  docs: ['https://learn.microsoft.com/azure/azure-functions/security-concepts#set-usage-quotas'],
  questions: {
    gbSeconds: {
      kind: 'number',
      label: 'GB-seconds a day',
      help: 'One GB-second is 1 GB of memory used for a second. The free grant is 400,000 a month, about 13,000 a day.',
      min: 1,
      max: 2_147_483_647,
      unit: 'GB-seconds',
      example: FREE_GRANT_A_DAY,
    },
  },
  prefill: { gbSeconds: ({ facts }) => facts.site.properties.dailyMemoryTimeQuota || FREE_GRANT_A_DAY },
  controls: [
    {
      kind: 'setting',
      id: 'daily',
      label: 'Daily usage quota (GB-s)',
      because: "Without one, whoever can call the app can spend its owner's money.",
      severity: 'low',
      risk: 'disruptive',
      strict: true,
      effect: 'Once the quota is used up the app is stopped until 00:00 UTC.',
      at: ['site', 'properties.dailyMemoryTimeQuota'],
      terraform: 'daily_memory_time_quota',
      absent: 0,
      expect: ({ answers }) => (answers.gbSeconds === undefined ? { positive: true } : { equals: answers.gbSeconds }),
      set: ({ answers }) => answers.gbSeconds ?? FREE_GRANT_A_DAY,
      needs: ['gbSeconds'],
      notOn: LACKS.dailyQuota,
      inert: true,
      guards: [
        {
          id: 'L21',
          check: ({ app, answers }) => [
            warn(
              `After ${answers.gbSeconds ?? 'that many'} GB-seconds the app answers nobody until midnight UTC; an attacker can use that to stop it.`,
            ),
            ...(app.os === 'linux' ? [warn('Users report that Linux Consumption does not enforce the quota.')] : []),
          ],
        },
      ],
    },
    {
      kind: 'rule',
      id: 'max-instances',
      label: 'Maximum instance count',
      because: 'On Flex Consumption it is the nearest thing to a quota.',
      severity: 'low',
      strict: true,
      reads: ['site'],
      notOn: LACKS.instanceLimit,
      judge: ({ facts }) => {
        const count = facts.site.properties.functionAppConfig?.scaleAndConcurrency?.maximumInstanceCount;
        return {
          state: count ? 'pass' : 'fail',
          found: count ? `${count} instances` : 'not set',
          wanted: 'a number that the budget can bear',
        };
      },
      docs: 'https://learn.microsoft.com/azure/azure-functions/flex-consumption-plan#scale-and-concurrency',
    },
  ],
});
