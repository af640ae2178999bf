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
