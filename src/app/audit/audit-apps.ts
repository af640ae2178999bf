import { fileProblem } from '../../files/file-problem.ts';
import { readText } from '../../files/read-limited.ts';
import type { Invocation } from '../../cli/invocation.ts';
import { APPS_AT_ONCE, type Options } from '../../cli/options.ts';
import type { ControlState } from '../../engine/judge/assess.ts';
import { exitFor, Unread } from './audit-exit.ts';
import { findDeclaredPlaces, addDeclaredPlaces, type DeclaredFor } from '../declared-places.ts';
import { filterByProfile } from '../../engine/judge/area-decisions.ts';
import { decisionsFor, type AnswersFile } from '../../engine/judge/decisions.ts';
import { EXIT, exitOf, worst, type ExitCode } from '../../engine/errors.ts';
import { findFleet } from '../../engine/fleet/fleet.ts';
import { streamLimited } from '../../engine/concurrency.ts';
import type { Connection, Inventoried, Subscription } from '../../engine/ports.ts';
import { kindOf, matchesKey, tagOf } from '../../engine/fleet/selectors.ts';
import { survey, type Surveyed } from '../../engine/judge/survey.ts';
import { parseSiteId, type FoundTargets } from '../../engine/fleet/targets.ts';
import type { Trouble } from '../../engine/run/troubles.ts';
import { readRuns } from '../../files/undo-log/journal.ts';
import type { AnyStep, Decisions } from '../../contract/index.ts';
import { pastChanges, type PastChange } from '../../report/past-changes.ts';
import { createAuditComparison, earlierReport, type AuditScope } from '../../report/audit-comparison.ts';
import { addCounts, type AuditHead, type AuditWriter } from '../../report/audit-writers.ts';
import type { Counts } from '../../view/assessment.ts';
import { printTroubles } from '../plans/plan-from-file.ts';
import type { ProgressBar } from '../progress-bar.ts';
import { collectGarbageEarly, collectGarbageOfRun } from '../memory.ts';
import { ReportNames } from '../same-name-apps.ts';
import { checkAnswersNames, parseAppOption, selectionOf, selectionTroubles } from '../target-selection.ts';
import { OWNER_TAG } from '../owner-tag.ts';
import { circumstances, concurrencyOf, isJson, selectedSteps } from '../option-values.ts';
import { plainText } from '../../text/plain.ts';
import type { Target } from '../../azure/index.ts';
import type { AuditedApp } from '../../report/audited-app.ts';
import { openReports } from '../reports.ts';
import { stateOf } from '../state-place.ts';
import { evidenceErrors } from '../errors/evidence.ts';

/** The most bytes of an earlier report. A report of 10,000 apps has about 200 million. */
const MOST_REPORT = 512 * 1024 * 1024;

/** An audit that looks for apps while its areas are still being loaded. */
export interface StartedAudit {
  readonly bar: ProgressBar;
  readonly connection: Connection;
  /** The apps that were given by name; missing where the inventory lists them. */
  readonly found?: Promise<FoundTargets>;
}

interface AuditOptions {
  readonly steps: readonly AnyStep[];
  readonly answers: AnswersFile | undefined;
  readonly concurrency: number;
  readonly old: ReturnType<typeof createAuditComparison> | undefined;
  /** Returns the places in code that declare the values of an app. */
  readonly declared: DeclaredFor | undefined;
}

/** Checks the options. @throws UserError */
export async function checkAuditOptions(invocation: Invocation): Promise<AuditOptions> {
  const { options } = invocation;
  const steps = filterByProfile(await selectedSteps(invocation), options.profile);
  const answers = await answersOf(invocation);
  const concurrency = concurrencyOf(options, APPS_AT_ONCE.audit);
  circumstances(options, {});
  const old =
    options.compare === undefined
      ? undefined
      : createAuditComparison(earlierReport(await readReport(options.compare), options.compare), scopeOf(options, steps));
  isJson(invocation);
  const declared = await findDeclaredPlaces(invocation, steps, answers);
  return { steps, answers, concurrency, old, declared };
}

async function answersOf({ options, catalogue }: Invocation): Promise<AnswersFile | undefined> {
  if (!options.answers) return undefined;
  const { loadAnswers } = await import('../../files/answers/answers.ts');
  return (await loadAnswers(options.answers, await catalogue())).answers;
}

/** A result that replaces the report of `--format`, about the same apps. */
interface OtherResult {
  readonly writer: (head: AuditHead, decisionsOf: (target: Target) => Decisions) => AuditWriter;
  /** Whether the result contains a control, so that the control counts for the exit code. */
  readonly isListed: (control: ControlState) => boolean;
}

/** Reads and judges the apps, writes the reports, and returns the exit code. */
export async function auditApps(
  invocation: Invocation,
  looking: StartedAudit,
  { steps, answers, concurrency, old, declared }: AuditOptions,
  other?: OtherResult,
): Promise<ExitCode> {
  const { options, version, signal, clock, controls, io } = invocation;
  const { bar, connection } = looking;
  const head: AuditHead = { tool: `func-harden ${version}`, generatedAt: clock.now().toISOString(), ...(controls ? { controls } : {}) };
  const decided = (target: Target) => (answers ? decisionsFor(answers, target) : {});
  let [counts, fromInventory]: [Counts, number] = [{}, 0];
  // Otherwise the report would begin on the line of the progress bar.
  const isOnScreen = io.piped !== true && options.output === undefined;
  const ids: string[] = [];
  const names = new ReportNames();
  const codes = new Set<ExitCode>([EXIT.ok]);
  const unread = new Unread();
  const places: Places = { subscriptions: new Map(), ownerTag: options.ownerTag ?? OWNER_TAG };
  const reader = connection.surveyor();
  const judged = (one: Inventoried) => survey(one, steps, reader, circumstances(options, decided(one.target), connection.account));
  const troubles = (found: readonly Trouble[]) => {
    bar.end();
    printTroubles(invocation, found);
    for (const { code, failure } of found)
      if (failure) unread.add(failure);
      else codes.add(code);
  };
  await checkNames(looking, invocation, answers);
  // A list of findings is sorted over all apps, so all findings are kept until the end.
  if (!looking.found) (other ? collectGarbageOfRun : collectGarbageEarly)();
  const reports = await openReports(invocation, head, other?.writer(head, decided));
  try {
    for await (const found of streamLimited(appsToAudit(looking, invocation, places, troubles), concurrency, judged, signal)) {
      const label = names.labelFor(found.target);
      const steps = declared ? addDeclaredPlaces(found.steps, declared(found.target)) : found.steps;
      const app = toAuditedApp({ ...found, steps, target: { ...found.target, label } }, head.generatedAt, places);
      old?.app(app);
      counts = addCounts(counts, app);
      ids.push(app.target.id);
      if (app.source) fromInventory += 1;
      for (const control of app.steps.flatMap(({ controls }) => controls)) {
        if (other?.isListed(control) ?? true) codes.add(exitFor(control, options));
        unread.look(control);
      }
      if (isOnScreen) bar.end();
      await reports.app(app);
      bar.step();
    }
    bar.end();
    const stopped = signal.aborted;
    const changes = reports.formats.includes('html') ? { changes: await recordedChangesOf(invocation, ids) } : {};
    const comparison = old ? { comparison: old.end(!stopped) } : {};
    const closing = { apps: ids.length, counts, fromInventory, ...(stopped ? { stopped } : {}), ...changes, ...comparison };
    await reports.end(closing);
  } catch (error) {
    bar.end();
    await reports.discard();
    throw error;
  }
  return worst([...codes, unread.code(options.allowUnknown)]);
}

/** Checks that each name in the answers file fits only one app, before anything is written. @throws UserError (exit 64) */
async function checkNames({ connection, found }: StartedAudit, { options }: Invocation, answers: AnswersFile | undefined): Promise<void> {
  const keys = Object.keys(answers?.apps ?? {}).filter((key) => kindOf(key) === 'name');
  if (keys.length === 0) return;
  if (found) return checkAnswersNames(answers, (await found).targets);
  // Apps are judged as they come, so those that are named are looked for first.
  const fleet = await findFleet(connection.discovery, selectionOf(options, parseAppOption(options)), () => undefined);
  const named: Target[] = [];
  for await (const { target } of fleet.apps) if (keys.some((key) => matchesKey(key, target))) named.push(target);
  checkAnswersNames(answers, named);
}

/** Returns the scope of the selection. A comparison with an earlier report ignores apps outside of it. */
function scopeOf({ app, resourceGroup, subscription, managementGroup, tag, owner, slot }: Options, steps: readonly AnyStep[]): AuditScope {
  const controls = new Set(steps.flatMap((step) => step.controls.map(({ id }) => `${step.id}.${id}`)));
  const isNamed = (wanted: string | undefined, found: string | undefined) =>
    wanted === undefined || wanted.toLowerCase() === found?.toLowerCase();
  const covers = (id: string): boolean => {
    const parts = parseSiteId(id);
    // For names and tags it is unknown whether a deleted app would have matched.
    if (!parts || app?.length || tag?.length || owner || managementGroup?.length) return false;
    if (!isNamed(resourceGroup, parts.resourceGroup)) return false;
    if (subscription?.length && !subscription.some((one) => isNamed(one, parts.subscriptionId))) return false;
    return slot === undefined ? parts.slot === undefined : slot === 'all' || isNamed(slot, parts.slot);
  };
  return { controls, covers };
}

/** Yields the apps. Apps that were given by name are looked up and read; all others come from the inventory. */
async function* appsToAudit(
  { connection, found: named, bar }: StartedAudit,
  { options, signal }: Invocation,
  places: Places,
  troubles: (found: readonly Trouble[]) => void,
): AsyncGenerator<Inventoried> {
  if (named) {
    const found = await named;
    addSubscriptionNames(places, found.subscriptions);
    troubles(selectionTroubles(found));
    bar.total(found.targets.length);
    for (const target of found.targets) if (!signal.aborted) yield { target, held: new Map() };
    return;
  }
  const fleet = await findFleet(connection.discovery, selectionOf(options, parseAppOption(options)), (text, failure) => {
    if (failure) troubles([{ app: 'selection', message: text, isNamed: true, next: [failure.next], code: exitOf(failure), failure }]);
    else bar.say(`NOTE: ${text}`);
  });
  addSubscriptionNames(places, fleet.subscriptions);
  if (!options.app?.length && !options.tag?.length && !options.owner && !options.resourceGroup && !options.slot)
    for (const { id } of fleet.subscriptions)
      connection.discovery.count(id).then(
        (number) => bar.total(number),
        () => undefined, // Only the bar needs it.
      );
  let any = false;
  for await (const one of fleet.apps) {
    any = true;
    if (signal.aborted) return;
    yield one;
  }
  const empty = { targets: any ? [{}] : [], missing: [], failures: [], unknown: fleet.unknown };
  troubles(selectionTroubles(empty));
}

interface Places {
  /** Names of subscriptions by their ids in lower case. */
  readonly subscriptions: Map<string, string>;
  readonly ownerTag: string;
}

const addSubscriptionNames = ({ subscriptions }: Places, found: readonly Subscription[]): void =>
  found.forEach(({ id, name }) => subscriptions.set(id.toLowerCase(), name));

function toAuditedApp({ held, ...found }: Surveyed, asOf: string, { subscriptions, ownerTag }: Places): AuditedApp {
  const { subscriptionId, tags } = found.target;
  const owner = tagOf(tags, ownerTag);
  return {
    ...found,
    subscription: subscriptions.get(subscriptionId.toLowerCase()) ?? subscriptionId,
    ...(owner === undefined ? {} : { owner }),
    ...(held.length > 0 ? { source: { resourceGraph: held, asOf } } : {}),
  };
}

/** Returns the changes to these apps in the undo log. A log that cannot be read is reported and does not stop the audit. */
async function recordedChangesOf(invocation: Invocation, ids: readonly string[]): Promise<readonly PastChange[]> {
  const reportIncomplete = (error: unknown) =>
    invocation.io.err(`NOTE: The comparison is not complete: ${plainText(error instanceof Error ? error.message : String(error))}\n`);
  try {
    return pastChanges(await readRuns(stateOf(invocation), reportIncomplete), ids);
  } catch (error) {
    reportIncomplete(error);
    return [];
  }
}

async function readReport(file: string): Promise<string> {
  try {
    return await readText(file, MOST_REPORT);
  } catch (error) {
    throw evidenceErrors.fileUnreadable({ file, why: fileProblem(error) });
  }
}
