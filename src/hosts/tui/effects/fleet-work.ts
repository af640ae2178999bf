/** Runs effects on many apps, a few at a time, with results in batches, so that the screen is not redrawn for each app. */
import type { Target } from '../../../azure/index.ts';
import { mapLimited } from '../../../engine/concurrency.ts';
import { sortByName, type BatchApp, type BatchWork } from '../../../engine/findings/batch.ts';
import { Findings } from '../../../engine/findings/finding.ts';
import type { Judged, Session } from '../../../engine/session.ts';
import { lineText } from '../../../text/spans.ts';
import { queuedControls } from '../../../view/app-progress.ts';
import type { Action } from '../reducer.ts';
import type { Effects } from '../state/state.ts';
import { troubleLines } from './error-lines.ts';

type Dispatch = (action: Action) => void;

const CONCURRENCY = 8;
/** Milliseconds between two updates of the screen. */
const PACE = 100;

/** The effects about many apps, or about no app. */
export function fleetWork(session: Session, dispatch: Dispatch, openId: () => string | undefined, onCopy?: (text: string) => void) {
  const batches = batchWork(session, dispatch);
  const finder = findingsWork(session, dispatch, openId);
  return {
    survey: ({ targets }) => surveyApps(session, dispatch, targets),
    find: ({ targets, how, known }) => finder.find(targets, how, known),
    'note-findings': ({ judged }) => finder.note(judged),
    'plan-batch': ({ work, targets }) => batches.plan(work, targets),
    'settle-batch': ({ work, targets, without }) => batches.settle(work, targets, without),
    'stop-batch': () => batches.stop(),
    copy: ({ text }) => onCopy?.(text),
  } satisfies Partial<Effects>;
}

/** Judges many apps; an app that cannot be read does not stop the others. */
async function surveyApps(session: Session, dispatch: Dispatch, targets: readonly Target[]): Promise<void> {
  session.forgetShared();
  await mapLimited(targets, CONCURRENCY, async (target) => {
    try {
      const judged = await session.survey(target);
      dispatch({ type: 'surveyed', one: { target, steps: judged.steps, queued: queuedControls(judged) } });
    } catch (error) {
      dispatch({ type: 'surveyed', one: { target, why: troubleLines(error).map(lineText)[0] ?? '' } });
    }
  });
}

interface FindingsWork {
  /** Reads findings: of apps again, as a new list, or only of the apps that the list does not have yet. */
  find(targets: readonly Target[], how: 'again' | 'afresh' | 'added', known?: Judged): Promise<void>;
  /** Takes the verdicts of an app that was read elsewhere. Older answers are dropped. */
  note(judged: Judged): void;
}

/** Keeps only the findings of each app, to limit memory. */
function findingsWork(session: Session, dispatch: Dispatch, openId: () => string | undefined): FindingsWork {
  let kept = new Findings();
  let all: readonly Target[] = [];
  let failed = new Set<string>();
  /** The last reading of each app; the answers of earlier readings are dropped. */
  let asked = new Map<string, number>();
  let readings = 0;
  let last = 0;
  const tell = () => {
    last = Date.now();
    const { ownerTag, subscriptionNames } = session;
    const words = { ...(ownerTag ? { ownerTag } : {}), ...(subscriptionNames ? { subscriptionNames } : {}) };
    const findings = { targets: all, list: kept.all(), read: kept.apps, failed: failed.size, unknown: kept.unknown, ...words };
    dispatch({ type: 'found-findings', findings });
  };
  const keep = ({ target, steps, decisions }: Judged) => {
    kept.add(target, steps, { decisions });
    failed.delete(target.id);
  };
  /** Reads an app. The open app is opened again, so that its areas do not keep older values than its findings. */
  const read = async (target: Target): Promise<Judged> => {
    if (target.id !== openId()) return session.survey(target);
    const open = await session.open(target);
    dispatch({ type: 'opened', open, keep: true });
    return open;
  };
  return {
    note(judged) {
      asked.set(judged.target.id, (readings += 1));
      keep(judged);
      tell();
    },
    async find(targets, how, known) {
      if (how === 'afresh') {
        kept = new Findings();
        failed = new Set();
        asked = new Map();
      }
      if (how !== 'again') all = targets;
      if (how !== 'added') session.forgetShared();
      const own = (readings += 1);
      const wanted = how === 'added' ? targets.filter(({ id }) => !asked.has(id)) : targets;
      for (const { id } of wanted) asked.set(id, own);
      if (known) keep(known);
      const isAsked = ({ id }: Target) => asked.get(id) === own;
      tell();
      last = 0; // The first findings are shown as soon as they are read.
      await mapLimited(wanted, CONCURRENCY, async (target) => {
        if (!isAsked(target) || target.id === known?.target.id) return; // Other apps, or this app again, were requested in the meantime.
        try {
          const judged = await read(target);
          if (!isAsked(target)) return;
          keep(judged);
        } catch {
          if (isAsked(target)) failed.add(target.id); // The reason is shown when the app is opened.
        }
        // The larger the list, the less often it is updated.
        if (isAsked(target) && Date.now() - last > PACE + kept.apps / 10) tell();
      });
      if (wanted.some(isAsked)) tell();
    },
  };
}

interface BatchPlanning {
  plan(work: BatchWork, targets: readonly Target[]): Promise<void>;
  settle(work: BatchWork, targets: readonly Target[], without: ReadonlyMap<string, ReadonlySet<string>>): Promise<void>;
  stop(): void;
}

function batchWork(session: Session, dispatch: Dispatch): BatchPlanning {
  let running: AbortController | undefined;
  return {
    async plan(work, targets) {
      running?.abort();
      const { signal } = (running = new AbortController());
      let batch: BatchApp[] = [];
      let last = Date.now();
      const tell = (isRead: boolean) => {
        dispatch({ type: 'batched', work, apps: batch, isRead });
        batch = [];
        last = Date.now();
      };
      await session.planBatch(work, {
        targets,
        signal,
        each(app) {
          batch.push(app);
          if (Date.now() - last > PACE) tell(false);
        },
      });
      if (!signal.aborted) tell(true);
    },
    async settle(work, targets, without) {
      running?.abort();
      const { signal } = (running = new AbortController());
      const settled = new Map<string, BatchApp>();
      await session.planBatch(work, { targets, without, signal, each: (app) => void settled.set(app.target.id, app) });
      if (!signal.aborted) dispatch({ type: 'batch-settled', work, apps: sortByName([...settled.values()]) });
    },
    stop: () => running?.abort(),
  };
}
