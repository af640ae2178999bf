/** A file is replayed a second time: unknown controls and findings without a change are no failure. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { contoso } from '../../src/emulator/samples/contoso.ts';
import type { State } from '../../src/emulator/state.ts';
import { cloud } from '../helpers/in-process.ts';
import { temporaryFolder } from '../helpers/world.ts';

const ELSEWHERE = 'InstrumentationKey=0b000000-0000-4000-8000-0000000000ee';
const settingsOf = (state: State) => Object.values(state.sites).find(({ id }) => id.endsWith('/fn-ledger'))!.appSettings;

test.each<[string, string, string, (state: State) => void, string, string]>([
  [
    'a Front Door that was not found',
    'fn-orders',
    'gateway: { decision: apply, answers: { frontDoorId: 0b000000-0000-4000-8000-0000000000fd } }',
    () => {},
    'gateway.firewall',
    'unknown',
  ],
  [
    'a component of another subscription',
    'fn-ledger',
    'monitoring: { controls: { insights-auth: { decision: apply } } }',
    (state) => void (settingsOf(state)['APPLICATIONINSIGHTS_CONNECTION_STRING'] = ELSEWHERE),
    'monitoring.insights-auth',
    'unknown',
  ],
  [
    'a workspace whose daily cap is reached',
    'fn-ledger',
    'monitoring: { controls: { diagnostics: { decision: apply } }, answers: { workspace: log-contoso } }',
    ({ resources }) => {
      for (const one of Object.values(resources))
        if (String(one['id']).endsWith('/workspaces/log-contoso'))
          one['properties'] = { ...(one['properties'] as object), workspaceCapping: { dataIngestionStatus: 'OverQuota' } };
    },
    'monitoring.diagnostics',
    'fail',
  ],
])('%s', async (_, app, steps, change, control, stays) => {
  const state = contoso();
  change(state);
  const folder = await temporaryFolder();
  const { command } = cloud(state, folder);
  const answers = join(folder, 'answers.yaml');
  await writeFile(answers, `version: 1\napps: { ${app}: { steps: { ${steps} } } }\n`);
  const replay = ['replay', answers, '--yes', '--confirm', app, '--no-input'];
  expect((await command(...replay)).code).toBe(0);
  const again = await command(...replay);
  expect([again.code, again.stdout]).toEqual([0, expect.stringContaining('NOTHING TO DO')]);
  const audit = JSON.parse((await command('audit', '--app', app, '--answers', answers, '--json')).stdout) as {
    apps: { steps: { controls: { id: string; state: string }[] }[] }[];
  };
  const states = audit.apps.flatMap((one) => one.steps.flatMap(({ controls }) => controls));
  expect(states.find(({ id }) => id === control)?.state).toBe(stays);
});
