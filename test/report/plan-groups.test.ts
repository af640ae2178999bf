/** Plans of many apps as text: one line for each group, each sentence once, one total. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Plan } from '../../src/engine/plan/plan.ts';
import { lineText } from '../../src/text/spans.ts';
import { plansLines } from '../../src/view/plan-lines.ts';
import { planGroups } from '../../src/view/plan-groups.ts';
import { plain } from '../../src/change/value.ts';
import { troubleLines } from '../../src/view/trouble-lines.ts';
import { ArmFailure } from '../../src/engine/ports.ts';
import { planTroubles } from '../../src/engine/run/troubles.ts';
import { contoso } from '../../src/emulator/samples/contoso.ts';
import { scenario } from '../../src/emulator/samples/seeds.ts';
import { cloud } from '../helpers/in-process.ts';
import { temporaryFolder } from '../helpers/world.ts';

const SCREEN = 24;
const NAMES = Array.from({ length: 12 }, (_, index) => `fn-${String(index + 1).padStart(5, '0')}`);
const LOOK = { colour: false, ascii: false } as const;

const ANSWERS = `version: 1
defaults:
  steps:
    https: { decision: apply, answers: { minTls: "1.2", scmMinTls: "1.2" } }
    ftp: { decision: apply, answers: { state: Disabled } }
    remote-debugging: { decision: apply }
    cors: { decision: apply, answers: { allowedOrigins: ["https://www.contoso.com"], supportCredentials: false } }
    deployment-credentials: { decision: apply }
`;

interface PlanJson {
  readonly groups: readonly { control: string; edit: string; risk: string; apps: number; restarts: number }[];
  readonly changes: readonly { app: string; controls: readonly string[]; diff: readonly unknown[] }[];
}

test('300 apps: groups first, the worst on top, and one total at the end', { timeout: 180_000 }, async () => {
  const here = cloud(scenario({ scenario: 'fleet', apps: 300 }), await temporaryFolder());
  const file = join(here.folder, 'answers.yaml');
  await writeFile(file, ANSWERS);
  const one = await here.command('plan', file, '--all', '--step', 'https', '--quiet');
  expect(one.code, one.stderr).toBe(2);
  const lines = one.stdout.trimEnd().split('\n');
  expect(lines.length).toBeLessThanOrEqual(2 * SCREEN);
  expect(lines[0]).toMatch(/^httpsOnly false → true: \d+ apps, disruptive, \d+ restarts {2}https\.https-only$/);
  const { groups, changes } = JSON.parse((await here.command('plan', file, '--all', '--step', 'https', '--json')).stdout) as PlanJson;
  expect(groups[0]).toMatchObject({ control: 'https.https-only', edit: 'httpsOnly false → true', risk: 'disruptive' });
  for (const { control, apps } of groups)
    expect(apps, control).toBe(new Set(changes.filter((change) => change.controls.includes(control)).map(({ app }) => app)).size);
  const edits = changes.reduce((sum, { diff }) => sum + diff.length, 0);
  const apps = new Set(changes.map(({ app }) => app)).size;
  expect(lines.at(-1)).toMatch(new RegExp(`^Plan: ${edits} changes in ${changes.length} requests on ${apps} apps, \\d+ restarts$`));
  expect(lines.filter((line) => line.startsWith('Plan:'))).toHaveLength(1);

  const all = await here.command('plan', file, '--all', '--quiet');
  expect(all.stdout.trimEnd().split('\n').length).toBeLessThanOrEqual(5 * SCREEN);
  const each = await here.command('plan', file, '--app', ...NAMES, '--quiet', '--details');
  expect(each.stdout).toContain('Plan for fn-00003');
  const replay = await here.command('replay', file, '--all', '--quiet', '--step', 'https', '--dry-run');
  expect(replay.stdout).toBe(one.stdout);
});

const blockedPlan = (app: string, others: readonly string[]): Plan =>
  ({
    target: { id: app, label: app, resourceGroup: 'rg' },
    changes: [],
    missing: [],
    unknown: [],
    unused: ['cors.x is answered and not changed.'],
    blocked: others.map((other) => ({ id: 'L1', control: 'storage.shared-key', level: 'stop', says: `${other} signs in with a key.` })),
  }) as unknown as Plan;

test('a note of a guard about 100 apps that share an account is not repeated for each pair', () => {
  const names = Array.from({ length: 100 }, (_, index) => `fn-${index}`);
  const plans = names.map((app) =>
    blockedPlan(
      app,
      names.filter((other) => other !== app),
    ),
  );
  const lines = plansLines(plans, LOOK).map(lineText);
  expect(lines).toEqual([
    'blocked storage.shared-key, 100 apps: fn-1 signs in with a key. (99 other messages)',
    '',
    'note cors.x is answered and not changed.  (100 apps)',
    '',
    'Plan: no changes; 1 control is left out.',
  ]);
  expect(troubleLines(plans.flatMap(planTroubles))).toHaveLength(1);
  expect(troubleLines(plans.slice(0, 1).flatMap(planTroubles).slice(0, 2)), 'few are told one by one').toHaveLength(2);
});

test('controls of an app that fail for the same reason are one line', () => {
  const why = (id: string, control: string, says: string) => ({ id, control, level: 'stop' as const, says });
  const blocked = [why('rights', 'a.x', 'No.'), why('lock', 'a.z', 'Locked.'), why('rights', 'b.y', 'No.')];
  const plan = { target: { id: 'one', label: 'one' }, changes: [], unknown: [], blocked } as unknown as Plan;
  expect(troubleLines(planTroubles(plan))).toEqual([
    'ERROR: one: a.x, b.y are not changed: No.',
    'ERROR: one: a.z is not changed: Locked.',
  ]);
});

test('an unknown control whose resource was read is not reported as unreadable', () => {
  const failure = new ArmFailure({ kind: 'forbidden', code: 'AuthorizationFailed', message: 'No.', next: '' });
  const unknown = [
    { id: 'a.x', reason: 'Many tenants.' },
    { id: 'b.y', reason: 'No.', failure },
  ];
  const plan = { target: { id: 'one', label: 'one' }, changes: [], unknown, blocked: [] } as unknown as Plan;
  expect(troubleLines(planTroubles(plan))).toEqual(['ERROR: one: a.x is unknown: Many tenants.', 'ERROR: one: b.y could not be read: No.']);
});

test('a reason that quotes a value of Azure is one line without control characters', () => {
  const reason = 'it is unknown whether the \u001B]52;c;Zm9v\u0007tier\r\nERROR: forged\u202E';
  const plan = { target: { id: 'one', label: 'one' }, changes: [], unknown: [{ id: 'a.x', reason }], blocked: [] } as unknown as Plan;
  expect(troubleLines(planTroubles(plan))).toEqual(['ERROR: one: a.x is unknown: it is unknown whether the tier ERROR: forged']);
});

test('a group names the members of an object that differ, and the number of many values', () => {
  const planOf = (app: string, before: object, after: object): Plan =>
    ({
      target: { id: app, label: app, resourceGroup: 'rg' },
      changes: [
        {
          target: { id: app, label: app },
          resource: '/x',
          diff: [{ path: 'properties.retention', before: plain(before as never), after: plain(after as never) }],
          parts: [{ control: 'a.b', area: 'A', label: 'B', risk: 'safe', paths: ['properties.retention'] }],
          guards: [],
        },
      ],
    }) as unknown as Plan;
  const [one] = planGroups([planOf('a', { on: false, kept: 1 }, { on: true, kept: 1, days: 7 })]);
  expect(one?.edit).toBe('retention.on false → true, retention.days (not set) → 7');
  const many = planGroups([1, 2, 3, 4].map((days) => planOf(`fn-${days}`, { days }, { days: 7 })));
  expect(many.map(({ edit, apps }) => [edit, apps.length])).toEqual([['retention.days (4 different values) → 7', 4]]);
});

const noted = (app: string, resource: string, says: readonly string[], path = 'properties.allow'): Plan =>
  ({
    target: { id: app, label: app, resourceGroup: 'rg' },
    missing: [],
    unknown: [],
    unused: [],
    blocked: [],
    changes: [
      {
        target: { id: app, label: app },
        resource,
        diff: [{ path, before: plain(true), after: plain(false) }],
        parts: [{ control: 'a.b', area: 'A', label: 'B', risk: 'safe', paths: [path] }],
        guards: says.map((text) => ({ id: 'G1', control: 'a.b', level: 'warn', says: text })),
      },
    ],
  }) as unknown as Plan;

test.each([
  [
    '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Web/sites/fn-1/basicPublishingCredentialsPolicies/ftp',
    'properties.allow',
    'basicPublishingCredentialsPolicies/ftp allow true → false',
  ],
  [
    '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/st1',
    'properties.enabled',
    'storageAccounts enabled true → false',
  ],
  ['/subscriptions/s/resourceGroups/rg/providers/Microsoft.Web/sites/fn-1', 'properties.httpsOnly', 'httpsOnly true → false'],
])('a property that needs its resource to be understood is shown with it: %s', (resource, path, edit) => {
  expect(planGroups([noted('fn-1', resource, [], path)]).map((group) => group.edit)).toEqual([edit]);
});

test('resources that one app gets several times are counted, and are not properties that differ between apps', () => {
  const roles = '/subscriptions/s/providers/Microsoft.Web/sites/fn-1/providers/Microsoft.Authorization/roleAssignments';
  const created = [1, 2, 3].flatMap((role) => noted('fn-1', `${roles}/${role}`, [], '').changes);
  const set = ['identity.type', 'properties.first', 'properties.second'].flatMap((path) => noted('fn-1', '/x', [], path).changes);
  const [group] = planGroups([{ ...noted('fn-1', '/x', []), changes: [...created, ...set] }]);
  expect(group?.edit).toBe('create roleAssignments (3), identity.type true → false, first true → false and 1 more');
});

test('a sentence about each app is a separate note, and is not counted as another message', () => {
  const apps = ['fn-1', 'fn-2', 'fn-3', 'fn-4'];
  const plans = apps.map((app) => noted(app, '/x', [`${app} mounts a share.`, 'Other services were not checked.']));
  expect(planGroups(plans).flatMap(({ warnings }) => warnings)).toEqual([
    { says: 'Other services were not checked.', apps, others: 0 },
    { says: 'fn-1 mounts a share.', apps, others: 3 },
  ]);
  const one = plansLines([blockedPlan('fn-1', ['fn-2', 'fn-3'])], LOOK).map(lineText);
  expect(one.filter((text) => text.startsWith('blocked'))).toEqual([
    'blocked storage.shared-key: fn-2 signs in with a key.',
    'blocked storage.shared-key: fn-3 signs in with a key.',
  ]);
});

test('up to three reasons of one guard are separate lines, and more are counted', () => {
  const network = (account: string) =>
    `The app is not integrated with a virtual network, so it could no longer reach ${account}. Integrate it first (area isolation).`;
  const share =
    'The app reaches its content share outside the virtual network. Route content through the network first (area isolation); otherwise the app has no content.';
  const plan = (app: string, ...says: readonly string[]): Plan =>
    ({
      ...blockedPlan(app, []),
      blocked: says.map((text) => ({ id: 'L3', control: 'storage.network', level: 'stop', says: text })),
    }) as unknown as Plan;
  const few = [plan('fn-1', network('st1'), share), plan('fn-2', network('st2'))];
  const blocked = (plans: readonly Plan[]) =>
    plansLines(plans, LOOK)
      .map(lineText)
      .filter((text) => text.startsWith('blocked'));
  expect(blocked(few)).toEqual([
    `blocked storage.network, fn-1: ${network('st1')}`,
    `blocked storage.network, fn-1: ${share}`,
    `blocked storage.network, fn-2: ${network('st2')}`,
  ]);
  const more = [...few, plan('fn-3', network('st3')), plan('fn-4', share)];
  expect(blocked(more)).toEqual([`blocked storage.network, 4 apps: ${share} (3 other messages)`]);
  expect(troubleLines(more.flatMap(planTroubles))).toEqual([
    `ERROR: 4 apps (fn-1, fn-4, fn-2, fn-3): storage.network is not changed: ${share} (3 other messages)`,
  ]);
});

test('consequences of a change are below it, with the name of its area', async () => {
  const here = cloud(contoso(), await temporaryFolder());
  const file = join(here.folder, 'answers.yaml');
  await writeFile(file, ANSWERS);
  const { stdout } = await here.command('plan', file, '--app', 'fn-orders', '--quiet');
  const [, web = ''] = /~ sites\/fn-orders {2}api-version=\S+\n((?: {6}.*\n)+)/.exec(stdout) ?? [];
  expect(web).toContain('httpsOnly false → true');
  expect(web).toMatch(/effect Require HTTPS: HTTP requests are redirected to HTTPS/);
  expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^Plan: \d+ changes in \d+ requests on 1 app, \d+ restarts?$/);
  // A long list is counted: the beginning of its JSON does not tell what changes.
  expect(stdout).toContain('cors.allowedOrigins (4 items) → ["https://www.contoso.com"]: 1 app');
  // A plan of one area does not repeat its name on every line.
  const one = await here.command('plan', file, '--app', 'fn-orders', '--step', 'https', '--quiet');
  expect(one.stdout).toContain('effect HTTP requests are redirected to HTTPS');
  expect(one.stdout).not.toContain('Require HTTPS:');
  expect(one.stdout).toContain('effect The app restarts. Running functions may be terminated.');
});
