/** States from a plan to its result: planning, preview, confirmation, sending, result. Shared by areas, the queue, undo and resume. */
import { isOwnedByCode } from '../../../engine/plan/code-owners.ts';
import { needsName } from '../../../engine/plan/risk.ts';
import { confirmedBy } from '../../../engine/fleet/targets.ts';
import { changesOfJob, type Job } from '../../../engine/session.ts';
import type { Change } from '../../../change/change.ts';
import type { RunSummary } from '../../../engine/run/run.ts';
import type { Line } from '../../../text/spans.ts';
import type { Look } from '../../../text/symbols.ts';
import { closingLines } from '../../../view/outcome-lines.ts';
import { changeTitle, eventLines } from '../../../view/run-lines.ts';
import { editOf, type Edit } from '../fields/text-edit.ts';
import type { RunEvent } from '../../../engine/run/run-events.ts';

/** How a set of changes is confirmed: Enter, y, or the name of the app. */
type Asked = 'enter' | 'yes' | { readonly name: string };

export interface Preview {
  readonly job: Job;
  readonly lines: readonly Line[];
  readonly asked: Asked;
  /** Whether the requests are shown instead of the diff. */
  readonly bodies: boolean;
  readonly scroll: number;
  /** Whether the user reached the end of the preview. */
  readonly read: boolean;
}

export interface RunProgress {
  readonly lines: readonly Line[];
  /** The name of the run, once it is in the undo log. */
  readonly run?: string;
  readonly current?: string;
  /** The operation in Azure that the change waits for. */
  readonly waitsFor?: string;
  /** The start of the current request in milliseconds since 1970; 0 before the first request. */
  readonly since: number;
  readonly stopping: boolean;
  /** All requests were sent, and the app is read again for the result. */
  readonly isOver?: true;
  /** Full ids of controls whose change failed. */
  readonly failed: readonly string[];
  readonly failedApps: readonly string[];
  /** Set for runs over many apps, which show only counts and failures. */
  readonly many?: { readonly done: number; readonly of: number; readonly began: number };
}

export type Flow =
  /** `key`: identifies what is planned; the result of an older request is dropped. */
  | { readonly kind: 'planning'; readonly says: string; readonly key: string }
  | ({ readonly kind: 'preview' } & Preview)
  /** The user types the name of the app, in a separate dialog. */
  | { readonly kind: 'naming'; readonly preview: Preview; readonly typed: Edit; readonly scroll: number }
  | { readonly kind: 'applying'; readonly job: Job; readonly progress: RunProgress }
  | {
      readonly kind: 'done';
      readonly job: Job;
      readonly lines: readonly Line[];
      readonly summary: RunSummary;
      readonly failed: readonly string[];
      readonly failedApps: readonly string[];
    };

export function previewOf(job: Job, lines: readonly Line[]): Extract<Flow, { kind: 'preview' }> {
  return { kind: 'preview', job, lines, asked: askedFor(changesOfJob(job)), bodies: false, scroll: 0, read: false };
}

/** Returns the confirmation that the riskiest change needs: the app's name, a yes, or Enter. */
function askedFor(changes: readonly Change[]): Asked {
  const risky = changes.find(({ risk }) => needsName(risk));
  if (risky)
    return {
      name: confirmedBy(changes.map(({ target }) => target))(risky.target),
    };
  // A held Enter key must not restart an app, nor change a value that the next deployment restores.
  return changes.some((change) => change.risk === 'disruptive' || change.restarts || isOwnedByCode(change)) ? 'yes' : 'enter';
}

export const named = (preview: Preview): Flow => ({ kind: 'naming', preview, typed: editOf(''), scroll: 0 });

export function begun(job: Job): Flow {
  const changes = changesOfJob(job);
  const apps = new Set(changes.map(({ target }) => target.id));
  const many = apps.size > 1 ? { many: { done: 0, of: changes.length, began: 0 } } : {};
  return { kind: 'applying', job, progress: { lines: [], since: 0, stopping: false, failed: [], failedApps: [], ...many } };
}

export function progressAfter(progress: RunProgress, event: RunEvent, at: number, look: Look): RunProgress {
  const { current, waitsFor: _, ...rest } = counted(progress, event, at);
  if (event.type === 'change-wait') return { ...rest, ...(current ? { current } : {}), waitsFor: event.waitsFor };
  if (event.type === 'change-start') return { ...rest, current: `${event.change} of ${event.of}  ${changeTitle(event.what)}`, since: at };
  const broke = event.type === 'change-end' && (event.result.state === 'failed' || event.result.state === 'moved');
  const isTold = !progress.many || broke || event.type === 'app-failed' || event.type === 'canary';
  return {
    ...rest,
    ...(event.type === 'run-start' ? { run: event.run } : {}),
    ...(event.type === 'run-end' ? { isOver: true } : {}),
    ...(isTold ? { lines: [...progress.lines, ...eventLines(event, look)] } : {}),
    ...(broke ? { failed: [...progress.failed, ...event.what.controls], failedApps: [...progress.failedApps, event.what.target.id] } : {}),
  };
}

/** Counts one more finished request of a run over many apps. */
function counted(progress: RunProgress, event: RunEvent, at: number): RunProgress {
  const { many } = progress;
  if (!many) return progress;
  const began = many.began === 0 ? at : many.began;
  return { ...progress, many: { ...many, began, done: many.done + (event.type === 'change-end' ? 1 : 0) } };
}

export const flowEnding = ({ job, progress }: Extract<Flow, { kind: 'applying' }>, summary: RunSummary): Flow => ({
  kind: 'done',
  job,
  lines: [...progress.lines, ...closingLines(summary)],
  summary,
  failed: progress.failed,
  failedApps: progress.failedApps,
});
