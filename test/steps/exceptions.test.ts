/** Answers that exempt a resource from the guidance, and answers of several areas for one property. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { catalogue } from '../../steps/index.ts';
import { contoso } from '../../src/emulator/samples/contoso.ts';
import { keyOf, type State } from '../../src/emulator/state.ts';
import { cloud, type Cloud } from '../helpers/in-process.ts';
import { seed, siteId } from '../helpers/hostings.ts';
import { runName, temporaryFolder } from '../helpers/world.ts';
import { FUTURE_DAY } from '../helpers/future.ts';

const DOOR = '6c1b1f9e-2f0a-4f55-9d3e-8a7f3b0c2d11';
const OFFICE = '{ name: office, priority: 100, action: Allow, ip: 203.0.113.0/24 }';
const SIGNED = `by: Dana Lee, reason: agreed, until: ${FUTURE_DAY}`;

async function here(change: (state: State) => void = () => {}): Promise<Cloud & { file(text: string): Promise<string> }> {
  const folder = await mkdtemp(join(tmpdir(), 'func-harden test '));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const state = seed('P1v3', false);
  change(state);
  return {
    ...cloud(state, folder),
    file: async (steps) => {
      const name = join(folder, 'a.yaml');
      await writeFile(name, `version: 1\napps:\n  fn-bad:\n    steps:\n${steps.replace(/^/gm, '      ')}\n`);
      return name;
    },
  };
}

const config = (state: State) => state.sites[keyOf(siteId('fn-bad'))]!.config;
const replay = (at: Cloud, file: string) => at.command('replay', file, '--yes', '--confirm', 'fn-bad');

async function stateOf(at: Cloud, file: string, id: string): Promise<Record<string, unknown>> {
  const { stdout } = await at.command('audit', '--app', 'fn-bad', '--answers', file, '--json');
  const { apps } = JSON.parse(stdout) as { apps: { steps: { controls: Record<string, unknown>[] }[] }[] };
  return apps.flatMap(({ steps }) => steps.flatMap(({ controls }) => controls)).find((one) => one['id'] === id)!;
}

describe('an answer that exempts', () => {
  const INVENTORY = 'access-keys.inventory';

  test('keeps the finding until a person is responsible for it', async () => {
    const at = await here();
    const file = await at.file('access-keys: { decision: apply, answers: { known: [host/ci] } }');
    expect(await stateOf(at, file, INVENTORY)).toMatchObject({
      state: 'fail',
      reason: expect.stringContaining('"by", "reason" and "until"') as string,
    });
  });

  test.each([
    ['beside the decision', `access-keys: { decision: apply, ${SIGNED}, answers: { known: [host/ci] } }`],
    ['among the answers', `access-keys: { decision: apply, answers: { known: [host/ci], ${SIGNED} } }`],
  ])('is accepted with by, reason and until %s', async (_, text) => {
    const at = await here();
    expect(await stateOf(at, await at.file(text), INVENTORY)).toMatchObject({ state: 'accepted', by: 'Dana Lee', until: FUTURE_DAY });
  });

  test('is a finding again after its date', async () => {
    const at = await here();
    const file = await at.file('access-keys: { by: Dana Lee, reason: agreed, until: 2026-01-01, answers: { known: [host/ci] } }');
    expect(await stateOf(at, file, INVENTORY)).toMatchObject({ state: 'fail' });
  });

  test('is refused with its place if one of the three is missing', async () => {
    const at = await here();
    const file = await at.file('access-keys: { decision: apply, by: Dana Lee, reason: agreed, answers: { known: [host/ci] } }');
    const { code, stderr } = await at.command('plan', file);
    expect([code, stderr]).toEqual([64, expect.stringMatching(/a\.yaml:5:\d+: an exception requires until/)]);
  });

  test('allows to accept each finding, each control by its own decision', async () => {
    const at = await here();
    const accept = `{ decision: accept, ${SIGNED} }`;
    const steps = catalogue.map(
      ({ id, controls }) => `${id}: { controls: { ${controls.map((one) => `${one.id}: ${accept}`).join(', ')} } }`,
    );
    const summary = async (...args: string[]) =>
      (JSON.parse((await at.command('audit', '--app', 'fn-bad', '--json', ...args)).stdout) as { summary: Record<string, number> }).summary;
    const { fail } = await summary();
    const signed = await summary('--answers', await at.file(steps.join('\n')));
    expect([fail! > 60, signed]).toEqual([true, expect.objectContaining({ fail: 0, accepted: fail })]);
  });

  test('opens no closed app until a person is responsible for it', async () => {
    const closed = (state: State) =>
      Object.assign(config(state), {
        ipSecurityRestrictions: [{ ipAddress: '203.0.113.0/24', action: 'Allow', tag: 'Default', priority: 100, name: 'office' }],
        ipSecurityRestrictionsDefaultAction: 'Deny',
      });
    const open = 'answers: { rules: [{ name: all, priority: 100, action: Allow, ip: 0.0.0.0/0 }], defaultAction: Allow }';
    const at = await here(closed);
    const unsigned = await replay(at, await at.file(`access-restrictions: { decision: apply, ${open} }`));
    expect([unsigned.code, at.writes]).toEqual([1, []]);
    expect(unsigned.stderr).toContain('add the fields "by", "reason" and "until"');
    const signed = await replay(at, await at.file(`access-restrictions: { decision: apply, ${SIGNED}, ${open} }`));
    expect([signed.code, at.writes.length]).toEqual([0, 1]);
  });
});

describe('areas that write one property', () => {
  const both = (defaultAction: string) =>
    `access-restrictions: { decision: apply, answers: { rules: [${OFFICE}], defaultAction: ${defaultAction} } }\ngateway: { decision: apply, answers: { frontDoorId: ${DOOR} } }`;

  test('are merged: one replay allows office and Front Door, and a second replay sends nothing', async () => {
    const at = await here();
    const file = await at.file(`${both('Deny')}\nscm: { decision: apply, answers: { rules: [${OFFICE}], defaultAction: Deny } }`);
    const first = await replay(at, file);
    expect(first.code, first.stderr).toBe(0);
    const rules = config(at.state())['ipSecurityRestrictions'] as { name: string }[];
    expect(rules.map(({ name }) => name).toSorted()).toEqual(['front-door', 'office']);
    const said = first.stdout.replaceAll(/\s+/g, ' ');
    expect(said).toContain('Callers get 403 unless they come through the Front Door or another rule allows them.');
    expect(said).not.toContain('All requests that do not come through the Front Door');
    const sent = at.writes.length;
    const second = await replay(at, file);
    expect([second.code, at.writes.length]).toEqual([0, sent]);
    expect(second.stdout.trimEnd().split('\n').at(-1)).toMatch(/^NOTHING TO DO/);
  });

  test('are refused at load if they want different values, with both places', async () => {
    const at = await here();
    const { code, stderr } = await at.command('plan', await at.file(both('Allow')));
    expect(code).toBe(64);
    expect(stderr).toMatch(/a\.yaml:5:\d+: contradicts the answer frontDoorId of area gateway/);
    expect(stderr).toMatch(/a\.yaml:6:\d+: contradicts the answer defaultAction of area access-restrictions/);
  });

  test('put the Front Door before the first rule that denies', async () => {
    const at = await here();
    const deny = '{ name: block, priority: 20, action: Deny, ip: 198.51.100.0/24 }';
    const file = await at.file(both('Deny').replace(OFFICE, `${deny}, ${OFFICE}`));
    expect((await replay(at, file)).code).toBe(0);
    const rules = config(at.state())['ipSecurityRestrictions'] as { name: string; priority: number }[];
    expect(rules.map(({ name, priority }) => [name, priority])).toEqual([
      ['front-door', 19],
      ['block', 20],
      ['office', 100],
    ]);
  });
});

describe('contradictions of areas that write one property', () => {
  const rules = (...given: string[]) =>
    `access-restrictions: { decision: apply, answers: { rules: [${[...given, OFFICE].join(', ')}], defaultAction: Deny } }`;
  const gateway = `gateway: { decision: apply, answers: { frontDoorId: ${DOOR} } }`;

  test('a deny rule with priority 1 leaves no place for the Front Door: refused at load, with both places', async () => {
    const at = await here();
    const file = await at.file(`${rules('{ name: block, priority: 1, action: Deny, ip: 198.51.100.0/24 }')}\n${gateway}`);
    const { code, stderr } = await at.command('plan', file);
    expect(code).toBe(64);
    expect(stderr).toMatch(/a\.yaml:5:\d+: contradicts the answer frontDoorId of area gateway/);
    expect(stderr).toMatch(/a\.yaml:6:\d+: contradicts the answer rules of area access-restrictions/);
  });

  test('rules that together allow all callers contradict the gateway, and each place is reported once', async () => {
    const at = await here();
    const half = (name: string, ip: string) => `{ name: ${name}, priority: 200, action: Allow, ip: ${ip} }`;
    const file = await at.file(`${rules(half('a', '0.0.0.0/1'), half('b', '128.0.0.0/1'))}\n${gateway}`);
    const { code, stderr } = await at.command('plan', file);
    expect([code, stderr.match(/contradicts the answer frontDoorId/g), stderr.match(/contradicts the answer rules/g)]).toEqual([
      64,
      ['contradicts the answer frontDoorId', 'contradicts the answer frontDoorId'],
      ['contradicts the answer rules'],
    ]);
  });

  test('a deny rule does not count as a way around the gateway', async () => {
    const at = await here();
    const block = rules('{ name: block, priority: 20, action: Deny, ip: 198.51.100.0/24 }');
    expect((await replay(at, await at.file(block))).code).toBe(0);
    const { stdout, stderr } = await at.command('plan', await at.file(`${block}\n${gateway}`), '--json');
    const { changes } = JSON.parse(stdout) as { changes: { controls: string[] }[] };
    expect([changes.flatMap(({ controls }) => controls), stderr]).toEqual([expect.arrayContaining(['gateway.only-way']), '']);
  });
});

test('an answer that moves no setting creates no vault, and the plan says that the finding stays', async () => {
  const at = await here();
  const file = await at.file('key-vault: { answers: { vault: kv-new, settings: [] }, controls: { references: { decision: apply } } }');
  const { code, stdout, stderr } = await at.command('plan', file, '--json');
  expect([code, (JSON.parse(stdout) as { changes: unknown[] }).changes, stderr]).toEqual([
    0,
    [],
    expect.stringMatching(/key-vault\.references is not changed: .*The finding stays \(in plain text: /),
  ]);
});

test('a vault in the answers alone makes no control pass', async () => {
  const at = cloud(contoso(), await temporaryFolder());
  const file = join(at.folder, 'answers.yaml');
  await writeFile(file, 'version: 1\napps: { fn-events: { steps: { key-vault: { answers: { vault: kv-events } } } } }\n');
  const states = async (...given: string[]) => {
    const { stdout } = await at.command('audit', '--app', 'fn-events', '--step', 'key-vault', '--json', ...given);
    const { apps } = JSON.parse(stdout) as { apps: { steps: { controls: { state: string }[] }[] }[] };
    return apps[0]!.steps[0]!.controls.filter(({ state }) => state === 'pass').length;
  };
  expect(await states('--answers', file)).toBe(await states());
});

describe('access rules from other tools', () => {
  const rule = (name: string, priority: number, rest: Record<string, unknown>) => ({
    name,
    priority,
    action: 'Allow',
    tag: 'Default',
    ...rest,
  });
  const RULES = `access-restrictions: { decision: apply, answers: { rules: [${OFFICE}], defaultAction: Deny } }`;

  test('two rules of one name are distinguished by what they allow, replaced once, and restored', async () => {
    const stored = [rule('office', 100, { ipAddress: '203.0.113.0/24' }), rule('office', 100, { ipAddress: '0.0.0.0/0' })];
    const at = await here((state) => Object.assign(config(state), { ipSecurityRestrictions: stored }));
    const before = at.shown(siteId('fn-bad'));
    const file = await at.file(RULES);
    expect((await at.command('plan', file)).stdout).toMatch(
      /- ipSecurityRestrictions\[office, listed again\] 100 Allow 0\.0\.0\.0\/0\s+\(office\)\n +# 1 unchanged/,
    );
    const first = await replay(at, file);
    expect(first.code, first.stderr).toBe(0);
    const sent = at.writes.length;
    expect((await replay(at, file)).code).toBe(0);
    expect(at.writes.length).toBe(sent);
    const undo = await at.command('undo', runName(first), '--yes', '--confirm', 'fn-bad');
    expect([undo.code, at.shown(siteId('fn-bad'))], undo.stderr).toEqual([0, before]);
  });

  test('two Front Doors with one tag are two rules', async () => {
    const OTHER = '11111111-2222-4333-8444-555555555555';
    const door = (id: string, name: string, priority: number) =>
      rule(name, priority, { ipAddress: 'AzureFrontDoor.Backend', tag: 'ServiceTag', headers: { 'x-azure-fdid': [id] } });
    const at = await here((state) =>
      Object.assign(config(state), {
        ipSecurityRestrictions: [door(OTHER, 'front', 100), door(DOOR, 'front', 200)],
        ipSecurityRestrictionsDefaultAction: 'Deny',
      }),
    );
    const file = await at.file(`gateway: { decision: apply, answers: { frontDoorId: ${DOOR} } }`);
    const { stdout } = await at.command('plan', file);
    expect(stdout).toMatch(/- ipSecurityRestrictions\[front\] 100 [\s\S]*?11111111-2222/);
    expect((await replay(at, file)).code).toBe(0);
    const doors = (at.state().sites[keyOf(siteId('fn-bad'))]!.config as { ipSecurityRestrictions: { headers?: object }[] })
      .ipSecurityRestrictions;
    expect(doors.map(({ headers }) => headers)).toEqual([{ 'x-azure-fdid': [DOOR] }]);
  });
});
