import type { EmulatedRequest } from '../answers.ts';
import type { PlanRecord, SiteRecord, State } from '../state.ts';

export interface WebContext {
  readonly state: State;
  readonly site: SiteRecord;
  readonly plan: PlanRecord;
  readonly request: EmulatedRequest;
  /** Names in the path, in order. */
  readonly names: readonly string[];
  /** Returns a new version of the resource, for the ETag header. */
  readonly etag: () => string;
}
