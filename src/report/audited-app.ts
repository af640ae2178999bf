import type { App, ResourceKey, Target } from '../azure/index.ts';
import type { StepState } from '../engine/judge/assess.ts';

export interface AuditedApp {
  readonly target: Target;
  /** undefined where even the site could not be read. */
  readonly app: App | undefined;
  readonly steps: readonly StepState[];
  /** Name of its subscription, or the id where no name is known. */
  readonly subscription?: string;
  /** Who looks after it, by the tag for that. */
  readonly owner?: string;
  /** What was taken from an inventory that may lag behind, and when it was asked. */
  readonly source?: { readonly resourceGraph: readonly ResourceKey[]; readonly asOf: string };
}
