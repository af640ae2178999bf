/** The hosting of an app. */

/** Y1 Consumption · FC1 Flex Consumption · EP Elastic Premium · D Dedicated · CA Container Apps. */
export type PlanKind = 'Y1' | 'FC1' | 'EP' | 'D' | 'CA';
export type Os = 'windows' | 'linux';

/** The hosting of an app, derived once from its site. */
export interface App {
  readonly name: string;
  readonly slot?: string;
  readonly plan: PlanKind;
  readonly os: Os;
  readonly ase: boolean;
  /** Set where Azure does not report the tier of the plan, or the tier is not one of App Service. The plan is then only assumed. */
  readonly isAssumed?: true;
  /** Set where the app runs on a Kubernetes cluster of its owner, connected by Azure Arc. Few settings of App Service have an effect there. */
  readonly onArc?: true;
}

/** Reasons why something is not supported, by plan, by operating system, by both (`Y1-linux`), or for slots. */
export type NotOn = Partial<Record<PlanKind | Os | `${PlanKind}-${Os}` | 'slot', string>>;
