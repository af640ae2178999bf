/** Ctrl-C at rest, inside an unfinished paste, and during a run that is then resumed. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { localLogs } from '../../helpers/killed.ts';
import { terminal } from '../../helpers/terminal.ts';
import { intoArea, toArea, wizard } from '../../helpers/wizard.ts';
import { world, type World } from '../../helpers/world.ts';

/** Waits until the log has the intent of the request: at the read before it, Ctrl-C would leave no change. */
async function intentOnDisk(here: World): Promise<void> {
  const logs = await localLogs(here.folder, '.');
  await vi.waitFor(async () => expect((await logs.lines()).some((line) => line.includes('"type":"intent"'))).toBe(true), {
    timeout: 10_000,
  });
}

test('Ctrl-C exits with 130 and restores the terminal, also inside an unfinished paste', async () => {
  const here = await world();
  const screen = wizard(here);
  await screen.sees('6 apps');
  screen.type('\u001B[200~never ends');
  screen.type('ctrlC');
  expect(await screen.ended).toBe(130);
  expect(screen.raw().lastIndexOf('\u001B[?25h'), 'the cursor is shown again').toBeGreaterThan(screen.raw().lastIndexOf('\u001B[?25l'));
});

test.each(['xterm-256color', 'dumb'])('Ctrl-C at the question of a replay exits with 130 and sends nothing (TERM=%s)', async (TERM) => {
  const here = await world();
  const file = join(here.folder, 'given.yaml');
  await writeFile(file, 'version: 1\napps: { fn-orders: { steps: { remote-debugging: { decision: apply } } } }\n');
  const environment = {
    FUNC_HARDEN_ACCESS_TOKEN: here.accessToken,
    FUNC_HARDEN_ARM_ENDPOINT: here.endpoint,
    XDG_STATE_HOME: here.folder,
    TERM,
  };
  const screen = terminal(['replay', file], { environment });
  await screen.sees('Send this request?');
  screen.type('ctrlC');
  expect(await screen.ended).toBe(130);
  expect([screen.history(), await here.writes()]).toEqual([expect.stringMatching(/^STOPPED: .*Nothing was sent\.$/m), []]);
});

test('a signal before the first screen ends the wizard', async () => {
  const here = await world();
  const early = join(here.folder, 'early.cjs');
  // While the screen is loaded, after the sign-in.
  await writeFile(
    early,
    `const modules = require('node:module');
const load = modules._load;
modules._load = (name, ...more) => {
  if (name.includes('mount-')) process.emit('SIGTERM');
  return load(name, ...more);
};
`,
  );
  const screen = wizard(here, [], { environment: { NODE_OPTIONS: `--require=${JSON.stringify(early)}` } });
  expect(await screen.ended).toBe(143);
});

test('Ctrl-C during a change finishes the request in flight; the next start offers the remaining changes', async () => {
  const here = await world();
  const screen = wizard(here, ['--app', 'fn-orders']);
  await screen.sees('Secure operation');
  screen.type(...toArea('deployment-credentials'));
  await screen.sees('❯ (x) Deployment');
  screen.type('enter');
  await screen.sees(/findings? selected/);
  await here.faults([{ method: 'PUT', path: 'scm', times: 1, delayMs: 1500, status: null }]);
  screen.type('enter');
  await screen.sees('Apply this?');
  screen.type('y');
  await screen.sees('1 of 2');
  await intentOnDisk(here);
  screen.type('ctrlC');
  await screen.sees('Waiting for the current request');
  expect(await screen.ended).toBe(130);
  expect(screen.history().trimEnd()).toMatch(
    /^Resume: func-harden resume \d{8}T\S+\nSTOPPED: 1 applied, 1 verified, 0 failed, 1 skipped \(counted in requests\)\.$/m,
  );
  expect(screen.history()).not.toContain('Enter next area');
  expect((await here.writes()).map(({ url }) => new URL(url).pathname.split('/').at(-1))).toEqual(['scm']);
  const history = JSON.parse((await here.cli(['history', '--json'])).stdout) as { runs: { state: string; changes: { state: string }[] }[] };
  expect(history.runs.map(({ state, changes }) => [state, changes.map((change) => change.state)])).toEqual([['stopped', ['applied']]]);

  const again = wizard(here, ['--app', 'fn-orders']);
  await again.sees('A run was interrupted');
  again.type('enter');
  await again.sees('Apply this?');
  again.type('y');
  await again.sees(/2 applied, 2 verified, 0 failed, 0 skipped \(counted in requests\)\. 1\s+applied\s+before resume\./);
  expect((await here.writes()).map(({ url }) => new URL(url).pathname.split('/').at(-1))).toEqual(['scm', 'ftp']);
  again.type('ctrlC');
  expect(await again.ended).toBe(130);
});

test('a second Ctrl-C exits at once, and the undo log has the intent', async () => {
  const here = await world();
  const screen = wizard(here, ['--app', 'fn-orders']);
  await intoArea(screen, 'remote-debugging', /❯ \(x\) Disable remote/);
  screen.type('enter');
  await screen.sees('Apply this?');
  await here.faults([{ method: 'PATCH', path: 'config/web', times: 1, delayMs: 20_000, status: null }]);
  screen.type('y');
  await screen.sees('1 of 1');
  await intentOnDisk(here);
  screen.type('ctrlC');
  await screen.sees('Waiting for the current request');
  const asked = Date.now();
  screen.type('ctrlC');
  expect(await screen.ended).toBe(130);
  expect(Date.now() - asked, 'milliseconds; the answer would take 20,000').toBeLessThan(5000);
  // The screen is closed, with its keys.
  expect(screen.history().trimEnd()).toMatch(
    /^Stopped during a request; its result is not known\. .*\n.*Run: (\d{8}T\S+)\nResume: func-harden resume \1$/ms,
  );
  expect(screen.history()).not.toContain('Ctrl-C stop after this request');
  const { runs } = JSON.parse((await here.cli(['history', '--json'])).stdout) as {
    runs: { state: string; changes: { state: string }[] }[];
  };
  expect(runs.map(({ state, changes }) => [state, changes.map((change) => change.state)])).toEqual([['open', ['unknown']]]);
});
