/** Requests that Azure accepted and did not carry out are not verified: a failed provisioning, an action without a result. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { contoso } from '../../src/emulator/samples/contoso.ts';
import type { JsonObject } from '../../src/emulator/state.ts';
import { cloud, type Meddle } from '../helpers/in-process.ts';
import { temporaryFolder } from '../helpers/world.ts';

const SUBNET = `/subscriptions/${contoso().subscriptions[0]?.id}/resourceGroups/rg-network/providers/Microsoft.Network/virtualNetworks/vnet-contoso/subnets/endpoints`;
const AREAS = {
  site: ['https: { controls: { https-only: { decision: apply } } }', /\/sites\/fn-orders\?/i],
  'storage account': ['storage: { controls: { min-tls: { decision: apply } } }', /\/storageAccounts\//i],
  'private endpoint': [
    `private-access: { controls: { endpoint: { decision: apply } }, answers: { subnet: "${SUBNET}" } }`,
    /\/privateEndpoints/i,
  ],
} as const;

/** Azure reports this provisioning state in each read of a resource after the first write of it. */
function reports(place: RegExp, provisioningState: string): Meddle {
  let isWritten = false;
  return ({ method, url }, handle) => {
    const answer = handle();
    if (!place.test(url)) return answer;
    if (method !== 'GET') isWritten = true;
    if (method !== 'GET' || !isWritten || answer.status !== 200) return answer;
    const body = JSON.parse(answer.text) as JsonObject;
    const reported = (one: JsonObject): JsonObject => ({ ...one, properties: { ...(one['properties'] as JsonObject), provisioningState } });
    const changed = Array.isArray(body['value']) ? { ...body, value: (body['value'] as JsonObject[]).map(reported) } : reported(body);
    return { ...answer, text: JSON.stringify(changed) };
  };
}

test.each([
  ['site', 'Failed'],
  ['storage account', 'Failed'],
  ['storage account', 'ResolvingDNS'],
  ['private endpoint', 'Failed'],
  ['private endpoint', 'Updating'],
] as const)('%s: %s', async (what, state) => {
  const [steps, place] = AREAS[what];
  const folder = await temporaryFolder();
  const answers = join(folder, 'answers.yaml');
  const app = what === 'private endpoint' ? 'fn-reports' : 'fn-orders';
  await writeFile(answers, `version: 1\napps: { ${app}: { steps: { ${steps} } } }\n`);
  const ran = await cloud(contoso(), folder, reports(place, state)).command('replay', answers, '--yes', '--confirm', app, '--no-input');
  expect(ran.stdout + ran.stderr).toContain('APPLIED, NOT VERIFIED: 1 applied, 0 verified');
  expect(ran.stderr).toContain(`accepted by Azure, but the provisioning state is ${state}`);
  expect(ran.code).toBe(5);
});

test.each([
  [202, 5, 'PARTLY FAILED: 0 applied'],
  [200, 0, 'APPLIED: 1 applied, 0 verified, 0 failed, 0 skipped, 1 accepted'],
])('a new password that Azure answers with %i and no operation', async (status, code, says) => {
  const folder = await temporaryFolder();
  const answers = join(folder, 'answers.yaml');
  const steps = 'deployment-credentials: { controls: { password: { decision: apply } } }';
  await writeFile(answers, `version: 1\napps: { fn-orders: { steps: { ${steps} } } }\n`);
  const here = cloud(contoso(), folder, ({ url }, handle) => (/\/newpassword/i.test(url) ? { status, headers: {}, text: '' } : handle()));
  const ran = await here.command('replay', answers, '--yes', '--confirm', 'fn-orders', '--no-input');
  expect(ran.stdout + ran.stderr).toContain(says);
  expect(ran.code).toBe(code);
  expect(ran.stderr.includes('did not report its result')).toBe(code === 5);
});
