/** Names that a command is given and that do not exist: an app that was deleted, a run whose log is empty, an answer that is missing. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inside } from '../helpers/inside.ts';
import { world } from '../helpers/world.ts';

test('the confirmation of an app that was deleted does not stop the other apps', async () => {
  const here = await world();
  const file = join(here.folder, 'answers.yaml');
  const area = '{ steps: { remote-debugging: { decision: apply } } }';
  await writeFile(file, `version: 1\napps:\n  fn-gone: ${area}\n  fn-orders: ${area}\n`);
  const run = await inside(here, ['replay', file, '--yes', '--confirm', 'fn-gone', '--confirm', 'fn-orders']);
  expect(run.code, run.stderr).toBe(1);
  expect(run.stderr).toContain('Function app "fn-gone" was not found');
  expect(run.stdout).toMatch(/^PARTLY FAILED: 1 applied/m);
  const wrong = await inside(here, ['replay', file, '--yes', '--confirm', 'fn-oders']);
  expect(wrong.code).toBe(64);
  expect(wrong.stderr).toContain('--confirm contains "fn-oders", which is not an app of this run.');
});

test.each(['last', '20260102T030405678Z-abcd', '2026'])('a log without a line is named as such, and not as unknown: %s', async (name) => {
  const here = await world();
  const folder = join(here.folder, 'func-harden', 'journal');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(join(folder, '20260102T030405678Z-abcd.jsonl'), '', { mode: 0o600 });
  for (const command of ['undo', 'resume', 'history']) {
    const answer = await inside(here, [command, name]);
    expect(answer.code, command).toBe(1);
    expect(answer.stderr).toContain('The undo log of run 20260102T030405678Z-abcd has no complete line');
    expect(answer.stderr).not.toContain('Did you mean');
  }
});

test('the lines for missing answers contain what the file has already, and are complete when they replace it', async () => {
  const here = await world();
  const file = join(here.folder, 'answers.yaml');
  await writeFile(file, 'version: 1\napps:\n  fn-orders: { steps: { https: { decision: apply, answers: { minTls: "1.2" } } } }\n');
  const lines = async () => {
    const plan = await inside(here, ['plan', file]);
    expect(plan.code).toBe(3);
    return plan.stderr.match(/^ {4}\S.*: \{.*/gm)!.map((text) => text.trim());
  };
  const https = 'https: { decision: apply, answers: { minTls: "1.2", scmMinTls: "1.2" } }';
  expect(await lines()).toEqual([https]);
  // Apps with different answers, and a decision on one control, which must not become one on its area.
  const billing = 'fn-billing: { steps: { https: { controls: { scm-min-tls: { decision: apply } } } } }';
  await writeFile(
    file,
    `version: 1\napps:\n  fn-orders: { steps: { https: { decision: apply, answers: { minTls: "1.2" } } } }\n  ${billing}\n`,
  );
  const own = 'https: { controls: { scm-min-tls: { decision: apply } }, answers: { scmMinTls: "1.2" } }';
  expect((await lines()).toSorted()).toEqual([`${own}   # fn-billing`, `${https}   # fn-orders`]);
  await writeFile(
    file,
    `version: 1\napps:\n  fn-orders: { steps: { ${https} } }\n  fn-billing:\n    steps:\n      ${own}   # fn-billing\n`,
  );
  expect((await inside(here, ['plan', file])).code, 'complete').toBe(2);
});

test('a control that a guard stops does not hide that input is missing; a failure of another app does', async () => {
  const here = await world();
  const file = join(here.folder, 'answers.yaml');
  const stopped = 'monitoring: { controls: { insights-auth: { decision: apply } }, answers: { component: appi-orders } }';
  const write = (orders: string, others = '') =>
    writeFile(file, `version: 1\napps:\n  fn-orders: { steps: { ${stopped}, ${orders} } }\n${others}`);
  await write('https: { decision: apply }');
  for (const command of ['plan', 'replay']) {
    const { code, stderr } = await inside(here, [command, file]);
    expect([command, code]).toEqual([command, 3]);
    expect(stderr).toContain('monitoring.insights-auth is not changed');
  }
  await write('remote-debugging: { decision: apply }');
  const asked = await inside(here, ['replay', file]);
  expect([asked.code, asked.stderr]).toEqual([3, expect.stringContaining('Approval is needed')]);
  await write('https: { decision: apply }', '  fn-gone: { steps: { ftp: { decision: skip } } }\n');
  expect((await inside(here, ['plan', file])).code).toBe(1);
});
