/**
 * One table for each area, in the test file of its name: what passes, what fails, and what is planned; and what the whole catalog is
 * tried with, on every hosting and on recorded answers of Azure (area-tables.ts collects it). Such a file holds nothing but its table.
 */
import { projectFacts } from '../../src/engine/plan/projection.ts';
import { showValue, sourcesIn, desiredValue } from '../../src/change/value.ts';
import { isReadAnyway } from '../../src/engine/judge/app-hosting.ts';
import { contextOf, type AnyContext } from '../../src/engine/judge/circumstances.ts';
import { describe, expect, test } from 'vitest';
import type { PlanName } from '../../src/emulator/web/sites.ts';
import { assess, readsOf, readsOfSteps, type ControlState } from '../../src/engine/judge/assess.ts';
import { judge } from '../../src/engine/judge/verdict.ts';
import { Unreadable } from '../../src/engine/judge/facts.ts';
import { draftsOf } from '../../src/engine/plan/guard-notes.ts';
import {
  type Answers,
  type AnyControl,
  type AnyStep,
  type Draft,
  type GuardFinding,
  keyOfDraft,
  type Questions,
  type Step,
} from '../../src/contract/index.ts';
import type { Json, ResourceKey } from '../../src/azure/index.ts';
import { guardReads, writesOf } from '../../src/report/catalogue.ts';
import { storeOf, type OneApp } from './one-app.ts';

/** An app as Azure would answer, with what was answered for the area; what is not given cannot be read. */
export type App<Q extends Questions> = OneApp & { readonly answers?: Answers<Q> };
/** The control, an app, and what is found there. */
export type Row<Q extends Questions> = readonly [control: string, app: App<Q>, found?: string | RegExp];
/** The control, an app, and what is sent: `siteConfig: ftpsState = Disabled`, `roleAssignments: made`. */
export type PlanRow<Q extends Questions> = readonly [control: string, app: App<Q>, sends: readonly string[]];

export interface AreaTable<Q extends Questions = Questions> {
  readonly pass: readonly Row<Q>[];
  readonly fail: readonly Row<Q>[];
  /** What was not read, or what Azure does not report. */
  readonly unknown?: readonly Row<Q>[];
  readonly plan: readonly PlanRow<Q>[];
  /** A guard, the control whose change it looks at, and the worst that it says; cases on a whole emulated app: guards.test.ts. */
  readonly guards?: readonly (readonly [guard: string, control: string, level: GuardFinding['level'], app: App<Q>])[];
  /** Controls without a row of one kind, and why there can be none. */
  readonly without?: Readonly<Record<string, string>>;
  /** Settings that some hosting lacks: whether a bad value `fails` there all the same, is `never bad` or `inert`, and why. */
  readonly anyway?: Readonly<Record<string, string>>;

  /** What brings the bad app of the hostings in line. */
  readonly answers?: Answers<Q> | ((plan: PlanName) => Answers<Q>);
  /** The same for the apps of the sample subscription, where it depends on them; `gone` are assignments of deleted principals. */
  readonly sample?: (app: string, gone: readonly string[]) => Answers<Q> | undefined;
  /** What the good app has in config/web, where the default is not good enough. */
  readonly good?: Readonly<Record<string, string | number | boolean>>;
  /** What the bad app cannot be bad at: nothing is there yet, or Azure itself no longer allows it. */
  readonly neverBad?: readonly string[];
  /** Reported only, and made good by changes of other controls. */
  readonly mended?: readonly string[];
  /** What only an answer exempts: an exception of a person, and no pass. */
  readonly exempted?: readonly string[];
  /** Findings that the sample subscription leaves to people. */
  readonly byHand?: readonly string[];
  /** What the verdict on the bad app does not need, though it is read. */
  readonly notNeeded?: Readonly<Record<string, readonly ResourceKey[]>>;
  /** What each recorded answer of Azure comes to, looked through by hand: `01[3]` is the fourth exchange of 01-*.json. */
  readonly recorded?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Tables of all areas whose files were loaded: as tests, which files in one process may have been before, or only asked for them. */
const known = new Map<string, AreaTable>();
let isAsking = false;

export const areaTester = {
  run<Q extends Questions>(area: Step<Q>, table: AreaTable<Q>): void {
    known.set(area.id, table as unknown as AreaTable);
    if (!isAsking) tests(area, table as unknown as AreaTable);
  },
  /** The tables that `load` leads to, without their tests. */
  async tables(load: () => Promise<unknown>): Promise<ReadonlyMap<string, AreaTable>> {
    isAsking = true;
    await load();
    isAsking = false;
    return known;
  },
};

const TODAY = '2026-11-28';

function tests(area: AnyStep, table: AreaTable): void {
  const control = (id: string): AnyControl => {
    const found = area.controls.find((one) => one.id === id);
    if (!found) throw new Error(`${area.id} has no control ${id}`);
    return found;
  };

  const judging = [
    ['pass', table.pass],
    ['fail', table.fail],
    ['unknown', table.unknown ?? []],
  ] as const;
  describe.each(judging.filter(([, rows]) => rows.length > 0))('%s', (wanted, rows) => {
    test.each(rows.map((row) => [titleOf(row), row] as const))('%s', async (_, [id, app, found]) => {
      const { state, found: is, reason } = await judged(area, control(id), app);
      expect([state, state === wanted ? '' : (reason ?? is)]).toEqual([wanted, '']);
      if (typeof found === 'string') expect(is).toBe(found);
      else if (found) expect(is).toMatch(found);
    });
  });

  describe.runIf(table.plan.length > 0)('plan', () => {
    test.each(table.plan.map((row) => [titleOf(row), row] as const))('%s', async (_, [id, app, sends]) => {
      const { drafts, after } = await drafted(area, control(id), app);
      expect(drafts.map(sent)).toEqual(sends);
      // What is made elsewhere, or known only when it is sent, no verdict can see yet.
      const isSeen =
        drafts.some((one) => readsOf(control(id)).includes(keyOfDraft(one))) && !drafts.some((one) => sourcesIn(toOf(one)).length > 0);
      if (isSeen) expect(after, 'and then it passes').toBe('pass');
    });
  });

  const guarding = table.guards ?? [];
  describe.runIf(guarding.length > 0)('guards', () => {
    test.each(guarding.map((row) => [`${row[0]}, ${row[2]}, ${titleOf([row[1], row[3]])}`, row] as const))('%s', async (_, row) => {
      const [guard, id, level, app] = row;
      const { notes } = await drafted(area, control(id), app);
      const levels = notes.flatMap((note) => (note.guard === guard ? [note.level] : []));
      expect(['stop', 'warn', 'clear'].find((one) => levels.includes(one as typeof level))).toBe(level);
    });
  });

  test('every control has its rows', () => {
    const lacks = (kind: string, rows: readonly (readonly [string, ...unknown[]])[], ids: readonly string[]) =>
      ids.filter((id) => !rows.some(([one]) => one === id) && !table.without?.[`${id}: ${kind}`]).map((id) => `${id}: ${kind}`);
    const judgeable = area.controls.filter(({ kind }) => kind !== 'attestation');
    const ids = judgeable.map(({ id }) => id);
    const changing = judgeable.filter((one) => one.kind === 'setting' || (one.kind === 'rule' && one.draft)).map(({ id }) => id);
    expect([...lacks('pass', table.pass, ids), ...lacks('fail', table.fail, ids), ...lacks('plan', table.plan, changing)]).toEqual([]);
  });

  test('each setting that some hosting lacks is decided on', () => {
    const lacking = area.controls.filter((one) => one.kind === 'setting' && one.notOn);
    expect(Object.keys(table.anyway ?? {}).toSorted()).toEqual(lacking.map(({ id }) => id).toSorted());
    for (const one of lacking) {
      const decided = table.anyway![one.id]!;
      expect(decided).toMatch(/^(fails|never bad|inert): \w/);
      expect([one.id, isReadAnyway(one)]).toEqual([one.id, decided.startsWith('fails')]);
    }
  });
}

/** What a guard looks at must have been read; that some of it could not be read is no matter here. */
function found(work: () => GuardFinding | readonly GuardFinding[]): readonly GuardFinding[] {
  try {
    return [work()].flat();
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return [];
  }
}

/** Describes a row as briefly as possible while it stays distinguishable; ids are left out. */
const titleOf = ([id, app]: readonly [string, App<Questions>, ...unknown[]]): string =>
  `${id}: ${JSON.stringify(app).replaceAll(/"[^"]*\/[^"]*"/g, '…')}`.slice(0, 120);

const withAnswers = (area: AnyStep, app: App<Questions>): OneApp =>
  app.answers === undefined
    ? app
    : {
        ...app,
        decisions: {
          ...app.decisions,
          [area.id]: { decision: { decision: 'apply' }, answers: app.answers as Record<string, Json>, controls: {} },
        },
      };

async function judged(area: AnyStep, control: AnyControl, app: App<Questions>): Promise<ControlState> {
  // Only what it declares itself was read: a control that looks at more fails here.
  const { store, reader } = await storeOf(app, readsOfSteps([{ ...area, controls: [control] }]));
  const by = { decisions: withAnswers(area, app).decisions ?? {}, today: app.today ?? TODAY };
  const [step] = assess([{ ...area, controls: [control] }], store, reader, by);
  return step!.controls[0]!;
}

async function drafted(area: AnyStep, control: AnyControl, app: App<Questions>) {
  if (control.kind === 'attestation') throw new Error('an attestation changes nothing');
  const reads = [...readsOfSteps([{ ...area, controls: [control] }]), ...guardReads(control)];
  const { store } = await storeOf(app, [...reads, ...(control.kind === 'rule' ? (control.draftReads ?? []) : [])]);
  const by = { decisions: withAnswers(area, app).decisions ?? {}, today: app.today ?? TODAY, me: '0a000000-0000-4000-8000-0000000000aa' };
  const context = contextOf(store, by.decisions[area.id] ?? { answers: {}, controls: {} }, by, (id) => id === control.id) as AnyContext;
  const drafts = draftsOf(control, context);
  const facts = projectFacts(store, drafts);
  const notes = (control.guards ?? []).flatMap(({ id, check }) =>
    found(() => check({ ...context, planned: facts })).map(({ level }) => ({ guard: id, level })),
  );
  const written = [...writesOf(control), ...(control.kind === 'rule' ? (control.later ?? []) : [])];
  const meant = drafts.flatMap((one) => [
    keyOfDraft(one),
    ...[one.needs, one.proof].flatMap((proof) => (proof ? [proof.key, ...(proof.refresh ? [proof.refresh] : [])] : [])),
  ]);
  expect(
    meant.filter((key) => ![...written, ...reads].includes(key)),
    'written or waited for, and not declared',
  ).toEqual([]);
  return { drafts, notes, after: judge(control, { ...context, facts, planned: facts }).state };
}

const toOf = (draft: Draft): Json => ('to' in draft ? (draft.to ?? null) : null);

/** A piece of a plan in a line. */
function sent(draft: Draft): string {
  const key = keyOfDraft(draft);
  if ('call' in draft) return `${key}: called`;
  if ('whole' in draft) return `${key}: ${draft.to === null ? 'taken away' : 'made'}`;
  const to = showValue(desiredValue(draft.to));
  const text = typeof to === 'string' ? to : JSON.stringify(to);
  return `${key}: ${draft.at[1].replace(/^properties\.?/, '') || 'all'} = ${text}`;
}
