/**
 * The request limits of ARM, respected before ARM refuses: a token bucket for each subscription and kind of request. It starts
 * from the documented sizes and then follows what each answer says is left (`x-ms-ratelimit-remaining-*`).
 */
import type { PipelinePolicy, PipelineRequest, PipelineResponse } from '@azure/core-rest-pipeline';
import type { Clock } from '../../engine/ports.ts';
import { retryAfterOf, FIRST_WAIT, LONGEST_WAIT } from './waits.ts';

type Kind = 'reads' | 'writes' | 'deletes' | 'graph';

/** The size of a burst, and the requests per second after it (request-limits-and-throttling). Resource Graph allows 15 in 5 seconds. */
const DOCUMENTED: Readonly<Record<Kind, { readonly size: number; readonly rate: number }>> = {
  reads: { size: 250, rate: 25 },
  writes: { size: 200, rate: 10 },
  deletes: { size: 200, rate: 10 },
  graph: { size: 15, rate: 0 },
};
/** The number of requests that are sent before the first answer reports the remaining budget, because other clients may have used it. */
const UNTOLD = 10;
const TOKENS = ['reads', 'writes', 'deletes', 'resource-requests'].map((name) => `x-ms-ratelimit-remaining-subscription-${name}`);
/** More requests than any limit of Azure allows. A larger count in an answer is invalid. */
const MOST_LEFT = 100_000;
/** Requests that are never used, because our count and the service's may differ by one. */
const SPARE = 1;
/** Milliseconds. Shorter waits, and repeated reports, are not worth a message. */
const WORTH_SAYING = 2000;
const SAID_FOR = 4000;
/** Milliseconds of a window of Resource Graph, where the answer does not give them. */
const WINDOW = 5000;

interface BudgetOptions {
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  /** Called before a longer wait. */
  readonly onWait?: (milliseconds: number, why: string) => void;
}

/** Returns a policy that sends requests as the budget allows, in the order in which they came. */
export function budgetPolicy(options: BudgetOptions): PipelinePolicy {
  const buckets = new Map<string, Bucket>();
  return {
    name: 'requestBudgetPolicy',
    async sendRequest(request, next) {
      const key = keyOf(request);
      if (!key) return next(request);
      const known = buckets.get(key.name);
      const bucket = known ?? new Bucket(DOCUMENTED[key.kind], options);
      if (!known) buckets.set(key.name, bucket);
      const number = await bucket.take();
      try {
        const response = await next(request);
        bucket.record(number, response);
        return response;
      } finally {
        bucket.answered();
      }
    },
  };
}

function keyOf({ url, method }: PipelineRequest): { name: string; kind: Kind } | undefined {
  const { pathname } = new URL(url);
  if (/\/providers\/Microsoft\.ResourceGraph\//i.test(pathname)) return { name: 'graph', kind: 'graph' };
  const subscription = /^\/subscriptions\/([^/]+)/i.exec(pathname)?.[1]?.toLowerCase();
  if (!subscription) return undefined;
  const kind = method === 'GET' ? 'reads' : method === 'DELETE' ? 'deletes' : 'writes';
  // Actions of a provider (POST) and writes of sites have separate limits.
  const name = kind === 'writes' && method === 'POST' ? 'actions' : kind;
  return { name: `${subscription} ${name}`, kind };
}

class Bucket {
  #left: number;
  #at: number;
  #size: number;
  readonly #rate: number;
  readonly #options: BudgetOptions;
  #turn: Promise<unknown> = Promise.resolve();
  #sent = 0;
  #latest = 0;
  #underway = 0;
  #wasTold = false;
  /** Resolved at each answer. */
  #news = Promise.withResolvers<void>();
  #saidAt = Number.NEGATIVE_INFINITY;
  /** The start of the next window, for counts in windows. */
  #windowEnds = Number.POSITIVE_INFINITY;
  /** The time before which nothing is sent. */
  #closedUntil = 0;

  constructor({ size, rate }: { size: number; rate: number }, options: BudgetOptions) {
    this.#left = Math.min(size, UNTOLD + SPARE);
    this.#size = size;
    this.#rate = rate;
    this.#options = options;
    this.#at = options.clock.elapsed();
  }

  /** Resolves with the request's number when it may be sent. */
  take(): Promise<number> {
    const asked = this.#options.clock.elapsed();
    const mine = this.#turn.then(() => this.#room(asked));
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  async #room(asked: number): Promise<number> {
    const { clock, signal } = this.#options;
    for (;;) {
      this.#refill();
      const closed = this.#closedUntil - this.#options.clock.elapsed();
      const short = 1 + SPARE - this.#left;
      if ((closed <= 0 && short <= 0) || signal?.aborted) break;
      if (closed <= 0 && !this.#wasTold) {
        await this.#news.promise;
        continue;
      }
      const filled = this.#rate > 0 ? (short / this.#rate) * 1000 : this.#windowEnds - this.#options.clock.elapsed();
      if (closed <= 0 && filled === Number.POSITIVE_INFINITY) {
        await this.#news.promise; // All requests of the time window are in flight; an answer shows when the window ends.
        continue;
      }
      const wait = Math.max(closed, filled);
      this.#say(this.#options.clock.elapsed() - asked + wait);
      await clock.sleep(Math.ceil(wait), signal);
    }
    this.#left -= 1;
    this.#underway += 1;
    return (this.#sent += 1);
  }

  #say(wait: number): void {
    const now = this.#options.clock.elapsed();
    if (wait < WORTH_SAYING || now - this.#saidAt < SAID_FOR) return;
    this.#saidAt = now;
    this.#options.onWait?.(wait, 'Azure is throttling requests');
  }

  #refill(): void {
    const now = this.#options.clock.elapsed();
    if (this.#wasTold) this.#left = Math.min(this.#size, this.#left + ((now - this.#at) / 1000) * this.#rate);
    if (this.#windowEnds <= now) [this.#left, this.#windowEnds] = [this.#size, Number.POSITIVE_INFINITY];
    this.#at = now;
  }

  answered(): void {
    this.#underway -= 1;
    // The answer did not contain the remaining requests; the next request finds out.
    if (!this.#wasTold) this.#left += 1;
    this.#news.resolve();
    this.#news = Promise.withResolvers();
  }

  /** Takes the count of the service, less the requests that it had not seen yet; answers may arrive out of order. */
  record(number: number, response: PipelineResponse): void {
    const wait =
      response.status === 429
        ? Math.min(Math.max(retryAfterOf((name) => response.headers.get(name)) ?? 2 * FIRST_WAIT, FIRST_WAIT / 2), LONGEST_WAIT)
        : 0;
    if (wait > 0) this.#closedUntil = Math.max(this.#closedUntil, this.#options.clock.elapsed() + wait);
    if (number < this.#latest) return;
    this.#latest = number;
    this.#refill();
    const remaining = remainingOf(response, this.#rate > 0 ? 'tokens' : 'windows') ?? (this.#wasTold ? undefined : this.#size - this.#sent);
    this.#wasTold = true;
    const window = windowOf(response);
    if (window !== undefined) this.#windowEnds = this.#options.clock.elapsed() + Math.min(window, LONGEST_WAIT);
    else if (this.#rate === 0 && this.#windowEnds === Number.POSITIVE_INFINITY) this.#windowEnds = this.#options.clock.elapsed() + WINDOW;
    if (remaining === undefined) return;
    const least = Math.max(remaining - (this.#underway - 1), 0);
    this.#left = Math.min(Math.max(this.#left, least), least + 1);
    this.#size = Math.max(this.#size, remaining + 1);
  }
}

/** Returns the remaining requests from the header of this kind of request. Counts of the whole tenant are far larger. */
function remainingOf(response: PipelineResponse, counts: 'tokens' | 'windows'): number | undefined {
  const names = counts === 'windows' ? ['x-ms-user-quota-remaining'] : TOKENS;
  const values = names.map((name) => Number(response.headers.get(name) ?? Number.NaN));
  const reported = values.find((value) => Number.isFinite(value));
  return reported === undefined ? undefined : Math.min(Math.max(reported, 0), MOST_LEFT);
}

/** Returns the milliseconds until the next window: `00:00:05`. */
function windowOf(response: PipelineResponse): number | undefined {
  const [, hours = '', minutes = '', seconds = ''] =
    /^(\d\d):(\d\d):(\d\d)/.exec(response.headers.get('x-ms-user-quota-resets-after') ?? '') ?? [];
  return hours ? ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 : undefined;
}
