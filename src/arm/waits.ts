/** How long is waited, and how long an answer may take. */

/** Milliseconds of the first wait where the service names none. */
export const FIRST_WAIT = 500;
/** No answer makes us wait longer than this, whatever it asks for. */
export const LONGEST_WAIT = 120_000;
/** Milliseconds that one try may take. */
export const TIME_LIMIT = 60_000;

/** Milliseconds that a `Retry-After` asks for, in seconds or as a date; a date is taken by the service's own clock. */
export function askedWait(header: (name: string) => string | undefined): number | undefined {
  const asked = header('retry-after')?.trim();
  if (!asked) return undefined;
  const seconds = Number(asked);
  if (Number.isFinite(seconds)) return seconds >= 0 ? seconds * 1000 : undefined;
  const until = Date.parse(asked);
  const now = Date.parse(header('date') ?? '');
  return Number.isNaN(until) ? undefined : Math.max(0, until - (Number.isNaN(now) ? Date.now() : now));
}

/** No answer makes the looks at an operation further apart than this, in milliseconds. */
const LONGEST_LOOK = 30_000;

/** Milliseconds before the look with this number, from 0: what the service asks for, but no less than a floor that grows. */
export const pollWait = (header: (name: string) => string | undefined, look: number, usual: number): number =>
  Math.min(Math.max(askedWait(header) ?? usual, (usual / 2) * 1.5 ** Math.min(look, 20)), LONGEST_LOOK);

/** Milliseconds before a request is tried again, from try 0: what the service asks for, between a floor that grows and the longest wait. */
export function retryWait(header: (name: string) => string | undefined, tried: number): number {
  const backoff = FIRST_WAIT * 2 ** Math.min(tried, 20);
  return Math.min(Math.max(askedWait(header) ?? backoff * (0.8 + Math.random() * 0.4), backoff / 2), LONGEST_WAIT);
}
