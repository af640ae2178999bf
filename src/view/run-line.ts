/** A run in one line: its time, the areas that it changed, and the number of apps. */
import type { AppliedPlan, RecordedRun } from '../change/undo-log.ts';
import { plainText } from '../text/plain.ts';

/** Titles of areas by id. */
export type Titles = ReadonlyMap<string, string>;

const UNITS = [
  ['day', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
] as const;

/** Returns the age of a time, `2 min ago`. Returns the date where it is more than a month ago or in the future. */
export function ago(at: string, now: number): string {
  const passed = now - Date.parse(at);
  if (!(passed >= -60_000) || passed > 31 * 86_400_000) return plainText(at.slice(0, 10));
  const [unit, size] = UNITS.find(([, least]) => passed >= least) ?? [];
  if (unit === undefined || size === undefined) return 'just now';
  const count = Math.floor(passed / size);
  return `${count} ${unit}${unit === 'day' && count > 1 ? 's' : ''} ago`;
}

function areaOf(control: string, titles: Titles): string[] {
  const area = control.slice(0, control.lastIndexOf('.'));
  return titles.has(area) ? [area] : [];
}

function whatOf({ start, changes }: RecordedRun, titles: Titles): string {
  if (start.mode === 'try') return 'test of writes (doctor --try)';
  // One request carries the changes of several areas. Its controls name all of them, its area only the first.
  const ids = changes.flatMap(({ intent: { step, controls } }) => [step, ...controls.flatMap((id) => areaOf(id, titles))]);
  const areas = [...new Set(ids)].map((id) => titles.get(id) ?? plainText(id));
  const [first, ...others] = areas;
  const what =
    first === undefined
      ? 'no change'
      : others.length === 0
        ? first
        : `${first} and ${others.length} more area${others.length === 1 ? '' : 's'}`;
  return start.undoes === undefined ? what : `Undo: ${what}`;
}

function appsOf({ start, changes }: RecordedRun): string {
  const changed = [...new Set(changes.map(({ intent }) => intent.app))];
  const apps = changed.length > 0 ? changed : start.targets.map(({ label }) => label);
  return apps.length === 1 ? `1 app: ${plainText(apps[0] ?? '')}` : `${apps.length} apps`;
}

/** Returns a run in one line: `2 min ago · Require HTTPS · 4 apps`. */
export const runLine = (run: RecordedRun, titles: Titles, now: number, ascii = false): string =>
  [ago(run.start.at, now), whatOf(run, titles), appsOf(run)].join(ascii ? ', ' : ' · ');

/** Returns the digest of the saved plan that a run applied, and who approved it. */
export const savedPlanText = ({ digest, approvedBy }: AppliedPlan): string =>
  `Saved plan ${plainText(digest)}${approvedBy === null ? '' : `, approved by ${plainText(approvedBy)}`}`;
