/** Ownership of a value: each source of evidence is reported, and without evidence nothing is. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { contoso } from '../../src/emulator/samples/contoso.ts';
import { OPERATOR_ID, READER_ID } from '../../src/emulator/access/roles.ts';
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

test.each(Object.entries(SOURCES))(
  '%s is reported, and a command without a terminal requires --despite-code',
  async (_, [seed, wanted]) => {
    const { here, answers, says } = await planned(seed);
    expect(says).toEqual([expect.stringMatching(wanted)]);
    const refused = await here.command('replay', answers, '--yes');
    expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining('--despite-code') });
    expect(here.writes).toEqual([]);
    expect((await here.command('replay', answers, '--yes', '--despite-code')).code).toBe(0);
  },
);

test('custom tags count as evidence of code too, by option, variable and settings; the usual tags still count', async () => {
  const { here, answers, says } = await planned(
    (state) => void (state.sites[ORDERS.toLowerCase()]!.tags = { 'iac-repo': 'infra', 'Contoso-Stack': 'shop' }),
  );
  expect(says).toEqual([]);
  const notes = async (...args: readonly string[]) => (await here.command('plan', answers, '--json', ...args)).stdout;
  expect(await notes('--code-tag', 'contoso-*')).toContain('The tag Contoso-Stack = shop shows');
  expect(await notes('--code-tag', 'contoso-*', 'IAC-REPO')).toContain('The tag iac-repo = infra, Contoso-Stack = shop shows');
  expect(await notes('--code-tag', 'iac')).not.toContain('The tag');
  expect(await here.command('replay', answers, '--yes', '--code-tag', 'iac-repo')).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('--despite-code'),
  });
  expect(here.writes).toEqual([]);
});

test('a change that a deployment made is reported with the name of the deployment', async () => {
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
])('%s: no owner is reported, and no additional approval is required', async (_, seed) => {
  const { here, answers, says } = await planned(seed);
  expect(says).toEqual([]);
  expect((await here.command('replay', answers, '--yes')).code).toBe(0);
});

test('without permission to read changes, the missing changes are reported and are no evidence', async () => {
  const state = contoso();
  change(state, 'ARM Template', 'Application');
  const folder = await temporaryFolder();
  const answers = join(folder, 'answers.yaml');
  await writeFile(answers, 'version: 1\napps:\n  fn-orders:\n    steps:\n      https: { controls: { https-only: { decision: apply } } }\n');
  const grants = [{ scope: '/', actions: ['*'], notActions: ['Microsoft.Resources/changes/read'] }];
  const here = cloud(state, folder, (_, handle) => handle(), { name: 'one@contoso.example', id: OPERATOR_ID, grants });
  const { stdout } = await here.command('plan', answers, '--json');
  expect(stdout).toContain('you do not have the permission Microsoft.Resources/changes/read');
  expect(stdout).not.toContain('was last set');
});

/** The deny assignment of a deployment stack with denyWriteAndDelete: everything except reading is denied to all principals. */
const stackDenies = (state: State, more: JsonObject = {}): void =>
  put(state, `${ORDERS}/providers/Microsoft.Authorization/denyAssignments/44bd`, {
    properties: {
      denyAssignmentName: `Deny assignment '44bd' created by Deployment Stack '${SITES}/rg-shop/providers/Microsoft.Resources/deploymentStacks/shop'.`,
      permissions: [{ actions: ['*'], notActions: ['*/read'], dataActions: [], notDataActions: [] }],
      principals: [{ id: '00000000-0000-0000-0000-000000000000', type: 'SystemDefined' }],
      doNotApplyToChildScopes: true,
      ...more,
    },
  });

test('a write under a deny assignment is refused and reported as such', async () => {
  const { here, answers, says } = await planned((state) => stackDenies(state));
  expect(says).toEqual([expect.stringContaining('denies changes to it')]);
  const refused = await here.command('replay', answers, '--yes', '--despite-code');
  expect(refused.code).toBe(4);
  expect(`${refused.stdout}${refused.stderr}`).toMatch(
    /denied because of the deny assignment[\s\S]*code of the deployment stack[\s\S]*DenyAssignmentAuthorizationFailed/,
  );
  expect(`${refused.stdout}${refused.stderr}`).not.toContain('Request a role');
});

test('a deny assignment does not apply to excluded principals, other actions, and children if it says so', async () => {
  const me = { id: OPERATOR_ID, type: 'User' };
  for (const more of [
    { excludePrincipals: [me] },
    { principals: [{ id: READER_ID, type: 'User' }] },
    { permissions: [{ actions: ['*/delete'] }] },
    { permissions: [{ actions: ['*'], notActions: ['*/read', 'Microsoft.Web/sites/write'] }] },
  ]) {
    const { here, answers } = await planned((state) => stackDenies(state, more));
    expect((await here.command('replay', answers, '--yes', '--despite-code')).code, JSON.stringify(more)).toBe(0);
  }
  const http2 = async (more: JsonObject) => {
    const { here, answers } = await planned((state) => stackDenies(state, more));
    await writeFile(answers, 'version: 1\napps:\n  fn-orders:\n    steps:\n      https: { controls: { http2: { decision: apply } } }\n');
    return (await here.command('replay', answers, '--yes', '--despite-code')).code;
  };
  expect(await http2({})).toBe(0);
  expect(await http2({ doNotApplyToChildScopes: false })).toBe(4);
});

test('if everything except reading is denied, settings cannot be listed, and the controls that need them are unknown', async () => {
  const state = contoso();
  stackDenies(state, { doNotApplyToChildScopes: false });
  const here = cloud(state, await temporaryFolder());
  const { stdout } = await here.command('audit', '--app', 'fn-orders', '--step', 'app-settings', '--json');
  const [app] = (JSON.parse(stdout) as { apps: { steps: { controls: { id: string; state: string; reason: string }[] }[] }[] }).apps;
  const states = new Map(app!.steps.flatMap(({ controls }) => controls).map(({ id, state: own, reason }) => [id, { state: own, reason }]));
  expect(states.get('app-settings.clear-secrets')).toMatchObject({ state: 'unknown', reason: expect.stringContaining('deny assignment') });
});
