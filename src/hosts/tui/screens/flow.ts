/** Screens of the preview, the confirmation dialog, the progress and the result. */
import { byCase } from '../../../azure/index.ts';
import { isOwnedByCode } from '../../../engine/plan/code-owners.ts';
import { needsName } from '../../../engine/plan/risk.ts';
import { changesOfJob, hasWork, isUndo } from '../../../engine/session.ts';
import { endingWithout, isBroken } from '../../../engine/run/troubles.ts';
import type { Change } from '../../../change/change.ts';
import { plainText } from '../../../text/plain.ts';
import { line, span, type Line } from '../../../text/spans.ts';
import { ellipsis } from '../../../text/symbols.ts';
import { closingLine } from '../../../view/outcome-lines.ts';
import { queuedControls } from '../../../view/app-progress.ts';
import { counted } from '../../../text/counted.ts';
import { editedText } from '../fields/text-edit.ts';
import type { Flow, Preview, RunProgress } from '../state/flow.ts';
import { wrapped, wrappedAtMost, type Frame } from '../frame.ts';
import type { WizardState } from '../state/state.ts';
import { fieldLine, messageLines } from './parts.ts';

type Of<K extends Flow['kind']> = Extract<Flow, { kind: K }>;

export const flowFrame = (state: WizardState, flow: Flow, head: readonly Line[], now: number): Frame =>
  byCase('kind', flow, {
    planning: ({ says }) => ({
      head: [...head, []],
      // A notice says why it takes long.
      body: [line(span(`${says}${ellipsis(state.look)}`, 'dim')), ...messageLines(state.notice, 'info', state.columns)],
      foot: [[]],
    }),
    preview: (preview) => previewFrame(state, preview, head),
    naming: (naming) => namingFrame(state, naming, head),
    applying: (applying) => progressFrame(state, applying, head, now),
    done: (done) => doneFrame(state, done, head),
  });

/** Cached, because wrapping a long plan for each key is noticeably slow; the lines of a preview never change. */
const wrappedOnce = new WeakMap<readonly Line[], { columns: number; lines: Line[] }>();
function wrappedAt(lines: readonly Line[], columns: number): Line[] {
  const known = wrappedOnce.get(lines);
  if (known?.columns === columns) return known.lines;
  const fresh = wrapped(lines, columns, 4);
  wrappedOnce.set(lines, { columns, lines: fresh });
  return fresh;
}

const requestsOnce = new WeakMap<object, Line[]>();
/** Shows the requests, with secrets hidden. */
function requestLines(job: Preview['job']): Line[] {
  const known = requestsOnce.get(job);
  if (known) return known;
  const lines = changesOfJob(job).flatMap((change) => [
    line(span(`${change.method} ${change.path}?api-version=${change.apiVersion}`, 'strong')),
    ...(change.body === null
      ? [line(span('(no body)', 'dim'))]
      : JSON.stringify(change.body, null, 2)
          .split('\n')
          .map((text) => line(plainText(text)))),
    [],
  ]);
  requestsOnce.set(job, lines);
  return lines;
}

function previewFrame(state: WizardState, flow: Of<'preview'>, head: readonly Line[]): Frame {
  const { columns, rows, look } = state;
  // In a small window the plan keeps its room. It has each warning in full, and so has the question for the name.
  const most = columns < 60 && rows < 24 ? 2 : Number.POSITIVE_INFINITY;
  const noted = consequences(state, flow).flatMap((one) => wrappedAtMost([one], columns, most, look));
  const foot = [...noted, ...wrapped(question(state, flow), columns, 0)];
  return {
    head: [...head, []],
    body: wrappedAt(flow.bodies ? requestLines(flow.job) : flow.lines, state.columns),
    scroll: flow.scroll,
    foot: [[], ...foot, ...messageLines(state.notice, 'info', state.columns)],
  };
}

/** Shows the consequences that the user must not miss, whatever the length of the diff. */
function consequences(state: WizardState, { job }: Preview): Line[] {
  const changes = changesOfJob(job);
  const restarting = changes.filter((change) => change.restarts);
  const restarts = restarting.length;
  const apps = new Set(restarting.map(({ target }) => target.id)).size;
  const warned = new Set(changes.flatMap(({ guards }) => guards.filter(({ level }) => level === 'warn').map(({ says }) => says))).size;
  const never = changes.filter(({ undo }) => undo === 'none').length;
  const blocked = job.do === 'apply' ? new Set(job.plan.blocked.map(({ control }) => control)).size : 0;
  const parts = [
    ...(restarts > 0 ? [restartsText(restarts, apps)] : []),
    ...(warned > 0 ? [`${warned} ${warned === 1 ? 'note' : 'notes'}`] : []),
    ...(blocked > 0 ? [`${blocked} selected ${blocked === 1 ? 'control is' : 'controls are'} not changed`] : []),
    ...(never > 0 ? [`${never} of ${changes.length} cannot be reverted`] : []),
  ];
  const own = ownLines(changes);
  if (parts.length === 0) return own;
  const text = parts.join(', ');
  return [...own, line(span(`(!) ${text[0]?.toUpperCase() ?? ''}${text.slice(1)}.`, never > 0 ? 'bad' : 'warn'))].slice(
    0,
    state.rows < 18 ? Math.max(1, own.length) : undefined,
  );
}

const restartsText = (restarts: number, apps: number): string =>
  apps > 1 ? `${restarts} restarts on ${apps} apps` : restarts === 1 ? 'the app restarts' : `the app restarts ${restarts} times`;

/** Shows warnings that concern the user's own access. */
const ownLines = (changes: readonly Change[]): Line[] => {
  const says = changes.flatMap(({ guards }) =>
    guards.filter((note) => note.level === 'warn' && note.own === true).map((note) => note.says),
  );
  return [...new Set(says)].map((one) => line(span(`(!) ${plainText(one)}`, 'bad')));
};

function question(state: WizardState, { job, asked, read }: Preview): Line[] {
  const changes = changesOfJob(job);
  // If there is nothing to send, this is the end, in the words of a run.
  if (!hasWork(job)) return [closingLine(endingWithout(job))];
  if (changes.length === 0) return [line(span('Enter', 'strong'), ' marks the run as finished. No change is needed.')];
  if (state.dryRun) return [line(span('Dry run: this is what would be sent.', 'warn'))];
  const undo = isUndo(job) ? [span('Undo: ', 'warn'), 'this reverts values. '] : [];
  if (asked === 'enter') return [line(...undo, span('Enter', 'strong'), ' applies this.')];
  const code = changes.some(isOwnedByCode)
    ? 'Your code (for example Bicep or Terraform) declares this app. Its next deployment reverts these changes. '
    : '';
  if (asked === 'yes') return [line(...undo, `${code}Apply this? `, span('y', 'strong'), ' or ', span('N', 'strong'))];
  return [
    line(
      ...undo,
      span('Enter', 'strong'),
      read ? ` continues. Then type ${asked.name} to confirm.` : ' shows more. Then type the name of the app to confirm.',
    ),
  ];
}

/** Draws the dialog for changes that can lock people out or cannot be reverted. */
function namingFrame(state: WizardState, { preview, typed, scroll }: Of<'naming'>, head: readonly Line[]): Frame {
  const name = typeof preview.asked === 'object' ? preview.asked.name : '';
  const changes = changesOfJob(preview.job);
  const oneWay = changes.filter(({ risk }) => risk === 'one-way').length;
  const lockOut = changes.filter(({ risk }) => risk === 'lock-out').length;
  const effects = [...new Set(changes.filter(({ risk }) => needsName(risk)).flatMap((change) => change.effects))];
  const says = [
    ...(lockOut > 0 ? [line(span('(!) ', 'bad'), span(`This change can lock people out of ${name}.`, 'bad'))] : []),
    ...(oneWay > 0
      ? [line(span('(!) ', 'bad'), span(`${oneWay === changes.length ? 'This change' : 'Part of this change'} cannot be reverted.`, 'bad'))]
      : []),
    ...riskyApps(preview.job),
    ...ownLines(changes),
    ...effects.map((effect) => line(`    ${effect}`)),
    ...(lockOut > 0
      ? [line(span('    You can still undo this change: undo uses Azure Resource Manager, which stays reachable.', 'dim'))]
      : []),
  ];
  const done = editedText(typed) === name;
  return {
    head: [...head, []],
    body: wrapped(says, state.columns, 0),
    scroll,
    foot: [
      [],
      ...wrapped(
        [line(`Type ${name} to apply ${isUndo(preview.job) ? 'the undo' : 'the changes'}, or press Esc to go back.`)],
        state.columns,
        0,
      ),
      line(...fieldLine('', typed, state), ...(done ? [span('  Enter applies', 'good')] : [])),
      ...(state.notice ? messageLines(state.notice, 'info', state.columns) : [[]]),
    ],
  };
}

function riskyApps(job: Preview['job']): Line[] {
  if (job.do !== 'batch') return [];
  const names = job.apps.filter(({ plan }) => plan.changes.some(({ risk }) => needsName(risk))).map(({ target }) => target.label);
  const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more. Press Esc to see the full list` : '';
  return [line(span(`    ${plainText(names.slice(0, MOST_NAMED).join(', '))}${more}`, 'dim'))];
}

const MOST_NAMED = 40;

function progressFrame(state: WizardState, { progress }: Of<'applying'>, head: readonly Line[], now: number): Frame {
  const seconds = progress.since > 0 ? Math.floor((now - progress.since) / 1000) : 0;
  const waits = progress.waitsFor ?? state.notice;
  const rate = progress.many ? [manyLine(progress.many, progress.failedApps.length, now)] : [];
  const waitLine = waits ? [line(span(`     ${progress.waitsFor ? 'waiting until: ' : ''}${plainText(waits)}`, 'dim'))] : [];
  const current = progress.current
    ? [
        line(
          span(state.look.ascii ? '[..] ' : '(…) ', 'info'),
          plainText(progress.current),
          ...(seconds >= 2 ? [span(`   ${seconds} s`, 'dim')] : []),
        ),
        ...waitLine,
      ]
    : [];
  const stopping = progress.stopping
    ? [
        line(
          span(
            progress.current
              ? 'Waiting for the current request, then stopping. Press Ctrl-C again to stop now; the undo log has recorded the request.'
              : 'Stopping before the next change. Press Ctrl-C again to stop now.',
            'warn',
          ),
        ),
      ]
    : [];
  const waiting = progress.isOver
    ? 'Reading the app again'
    : progress.lines.length + rate.length + current.length === 0
      ? 'Preparing the run'
      : '';
  const between = waiting === '' ? [] : [line(span(`${waiting}${ellipsis(state.look)}`, 'dim')), ...waitLine];
  const body = wrapped([...progress.lines, ...rate, ...current, ...between, ...stopping], state.columns);
  return { head: [...head, []], body, focus: body.length - 1, foot: [[]] };
}

/** Formats `34 of 128 requests   5.2 a second   18 s left   2 apps failed`. */
function manyLine({ done, of, began }: NonNullable<RunProgress['many']>, failed: number, now: number): Line {
  const seconds = began > 0 ? (now - began) / 1000 : 0;
  const rate = seconds > 0 ? done / seconds : 0;
  const left = rate > 0 ? Math.ceil((of - done) / rate) : 0;
  return line(
    span(`${done} of ${counted(of, 'request')}`, 'strong'),
    ...(seconds >= 1 && done > 0 ? [span(`   ${rate.toFixed(1)} a second   about ${left} s left`, 'dim')] : []),
    ...(failed > 0 ? [span(`   ${failed} ${failed === 1 ? 'app' : 'apps'} failed`, 'bad')] : []),
  );
}

function doneFrame(state: WizardState, { job, lines, summary }: Of<'done'>, head: readonly Line[]): Frame {
  const isOver = !isBroken(job, summary) || isUndo(job);
  const kept =
    !isOver && summary.applied > 0
      ? [line(`The changes of ${counted(summary.applied, 'request')} are still applied. `, span('b', 'strong'), ' rolls them back.')]
      : [];
  return {
    head: [...head, []],
    body: wrapped(lines, state.columns),
    focus: Number.MAX_SAFE_INTEGER,
    foot: [[], ...wrapped([...(isOver ? [] : stillQueued(state, job)), ...kept], state.columns, 0)],
  };
}

/** Confirmed changes that were not applied stay decided. If they are shown as queued, the screen of the failure says so. */
function stillQueued({ screen, open }: WizardState, job: Preview['job']): Line[] {
  const retry = [span('r', 'strong'), ' retries now, '] as const;
  if (screen.at === 'batch') return [line('Changes that failed stay queued in their apps. ', span('r', 'strong'), ' retries now.')];
  const queued = open && (screen.at === 'area' || screen.at === 'queue') ? queuedControls(open) : new Set<string>();
  const count = new Set(changesOfJob(job).flatMap(({ controls }) => controls.filter((id) => queued.has(id)))).size;
  if (count === 0) return [];
  const says = count === 1 ? '1 control was not changed and stays queued. ' : `${count} controls were not changed and stay queued. `;
  return [line(says, ...retry, span('g', 'strong'), ' in the list of areas applies the queue.')];
}
