/** Values that screens show, derived from the state. */
import type { Target } from '../../../azure/index.ts';
import type { StepState } from '../../../engine/judge/assess.ts';
import type { Flow } from './flow.ts';
import type { WizardState } from './state.ts';

export interface Match {
  readonly target: Target;
  /** Columns of the name that match the filter, to highlight them. */
  readonly hits: readonly number[];
}

/** The last filter of a list of apps, with its result. */
const matchedOnce = new WeakMap<WizardState['apps'], { readonly filter: string; readonly list: readonly Match[] }>();

/** Lists the apps whose name, resource group or region contains the letters of the filter in order, best match first. */
export function matchingApps({ apps }: Pick<WizardState, 'apps'>, filter: string): readonly Match[] {
  const last = matchedOnce.get(apps);
  if (last?.filter === filter) return last.list;
  const list = computeMatches(apps, filter);
  matchedOnce.set(apps, { filter, list });
  return list;
}

function computeMatches(apps: WizardState['apps'], filter: string): Match[] {
  const wanted = filter.toLowerCase().replaceAll(' ', '');
  if (wanted === '') return apps.map((target) => ({ target, hits: [] }));
  return apps
    .flatMap((target) => {
      const inName = hitsOf(target.label, wanted);
      const anywhere = inName ?? hitsOf(`${target.label} ${target.resourceGroup} ${target.location}`, wanted);
      return anywhere ? [{ target, hits: inName ?? [], score: scoreOf(target.label, inName, wanted) }] : [];
    })
    .toSorted((a, b) => a.score - b.score || a.target.label.localeCompare(b.target.label));
}

function hitsOf(text: string, wanted: string): number[] | undefined {
  const lower = text.toLowerCase();
  const hits: number[] = [];
  let from = 0;
  for (const letter of wanted) {
    const at = lower.indexOf(letter, from);
    if (at < 0) return undefined;
    hits.push(at);
    from = at + 1;
  }
  return hits;
}

/** Ranks a match; lower is better: the whole word, then letters close together, then matches in other fields. */
function scoreOf(name: string, hits: readonly number[] | undefined, wanted: string): number {
  const whole = name.toLowerCase().indexOf(wanted);
  if (whole >= 0) return whole;
  return hits ? 100 + (hits.at(-1) ?? 0) - (hits[0] ?? 0) : 1000;
}

export const stepStateOf = (state: WizardState, id: string): StepState | undefined => state.open?.steps.find(({ step }) => step.id === id);

/** Returns the part of a long list that fits the window and contains the cursor. */
export function windowOf(count: number, cursor: number, room: number): { readonly start: number; readonly end: number } {
  if (count <= room) return { start: 0, end: count };
  const start = Math.min(Math.max(0, cursor - Math.floor(room / 2)), count - room);
  return { start, end: start + room };
}

/** Like `windowOf`, for items of several rows each. Only the items near the cursor are measured. */
export function windowOfRows(
  count: number,
  cursor: number,
  room: number,
  heightOf: (index: number) => number,
): { start: number; end: number } {
  let [start, end] = [cursor, Math.min(count, cursor + 1)];
  if (end <= start) return { start: 0, end: 0 };
  let left = room - heightOf(cursor);
  for (let isDone = false; !isDone;) {
    isDone = true;
    if (end < count && heightOf(end) <= left) {
      left -= heightOf(end);
      end += 1;
      isDone = false;
    }
    if (start > 0 && heightOf(start - 1) <= left) {
      start -= 1;
      left -= heightOf(start);
      isDone = false;
    }
  }
  return { start, end };
}

export function flowOf({ screen }: Pick<WizardState, 'screen'>): Flow | undefined {
  if (screen.at === 'area') return screen.mode.kind === 'flow' ? screen.mode.flow : undefined;
  return screen.at === 'queue' || screen.at === 'undo' || screen.at === 'resume' || screen.at === 'batch' ? screen.flow : undefined;
}

/** Returns the state with another flow on the current screen. */
export function withFlow(state: WizardState, flow: Flow): WizardState {
  const { screen } = state;
  if (screen.at === 'area') return { ...state, screen: { ...screen, mode: { kind: 'flow', flow } } };
  return screen.at === 'queue' || screen.at === 'undo' || screen.at === 'resume' || screen.at === 'batch'
    ? { ...state, screen: { ...screen, flow } }
    : state;
}
