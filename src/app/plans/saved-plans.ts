/** Saves a plan, and applies a saved one. Only apps whose values did not change since are touched. */
import { fileProblem } from '../../files/file-problem.ts';
import { createHash } from 'node:crypto';
import type { Invocation } from '../../cli/invocation.ts';
import type { OptionName, Options } from '../../cli/options.ts';
import type { Target } from '../../azure/index.ts';
import type { AppliedPlan, RecordedRun } from '../../change/undo-log.ts';
import { secrets } from '../../change/secrets.ts';
import { EXIT, UserError } from '../../engine/errors.ts';
import { mapLimited } from '../../engine/concurrency.ts';
import { parseSiteId } from '../../engine/fleet/targets.ts';
import { assess } from '../../engine/judge/assess.ts';
import { invalidAnswerIn } from '../../engine/judge/contradictions.ts';
import type { Reserved } from '../../engine/judge/circumstances.ts';
import { digestOfRequest, compareWithSaved, type Request, type SavedPlanState } from '../../engine/plan/saved-plan-comparison.ts';
import { formerResources } from '../../engine/plan/former-resources.ts';
import { preflight } from '../../engine/plan/preflight.ts';
import { shareValues } from '../../engine/plan/shared-values.ts';
import { plan, workWithout, type Plan } from '../../engine/plan/plan.ts';
import { withoutRefused } from '../../engine/plan/reservations.ts';
import type { Connection } from '../../engine/ports.ts';
import type { Trouble } from '../../engine/run/troubles.ts';
import { readRuns } from '../../files/undo-log/journal.ts';
import { checkOwned } from '../../files/file-owner.ts';
import { readBytes } from '../../files/read-limited.ts';
import { reportErrors } from '../../report/errors.ts';
import { placeOf, savedChanges, savedPlanPieces, type PlanHead } from '../../report/saved-plan.ts';
import { escapeJson, plainText } from '../../text/plain.ts';
import { connectWith } from '../connection.ts';
import { writeFileOf } from '../delivery.ts';
import { plannerFor } from './planner.ts';
import { openApp } from '../open-app.ts';
import { collectGarbageOfRun } from '../memory.ts';
import { circumstances, concurrencyOf } from '../option-values.ts';
import type { Planned } from './plan-from-file.ts';
import { progressBar } from '../progress-bar.ts';
import { openSavedPlan, type OpenedPlan } from './saved-plan-file.ts';
import { stateOf } from '../state-place.ts';
import { findSelectedApps, selectionTroubles } from '../target-selection.ts';
import { planErrors } from '../errors/plans.ts';

/**
 * The most bytes of a saved plan. One control over 50,000 apps has about 26 million; everything safe has 5 to 50 kB an app, depending on
 * how many apps share its resources.
 */
const MOST_BYTES = 256 * 1024 * 1024;

/** A plan with its digest, and the pieces of its file. */
export interface SealedPlan {
  readonly tool: string;
  readonly createdAt: string;
  readonly digest: string;
  readonly pieces: () => AsyncIterable<string>;
}

/** Computes the digest of a plan, app by app: the plan of a fleet is too long to be held as a text. */
export async function sealPlan({ version, clock }: Invocation, { connection, plans, digest: answersDigest }: Planned): Promise<SealedPlan> {
  const origin = { tool: `func-harden ${version}`, createdAt: clock.now().toISOString(), connection, answersDigest };
  const hash = createHash('sha256');
  for await (const piece of savedPlanPieces(plans, origin)) hash.update(piece);
  const digest = `sha256:${hash.digest('hex')}`;
  return { ...origin, digest, pieces: () => savedPlanPieces(plans, origin, digest) };
}

/** Writes the file of `--out`. @throws UserError where it cannot be written, or not be read again */
export async function writePlan(
  { io }: Pick<Invocation, 'io'>,
  file: string,
  { digest, pieces }: Pick<SealedPlan, 'digest' | 'pieces'>,
  most = MOST_BYTES,
): Promise<void> {
  // The digest of a plan covers its canonical text, so nothing but the spelling of characters may change.
  await writeFileOf(file, upTo(most, pieces()), { cleaned: (text) => escapeJson(secrets.fromText(text)) });
  io.err(
    `Plan saved to ${file}\n  Digest: ${digest}\n  Apply exactly this plan: func-harden replay --plan ${file} --require-digest ${digest}\n`,
  );
}

async function* upTo(most: number, pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let bytes = 0;
  for await (const piece of pieces) {
    bytes += Buffer.byteLength(piece);
    if (bytes > most) throw planErrors.planTooLarge({ most });
    yield piece;
  }
}

/** A saved plan with the current state of its apps. */
interface PlannedFromSaved extends Planned {
  readonly plan: AppliedPlan;
  /** The content of the file. */
  readonly content: Uint8Array;
  /** Returns apps that were planned and that nothing changes. `--confirm` may name them. */
  readonly idle: () => readonly Target[];
  /** Apps that are not changed because their values changed since the plan was made. */
  readonly moved: readonly Trouble[];
}

/** Options that select other apps or other work than the plan. */
const NOT_WITH_PLAN = [
  'subscription',
  'managementGroup',
  'resourceGroup',
  'app',
  'slot',
  'tag',
  'owner',
  'all',
  'step',
  'profile',
  'safe',
  'disruptive',
];
const ONLY_WITH_PLAN = ['requireDigest', 'approvedBy', 'maxAge'] as const satisfies readonly OptionName[];

/** Checks the options of a saved plan. @throws UserError where such options are given without a saved plan, or contradict it */
export function checkPlanOptions({ options, args }: Pick<Invocation, 'options' | 'args'>): void {
  const flag = (name: string) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  if (options.plan === undefined) {
    const stray = ONLY_WITH_PLAN.filter((name) => options[name] !== undefined);
    if (stray.length > 0) throw planErrors.needsPlan({ options: stray.map(flag) });
    return;
  }
  if (args[0] !== undefined) throw planErrors.fileWithPlan();
  const stray = NOT_WITH_PLAN.filter(
    (name) => (options as Readonly<Record<string, unknown>>)[name] !== undefined && !options.presets?.some((one) => one === name),
  );
  if (stray.length > 0) throw planErrors.notWithPlan({ options: stray.map(flag) });
  maxAgeOf(options);
  if (options.approvedBy !== undefined && plainText(options.approvedBy).trim() === '') throw planErrors.noApprover();
}

const UNITS = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 } as const;

/** Returns `--max-age` in milliseconds. @throws UserError where it is not a duration */
function maxAgeOf({ maxAge }: Options): number | undefined {
  if (maxAge === undefined) return undefined;
  const [, count, unit] = /^(\d{1,5})([smhdw])$/.exec(maxAge) ?? [];
  if (count === undefined) throw planErrors.invalidAge({ text: maxAge });
  return Number(count) * UNITS[unit as keyof typeof UNITS] * 1000;
}

/** Reads a saved plan and the current state of its apps. @throws UserError (exit 64) where it must not be applied */
export async function planFromSaved(invocation: Invocation): Promise<PlannedFromSaved> {
  const { options } = invocation;
  checkPlanOptions(invocation);
  const file = options.plan ?? '';
  const saved = await readPlanFile(file);
  checkDigest(saved, options);
  checkAge(saved, maxAgeOf(options), invocation.clock.now(), file);
  circumstances(options, {});
  const concurrency = concurrencyOf(options);
  const bar = progressBar(invocation, 'apps compared', options.quiet === true);
  const connection = await connectWith(invocation, bar);
  checkPlace(saved, connection);
  // Before the lists of all apps are read.
  collectGarbageOfRun(saved.changed.length);
  const found =
    saved.changed.length === 0
      ? undefined
      : await findSelectedApps(connection, {}, { apps: saved.changed, matching: [] }, invocation.signal);
  const targets = found?.targets ?? [];
  const troubles: Trouble[] = found ? selectionTroubles(found) : [];
  const runs = targets.length > 0 ? await runsOfPlan(invocation, saved.digest) : [];
  const arm = plannerFor(connection, targets);
  const rights = preflight(connection.writer);
  bar.total(targets.length);
  const shared = shareValues();
  const lookAtNext = async (target: Target) => {
    const one = shared(await lookAt(target));
    bar.step();
    return one;
  };
  const looked = await mapLimited(targets, concurrency, lookAtNext, invocation.signal);
  bar.end();
  const settled = await withoutRefused(looked, ({ target }, reserved) => lookAt(target, reserved));
  const moved = settled.flatMap(({ target, standing }) => (standing.state === 'moved' ? [troubleOf(target, standing)] : []));
  const plans = settled.map(({ standing, ...one }) => (standing.state === 'as-planned' ? one : { ...one, changes: [] }));
  const planned = new Set(plans.map(({ target }) => target.id.toLowerCase()));
  const idle = () =>
    saved.targets().flatMap((id) => {
      const site = planned.has(id.toLowerCase()) ? undefined : parseSiteId(id);
      return site ? [{ ...site, location: '', kind: '', tags: {} }] : [];
    });
  const approvedBy = options.approvedBy === undefined ? null : plainText(options.approvedBy).trim();
  return {
    connection,
    plans: plans.map((one) => ({ ...one, blocked: [], unknown: [], unused: [] })),
    idle,
    digest: saved.answersDigest,
    drift: [],
    troubles,
    moved,
    plan: { digest: saved.digest, approvedBy },
    content: saved.bytes,
  };

  async function lookAt(target: Target, reserved: Reserved = new Map()): Promise<Plan & { readonly standing: SavedPlanState }> {
    const { decisions = {}, beside = {}, profile } = saved.workOf(target.id) ?? {};
    const catalogue = await invocation.catalogue();
    const invalid = invalidAnswerIn({ ...beside, ...decisions }, catalogue);
    if (invalid !== undefined) throw reportErrors.misshapenPlan({ file, where: invalid });
    const steps = catalogue.filter(({ id }) => decisions[id]);
    const { store } = await openApp(arm, target, steps, undefined);
    const by = { ...circumstances(options, { ...beside, ...decisions }, connection.account), reserved, rights };
    const now = await plan(steps, store, arm, by, profile);
    const states = assess(steps, store, arm, profile ? { ...by, profile } : by).flatMap(({ controls }) => controls);
    const approved = saved.changesOf(target.id);
    const standing = await compareWithSaved({
      saved: approved,
      now: await savedChanges(now.changes),
      plan: now,
      states: new Map(states.map(({ id, state }) => [id, state])),
      isSent: (request) => runs.some((run) => hasSent(run, target, request)),
      whyOpen: formerResources(arm, target, states),
    });
    const requests = await Promise.all(approved.map(digestOfRequest));
    // What could not be planned was not approved, so it is no failure, also if the run is resumed.
    const left = [...now.blocked.map(({ control }) => control), ...now.unknown.map(({ id }) => id)];
    return { ...now, work: { ...workWithout(now.work, left), requests }, standing };
  }
}

const sameId = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

const hasSent = ({ changes }: RecordedRun, target: Target, { resource, diff }: Request): boolean =>
  changes.some(
    ({ intent, state }) =>
      state === 'applied' &&
      sameId(intent.target, target.id) &&
      sameId(intent.resource, resource) &&
      diff.every(({ path }) => intent.edits.some((edit) => edit.path === path)),
  );

const troubleOf = ({ label }: Target, { differences }: Extract<SavedPlanState, { state: 'moved' }>): Trouble => ({
  app: label,
  message: 'The app is not changed, because its values changed after the plan was created.',
  next: [...differences, 'Create a new plan, review it, and apply it.'],
  code: EXIT.failed,
});

async function readPlanFile(file: string): Promise<OpenedPlan> {
  try {
    await checkOwned(file);
    return openSavedPlan(file, await readBytes(file, MOST_BYTES));
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw planErrors.planUnreadable({ file, why: fileProblem(error) });
  }
}

function checkDigest({ digest }: PlanHead, { requireDigest }: Options): void {
  if (requireDigest === undefined || requireDigest.toLowerCase() === digest) return;
  throw planErrors.otherPlan({ digest, required: requireDigest });
}

function checkAge({ createdAt }: PlanHead, most: number | undefined, now: Date, file: string): void {
  if (most === undefined) return;
  const age = now.getTime() - Date.parse(createdAt);
  if (Number.isNaN(age)) throw planErrors.planWithoutTime({ file, createdAt });
  if (age > most) throw planErrors.planTooOld({ file, createdAt });
  // A small difference between clocks is allowed.
  if (age <= -UNITS.h * 1000) throw planErrors.planFromFuture({ file, createdAt, now: now.toISOString() });
}

function checkPlace(saved: PlanHead, connection: Connection): void {
  const here = placeOf(connection);
  const other = (['cloud', 'tenant', 'endpoint'] as const).filter((name) => saved[name] !== here[name]);
  if (other.length === 0) return;
  throw planErrors.planOfOtherCloud({
    differences: other.map((name) => ({ name, planned: String(saved[name]), now: String(here[name]) })),
  });
}

/** Returns the runs that applied this plan before. An undo log that cannot be read must not cause more changes. */
async function runsOfPlan(invocation: Invocation, digest: string): Promise<readonly RecordedRun[]> {
  try {
    return (await readRuns(stateOf(invocation), () => {})).filter(({ start }) => start.plan?.digest === digest);
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}

/** Returns a plan without the requests that were not approved, where its run applied a saved plan. */
export async function keepApproved(now: Plan, requests: readonly string[] | undefined): Promise<Plan> {
  if (requests === undefined) return now;
  const digests = await Promise.all((await savedChanges(now.changes)).map(digestOfRequest));
  const isApproved = (index: number) => requests.includes(digests[index] ?? '');
  const others = now.changes.filter((_, index) => !isApproved(index)).flatMap(({ controls }) => controls);
  const says = 'The request differs from the saved plan of this run. Create a new plan and apply it.';
  return {
    ...now,
    changes: now.changes.filter((_, index) => isApproved(index)),
    blocked: [...now.blocked, ...others.map((control) => ({ id: 'approval', control, level: 'stop' as const, says }))],
  };
}
