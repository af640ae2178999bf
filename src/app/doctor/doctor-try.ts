/** `doctor --app NAME --try`: proves writes that no recording proves, by writing values of a real app back as they are. */
import type { Invocation } from '../../cli/invocation.ts';
import type { Change } from '../../change/change.ts';
import { showValue } from '../../change/value.ts';
import { FactStore } from '../../engine/judge/facts.ts';
import { EXIT, exitOf } from '../../engine/errors.ts';
import { findSideEffects, NOT_TRIED, planTrials, READS, type Trials } from '../../engine/plan/trials.ts';
import type { Connection } from '../../engine/ports.ts';
import { LOCK_LOST, type ApplyResult } from '../../engine/run/apply.ts';
import { LOG_BROKE } from '../../engine/run/log-failures.ts';
import type { RunEvent } from '../../engine/run/run-events.ts';
import { shortResource, valueText } from '../../view/change-lines.ts';
import { plainText } from '../../text/plain.ts';
import type { Target } from '../../azure/index.ts';
import { approve, executeRun } from '../runs/execute.ts';
import { failed, ok, warn, type Finding } from './doctor-findings.ts';
import { findSelectedApps, selectionTroubles } from '../target-selection.ts';
import { runErrors } from '../errors/runs.ts';

/** The default file of the recording. */
export const RECORD = 'func-harden-try.json';
const WHAT = 'try';
/** The most apps that a refusal lists. */
const SHOWN = 10;

/** Checks that the options name exactly one app. @throws UserError */
export function checkTry({ options }: Pick<Invocation, 'options'>): void {
  if (!options.try || options.app?.length === 1) return;
  throw runErrors.tryWithoutApp();
}

/** Tries the writes and returns a finding for each. What prevents all of them is a finding as well. */
export const tryWrites = (invocation: Invocation, connection: Connection): Promise<Finding[]> =>
  sendTrials(invocation, connection).catch((error: unknown) => [failed(WHAT, error)]);

async function sendTrials(invocation: Invocation, connection: Connection): Promise<Finding[]> {
  const found = await findSelectedApps(connection, invocation.options, undefined, invocation.signal);
  const [trouble] = selectionTroubles(found);
  const [target] = found.targets;
  if (trouble || !target) return []; // The finding about permissions reports it.
  if (found.targets.length > 1)
    throw runErrors.tryWithSeveralApps({ count: found.targets.length, ids: found.targets.slice(0, SHOWN).map(({ id }) => id) });
  const store = new FactStore(connection.reader, target);
  await store.load(READS);
  const trials = planTrials(store, connection.writer);
  const { changes } = trials;
  if (changes.length === 0)
    return [
      ...notes(trials),
      trials.unread
        ? warn(
            WHAT,
            'nothing was sent, because resources of this app could not be read',
            'Check the permissions, then run the command again.',
          )
        : ok(WHAT, 'nothing to test: recorded responses of Azure already show that every write for this app works'),
    ];
  preview(invocation, target, changes);
  await approve(invocation, [{ target, changes }], () => [target], {
    notApproved: () => runErrors.tryNotApproved(),
    // Trials are never lock-out changes, and do not differ from what code declares: only `--yes` can be missing.
    approvalNeeded: () => runErrors.tryApprovalNeeded(),
  });
  const results: Finding[] = [];
  const notify = (event: RunEvent) => {
    if (event.type === 'change-start') invocation.io.err(`  ${event.change} of ${event.of}: ${plainText(nameOf(event.what))}\n`);
    if (event.type === 'change-end') results.push(findingOf(event));
    if (event.type === 'app-failed')
      results.push({ what: WHAT, state: 'fail', says: event.message, next: event.next.join('; '), code: EXIT.failed });
  };
  const ended = await executeRun(
    { ...invocation, options: { ...invocation.options, onFailure: 'continue' } },
    connection,
    [{ target, changes }],
    { mode: 'try', digest: null, notify },
  ).catch((error: unknown) => failed(WHAT, error));
  // Requests that were sent before the run broke are reported all the same.
  if ('what' in ended) return [...results, ended];
  const { run, skipped } = ended;
  const { changed, unread } = await findSideEffects(changes, store, connection.reader);
  return [
    ...results,
    ...[
      ...changed.map((name) => `${name} does not have its earlier value`),
      ...unread.map((name) => `${name} could not be read after the run, so its other values were not compared`),
    ].map((says): Finding => ({ what: WHAT, state: 'fail', says, next: `func-harden history ${run}`, code: EXIT.partial })),
    ...(skipped > 0
      ? [
          warn(
            WHAT,
            `${skipped} ${skipped === 1 ? 'write was' : 'writes were'} not tested, because the run ended before`,
            'Run the command again.',
          ),
        ]
      : []),
    ...notes(trials),
    ok(
      WHAT,
      `run ${run}; the requests and responses, without names and secrets, are in ${invocation.options.record ?? RECORD}. Review the file, then attach it to an issue`,
    ),
  ];
}

const nameOf = ({ method, resource, diff }: Pick<Change, 'method' | 'resource' | 'diff'>): string =>
  `${method} ${shortResource(resource)} ${diff.map(({ path }) => path.replace(/^properties\./, '')).join(', ')}`;

/** Prints the changes on stderr, because stdout carries the findings. */
function preview({ io }: Invocation, target: Target, changes: readonly Change[]): void {
  const restarts = changes.filter((change) => change.restarts).length;
  const lines = changes.map((change) =>
    `  ${plainText(`${nameOf(change)} = ${change.diff.map(({ after }) => valueText(showValue(after))).join(', ')}`)}`.slice(0, 160),
  );
  io.err(`These requests write the current values of ${target.label} back:\n${lines.join('\n')}\n`);
  if (restarts > 0)
    io.err(`The app may restart up to ${restarts} ${restarts === 1 ? 'time' : 'times'}. Use an app that is not in production.\n`);
}

function findingOf({ what, result }: Extract<RunEvent, { type: 'change-end' }>): Finding {
  const name = nameOf(what);
  switch (result.state) {
    case 'applied':
      return result.verified === 'shown' && !result.lost
        ? ok(WHAT, `${name}: accepted, and the value is unchanged`)
        : {
            what: WHAT,
            state: 'fail',
            says: `${name}: accepted, but ${describeRead(result)}`,
            next: 'Check the value in the portal.',
            code: EXIT.partial,
          };
    case 'moved':
      return warn(WHAT, `${name}: not sent, because someone changed the value in the meantime`, 'Run the command again.');
    case 'already':
      return warn(WHAT, `${name}: not sent`, 'Run the command again.');
    case 'failed': {
      const { message, code } = result.failure;
      return {
        what: WHAT,
        state: 'fail',
        says: `${name}: ${endOf(result)}: ${message} (${code})`,
        next: nextStep(result),
        code: result.unknown ? EXIT.partial : exitOf(result.failure),
      };
    }
  }
}

type Applied = Extract<ApplyResult, { state: 'applied' }>;
type Failed = Extract<ApplyResult, { state: 'failed' }>;

function describeRead({ verified, lost, provisioning }: Applied): string {
  if (provisioning !== undefined) return `the provisioning state is ${provisioning}`;
  if (verified === 'not-readable') return 'the value could not be read afterward';
  if (verified === 'not-shown') return 'the value is different now';
  return `these values are missing or different now: ${(lost ?? []).join(', ')}`;
}

/** Returns the result of a failed trial in words. Only an answer of Azure is called a refusal. */
function endOf({ sent, unknown, failure }: Failed): string {
  if (!sent) return 'not sent';
  if (unknown) return 'result unknown';
  return failure.status === null || failure.taken === 'ended' ? 'failed' : 'refused';
}

/** The advice of a failure is about a plan with controls where Azure rejects the change itself. A trial has neither. */
function nextStep({ unknown, failure: { kind, code, taken, next } }: Failed): string {
  if (code === LOG_BROKE || code === LOCK_LOST) return next;
  if (code === 'ChangedMeanwhile') return 'Run the command again.';
  if (taken === 'ended' && !unknown) return 'Azure does not complete this write on this app. Attach the record to an issue.';
  if (unknown && taken) return 'Check the value in the portal, then run the command again.';
  if (kind === 'conflict' || kind === 'invalid' || kind === 'missing')
    return 'Azure does not accept this write on this app. Attach the record to an issue.';
  return next;
}

function notes({ left, proven }: Trials): Finding[] {
  const reasons = Map.groupBy([...left, ...NOT_TRIED], ({ why }) => why);
  const all = [...reasons].map(([why, of]) => `${[...new Set(of.map(({ what }) => what))].join(', ')} (${why})`);
  return [
    ok(WHAT, `${proven} properties were not tested, because recorded responses of Azure already show that these writes work`),
    warn(WHAT, `not tested: ${all.join('; ')}`, 'docs/first-contact.md shows how each write was tested.'),
  ];
}
