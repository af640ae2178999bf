/** One change over many apps as its screen shows it: planned apps, deselected controls, rows. */
import type { AnyStep } from '../../contract/index.ts';
import type { Target } from '../../azure/index.ts';
import { summaryOf, ticked, type BatchBlock, type BatchGroup, type BatchWork, type PlannedApp } from '../../engine/findings/batch.ts';
import { hasTag } from '../../engine/fleet/selectors.ts';
import { waveTags, type Wave } from '../../engine/run/waves.ts';
import { needsName } from '../../engine/plan/risk.ts';
import type { Change } from '../../change/change.ts';
import type { BatchScreen } from './state.ts';

export type BatchRow =
  | { readonly kind: 'group'; readonly group: BatchGroup }
  | { readonly kind: 'block'; readonly block: BatchBlock }
  | { readonly kind: 'app'; readonly of: string; readonly isBlocked: boolean; readonly target: Target };

/** Lists the rows of the screen; apps are listed only below an unfolded row. */
export function rowsOf({ apps, unfolded }: BatchScreen): readonly BatchRow[] {
  const { groups, blocks } = summaryOf(apps);
  const below = (key: string, isBlocked: boolean, targets: readonly Target[]): BatchRow[] =>
    key === unfolded ? targets.map((target) => ({ kind: 'app', of: key, isBlocked, target })) : [];
  return [
    ...groups.flatMap((group): BatchRow[] => [{ kind: 'group', group }, ...below(group.key, false, group.apps)]),
    ...blocks.flatMap((block): BatchRow[] => [{ kind: 'block', block }, ...below(block.key, true, block.apps)]),
  ];
}

/** The changes that would be sent with the current selection. */
export interface BatchTotal {
  readonly apps: readonly PlannedApp[];
  readonly changes: readonly Change[];
  readonly restarts: number;
  /** Apps with a change that can lock people out or cannot be reverted. */
  readonly risky: readonly PlannedApp[];
  /** Whether a control of an app is deselected, so that its requests must be planned again. */
  readonly isPartial: boolean;
}

export function totalOf({ apps, off }: Pick<BatchScreen, 'apps' | 'off'>): BatchTotal {
  const { apps: chosen, without } = ticked(apps, off);
  const isLeft = ({ controls, target }: Change) => !controls.every((id) => without.get(target.id)?.has(id));
  const changes = chosen.flatMap(({ plan }) => plan.changes.filter(isLeft));
  const left = new Set(changes.map(({ target }) => target.id));
  const kept = chosen.filter(({ target }) => left.has(target.id));
  return {
    apps: kept,
    changes,
    restarts: changes.filter(({ restarts }) => restarts).length,
    risky: kept.filter(({ plan }) => plan.changes.some((change) => needsName(change.risk) && isLeft(change))),
    isPartial: kept.some(({ target }) => without.has(target.id)),
  };
}

export interface WaveChoice {
  readonly says: string;
  /** undefined means all apps at once. */
  readonly waves?: readonly Wave[];
}

/** Numbers of apps that can go first. */
const FIRST = [1, 5, 20] as const;

/** Lists the choices of which apps go first: a number of apps, apps with a tag, or one wave per value of a tag. */
export function waveChoices({ apps, off }: Pick<BatchScreen, 'apps' | 'off'>): readonly WaveChoice[] {
  const targets = ticked(apps, off).apps.map(({ target }) => target);
  const counted = (tag: string) => appsCount(targets.filter((target) => hasTag(target, tag)).length);
  return [
    { says: 'All apps at once' },
    ...FIRST.filter((number) => number < targets.length).map((number) => ({ says: `${appsCount(number)} first`, waves: [number] })),
    ...waveTags(targets).flatMap(({ name, values }) => [
      ...values.map((value) => ({ says: `${name}=${value} first (${counted(`${name}=${value}`)})`, waves: [`${name}=${value}`] })),
      ...(values.length > 1
        ? [{ says: `In waves by ${name}: ${values.join(', then ')}`, waves: values.map((value) => `${name}=${value}`) }]
        : []),
    ]),
  ];
}

/** Returns the text to type to confirm changes that can lock people out: the number of apps. */
export const appsCount = (number: number): string => `${number} ${number === 1 ? 'app' : 'apps'}`;

/** Returns the label of a control with the title of its area, because labels are unique only within an area. */
export function controlLabel(areas: readonly AnyStep[], id: string): string {
  const step = areas.find((one) => id.startsWith(`${one.id}.`));
  const control = step?.controls.find((one) => `${step.id}.${one.id}` === id);
  return step && control ? `${control.label} (${step.title})` : id;
}

export function workTitle(work: BatchWork): string {
  if (work.kind === 'safe') return work.risks.includes('disruptive') ? 'All safe and disruptive fixes' : 'All safe fixes';
  const labels = work.controls.map((name) => work.step.controls.find(({ id }) => id === name)?.label ?? name);
  return labels.length === 1 ? `${labels[0] ?? ''} (${work.step.title})` : work.step.title;
}
