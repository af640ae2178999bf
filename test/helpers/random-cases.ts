/**
 * How much a run of the tests tries. `npm test` is for every change: it leaves out what takes long and rarely breaks alone. `npm run test:all`,
 * as in continuous integration, tries all of it, the same in each run. `npm run test:long` tries many more random cases, other ones each day:
 * the same cases every night would find nothing new.
 */
const depth = process.env['TEST_DEPTH'];
const isLong = depth === 'long';
export const isQuick = depth === 'quick';

export const cases = (few: number, many: number): number => (isLong ? many : few);

/** Returns the number that decides the cases: the usual one, or in a long run that of the day; `TEST_SEED` repeats a long run. */
export const seedOf = (usual: number): number => (isLong ? Number(process.env['TEST_SEED']) : usual);
