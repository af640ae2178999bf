import { LACKS } from '../src/azure/index.ts';
import { defineStep, warn } from '../src/contract/index.ts';

/** The monthly free grant (400,000 GB-s) divided into days. */
const FREE_GRANT_A_DAY = 13_000;

/** The maximum of Flex Consumption if none is set, and the highest one: azure-functions/event-driven-scaling#limit-scale-out */
const DEFAULT_INSTANCES = 100;
const MOST_INSTANCES = 1000;

export default defineStep({
  id: 'usage-quota',
  title: 'Set usage quotas',
  group: 'operation',
  why: 'A flood of requests scales a Consumption app, and its cost, up to the limit of the plan. A daily quota limits the cost.',
  docs: ['https://learn.microsoft.com/azure/azure-functions/security-concepts#set-usage-quotas'],
  questions: {
    gbSeconds: {
      kind: 'number',
      label: 'Daily quota in GB-seconds',
      help: 'One GB-second is 1 GB of memory used for one second. The free grant is 400,000 per month, about 13,000 per day.',
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
      because: 'Without a quota, anyone who can call the app can cause unlimited cost.',
      severity: 'low',
      risk: 'disruptive',
      strict: true,
      effect: 'When the quota is used up, the app stops until 00:00 UTC.',
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
              `After ${answers.gbSeconds ?? 'that many'} GB-seconds the app stops until midnight UTC. An attacker can use this to stop the app.`,
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
      because: 'Flex Consumption has no daily quota. The maximum instance count limits the cost instead.',
      severity: 'low',
      strict: true,
      reads: ['site'],
      notOn: LACKS.instanceLimit,
      judge: ({ facts }) => {
        const scale = facts.site.properties.functionAppConfig?.scaleAndConcurrency;
        const wanted = 'a maximum that fits your budget';
        if (!scale) return { state: 'unknown', found: 'Azure does not report the scale settings', wanted };
        const count = scale.maximumInstanceCount ?? DEFAULT_INSTANCES;
        if (count >= MOST_INSTANCES) return { state: 'fail', found: `${count} instances, as many as the plan allows`, wanted };
        return { state: 'pass', found: `${count} instances${scale.maximumInstanceCount ? '' : ' (default)'}`, wanted };
      },
      docs: 'https://learn.microsoft.com/azure/azure-functions/flex-consumption-plan#scale-and-concurrency',
    },
  ],
});
