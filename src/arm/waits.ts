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
