/** The words that findings are sorted and filtered by. */

/** What the change does to people, mildest first; `by-hand` where no change of ours mends the finding. */
export const FINDING_RISKS = ['safe', 'disruptive', 'lock-out', 'one-way', 'by-hand'] as const;
export type FindingRisk = (typeof FINDING_RISKS)[number];

export const SORTS = ['severity', 'risk', 'area', 'app', 'apps'] as const;
export type Sort = (typeof SORTS)[number];
