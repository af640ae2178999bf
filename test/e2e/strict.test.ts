/** A strict answers file for the whole sample subscription: one replay brings everything in line, one undo takes it back. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { GONE } from '../../src/emulator/quality.ts';
import type { State } from '../../src/emulator/state.ts';
import { APPS, CONFIRMED, strictAnswers } from '../helpers/strict.ts';
import { runName, world, type Outcome } from '../helpers/world.ts';

test('a strict answers file replays from nothing to everything, and undoes', { timeout: 120_000 }, async () => {
  const here = await world();
  const before = await here.state();
  const file = join(here.folder, 'strict.json');
  await writeFile(file, strictAnswers(before));

  const replay = await here.cli(['replay', file, '--yes', ...CONFIRMED]);
  expect(replay, replay.stderr + replay.stdout).toMatchObject({ code: 0 });

  const audit = await here.cli([
    'audit',
    ...APPS.filter((app) => !app.includes('/')).flatMap((app) => ['--app', app]),
    '--slot',
    'all',
    '--answers',
    file,
    '--json',
  ]);
  expect(leftOf(audit)).toEqual([]);
  expect(audit.code).toBe(0);

  const writes = (await here.writes()).length;
  const again = await here.cli(['replay', file, '--yes', ...CONFIRMED]);
  expect(again, again.stderr).toMatchObject({ code: 0 });
  expect(await here.writes(), 'a second replay sends no write').toHaveLength(writes);

  const undo = await here.cli(['undo', runName(replay), '--yes', ...CONFIRMED]);
  expect(undo, undo.stderr + undo.stdout).toMatchObject({ code: 0 });
  for (const [id, one] of Object.entries(before.resources))
    if ((one['properties'] as Record<string, unknown>)['principalId'] === GONE) delete before.resources[id];
  expect(withoutOneWay(await here.state(), before)).toEqual(before);
});

/** Controls that do not pass and are not attested. */
function leftOf({ stdout }: Outcome): string[] {
  const { apps } = JSON.parse(stdout) as {
    apps: { name: string; slot: string | null; steps: { controls: { id: string; state: string; found: string }[] }[] }[];
  };
  return apps.flatMap(({ name, slot, steps }) =>
    steps.flatMap(({ controls }) =>
      controls.flatMap(({ id, state, found }) =>
        ['pass', 'attested', 'not-applicable'].includes(state) ? [] : [`${name}${slot ? `/${slot}` : ''} ${id} ${state}: ${found}`],
      ),
    ),
  );
}

const STAND_INS: Record<string, unknown> = {
  minTlsCipherSuite: 'TLS_RSA_WITH_AES_128_CBC_SHA',
  scmIpSecurityRestrictionsDefaultAction: 'Allow',
  sshEnabled: true,
  remoteDebuggingVersion: 'VS2022',
};

/** Drops what was declared one-way before it was applied, and what ARM cannot take back to "never set". */
function withoutOneWay(after: State, start: State): State {
  for (const id of Object.keys(after.resources)) {
    if (/\/secrets\/fn-/.test(id)) delete after.resources[id];
    const [now, then] = [after.resources[id]?.['properties'], start.resources[id]?.['properties']] as Record<string, unknown>[];
    if (now?.['enablePurgeProtection'] === true && then && then['enablePurgeProtection'] === undefined) delete now['enablePurgeProtection'];
  }
  for (const [id, site] of Object.entries(after.sites)) {
    const then = start.sites[id]!;
    if (then.auth === undefined && JSON.stringify(site.auth) === '{"platform":{"enabled":false}}') delete site.auth;
    for (const part of ['properties', 'config'] as const)
      for (const [name, value] of Object.entries(STAND_INS))
        if (site[part][name] === value && then[part][name] === undefined) delete site[part][name];
    // Where it was never set, rules meant Deny and none meant Allow; that is what is written back.
    const meant = then.config['ipSecurityRestrictions'] ? 'Deny' : 'Allow';
    if (then.config['ipSecurityRestrictionsDefaultAction'] === undefined && site.config['ipSecurityRestrictionsDefaultAction'] === meant)
      delete site.config['ipSecurityRestrictionsDefaultAction'];
    if (then.config['cors'] === undefined && JSON.stringify(site.config['cors']) === '{"allowedOrigins":[],"supportCredentials":false}')
      delete site.config['cors'];
  }
  return after;
}
