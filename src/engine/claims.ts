/** What several apps of one plan share, and may not want differently: a secret of one name, the keys in one vault. */
import type { Claim, Draft } from '../step.ts';
import type { GuardNote, Plan } from './plan.ts';

/** What earlier apps of the plan claimed, by what it is on. */
export type Claims = ReadonlyMap<string, { readonly as: string; readonly by: string }>;

const keyOf = ({ on }: Claim): string => on.toLowerCase();

/** Claims of these drafts that an earlier app stands against. */
export function refusedClaims(drafts: readonly Draft[], control: string, claims: Claims | undefined): GuardNote[] {
  const found = drafts.flatMap(({ claim }) => {
    const earlier = claim && claims?.get(keyOf(claim));
    return claim && earlier && earlier.as !== claim.as ? [`${earlier.by} comes first in this plan: ${claim.says}.`] : [];
  });
  return [...new Set(found)].map((says) => ({ id: 'claim', control, level: 'stop', says }));
}

/** Plans in their order, those made anew that claim what an earlier app has claimed otherwise. */
export async function withoutClashes(plans: readonly Plan[], again: (plan: Plan, claims: Claims) => Promise<Plan>): Promise<Plan[]> {
  const claims = new Map<string, { readonly as: string; readonly by: string }>();
  const settled: Plan[] = [];
  for (const plan of plans) {
    const clashes = claimsOf(plan).some((claim) => (claims.get(keyOf(claim))?.as ?? claim.as) !== claim.as);
    const kept = clashes ? await again(plan, claims) : plan;
    for (const claim of claimsOf(kept)) claims.set(keyOf(claim), { as: claim.as, by: kept.target.label });
    settled.push(kept);
  }
  return settled;
}

const claimsOf = ({ changes }: Plan): readonly Claim[] => changes.flatMap(({ claims }) => claims ?? []);
