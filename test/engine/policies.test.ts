/** Effects of policies that change values: on a plan, and on a new value that does not show. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { contoso } from '../../src/emulator/samples/contoso.ts';
import type { JsonObject } from '../../src/emulator/state.ts';
import { cloud, type Meddle } from '../helpers/in-process.ts';
import { ORDERS, SITES, temporaryFolder } from '../helpers/world.ts';

const SUBSCRIPTION = SITES.replace('/resourceGroups', '');
const DEFINITIONS = '/providers/Microsoft.Authorization/policyDefinitions';

async function under(effect: string, steps: string, revert?: () => JsonObject, rule: JsonObject = {}) {
  const state = contoso();
  const name = `${effect} policy`;
  const policyDefinitionId = `${DEFINITIONS}/own`;
  state.policyAssignments.push({ scope: SUBSCRIPTION, name: 'own', displayName: name, policyDefinitionId });
  const meddle: Meddle = ({ method, url }, handle) => {
    if (url.startsWith(policyDefinitionId))
      return {
        status: 200,
        headers: {},
        text: `{"properties":{"policyRule":{"if":${JSON.stringify(rule)},"then":{"effect":"${effect}"}}}}`,
      };
    const answer = handle();
    if (method === 'PATCH' && /config\/web/.test(url)) Object.assign(state.sites[ORDERS.toLowerCase()]!.config, revert?.());
    return answer;
  };
  const folder = await temporaryFolder();
  const here = cloud(state, folder, meddle);
  const answers = join(folder, 'answers.yaml');
  await writeFile(answers, `version: 1\napps: { fn-orders: { steps: { ${steps} } } }\n`);
  const says = async (...args: string[]) => {
    const { stdout, stderr } = await here.command(...args, answers);
    return (stdout + stderr).replaceAll(/\s+/g, ' ');
  };
  return { plan: () => says('plan'), replay: () => says('replay', '--yes', '--no-input') };
}

const TLS = 'https: { controls: { min-tls: { decision: apply } }, answers: { minTls: "1.2" } }';
const LOGS = 'monitoring: { controls: { diagnostics: { decision: apply } }, answers: { workspace: log-contoso } }';

test.each([
  ['Modify', TLS, 'Policies change the values of some requests here: "Modify policy". They may replace a new value.'],
  ['append', TLS, 'Policies change the values of some requests here: "append policy". They may replace a new value.'],
  ['deployIfNotExists', TLS, 'here: "deployIfNotExists policy". They may replace a new value after it is verified.'],
  ['denyAction', LOGS, 'The policy "denyAction policy" denies some deletions here. If it denies this deletion, undo cannot delete'],
])('a plan under a policy with the effect %s', async (effect, steps, note) => {
  expect(await (await under(effect, steps)).plan()).toContain(note);
});

test.each([
  ['denyAction', TLS, {}],
  ['auditIfNotExists', TLS, {}],
  ['modify', TLS, { field: 'type', equals: 'Microsoft.Compute/virtualMachines' }],
])('a plan does not mention a policy with the effect %s that does not apply to it', async (effect, steps, rule) => {
  expect(await (await under(effect, steps, undefined, rule)).plan()).not.toContain(`${effect} policy`);
});

test('the policy of the sample applies to its apps, and not to their storage accounts', async () => {
  const { command } = cloud(contoso(), await temporaryFolder());
  const { stdout } = await command('plan', '--safe', '--app', 'fn-reports', '--json');
  const { changes } = JSON.parse(stdout) as { changes: { resource: string; guards: { says: string }[] }[] };
  const noted = Map.groupBy(changes, ({ guards }) => guards.some(({ says }) => says.includes('latest TLS version')));
  const typesOf = (is: boolean) => [...new Set(noted.get(is)?.map(({ resource }) => resource.split('/')[6]))];
  expect([typesOf(true), typesOf(false)]).toEqual([['Microsoft.Web'], ['Microsoft.Storage']]);
});

test('a value that another process changes back at once', async () => {
  const { replay } = await under('Modify', TLS, () => ({ minTlsVersion: '1.0' }), { field: 'type', equals: 'Microsoft.Web/sites' });
  const says = await replay();
  expect(says).toContain('APPLIED, NOT VERIFIED: 1 applied, 0 verified');
  expect(says).toContain(
    'Azure does not show the new value yet Policies change the values of some requests here: "Modify policy". They may replace a new value. Preview again in a few minutes. If the old value still shows, Azure ignored the new value, or something changed it back.',
  );
});
