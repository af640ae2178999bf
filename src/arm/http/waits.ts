/** Waits between requests, and the time limit of an answer. */

/** Milliseconds of the first wait where the service gives none. */
export const FIRST_WAIT = 500;
/** Milliseconds: the longest wait, even if an answer asks for a longer one. */
export const LONGEST_WAIT = 120_000;
/** Milliseconds that one attempt may take. */
export const TIME_LIMIT = 60_000;

/** Returns the milliseconds of a `Retry-After` in seconds or as a date; a date is compared with the service's own clock. */
export function retryAfterOf(header: (name: string) => string | undefined): number | undefined {
  const asked = header('retry-after')?.trim();
  if (!asked) return undefined;
  const seconds = Number(asked);
  if (Number.isFinite(seconds)) return seconds >= 0 ? seconds * 1000 : undefined;
  const until = Date.parse(asked);
  const now = Date.parse(header('date') ?? '');
  return Number.isNaN(until) ? undefined : Math.max(0, until - (Number.isNaN(now) ? Date.now() : now));
}

/** Milliseconds: the longest time between two polls of an operation, even if an answer asks for a longer one. */
const LONGEST_LOOK = 30_000;

/** Returns the milliseconds before a poll, numbered from 0: what the service asks for, but no less than a growing minimum. */
export const pollWait = (header: (name: string) => string | undefined, look: number, usual: number): number =>
  Math.min(Math.max(retryAfterOf(header) ?? usual, (usual / 2) * 1.5 ** Math.min(look, 20)), LONGEST_LOOK);

/** Returns the milliseconds before a repetition (from 0): what the service asks for, between a growing minimum and the longest wait. */
export function retryWait(header: (name: string) => string | undefined, tried: number): number {
  const backoff = FIRST_WAIT * 2 ** Math.min(tried, 20);
  return Math.min(Math.max(retryAfterOf(header) ?? backoff * (0.8 + Math.random() * 0.4), backoff / 2), LONGEST_WAIT);
}
