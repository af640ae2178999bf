/** A role assignment of an earlier identity of the app has the name of the new assignment. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { contoso } from '../../src/emulator/samples/contoso.ts';
import type { JsonObject } from '../../src/emulator/state.ts';
import { cloud } from '../helpers/in-process.ts';
import { SITES, temporaryFolder } from '../helpers/world.ts';

test('an app that was created again: the role assignments of its earlier identity are named, and the settings are not written', async () => {
  const state = contoso();
  const id = `${SITES}/rg-finance/providers/Microsoft.Web/sites/fn-reports`.toLowerCase();
  const folder = await temporaryFolder();
  const here = cloud(state, folder);
  const answers = join(folder, 'answers.yaml');
  await writeFile(
    answers,
    'version: 1\napps: { fn-reports: { steps: { managed-identity: { controls: { host-storage: { decision: apply } } } } } }\n',
  );
  const original = structuredClone(state.sites[id]!);
  expect(await here.command('replay', answers, '--yes', '--no-input')).toMatchObject({ code: 0 });
  state.sites[id] = structuredClone(original);
  const earlier = Object.entries(state.resources).filter(([place]) =>
    /stfnreports\/providers\/microsoft\.authorization\/roleassignments/.test(place),
  );
  expect(earlier).not.toHaveLength(0);
  for (const [, one] of earlier) (one['properties'] as JsonObject)['principalId'] = 'dddddddd-1111-4111-8111-111111111111';
  const { stdout, stderr } = await here.command('replay', answers, '--yes', '--no-input');
  expect(stderr).toContain('A role assignment with this name exists for another principal');
  expect(stderr).toContain(`az role assignment delete --ids ${SITES}`);
  expect(stderr).not.toContain('changed after the preview');
  expect(stdout).toContain('FAILED');
  expect(state.sites[id].appSettings).toEqual(original.appSettings);
});
