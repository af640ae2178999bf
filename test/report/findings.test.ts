/** `findings`: one list over all apps, sorted and filtered, in three formats, with the exit codes of an audit. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Finding } from '../../src/engine/findings/finding.ts';
import { filterFindings, sortFindings } from '../../src/engine/findings/order.ts';
import { findingsWriter } from '../../src/report/findings.ts';
import { valueOf } from '../../src/view/finding-lines.ts';
import { GROUP, seed } from '../helpers/hostings.ts';
import { inside } from '../helpers/inside.ts';
import { withStrayMember, wrongWith } from '../helpers/schemas.ts';
import { world, type World } from '../helpers/world.ts';

interface Listed {
  readonly control: string;
  readonly area: string;
  readonly severity: string;
  readonly risk: string;
  readonly fix: string;
  readonly state: string;
  readonly found: string;
  readonly resource: string;
  readonly apps: readonly { name: string; owner: string | null; subscription: { name: string }; tags: Record<string, string> }[];
}
interface Report {
  readonly findings: readonly Listed[];
  readonly summary: Record<string, number>;
}

async function listed(here: World, ...more: string[]): Promise<Report & { code: number | null; stderr: string }> {
  const { code, stdout, stderr } = await inside(here, ['findings', '--json', ...more]);
  return { code, stderr, ...(JSON.parse(stdout) as Report) };
}

const SEVERITIES = ['critical', 'high', 'medium', 'low'];
const RISKS = ['safe', 'disruptive', 'lock-out', 'one-way', 'by-hand'];

test('findings are the failures of an audit, the worst first, as the schema describes them', async () => {
  const here = await world();
  const report = await listed(here, '--all');
  const audit = JSON.parse((await inside(here, ['audit', '--all', '--json'])).stdout) as {
    apps: {
      id: string;
      subscription: object;
      tags: object;
      steps: { controls: { id: string; state: string; resources?: string[] }[] }[];
    }[];
  };
  const { code, stderr: _, ...printed } = report;
  expect(code).toBe(2);
  expect(wrongWith('findings', printed)).toEqual([]);
  for (const stray of withStrayMember({ ...printed, findings: printed.findings.slice(0, 2) }, ['tags']))
    expect(wrongWith('findings', stray)).not.toEqual([]);
  const fails = audit.apps.flatMap(({ id: app, steps }) =>
    steps.flatMap(({ controls }) =>
      controls.flatMap(({ id, state, resources = [app] }) =>
        state === 'fail' ? resources.map((one) => `${id} ${one.toLowerCase()}`) : [],
      ),
    ),
  );
  expect(report.findings).toHaveLength(new Set(fails).size);
  const ranks = report.findings.map(
    ({ severity, risk, apps }) => [SEVERITIES.indexOf(severity), RISKS.indexOf(risk), -apps.length] as const,
  );
  expect(ranks).toEqual(ranks.toSorted((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]));
  expect(report.summary).toMatchObject({ findings: report.findings.length, apps: audit.apps.length });
  expect(audit.apps[0]).toMatchObject({ subscription: { name: 'Contoso Production' }, tags: expect.any(Object) as object });
});

test('a tag that contains a secret is not shown; other tags are', async () => {
  const shown = {
    owner: 'dana.lee@northwind.example',
    secret: 'no',
    'hidden-link: /appi': `${GROUP}/providers/microsoft.insights/components/appi`,
  };
  const hidden = {
    pat: 'ghp_abcdefghijklmnopqrstuvwxyz0123456789',
    adminPassword: 'Summer2026hunter',
    sas: 'https://st/c?sv=2022-11-02&sig=abcdEFGH1234',
  };
  const here = await world({
    seed: () => {
      const state = seed('Y1', false);
      for (const site of Object.values(state.sites)) site.tags = { ...shown, ...hidden };
      return state;
    },
  });
  const { findings } = await listed(here, '--all', '--step', 'ftp');
  expect(findings[0]!.apps[0]!.tags).toEqual({
    ...shown,
    pat: '(sensitive value)',
    adminPassword: '(sensitive value)',
    sas: '(sensitive value)',
  });
});

test('a resource that several apps use has one finding, with the affected apps', async () => {
  const here = await world({ scenario: 'fleet', apps: 30 });
  const { findings } = await listed(here, '--all', '--step', 'defender', 'storage');
  const shared = findings.filter(({ apps }) => apps.length > 1);
  expect(shared.length).toBeGreaterThan(0);
  const keys = findings.map(({ control, resource, apps }) => `${control} ${resource} ${apps.length > 1 ? '' : apps[0]?.name}`);
  expect(new Set(keys).size).toBe(keys.length);
});

test('risk, severity and sort select the findings that are listed and that the exit code counts', async () => {
  const here = await world();
  const some = await listed(here, '--all', '--risk', 'safe', 'by-hand', '--severity', 'medium', '--sort', 'app');
  expect(some.findings.length).toBeGreaterThan(0);
  for (const one of some.findings) expect([['safe', 'by-hand'].includes(one.risk), one.severity]).toEqual([true, 'medium']);
  const names = some.findings.map(({ apps }) => apps[0]?.name ?? '');
  expect(names).toEqual(names.toSorted());
  expect(new Set((await listed(here, '--all', '--risk', 'by-hand')).findings.map(({ fix }) => fix))).toEqual(new Set(['by-hand']));
  const none = await listed(here, '--app', 'fn-orders', '--step', 'https', '--risk', 'one-way');
  expect([none.code, none.findings]).toEqual([0, []]);
  expect((await inside(here, ['findings', '--all', '--fail-on', 'critical', '--json'])).code).toBe(0);
  expect((await inside(here, ['findings', '--all', '--format', 'sarif'])).code).toBe(64);
});

test('by control: one line for each, with the apps that fail it, as text, JSON and CSV; the findings beside it stay the same', async () => {
  const here = await world();
  const { findings, summary } = await listed(here, '--all');
  const { code, stdout } = await inside(here, ['findings', '--json', '--all', '--by', 'control']);
  const report = JSON.parse(stdout) as Report & { controls: { control: string; severity: string; findings: number; apps: number }[] };
  expect([code, wrongWith('findings', report), report.findings, report.summary]).toEqual([2, [], findings, summary]);
  const own = Map.groupBy(findings, ({ control }) => control);
  const counts = report.controls.map(({ control, findings: number, apps }) => [control, number, apps]);
  const expected = [...own].map(([control, of]) => [
    control,
    of.length,
    new Set(of.flatMap(({ apps }) => apps.map(({ name }) => name))).size,
  ]);
  expect(new Map(counts.map(([control, ...rest]) => [control, rest]))).toEqual(
    new Map(expected.map(([control, ...rest]) => [control, rest])),
  );
  const ranks = report.controls.map(({ severity }) => SEVERITIES.indexOf(severity));
  expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
  const shown = (await inside(here, ['findings', '--all', '--by', 'control'])).stdout;
  expect(shown.split('\n').filter((row) => / of 6 /.test(row))).toHaveLength(own.size);
  expect(shown).toMatch(/^high +4 of 6 +Basic authentication \(SCM site\)/m);
  expect((await inside(here, ['findings', '--all', '--by', 'control'], {}, 40)).stdout).toMatch(
    /^high {2}disruptive {2}4 of 6 apps\n {2}Basic/m,
  );
  const csv = (await inside(here, ['findings', '--all', '--by', 'control', '--sort', 'apps', '--format', 'csv'])).stdout.split('\r\n');
  expect(csv[0]).toBe('control,area,label,severity,risks,findings,apps');
  expect(csv.slice(1, -1)).toHaveLength(own.size);
  const unfit = await inside(here, ['findings', '--all', '--by', 'control', '--sort', 'owner']);
  expect([unfit.code, unfit.stderr]).toEqual([
    64,
    expect.stringContaining('Use --sort severity, risk, area, apps, or remove --by control.'),
  ]);
});

test('a current value names the shared resource once', () => {
  const resource = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/stshop';
  const value = (found: string) => valueOf({ isShared: true, resource, found });
  expect(value('off')).toBe('stshop: off');
  expect(value('blobs of stshop: deleted data is not retained')).toBe('blobs of stshop: deleted data is not retained');
  expect(value('stshop: key1 is 9 days old')).toBe('stshop: key1 is 9 days old');
  expect(value('blobs of stshop2: not retained')).toBe('stshop: blobs of stshop2: not retained');
});

test('attestations are findings only if an answers file requests them; accepted findings are not listed', async () => {
  const here = await world();
  const answers = join(here.folder, 'answers.yaml');
  await writeFile(
    answers,
    'version: 1\ndefaults: { steps: { ftp: { decision: accept, by: Dana Lee, reason: legacy, until: 2099-01-31 } } }\n',
  );
  const ids = async (...more: string[]) =>
    (await listed(here, '--app', 'fn-orders', '--step', 'ftp', 'data-validation', ...more)).findings.map(({ state }) => state);
  expect(new Set(await ids())).toEqual(new Set(['fail']));
  expect(new Set(await ids('--answers', answers))).toEqual(new Set(['attestation-missing']));
});

test('on a terminal of any width no label and no value is cut', async () => {
  const here = await world();
  const whole = 'rule "everybody" allows other callers; callers that match no rule are allowed';
  for (const width of [40, 80, 109, 110, 160]) {
    const { stdout } = await inside(here, ['findings', '--app', 'fn-orders'], {}, width);
    expect(stdout).not.toContain('…');
    expect(Math.max(...stdout.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(width);
    if (width < 110) expect(stdout.replace(/\s+/g, ' ')).toContain(`Gateway bypass (Use a gateway service): ${whole}`);
  }
});

test('text has one line for each finding with the current value; CSV has the place and the owner', async () => {
  const here = await world();
  const { stdout } = await inside(here, ['findings', '--app', 'fn-orders', '--step', 'https'], {}, 120);
  expect(stdout).toContain('SEVERITY');
  expect(stdout).toMatch(/^high {7}disruptive {3}HTTPS only.*fn-orders +off$/m);
  expect(stdout).toMatch(/findings in 1 app: \d+ high/);
  const fleet = await world({ scenario: 'fleet', apps: 20, subscriptions: 2 });
  const text = async (width: number, ...more: string[]) =>
    (await inside(fleet, ['findings', '--all', '--step', 'https', ...more], {}, width)).stdout.split('\n').slice(0, 2).join('\n');
  expect(await text(120)).not.toContain('OWNER');
  expect(await text(140)).toMatch(/APP +SUBSCRIPTION +OWNER +CURRENT VALUE\n.* Fleet \d +team-\w+ /);
  expect(await text(120, '--sort', 'owner')).toMatch(/APP +OWNER.*\n.* team-\w+/);
  expect(await text(80, '--sort', 'owner')).toMatch(/^\w+ +[\w -]+ {2}fn-\S+, owner team-\w+\n {2}\S/);
  const csv = (await inside(fleet, ['findings', '--all', '--format', 'csv'])).stdout.split('\r\n');
  expect(csv[0]).toMatch(/^control,area,label,severity,risk,fix,.*,subscriptionName,owner,tags$/);
  expect(csv[1]).toMatch(/Fleet 1,team-\w+,env=\w+ owner=team-\w+$/);
});

test('resources that could not be read are separate from findings, with the exit code of an audit', async () => {
  const here = await world();
  await here.faults([
    { method: 'GET', path: 'sites/fn-orders', times: 99, status: 403, body: { error: { code: 'AuthorizationFailed', message: 'no' } } },
  ]);
  const { code, stdout } = await inside(here, ['findings', '--app', 'fn-orders', '--step', 'https']);
  expect(code).toBe(4);
  expect(stdout).toMatch(/No findings in 1 app\.[\s\S]*controls could not be read and are unknown\./);
});

test('patterns select apps and subscriptions; a management group the subscriptions below it; owners their apps', async () => {
  const here = await world({ scenario: 'fleet', apps: 40, subscriptions: 4 });
  const apps = async (...more: string[]) => {
    const { findings, summary } = await listed(here, '--step', 'https', ...more);
    return { count: summary['apps'], places: new Set(findings.flatMap((one) => one.apps.map(({ subscription }) => subscription.name))) };
  };
  expect((await apps('--app', 'fn-0000*')).count).toBe(9);
  expect((await apps('--app', 'fn-0000?', 'fn-00040')).count).toBe(10);
  expect(await apps('--subscription', 'fleet *')).toMatchObject({ count: 40 });
  expect(await apps('--subscription', '*3')).toEqual({ count: 10, places: new Set(['Fleet 3']) });
  expect(await apps('--management-group', 'mg-fleet-test')).toEqual({ count: 20, places: new Set(['Fleet 2', 'Fleet 4']) });
  expect(await apps('--management-group', 'mg-fleet', '--subscription', 'Fleet 1')).toMatchObject({ count: 10 });
  expect(await apps('--management-group', here.tenantId)).toMatchObject({ count: 40 });
  expect((await apps('--owner', 'team-orders')).count).toBe(8);
  const wrong = await inside(here, ['findings', '--management-group', 'mg-none']);
  expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('management group "mg-none"')]);
  const outside = await inside(here, ['findings', '--management-group', 'mg-fleet-prod', '--subscription', 'Fleet 2']);
  expect([outside.code, outside.stderr]).toEqual([64, expect.stringContaining('not a subscription in the management group mg-fleet-prod')]);
  expect((await inside(here, ['findings', '--app', 'tag:env'])).code).toBe(64);
  expect((await inside(here, ['plan', join(here.folder, 'none.yaml'), '--app', 'fn-*'])).code).toBe(64);
});

test('a finding that thousands of apps share is written in small pieces', async () => {
  const { catalogue } = await import('../../steps/index.ts');
  const [step] = catalogue;
  const [control] = step!.controls;
  const about = [{ id: '/subscriptions/s/providers/Microsoft.Security/pricings/AppServices', found: 'Free' }];
  const state = {
    id: `${step!.id}.${control!.id}`,
    control: control!,
    state: 'fail',
    severity: 'high',
    found: 'Free',
    wanted: 'on',
  } as const;
  const more = { resource: about[0]!.id, about, path: null, reason: null, lines: [] };
  const look = { ascii: true, colour: { depth: 0 } } as never;
  for (const format of ['json', 'csv'] as const) {
    const options = { format, filter: {}, asksAttestations: false, decisionsOf: () => ({}), width: 80, look, colour: look };
    const writer = findingsWriter(options);
    for (let number = 0; number < 2000; number++) {
      const name = `fn-${number}`;
      const place = { resourceGroup: 'rg', subscriptionId: 's', location: 'westeurope', kind: 'functionapp', tags: {} };
      const target = { id: `/x/${name}`, name, label: name, ...place };
      writer.app({ target, app: undefined, steps: [{ step: step!, state: 'fail', controls: [{ ...state, ...more }] }] });
    }
    const pieces = [...writer.end({ apps: 2000, counts: {}, fromInventory: 0 })];
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(32_768);
    if (format === 'json') expect((JSON.parse(pieces.join('')) as Report).findings.map(({ apps }) => apps.length)).toEqual([2000]);
    else expect(pieces.join('').split('\r\n')).toHaveLength(3);
  }
});

test('fifty thousand findings are sorted, and filtered by words in control, value, app and tags', async () => {
  const { catalogue } = await import('../../steps/index.ts');
  const controls = catalogue.flatMap((step) => step.controls.map((control) => ({ step, control })));
  const target = (number: number) => {
    const name = `fn-${number}`;
    const tags = { owner: `team-${number % 5}` };
    return {
      id: `/x/${name}`,
      name,
      label: name,
      resourceGroup: 'rg',
      subscriptionId: 's',
      location: 'westeurope',
      kind: 'functionapp',
      tags,
    };
  };
  const list = Array.from({ length: 50_000 }, (_, index): Finding => {
    const { step, control } = controls[index % controls.length]!;
    const base = { id: `${step.id}.${control.id}`, step, control, severity: control.severity, risk: 'safe', fix: 'safe' } as const;
    return { ...base, state: 'fail', found: 'off', wanted: 'on', resource: null, isShared: false, apps: [target(index)] };
  });
  const sorted = sortFindings(list);
  expect(sorted).toHaveLength(50_000);
  expect(filterFindings(sorted, { text: 'team-3 fn-4' }).length).toBeGreaterThan(1000);
  const some = filterFindings(sorted, { text: 'TEAM-3 fn-4999' });
  expect(some.every(({ apps }) => apps[0]!.label.startsWith('fn-4999') && apps[0]!.tags['owner'] === 'team-3')).toBe(true);
  expect(some.length).toBeGreaterThan(0);
});
