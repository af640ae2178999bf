/** How long is waited, and how long an answer may take: one place, so that tests can make all of it short. */

export interface Pace {
  /** Milliseconds of the first wait where the service names none. */
  readonly firstWait: number;
  /** No answer makes us wait longer than this, whatever it asks for. */
  readonly longestWait: number;
  /** Milliseconds that one try may take. */
  readonly timeLimit: number;
}

const NAMES = {
  firstWait: ['FUNC_HARDEN_FIRST_WAIT_MS', 500],
  longestWait: ['FUNC_HARDEN_LONGEST_WAIT_MS', 120_000],
  timeLimit: ['FUNC_HARDEN_TIME_LIMIT_MS', 60_000],
} as const;

/** What the environment says, else what fits Azure. */
export function paceOf(environment: Readonly<Record<string, string | undefined>>): Pace {
  const read = (what: keyof Pace): number => {
    const [name, usual] = NAMES[what];
    const given = Number(environment[name] ?? Number.NaN);
    return Number.isFinite(given) && given >= 0 ? given : usual;
  };
  return { firstWait: read('firstWait'), longestWait: read('longestWait'), timeLimit: read('timeLimit') };
}

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
