/**
 * How many random cases a test tries. `npm test` tries few, the same in each run, so that a change is tested in minutes;
 * `npm run test:long` tries many, other ones each day: the same cases every night would find nothing new.
 */
const isLong = process.env['TEST_LONG'] === '1';

export const cases = (few: number, many: number): number => (isLong ? many : few);

/** The number that decides the cases, given the one of `npm test`; `TEST_SEED` repeats a long run. */
export const seedOf = (usual: number): number => (isLong ? Number(process.env['TEST_SEED']) : usual);
