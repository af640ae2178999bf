/** The words that findings are sorted and filtered by. */

/** Risks of a fix for people, the mildest first; `by-hand` where func-harden cannot fix the finding. */
export const FINDING_RISKS = ['safe', 'disruptive', 'lock-out', 'one-way', 'by-hand'] as const;
export type FindingRisk = (typeof FINDING_RISKS)[number];

export const SORTS = ['severity', 'risk', 'area', 'app', 'apps', 'subscription', 'owner', 'tag'] as const;
export type Sort = (typeof SORTS)[number];

/** The orders of a list with one line for each control. */
export const GROUPED_SORTS = ['severity', 'risk', 'area', 'apps'] as const satisfies readonly Sort[];
export type GroupedSort = (typeof GROUPED_SORTS)[number];
