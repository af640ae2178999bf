import type { CommandModule, Invocation } from '../cli/invocation.ts';
import { EXIT, type UserError } from '../engine/errors.ts';
import { plainText, safeJson } from '../text/plain.ts';
import { jsonOf, showValue, type Value } from '../change/value.ts';
import { sameMeaning } from '../change/shown.ts';
import { type OwnControls, type RecordedRun } from '../change/undo-log.ts';
import { outcomeOf } from '../engine/run/outcome.ts';
import { readRuns } from '../files/undo-log/journal.ts';
import { line, span, type Line } from '../text/spans.ts';
import { widthOf } from '../text/width.ts';
import { table } from '../text/table.ts';
import { changeWord, outcomeSpan, recordedClosing } from '../view/outcome-lines.ts';
import { shortResource, valueText } from '../view/change-lines.ts';
import { runLine, savedPlanText, type Titles } from '../view/run-line.ts';
import { isJson } from '../app/option-values.ts';
import { printOut } from '../view/print-lines.ts';
import { recordedRunOf } from '../app/runs/undo-run.ts';
import { stateOf } from '../app/state-place.ts';

export const run: CommandModule['run'] = async (invocation) => {
  const { io, args } = invocation;
  const unreadable: unknown[] = [];
  const runs = args[0]
    ? [await recordedRunOf(invocation, args[0])]
    : await readRuns(stateOf(invocation), (error) => unreadable.push(error));
  for (const error of unreadable)
    io.err(`ERROR: ${plainText([(error as Error).message, ...((error as UserError).next ?? [])].join(' '))}\n`);
  const damaged = runs.filter(({ damage }) => damage !== undefined);
  for (const { file, line: number, says } of damaged.flatMap(({ damage }) => damage ?? []))
    io.err(`ERROR: ${plainText(`${file}:${number}: ${says}`)}.\n`);
  const code = unreadable.length > 0 || damaged.length > 0 ? EXIT.failed : EXIT.ok;
  if (isJson(invocation)) {
    io.out(`${safeJson({ schemaVersion: 1, runs: runs.map(runJson) }, 2)}\n`);
    return code;
  }
  const one = args[0] ? runs[0] : undefined;
  if (one || unreadable.length === 0 || runs.length > 0)
    io.out(
      one
        ? `${printOut(runLines(one), io)}\n`
        : `${printOut(listLines(runs, io.width, await titlesOf(invocation), invocation.clock.now().getTime(), io.outLook.ascii), io)}\n`,
    );
  return code;
};

const runJson = (run: RecordedRun): object => ({
  run: run.run,
  startedAt: run.start.at,
  endedAt: run.end?.at ?? null,
  state: run.state,
  outcome: outcomeOf(run),
  mode: run.start.mode,
  undoes: run.start.undoes ?? null,
  account: run.start.account,
  ...(run.start.plan ? { plan: run.start.plan } : {}),
  ...(run.start.controls ? { controls: run.start.controls } : {}),
  apps: run.start.targets.map(({ label }) => label),
  changes: run.changes.map(({ intent, state, verified, undoneBy }) => ({
    change: intent.change,
    app: intent.app,
    step: intent.step,
    controls: intent.controls,
    resource: intent.resource,
    before: Object.fromEntries(intent.edits.map(({ path, before }) => [path, showValue(before)])),
    after: Object.fromEntries(intent.edits.map(({ path, after }) => [path, showValue(after)])),
    risk: intent.risk,
    undo: intent.undo,
    state,
    verified: verified?.state ?? null,
    undoneBy: undoneBy ?? null,
  })),
});

const titlesOf = async ({ catalogue }: Invocation): Promise<Titles> => new Map((await catalogue()).map(({ id, title }) => [id, title]));

function listLines(runs: readonly RecordedRun[], width: number, titles: Titles, now: number, ascii: boolean): Line[] {
  if (runs.length === 0) return [line('No runs yet.')];
  const columns = [
    { title: 'RUN', priority: 1, least: 24 },
    { title: 'AREAS AND APPS', priority: 1, least: 20 },
    { title: 'CHANGES', priority: 3, least: 7 },
    { title: 'STATE', priority: 1, least: 8 },
  ] as const;
  const rows = runs.map((run) => [
    span(run.run),
    span(runLine(run, titles, now, ascii)),
    span(String(run.changes.length)),
    outcomeSpan(run),
  ]);
  const [widestSays, widestState] = [1, 3].map((at) => Math.max(...rows.map((row) => widthOf(row[at]?.text ?? ''))));
  // If a line is too short, each run gets two, so that nothing is cut.
  const list =
    24 + (widestSays ?? 0) + (widestState ?? 0) + 16 <= width
      ? table(columns, rows, width)
      : rows.flatMap(([name, says, , state]) => [line(name ?? '', '   ', state ?? ''), line('  ', says ?? '')]);
  return [...list, line(''), line(span('Show one run: func-harden history RUN. Revert it: func-harden undo RUN.', 'dim'))];
}

const controlsLine = ({ digest, areas }: OwnControls): Line =>
  line(span('Custom areas (--controls) ', 'dim'), plainText(areas.join(', ')), span(`, ${plainText(digest)}`, 'dim'));

const VERIFIED = {
  shown: 'verified',
  'not-shown': 'not verified: the last read showed a different value',
  'not-readable': 'not verified: the value could not be read',
} as const;

/** Returns what the last read showed in place of a new value. */
function seenText({ verified }: RecordedRun['changes'][number], path: string, after: Value): string {
  const found = verified?.state === 'not-shown' ? verified.found?.[path] : undefined;
  if (found?.kind !== 'plain' || sameMeaning(jsonOf(found), showValue(after), path)) return '';
  return ` (Azure showed ${valueText(showValue(found))})`;
}

function runLines(run: RecordedRun): Line[] {
  const lines = [
    line(
      span(`Run ${run.run}`, 'strong'),
      span(`   ${run.start.mode}, ${run.start.at}, ${run.start.account ?? run.start.user}, `, 'dim'),
      outcomeSpan(run),
    ),
    ...(run.start.plan ? [line(savedPlanText(run.start.plan))] : []),
    ...(run.start.controls ? [controlsLine(run.start.controls)] : []),
    [],
  ];
  for (const change of run.changes) {
    const { intent, verified, undoneBy } = change;
    lines.push(
      line(
        span(`${intent.change}  `, 'strong'),
        `${intent.app}  ${shortResource(intent.resource)}  `,
        span(undoneBy ? `${run.start.mode === 'undo' ? 'applied again' : 'undone'} by ${undoneBy}` : changeWord(change, run), 'dim'),
        span(
          verified
            ? `, ${intent.call !== undefined && verified.state === 'not-readable' ? 'nothing to read' : VERIFIED[verified.state]}`
            : '',
          'dim',
        ),
      ),
    );
    for (const { path, before, after } of intent.edits)
      lines.push(line(`     ${path}  ${valueText(showValue(before))} to ${valueText(showValue(after))}${seenText(change, path, after)}`));
  }
  return [...lines, ...(run.changes.length > 0 ? [[]] : []), ...recordedClosing(run)];
}
