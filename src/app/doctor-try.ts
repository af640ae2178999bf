/** `doctor --app NAME --try`: proves the writes that no recording proves, on a real app, by writing values back as they are. */
import type { Invocation } from '../cli/invocation.ts';
import type { Change } from '../change/change.ts';
import { shown } from '../change/value.ts';
import { FactStore } from '../engine/judge/facts.ts';
import { EXIT, exitOf, UserError } from '../engine/errors.ts';
import { changedAlong, NOT_TRIED, planTrials, READS, type Trials } from '../engine/plan/trials.ts';
import type { Connection } from '../engine/ports.ts';
import type { RunEvent } from '../engine/run/run-events.ts';
import { shortResource, valueText } from '../view/change-lines.ts';
import type { Target } from '../azure/index.ts';
import { approve, executeRun } from './execute.ts';
import { failed, ok, warn, type Finding } from './doctor-findings.ts';
import { select, selectionTroubles } from './target-selection.ts';

/** The record, where `--record` names no other file. */
export const RECORD = 'func-harden-try.json';
const WHAT = 'try';

/** @throws UserError where it is not said which one app is meant */
export function checkTry({ options }: Pick<Invocation, 'options'>): void {
  if (!options.try || options.app?.length === 1) return;
  throw new UserError('--try writes to one app, and which one is not said.', EXIT.usage, ['func-harden doctor --app NAME --try']);
}

/** What came of it, write by write; what stood against it all is a finding as well. */
export const tryWrites = (invocation: Invocation, connection: Connection): Promise<Finding[]> =>
  tried(invocation, connection).catch((error: unknown) => [failed(WHAT, error)]);

async function tried(invocation: Invocation, connection: Connection): Promise<Finding[]> {
  const found = await select(connection, invocation.options);
  const [trouble] = selectionTroubles(found);
  const [target] = found.targets;
  if (trouble || !target) return []; // Told with the rights at the app.
  const store = new FactStore(connection.reader, target);
  await store.load(READS);
  const trials = planTrials(store, connection.writer);
  const { changes } = trials;
  if (changes.length === 0) return [...notes(trials), ok(WHAT, 'every write that this app can show is proven by a recording')];
  preview(invocation, target, changes);
  await approve(invocation, [{ target, changes }]);
  const results: Finding[] = [];
  const notify = (event: RunEvent) => {
    if (event.type === 'change-start') invocation.io.err(`  ${event.change} of ${event.of}: ${nameOf(event.what)}\n`);
    if (event.type === 'change-end') results.push(findingOf(event));
    if (event.type === 'app-failed')
      results.push({ what: WHAT, state: 'fail', says: event.message, next: event.next.join('; '), code: EXIT.failed });
  };
  const { run, skipped } = await executeRun(
    { ...invocation, options: { ...invocation.options, onFailure: 'continue' } },
    connection,
    [{ target, changes }],
    { mode: 'try', digest: null, notify },
  );
  const along = await changedAlong(changes, store, connection.reader);
  return [
    ...results,
    ...along.map((name): Finding => ({
      what: WHAT,
      state: 'fail',
      says: `${name} is not what it was before`,
      next: `func-harden history ${run}`,
      code: EXIT.partial,
    })),
    ...(skipped > 0
      ? [warn(WHAT, `${skipped} ${skipped === 1 ? 'write was' : 'writes were'} not tried, because the run ended before`, 'Run it again.')]
      : []),
    ...notes(trials),
    ok(
      WHAT,
      `run ${run}; the exchanges, without names and secrets, are in ${invocation.options.record ?? RECORD}: read it, then attach it to an issue`,
    ),
  ];
}

const nameOf = ({ method, resource, diff }: Pick<Change, 'method' | 'resource' | 'diff'>): string =>
  `${method} ${shortResource(resource)} ${diff.map(({ path }) => path.replace(/^properties\./, '')).join(', ')}`;

/** On stderr: stdout carries what was found. */
function preview({ io }: Invocation, target: Target, changes: readonly Change[]): void {
  const restarts = changes.filter((change) => change.restarts).length;
  const lines = changes.map((change) =>
    `  ${nameOf(change)} = ${change.diff.map(({ after }) => valueText(shown(after))).join(', ')}`.slice(0, 160),
  );
  io.err(`These requests write values of ${target.label} back as they are:\n${lines.join('\n')}\n`);
  if (restarts > 0) io.err(`The app may restart up to ${restarts} ${restarts === 1 ? 'time' : 'times'}. Take an app that nobody needs.\n`);
}

function findingOf({ what, result }: Extract<RunEvent, { type: 'change-end' }>): Finding {
  const name = nameOf(what);
  switch (result.state) {
    case 'applied':
      return result.verified === 'shown'
        ? ok(WHAT, `${name}: taken, and read back as it was`)
        : {
            what: WHAT,
            state: 'fail',
            says: `${name}: taken, but the value that is read is another one`,
            next: 'Look at it in the portal.',
            code: EXIT.partial,
          };
    case 'moved':
      return warn(WHAT, `${name}: not sent; somebody changed it meanwhile`, 'Run it again.');
    case 'already':
      return warn(WHAT, `${name}: not sent`, 'Run it again.');
    case 'failed': {
      const { message, code, next } = result.failure;
      const sent = result.sent ? (result.unknown ? 'whether it was taken is not known' : 'refused') : 'not sent';
      return {
        what: WHAT,
        state: 'fail',
        says: `${name}: ${sent}: ${message} (${code})`,
        next,
        code: result.unknown ? EXIT.partial : exitOf(result.failure),
      };
    }
  }
}

function notes({ left, proven }: Trials): Finding[] {
  const reasons = Map.groupBy([...left, ...NOT_TRIED], ({ why }) => why);
  const all = [...reasons].map(([why, of]) => `${[...new Set(of.map(({ what }) => what))].join(', ')} (${why})`);
  return [
    ok(WHAT, `${proven} properties are written as recordings show; they were not tried`),
    warn(WHAT, `not tried: ${all.join('; ')}`, 'docs/first-contact.md says what stands behind each.'),
  ];
}
