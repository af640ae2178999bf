/** A complete run against a service that returns all values in another form than they were sent: they are verified, no change is left, and undo reverts them. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { contoso } from '../../src/emulator/samples/contoso.ts';
import type { Json } from '../../src/azure/index.ts';
import { cloud, type Meddle } from '../helpers/in-process.ts';
import { CONFIRMED, strictAnswers } from '../helpers/strict.ts';
import { runName, temporaryFolder } from '../helpers/world.ts';

/** Words of Azure, which it may return in another case. */
const WORDS =
  /^(?:ftpsState|clientCertMode|publicNetworkAccess|ipSecurityRestrictionsDefaultAction|scmIpSecurityRestrictionsDefaultAction|defaultAction|unauthenticatedClientAction|principalType)$/;
/** Lists without an order. */
const LISTS =
  /^(?:allowedOrigins|ipRules|virtualNetworkRules|ipSecurityRestrictions|scmIpSecurityRestrictions|logs|metrics|allowedAudiences)$/;
const IDS = /^(?:virtualNetworkSubnetId|subnetResourceId|workspaceId|roleDefinitionId|id)$/;

function inOtherForm(value: Json, name = '', isInside = false): Json {
  if (Array.isArray(value)) {
    const items = (value as readonly Json[]).map((item) => inOtherForm(item, name, isInside));
    return LISTS.test(name) ? items.toReversed() : items;
  }
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([member, inner]) => [member, inOtherForm(inner, member, isInside || member === 'properties')]),
    );
  if (typeof value !== 'string' || !isInside) return value;
  return WORDS.test(name) || (IDS.test(name) && value.startsWith('/subscriptions/')) ? value.toLowerCase() : value;
}

const shown: Meddle = ({ method, url }, handle) => {
  const answer = handle();
  if (method !== 'GET' || answer.status !== 200 || !/\/providers\//.test(url)) return answer;
  return { ...answer, text: JSON.stringify(inOtherForm(JSON.parse(answer.text) as Json)) };
};

/** Two apps and a slot that share a vault, a storage account and a subnet's rules. */
const SOME = /^fn-(?:orders|billing)/;

test('values that are returned in another case and order are verified, need no change, and are reverted', async () => {
  const state = contoso();
  const here = cloud(state, await temporaryFolder(), shown);
  const file = join(here.folder, 'answers.yaml');
  const { apps } = JSON.parse(strictAnswers(state)) as { apps: Record<string, Json> };
  await writeFile(file, JSON.stringify({ version: 1, apps: Object.fromEntries(Object.entries(apps).filter(([app]) => SOME.test(app))) }));
  const approved = ['--yes', ...CONFIRMED.filter((app) => SOME.test(app)).flatMap((app) => ['--confirm', app])];
  const replay = ['replay', file, ...approved, '--my-ip', '198.51.100.9', '--despite-code'];

  const run = await here.command(...replay);
  expect(run.code, run.stderr).toBe(0);
  const counts =
    /^APPLIED: (\d+) applied, (\d+) verified, 0 failed, \d+ skipped, (\d+) accepted/m.exec(run.stdout)?.slice(1).map(Number) ?? [];
  const [applied = 0, verified, accepted = 0] = counts;
  // A new password and a new key have no value to read, so no read verifies them.
  expect(accepted, run.stdout.slice(-300)).toBeGreaterThan(0);
  expect(verified).toBe(applied - accepted);
  const sent = here.writes.length;
  expect(sent).toBeGreaterThan(40);
  const again = await here.command('plan', file, '--json', '--my-ip', '198.51.100.9');
  expect([again.code, (JSON.parse(again.stdout) as { changes: unknown[] }).changes]).toEqual([0, []]);
  const undo = await here.command('undo', runName(run), ...approved);
  // Actions, secrets and one-way changes are kept.
  expect(undo.stdout, undo.stderr).toMatch(/^PARTLY UNDONE: (\d+) undone, \1 verified, 0 failed, 0 skipped/m);
  expect(here.writes.length).toBeGreaterThan(sent + 30);
});
