import type { App, ResourceKey, Target } from '../azure/index.ts';
import type { StepState } from '../engine/judge/assess.ts';

export interface AuditedApp {
  readonly target: Target;
  /** undefined if the site itself could not be read. */
  readonly app: App | undefined;
  readonly steps: readonly StepState[];
  /** Name of the subscription, or its id if the name is unknown. */
  readonly subscription?: string;
  /** Owner of the app, from the tag that names owners. */
  readonly owner?: string;
  /** Resources that were taken from an inventory, which may be out of date, and when it was read. */
  readonly source?: { readonly resourceGraph: readonly ResourceKey[]; readonly asOf: string };
}

/** Returns the tags of an app as `name=value`, sorted by name. */
export const tagTexts = ({ target: { tags } }: Pick<AuditedApp, 'target'>): string[] =>
  Object.entries(tags)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`);

/** Returns where an app belongs: the name of its subscription, its owner if one is known, and its tags. */
export function placeTexts({ target, subscription, owner }: AuditedApp): string[] {
  const tags = tagTexts({ target });
  return [
    subscription ?? target.subscriptionId,
    ...(owner === undefined ? [] : [`owner ${owner}`]),
    ...(tags.length === 0 ? [] : [`tags ${tags.join(' ')}`]),
  ];
}
