/** The hosting of an app. */

/** Y1 Consumption · FC1 Flex Consumption · EP Elastic Premium · D Dedicated · CA Container Apps. */
export type PlanKind = 'Y1' | 'FC1' | 'EP' | 'D' | 'CA';
export type Os = 'windows' | 'linux';

/** What the hosting of an app allows; computed once from the site. */
export interface App {
  readonly name: string;
  readonly slot?: string;
  readonly plan: PlanKind;
  readonly os: Os;
  readonly ase: boolean;
}

/** Reasons why something is not there, by plan, system, both (`Y1-linux`), or on a slot. */
export type NotOn = Partial<Record<PlanKind | Os | `${PlanKind}-${Os}` | 'slot', string>>;
