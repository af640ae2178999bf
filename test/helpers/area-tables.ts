/** The tables of all areas, for tests of the whole catalog. */
import { catalogue } from '../../steps/index.ts';
import { areaTester, type AreaTable } from './area-tester.ts';

const tables = await areaTester.tables(() => Promise.all(catalogue.map(({ id }) => import(`../steps/${id}.test.ts`))));

export const tableOf = (area: string): AreaTable => tables.get(area) ?? { pass: [], fail: [], plan: [] };

/** Returns the full ids of the controls that tables list. */
export const controlsNamed = (list: 'neverBad' | 'mended' | 'exempted' | 'byHand'): readonly string[] =>
  catalogue.flatMap(({ id }) => (tableOf(id)[list] ?? []).map((control) => `${id}.${control}`));
