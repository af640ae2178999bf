/** Azure Policy's own definitions and our controls on the same configurations: each kind of difference is listed in a table, with its reason. */
import { expect, test } from 'vitest';
import { definitions, NO_DEFINITIONS, type Peer } from '../helpers/policy/definitions.ts';
import { evaluate } from '../helpers/policy/evaluate.ts';
import { cases, resourcesOf } from '../helpers/policy/grid.ts';
import { DIFFERENCES, explains, type Difference, type Disagreement } from '../helpers/policy/differences.ts';
import { statesOf } from '../helpers/policy/verdicts.ts';

const MIXTURES = 400;
const SEED = 20_261_128;
const all = definitions();

/** All disagreements of the grid, and the number of compared verdicts. */
async function disagreements(peers: readonly Peer[]): Promise<{ found: Disagreement[]; compared: number }> {
  const asked = new Set(peers.map(({ control }) => control));
  const found: Disagreement[] = [];
  let compared = 0;
  for (const one of cases(MIXTURES, SEED)) {
    const ours = await statesOf(one, asked);
    for (const peer of peers)
      for (const resource of resourcesOf(one)) {
        const policy = evaluate(peer, resource);
        const mine = ours.get(peer.control);
        if (policy === 'skip') continue;
        if (mine === undefined) throw new Error(`${peer.control} is no control`);
        compared++;
        if (mine.state !== policy) found.push({ peer, policy, mine, one });
      }
  }
  return { found, compared };
}

test.skipIf(all.length === 0)(
  `every disagreement with Azure Policy has its reason, and every reason its disagreement ${all.length === 0 ? NO_DEFINITIONS : ''}`,
  { timeout: 60_000 },
  async () => {
    const { found, compared } = await disagreements(all);
    const unexplained = new Map<string, string>();
    const met = new Set<Difference>();
    for (const one of found) {
      const known = DIFFERENCES.find((difference) => explains(difference, one));
      if (known) {
        met.add(known);
        continue;
      }
      const { peer, policy, mine } = one;
      const kind = `${peer.control}: Azure Policy ${peer.name.slice(0, 8)} says ${policy}, we say ${mine.state} (${mine.reason ?? mine.found})`;
      if (!unexplained.has(kind)) unexplained.set(kind, one.one.label);
    }
    const gone = DIFFERENCES.filter((difference) => !met.has(difference));
    expect(Object.fromEntries(unexplained), 'disagreements without a reason, each with an example').toEqual({});
    expect(
      gone.map(({ control, because }) => `${String(control)}: ${because}`),
      'rows that no longer occur: take them out',
    ).toEqual([]);
    expect(compared).toBeGreaterThan(40_000);
  },
);
