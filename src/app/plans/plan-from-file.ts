/** Plans the apps of an answers file: the common first half of `plan` and `replay`. */
import type { Invocation } from '../../cli/invocation.ts';
import { isToApply } from '../../engine/judge/area-decisions.ts';
import { clashesIn, contradictionsIn, sharedClashes } from '../../engine/judge/contradictions.ts';
import { decisionsFor, placeIn, type AnswersFile } from '../../engine/judge/decisions.ts';
import { withoutRefused } from '../../engine/plan/reservations.ts';
import { appsWithSites, type ListedApp } from '../../engine/fleet/listed-sites.ts';
import { confirmedBy, type FoundTargets } from '../../engine/fleet/targets.ts';
import { driftOf, type Drift } from '../../engine/past/drift.ts';
import { EXIT, UserError, type ExitCode } from '../../engine/errors.ts';
import type { RecordedRun } from '../../change/undo-log.ts';
import { forEachLimited } from '../../engine/concurrency.ts';
import { preflight } from '../../engine/plan/preflight.ts';
import { shareValues } from '../../engine/plan/shared-values.ts';
import { plan, type MissingAnswer, type Plan } from '../../engine/plan/plan.ts';
import type { Connection, Inventoried } from '../../engine/ports.ts';
import { inputCode, planTroubles, type Trouble } from '../../engine/run/troubles.ts';
import { isSelector, matchesKey } from '../../engine/fleet/selectors.ts';
import { loadAnswers, type LoadedAnswers } from '../../files/answers/answers.ts';
import { readRuns } from '../../files/undo-log/journal.ts';
import type { AnyStep, Question } from '../../contract/index.ts';
import { plainText } from '../../text/plain.ts';
import { completedArea, exampleOf, describeAnswerForm } from '../../view/question-forms.ts';
import { namedApps, unusedAnswers } from '../../view/plan-lines.ts';
import { troubleLines } from '../../view/trouble-lines.ts';
import { collectGarbageOfRun } from '../memory.ts';
import { progressBar } from '../progress-bar.ts';
import { appsOf, checkAnswersNames, missingApp, MISSING_NEXT, findSelectedApps, selectionTroubles } from '../target-selection.ts';
import { connectWith } from '../connection.ts';
import { plannerFor } from './planner.ts';
import { circumstances, concurrencyOf, selectedSteps } from '../option-values.ts';
import type { Target } from '../../azure/index.ts';
import type { Change } from '../../change/change.ts';
import type { Reserved } from '../../engine/judge/circumstances.ts';
import { openApp } from '../open-app.ts';
import { stateOf } from '../state-place.ts';
import { planErrors } from '../errors/plans.ts';

export interface Planned {
  readonly connection: Connection;
  readonly plans: readonly Plan[];
  /** The digest of the answers file; null where there is none. */
  readonly digest: string | null;
  /** Planned values that an earlier run had already set. */
  readonly drift: readonly Drift[];
  /** Failures of planning: apps that do not exist, controls that could not be read or that a guard stopped. */
  readonly troubles: readonly Trouble[];
}

/** Plans the apps of the answers file. @throws UserError (exit 3) with every missing answer */
export async function planFromFile(invocation: Invocation): Promise<Planned> {
  const { options, args } = invocation;
  const catalogue = await invocation.catalogue();
  if (args[0] === undefined) throw planErrors.noAnswersFile();
  const loaded = await loadAnswers(args[0], catalogue);
  const { answers, digest } = loaded;
  const names = appsOf(options, answers);
  const wanted = await selectedSteps(invocation);
  circumstances(options, {});
  const concurrency = concurrencyOf(options);
  const bar = progressBar(invocation, 'apps planned', options.quiet === true);
  const connection = await connectWith(invocation, bar);
  // If the file names its apps, their number is known.
  const { apps, matching } = names;
  collectGarbageOfRun(apps.length === 0 || matching.length > 0 ? undefined : apps.length);
  const found = await findSelectedApps(connection, options, names, invocation.signal);
  checkAnswersNames(answers, found.targets);
  bar.total(found.targets.length);
  const troubles: Trouble[] = [...selectionTroubles(found), ...missingNamedApps(answers, found, options)];
  for (const key of Object.keys(answers.apps).filter((one) => isSelector(one) && !found.targets.some((target) => matchesKey(one, target))))
    invocation.io.err(`NOTE: The entry "${plainText(key)}" under "apps:" of the answers file matches no app of this run.\n`);
  checkTogether(loaded, found.targets, catalogue);
  const arm = plannerFor(connection, found.targets);
  const rights = preflight(connection.writer);
  const planOf = async (target: Target, reserved: Reserved = new Map(), held?: Inventoried['held']): Promise<Plan> => {
    const decisions = decisionsFor(answers, target);
    const steps = wanted.filter(({ id }) => isToApply(decisions[id]));
    const { store } = await openApp(arm, target, steps, answers, held);
    const by = { ...circumstances(options, decisions, connection.account), reserved, rights };
    return plan(steps, store, arm, by, options.profile);
  };
  const shared = shareValues();
  const first: Plan[] = [];
  const planNext = async ({ target, index, held }: ListedApp): Promise<void> => {
    first[index] = shared(await planOf(target, undefined, held));
    bar.step();
  };
  await forEachLimited(appsWithSites(connection.discovery, found.targets), concurrency, planNext, invocation.signal);
  bar.end();
  const plans = await withoutRefused(first, ({ target }, reserved) => planOf(target, reserved));
  checkShared(loaded, plans);
  for (const planned of plans) {
    troubles.push(...planTroubles(planned));
  }
  for (const { apps, text } of unusedAnswers(plans)) invocation.io.err(`NOTE: ${namedApps(apps)}: ${plainText(text)}\n`);
  const missing = plans.flatMap((one) => one.missing);
  if (missing.length > 0) {
    printTroubles(invocation, troubles);
    throw missingAnswers(
      missing,
      args[0],
      inputCode(
        troubles,
        missing.map(({ target }) => target),
      ),
    );
  }
  const runs = plans.some(({ changes }) => changes.length > 0) ? await readRecordedRuns(invocation) : [];
  return { connection, plans, digest, drift: driftOf(plans, runs, catalogue), troubles };
}

/** Returns the recorded runs. An undo log that cannot be read does not prevent a plan. */
export async function readRecordedRuns(invocation: Invocation): Promise<readonly RecordedRun[]> {
  const note = (error: unknown) =>
    invocation.io.err(`NOTE: Changes since the last run are not completely known: ${plainText((error as Error).message)}\n`);
  try {
    return await readRuns(stateOf(invocation), note);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    note(error);
    return [];
  }
}

/** Checks that answers from several places of the file do not contradict each other in an app. @throws UserError with all of them */
function checkTogether({ answers, placeOf }: LoadedAnswers, targets: readonly Target[], catalogue: readonly AnyStep[]): void {
  const problems = targets.flatMap((target) => {
    const decisions = decisionsFor(answers, target);
    return [...contradictionsIn(decisions, catalogue), ...clashesIn(decisions, catalogue)].map(({ step, path, says }) => {
      const [question, ...rest] = path;
      const place = placeOf([...placeIn(answers, target, step, String(question)), ...rest]);
      return `  ${place}: ${target.label}: ${step}: ${says}`;
    });
  });
  if (problems.length > 0) throw planErrors.contradictions({ problems });
}

/** Checks that apps of one run do not want different values for a shared resource. @throws UserError with all of them */
function checkShared({ answers, placeOf }: LoadedAnswers, plans: readonly Plan[]): void {
  const places = ({ target, controls }: Change) =>
    controls.map((id) => placeOf(placeIn(answers, target, id.slice(0, id.indexOf('.'))))).filter((one, at, all) => all.indexOf(one) === at);
  const problems = sharedClashes(plans.flatMap(({ changes }) => changes)).map(
    ({ resource, path, wanted }) =>
      `  ${resource.split('/').slice(-2).join('/')} ${path.replace(/^properties\./, '')}: ${wanted
        .map(
          ({ change, value }) =>
            `${change.target.label} requires ${JSON.stringify(value)} (${change.controls.join(', ')}; ${places(change).join(', ')})`,
        )
        .join(', ')}`,
  );
  if (problems.length > 0) throw planErrors.sharedClash({ problems });
}

/** Returns the apps that the file names and that do not exist, where every readable app was listed. */
function missingNamedApps(answers: AnswersFile, found: FoundTargets, options: Invocation['options']): Trouble[] {
  if (
    !options.all ||
    options.owner ||
    options.tag?.length ||
    options.resourceGroup ||
    options.subscription?.length ||
    options.managementGroup?.length
  )
    return [];
  const known = new Set(found.known.map((name) => name.toLowerCase()));
  const stray = Object.keys(answers.apps).filter(
    (key) =>
      !isSelector(key) &&
      !key
        .toLowerCase()
        .split('/')
        .some((part) => known.has(part)),
  );
  return stray.map((name) => ({ app: name, message: missingApp(name, found.known), isNamed: true, next: MISSING_NEXT, code: EXIT.failed }));
}

function missingAnswers(missing: readonly MissingAnswer[], file: string, exit: ExitCode): UserError {
  const unique = [...new Map(missing.map((one) => [`${one.target.id} ${one.step.id} ${one.question}`, one])).values()];
  const nameOf = confirmedBy(unique.map(({ target }) => target));
  const lines = unique.map(({ target, step, question }) => {
    const asked = step.questions?.[question] as Question | undefined;
    return `  ${nameOf(target)}: ${step.id}.${question}   ${asked?.label ?? ''}${asked ? ` (${describeAnswerForm(asked)})` : ''}`;
  });
  // One line for each area, because a key may be in a map only once; several where the apps have different answers.
  const ofArea = Map.groupBy(unique, ({ target, step }) => `${target.id} ${step.id}`);
  const needed = [...ofArea.values()].map((ofStep) => {
    const [{ step, decided, target }] = ofStep as [MissingAnswer];
    const examples = ofStep.map(({ question }) => [question, exampleOf(step.questions?.[question] as Question)] as const);
    return { app: nameOf(target), step, text: completedArea(step.id, decided, examples) };
  });
  const add = [...Map.groupBy(needed, ({ text }) => text)].map(([text, [first, ...others]]) => {
    const isOneOfSeveral = needed.some((one) => one.step === first!.step && one.text !== text);
    return isOneOfSeveral ? `${text}   # ${[first!, ...others].map(({ app }) => app).join(', ')}` : text;
  });
  return planErrors.missingAnswers({ lines, file, add, exit });
}

/** Prints failures before a run. A failure that many apps share is printed once. */
export function printTroubles({ io }: Invocation, troubles: readonly Trouble[]): void {
  for (const line of troubleLines(troubles)) io.err(`${line}\n`);
}
