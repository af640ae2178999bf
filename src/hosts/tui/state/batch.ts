/** One change over many apps as its screen shows it: planned apps, deselected controls, rows. */
import type { Target } from '../../../azure/index.ts';
import {
  sortByName,
  summaryOf,
  withoutUnticked,
  type BatchApp,
  type BatchBlock,
  type BatchGroup,
  type PlannedApp,
} from '../../../engine/findings/batch.ts';
import { needsName } from '../../../engine/plan/risk.ts';
import type { Change } from '../../../change/change.ts';
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

/** Returns what identifies a row while other rows are added. */
export const rowKey = (row: BatchRow): string =>
  row.kind === 'group' ? row.group.key : row.kind === 'block' ? row.block.key : `${row.of} ${row.target.id}`;

/** Adds apps that were planned. The cursor stays on its row, because a key may follow at once; at the top it stays there. */
export function withPlanned(screen: BatchScreen, planned: readonly BatchApp[], isRead: boolean): BatchScreen {
  if (planned.length === 0) return { ...screen, isRead };
  const anew = new Set(planned.map(({ target }) => target.id));
  const after = { ...screen, apps: sortByName([...screen.apps.filter(({ target }) => !anew.has(target.id)), ...planned]), isRead };
  const here = rowsOf(screen)[screen.cursor];
  if (screen.cursor === 0 || here === undefined) return after;
  const place = rowsOf(after).findIndex((row) => rowKey(row) === rowKey(here));
  return place < 0 ? after : { ...after, cursor: place };
}

/** The changes that would be sent with the current selection. */
interface BatchTotal {
  readonly apps: readonly PlannedApp[];
  readonly changes: readonly Change[];
  readonly restarts: number;
  /** Apps with a change that can lock people out or cannot be reverted. */
  readonly risky: readonly PlannedApp[];
  /** Whether a control of an app is deselected, so that its requests must be planned again. */
  readonly isPartial: boolean;
}

export function totalOf({ apps, off }: Pick<BatchScreen, 'apps' | 'off'>): BatchTotal {
  const { apps: chosen, without } = withoutUnticked(apps, off);
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

/** Returns the apps that are still ticked. */
export const chosenTargets = ({ apps, off }: Pick<BatchScreen, 'apps' | 'off'>): readonly Target[] =>
  withoutUnticked(apps, off).apps.map(({ target }) => target);
