/** Many invalid answers of Azure, over the complete job: the promises of docs/reliability.md hold for all of them. */
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { contoso } from '../../src/emulator/samples/contoso.ts';
import { INTERNAL_ERROR } from '../../src/engine/errors.ts';
import { readRuns } from '../../src/files/undo-log/journal.ts';
import { cloud, type Meddle } from '../helpers/in-process.ts';
import { mutatedRead, mutatedWrite, otherIds, randomOf, refusal } from '../helpers/mutate.ts';
import { cases, seedOf } from '../helpers/random-cases.ts';
import { ORDERS } from '../helpers/world.ts';

const SEED = seedOf(19);
const ENOUGH = cases(500, 2000);
/** Milliseconds. The command waits for nothing here, so a longer command hangs. */
const LONGEST = 15_000;

/** Milliseconds of each wait of the product, by its clock. */
const slept: number[] = [];

const CANARIES = ['cnry1-Zq7+x/é', 'CANARY02plainPart9', 'p"w\\3<&>Q9zz', 'line1Key9Abc\nline2Key8Xyz', 'S9x1z'];
const ANSWERS = `version: 1
apps:
  fn-orders:
    steps:
      https: { decision: apply, answers: { minTls: "1.2", scmMinTls: "1.2" } }
      ftp: { decision: apply, answers: { state: Disabled } }
      deployment-credentials: { decision: apply }
      remote-debugging: { decision: apply }
      error-handling: { decision: apply }
      storage: { controls: { secure-transfer: { decision: apply }, cross-tenant: { decision: apply } } }
      cors: { decision: apply, answers: { allowedOrigins: ["https://www.contoso.com"], supportCredentials: false } }
      access-restrictions: { decision: apply, answers: { rules: [{ name: office, priority: 100, action: Allow, ip: 203.0.113.0/24 }], defaultAction: Deny } }
`;

const OWN = [ORDERS, `${ORDERS.split('/providers/')[0]}/providers/Microsoft.Storage/storageAccounts/stfnorders`];

// oxlint-disable-next-line no-control-regex
const STEERS = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF]/;
const pieces = CANARIES.flatMap((one) => [
  ...one.split('\n'),
  Buffer.from(one).toString('base64').replace(/=+$/, '').slice(0, -2),
  encodeURIComponent(one),
]);

/** Runs one complete job with one seed. @returns the number of changed answers */
async function job(seed: number, folder: string): Promise<number> {
  const random = randomOf(seed);
  const rate = [0.03, 0.1, 0.3][seed % 3]!;
  let [count, isHonest] = [0, false];
  const meddle: Meddle = ({ method, url }, handle) => {
    if (isHonest) return handle();
    // Only this list has ids that are written to.
    const isOther = /storageAccounts\?/i.test(url) && random() < rate;
    if (!isOther && random() > rate) return handle();
    count += 1;
    if (isOther) return otherIds(random, handle());
    const isRead = method === 'GET' || /\/(list\w*|resources)(\?|$)/i.test(url);
    if (isRead) return mutatedRead(random, handle(), CANARIES);
    return random() < 0.4 ? refusal(random, CANARIES) : mutatedWrite(random, handle());
  };
  const state = contoso();
  const site = Object.values(state.sites).find(({ id }) => id === ORDERS)!;
  // The resources of the changed ids exist, so that only a check prevents a write to them.
  for (const [id, resource] of Object.entries(state.resources).filter(([one]) => one.includes('/storageaccounts/stfnorders')))
    for (const [from, to] of [
      ['stfnorders', 'fn-ledger'],
      [ORDERS.split('/')[2]!, '00000000-0000-0000-0000-00000000beef'],
    ] as const)
      state.resources[id.replace(from, to)] = JSON.parse(JSON.stringify(resource).replaceAll(from, to)) as typeof resource;
  CANARIES.forEach((value, index) => (site.appSettings[`Secret${index}`] = value));
  const here = cloud(state, folder, meddle);
  const wait = here.clock.sleep;
  vi.spyOn(here.clock, 'sleep').mockImplementation((milliseconds, signal) => {
    slept.push(milliseconds);
    return wait(milliseconds, signal);
  });
  const file = join(folder, 'answers.yaml');
  await writeFile(file, ANSWERS);
  const go = async (...args: readonly string[]) => {
    const began = performance.now();
    const ran = await here.command(...args);
    const said = `seed ${seed}, ${args[0]}: ${ran.stdout}${ran.stderr}`;
    expect(performance.now() - began, said).toBeLessThan(LONGEST);
    expect(said).not.toContain(INTERNAL_ERROR);
    return { ...ran, said };
  };
  const ran = [
    await go('audit', '--app', 'fn-orders', ...(seed % 2 ? ['--json'] : [])),
    await go('plan', file, ...(seed % 2 ? [] : ['--json'])),
  ];
  const replayed = await go('replay', file, '--yes', '--confirm', 'fn-orders', '--on-failure', ['stop', 'continue', 'rollback'][seed % 3]!);
  const stateDir = join(folder, 'state');
  const [run] = await readRuns(stateDir);
  // A change that Azure accepted is never reported as not applied, and a change that is reported as applied was accepted.
  const took = here.writes.filter(({ status }) => status < 300).map(({ method, url }) => `${method} ${url.split('?')[0]}`.toLowerCase());
  for (const { intent, state: is, outcome } of run?.changes ?? []) {
    const write = `${intent.method} ${intent.path}`.toLowerCase();
    if (outcome?.ok) expect(took, `${replayed.said}\n${JSON.stringify(intent)}`).toContain(write);
    const isSentOnce = run!.changes.filter((one) => one.intent.path === intent.path).length === 1;
    if (is === 'failed' && isSentOnce) expect(took, `${replayed.said}\n${JSON.stringify([intent, outcome])}`).not.toContain(write);
  }
  ran.push(replayed);
  if (run) ran.push(await go('undo', run.run, '--yes', '--confirm', 'fn-orders'));
  isHonest = true;
  if (run) ran.push(await go('history', run.run), await go('undo', run.run, '--yes', '--confirm', 'fn-orders'));
  // Its storage account is found by ids in answers.
  for (const { method, url } of here.writes)
    expect(
      OWN.some((id) => `${url.split('?')[0]}/`.toLowerCase().startsWith(`${id}/`.toLowerCase())),
      `seed ${seed}: ${method} ${url}`,
    ).toBe(true);
  const names = existsSync(join(stateDir, 'journal')) ? await readdir(join(stateDir, 'journal')) : [];
  const logs = await Promise.all(names.map((name) => readFile(join(stateDir, 'journal', name), 'utf8')));
  for (const { said } of ran) expect(said).not.toMatch(/##(vso)?\[/);
  for (const text of [...ran.map(({ said }) => said), ...logs]) {
    for (const piece of pieces) expect(text.replace(/\n\s*/g, '').includes(piece), `seed ${seed}: ${piece} in ${text}`).toBe(false);
    expect(STEERS.exec(text)?.[0], `seed ${seed}: ${text}`).toBeUndefined();
  }
  return count;
}

test('mutated answers: no crash, no hang, no write elsewhere, no secret, and a true undo log', { timeout: 300_000 }, async () => {
  // In memory if possible, because each line of the undo log is flushed to disk.
  const folder = await mkdtemp(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'func-harden fuzz '));
  try {
    let count = 0;
    for (let seed = SEED; count < ENOUGH; seed++) count += await job(seed, await mkdtemp(join(folder, 'job-')));
    expect(slept.length, 'answers were mutated so that waits are needed').toBeGreaterThan(ENOUGH / 20);
    expect(Math.max(...slept), 'no wait is longer than the promised two minutes').toBeLessThanOrEqual(120_000);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
