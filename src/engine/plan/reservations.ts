/** Values that several apps of one plan share, and that must not differ: a secret of one name, the keys in one vault. */
import type { Target } from '../../azure/index.ts';
import type { Draft, Reservation } from '../../contract/index.ts';
import type { Change, GuardNote } from '../../change/change.ts';
import type { Reserved } from '../judge/circumstances.ts';

const keyOf = ({ on }: Reservation): string => on.toLowerCase();

/** Returns the conflicts of these drafts with values that an earlier app reserved. */
export function refusedBy(reserved: Reserved | undefined, drafts: readonly Draft[], control: string): GuardNote[] {
  const found = drafts.flatMap(({ reserves }) => {
    const earlier = reserves && reserved?.get(keyOf(reserves));
    return reserves && earlier && earlier.as !== reserves.as ? [`${earlier.by} is changed first in this plan: ${reserves.says}.`] : [];
  });
  return [...new Set(found)].map((says) => ({ id: 'reserved', control, level: 'stop', says }));
}

interface Reserving {
  readonly target: Pick<Target, 'label'>;
  readonly changes: readonly Pick<Change, 'reserves'>[];
}

/** Returns the plans in order. A plan against the reservation of an earlier app is made again without the conflicting controls. */
export async function withoutRefused<P extends Reserving>(
  plans: readonly P[],
  again: (plan: P, reserved: Reserved) => Promise<P>,
): Promise<P[]> {
  const reserved = new Map<string, { readonly as: string; readonly by: string }>();
  const settled: P[] = [];
  for (const plan of plans) {
    const clashes = reservedIn(plan).some((one) => (reserved.get(keyOf(one))?.as ?? one.as) !== one.as);
    const kept = clashes ? await again(plan, reserved) : plan;
    for (const one of reservedIn(kept)) reserved.set(keyOf(one), { as: one.as, by: kept.target.label });
    settled.push(kept);
  }
  return settled;
}

const reservedIn = ({ changes }: Reserving): readonly Reservation[] => changes.flatMap(({ reserves }) => reserves ?? []);
