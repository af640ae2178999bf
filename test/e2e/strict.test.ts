/** A strict answers file for the whole sample subscription: one replay brings everything in line, one undo takes it back. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { catalogue } from '../../steps/index.ts';
import { GONE } from '../../src/emulator/quality.ts';
import type { State } from '../../src/emulator/state.ts';
import { runName, SITES, world, type Outcome } from '../helpers/world.ts';

type Answers = Record<string, Record<string, unknown>>;
const SUBNETS = `${SITES}/rg-network/providers/Microsoft.Network/virtualNetworks/vnet-contoso/subnets`;
const FRONT_DOORS: Record<string, string> = {
  'fn-orders': '0d4f7c7e-52c1-4b1b-9a53-6a3f0e2b7d10',
  'fn-ledger': '6c1b1f9e-2f0a-4f55-9d3e-8a7f3b0c2d11',
};
const UNTIL = '2027-05-01';
const SIGNED = { by: 'Dana Lee', until: UNTIL };

/** What only people can change: where the app is built, or outside Azure. They are accepted, by name. */
const BY_HAND: Record<string, readonly string[]> = {
  'fn-orders': [
    'https.host-names',
    'defender.assessments',
    'function-privilege.shared-credentials',
    'runtime.functions-version',
    'runtime.language',
    'access-keys.inventory',
    'app-settings.connection-strings',
    'app-settings.debug-flags',
    'gateway.firewall',
  ],
  'fn-events': ['function-privilege.shared-credentials', 'runtime.language'],
  'fn-billing': ['runtime.language'],
  'fn-billing/staging': ['runtime.language'],
  'fn-intake': ['runtime.language'],
  'fn-reports': ['runtime.language'],
  'fn-ledger': [],
};

const answersFor = (app: string, remove: readonly string[]): Answers => ({
  https: { minTls: '1.2', scmMinTls: '1.2' },
  monitoring: { component: `appi-${app.replace('/', '-').replace('fn-', '')}`, workspace: 'log-contoso' },
  'access-keys': { open: app === 'fn-orders' ? ['PlaceOrder'] : [], store: 'blob' },
  authentication: { clientId: '11111111-2222-3333-4444-555555555555', issuer: 'https://login.microsoftonline.com/contoso/v2.0' },
  'user-permissions': { most: 3, remove },
  cors: { allowedOrigins: ['https://www.contoso.com'], supportCredentials: false },
  'key-vault': {
    vault: `kv-${app.replace('/staging', '').replace('fn-', '')}`,
    settings: app === 'fn-orders' ? ['ServiceBus', 'PaymentApiKey'] : app === 'fn-events' ? ['ServiceBus'] : [],
  },
  'usage-quota': { gbSeconds: 13000 },
  ftp: { state: 'Disabled' },
  scm: { rules: [{ name: 'agents', priority: 10, action: 'Allow', ip: '198.51.100.0/26' }], defaultAction: 'Deny' },
  storage: { keySource: 'Microsoft.Storage' },
  'access-restrictions': {
    rules: [
      {
        name: 'fd',
        priority: 10,
        action: 'Allow',
        serviceTag: 'AzureFrontDoor.Backend',
        ...(FRONT_DOORS[app] ? { headers: { 'x-azure-fdid': [FRONT_DOORS[app]] } } : {}),
      },
    ],
    defaultAction: 'Deny',
  },
  'private-access': { subnet: `${SUBNETS}/endpoints`, dnsZone: 'privatelink.azurewebsites.net' },
  isolation: { subnet: `${SUBNETS}/${app === 'fn-events' ? 'apps-flex' : app === 'fn-reports' ? 'apps-reports' : 'apps-finance'}` },
  ...(FRONT_DOORS[app] ? { gateway: { frontDoorId: FRONT_DOORS[app] } } : {}),
});

function stepsFor(app: string, remove: readonly string[]) {
  const answers = answersFor(app, remove);
  return Object.fromEntries(
    catalogue.map((step) => {
      const controls = step.controls.flatMap((control): [string, object][] => {
        const id = `${step.id}.${control.id}`;
        if (BY_HAND[app]?.includes(id)) return [[control.id, { decision: 'accept', reason: 'not from here', ...SIGNED }]];
        if (control.kind === 'attestation') return [[control.id, { decision: 'attest', evidence: 'https://dev.contoso.com/1', ...SIGNED }]];
        return control.optIn && control.id !== 'rotate' ? [[control.id, { decision: 'apply' }]] : [];
      });
      return [
        step.id,
        { decision: 'apply', ...(answers[step.id] ? { answers: answers[step.id] } : {}), controls: Object.fromEntries(controls) },
      ];
    }),
  );
}

const APPS = Object.keys(BY_HAND);

test('a strict answers file replays from nothing to everything, and undoes', { timeout: 120_000 }, async () => {
  const here = await world();
  const before = await here.state();
  const gone = Object.values(before.resources).flatMap((one) =>
    (one['properties'] as Record<string, unknown>)['principalId'] === GONE ? [String(one['id']).split('/').at(-1)!] : [],
  );
  const file = join(here.folder, 'strict.json');
  const apps = Object.fromEntries(APPS.map((app) => [app, { steps: stepsFor(app, app === 'fn-orders' ? gone : []) }]));
  await writeFile(file, JSON.stringify({ version: 1, apps }));

  const replay = await here.cli(['replay', file, '--yes', ...APPS.flatMap((app) => ['--confirm', app])]);
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
  const again = await here.cli(['replay', file, '--yes', ...APPS.flatMap((app) => ['--confirm', app])]);
  expect(again, again.stderr).toMatchObject({ code: 0 });
  expect(await here.writes(), 'a second replay sends no write').toHaveLength(writes);

  const undo = await here.cli(['undo', runName(replay), '--yes', ...APPS.flatMap((app) => ['--confirm', app])]);
  expect(undo, undo.stderr + undo.stdout).toMatchObject({ code: 0 });
  expect(withoutOneWay(await here.state(), before)).toEqual(before);
});

/** Controls that are neither fine nor signed for. */
function leftOf({ stdout }: Outcome): string[] {
  const { apps } = JSON.parse(stdout) as {
    apps: { name: string; slot: string | null; steps: { controls: { id: string; state: string; found: string }[] }[] }[];
  };
  return apps.flatMap(({ name, slot, steps }) => {
    const app = slot ? `${name}/${slot}` : name;
    const fine = (id: string, state: string) =>
      ['pass', 'attested', 'not-applicable'].includes(state) || (state === 'accepted' && BY_HAND[app]?.includes(id));
    return steps.flatMap(({ controls }) =>
      controls.flatMap(({ id, state, found }) => (fine(id, state) ? [] : [`${app} ${id} ${state}: ${found}`])),
    );
  });
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
