/** Who owns the value: each source of evidence is told, and where there is none nothing is. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { contoso } from '../../src/emulator/contoso.ts';
import type { JsonObject, State } from '../../src/emulator/state.ts';
import { cloud } from '../helpers/in-process.ts';
import { ORDERS, SITES, temporaryFolder } from '../helpers/world.ts';

const CORRELATION = 'c0ffee00-0000-4000-8000-000000000001';
const put = (state: State, id: string, body: JsonObject): void => void (state.resources[id.toLowerCase()] = { id, ...body });

const deployment = (state: State): void =>
  put(state, `${SITES}/rg-shop/providers/Microsoft.Resources/deployments/main`, {
    properties: {
      provisioningState: 'Succeeded',
      timestamp: '2026-11-12T08:00:00Z',
      correlationId: CORRELATION,
      outputResources: [{ id: ORDERS }],
    },
  });
const change = (state: State, clientType: string, changedByType: string): void =>
  put(state, `${ORDERS}/providers/Microsoft.Resources/changes/0a`, {
    properties: {
      targetResourceId: ORDERS,
      changeType: 'Update',
      changeAttributes: { timestamp: '2026-11-12T08:01:00Z', correlationId: CORRELATION, changedBy: 'somebody', changedByType, clientType },
      changes: {
        'properties.httpsOnly': { previousValue: 'True', newValue: 'False', propertyChangeType: 'Update', changeCategory: 'User' },
      },
    },
  });

const SOURCES: Readonly<Record<string, readonly [(state: State) => void, RegExp]>> = {
  'a deployment stack': [
    (state) =>
      put(state, `${ORDERS}/providers/Microsoft.Authorization/denyAssignments/44bd`, {
        properties: {
          denyAssignmentName: `Deny assignment '44bd' created by Deployment Stack '${SITES}/rg-shop/providers/Microsoft.Resources/deploymentStacks/shop'.`,
          permissions: [{ actions: ['*/delete'] }],
        },
      }),
    /deployment stack "shop" manages this app/,
  ],
  'a deployment of the group': [deployment, /The deployment "main" of 12 Nov 2026 declares fn-orders/],
  'a tag': [
    (state) => void (state.sites[ORDERS.toLowerCase()]!.tags = { 'azd-service-name': 'orders' }),
    /The tag azd-service-name = orders/,
  ],
  'a change of the last 14 days': [
    (state) => change(state, 'ARM Template', 'Application'),
    /httpsOnly was last set with ARM Template on 12 Nov 2026 by a service principal\. The next deployment sets it again/,
  ],
};

async function planned(seed: (state: State) => void) {
  const state = contoso();
  seed(state);
  const folder = await temporaryFolder();
  const here = cloud(state, folder);
  const answers = join(folder, 'answers.yaml');
  await writeFile(answers, 'version: 1\napps:\n  fn-orders:\n    steps:\n      https: { controls: { https-only: { decision: apply } } }\n');
  const plan = JSON.parse((await here.command('plan', answers, '--json')).stdout) as {
    changes: { guards: { id: string; says: string }[] }[];
  };
  const says = plan.changes.flatMap(({ guards }) => guards.filter(({ id }) => id.startsWith('code')).map(({ says: text }) => text));
  return { here, answers, says };
}

test.each(Object.entries(SOURCES))('%s is told, and headless runs want --despite-code', async (_, [seed, wanted]) => {
  const { here, answers, says } = await planned(seed);
  expect(says).toEqual([expect.stringMatching(wanted)]);
  const refused = await here.command('replay', answers, '--yes');
  expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining('--despite-code') });
  expect(here.writes).toEqual([]);
  expect((await here.command('replay', answers, '--yes', '--despite-code')).code).toBe(0);
});

test('a change that a deployment made is told with its name', async () => {
  const { says } = await planned((state) => {
    deployment(state);
    change(state, 'ARM Template', 'Application');
  });
  expect(says).toEqual([
    'httpsOnly was last set by the deployment "main" on 12 Nov 2026 by a service principal. The next deployment sets it again.',
  ]);
});

test.each<[string, (state: State) => void]>([
  ['nothing at all', () => undefined],
  ['what a person changed in the portal', (state) => change(state, 'Azure Portal', 'User')],
  [
    'a deployment of something else',
    (state) =>
      put(state, `${SITES}/rg-shop/providers/Microsoft.Resources/deployments/other`, {
        properties: { provisioningState: 'Succeeded', outputResources: [{ id: `${ORDERS}-2` }] },
      }),
  ],
  [
    'a deny assignment of no stack',
    (state) =>
      put(state, `${ORDERS}/providers/Microsoft.Authorization/denyAssignments/1`, {
        properties: { denyAssignmentName: 'Managed application' },
      }),
  ],
  [
    'a tag that the portal leaves',
    (state) => void (state.sites[ORDERS.toLowerCase()]!.tags = { 'hidden-link: /app-insights-resource-id': 'x' }),
  ],
])('%s: nothing is told, and nothing more is asked for', async (_, seed) => {
  const { here, answers, says } = await planned(seed);
  expect(says).toEqual([]);
  expect((await here.command('replay', answers, '--yes')).code).toBe(0);
});
