/**
 * How many cases a test tries. `npm test` tries few, the same in each run, so that a change is tested in minutes;
 * `npm run test:long` tries many, other ones each day: the same cases every night would find nothing new.
 */
export const isLong = process.env['TEST_LONG'] === '1';

/** Every n-th item in `npm test`, all of them in a long run. */
export const everyNth = <T>(items: Iterable<T>, nth: number): T[] => [...items].filter((_, index) => isLong || index % nth === 0);

export const cases = (few: number, many: number): number => (isLong ? many : few);

/** The number that decides the cases, given the one of `npm test`; `TEST_SEED` repeats a long run. */
export const seedOf = (usual: number): number => (isLong ? Number(process.env['TEST_SEED']) : usual);
