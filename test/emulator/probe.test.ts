import { test } from 'vitest';
import { recordings } from '../helpers/recorded.ts';
import { placeFor, labelOf } from '../helpers/fidelity/places.ts';
import { replay } from '../helpers/fidelity/replay.ts';
import { differences } from '../helpers/fidelity/compare.ts';
import { SETTABLE } from '../helpers/fidelity/state.ts';
test('probe', { timeout: 60000 }, async () => {
  const all = recordings();
  const by = new Map<string, string[]>();
  for (const r of all) {
    const place = placeFor(r);
    if (!place) {
      console.log('OUT', labelOf(r), r.method, r.url.slice(60, 200), r.status);
      continue;
    }
    const answered = await replay(all, r);
    for (const d of differences(r, answered, SETTABLE)) {
      const k = `${place.name} ${r.method} ${r.status}: ${d}`.slice(0, 330);
      by.set(k, [...(by.get(k) ?? []), labelOf(r) + (r.apiVersion === '2024-11-01' ? '' : `(${r.apiVersion})`)]);
    }
  }
  for (const [k, v] of [...by].toSorted()) console.log(k, ' <', v.join(' '));
});
