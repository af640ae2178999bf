/** ARM's throttling: token buckets by subscription and kind of request, and one for Resource Graph by user. */
import { gatewayError, type EmulatedResponse } from '../answers.ts';
import { GRAPH } from '../graph/graph.ts';

/** `size` requests at once, then `rate` per second. */
interface Bucket {
  readonly size: number;
  readonly rate: number;
}
export interface Budget {
  readonly reads: Bucket;
  readonly writes: Bucket;
  readonly deletes: Bucket;
}

/** Documented values (request-limits-and-throttling, 2025). */
export const ARM_BUDGET: Budget = { reads: { size: 250, rate: 25 }, writes: { size: 200, rate: 10 }, deletes: { size: 200, rate: 10 } };
const GRAPH_QUERIES = 15;
const GRAPH_WINDOW = 5000;

export type Counted = { readonly refused: EmulatedResponse } | { readonly headers: Readonly<Record<string, string>> };

/** Counts a request: returns the headers with the remaining budget, or the refusal. `now` is in milliseconds. */
export function throttle(budget: Budget, now: () => number): (method: string, url: string) => Counted {
  const buckets = new Map<string, { left: number; at: number }>();
  const graph = { began: Number.NEGATIVE_INFINITY, used: 0 };
  return (method, url) => {
    const path = new URL(url, 'http://arm.invalid').pathname;
    if (GRAPH.test(path)) {
      if (now() - graph.began >= GRAPH_WINDOW) [graph.began, graph.used] = [now(), 0];
      const resets = `00:00:0${Math.ceil((GRAPH_WINDOW - (now() - graph.began)) / 1000)}`;
      if (graph.used >= GRAPH_QUERIES)
        return tooMany('RateLimiting', 'Please throttle the requests.', {
          'x-ms-user-quota-remaining': '0',
          'x-ms-user-quota-resets-after': resets,
          'retry-after': '5',
        });
      graph.used += 1;
      return { headers: { 'x-ms-user-quota-remaining': String(GRAPH_QUERIES - graph.used), 'x-ms-user-quota-resets-after': resets } };
    }
    const subscription = /^\/subscriptions\/([^/]+)/i.exec(path)?.[1]?.toLowerCase();
    if (!subscription) return { headers: {} };
    const kind = method === 'GET' ? 'reads' : method === 'DELETE' ? 'deletes' : 'writes';
    const { size, rate } = budget[kind];
    const key = `${subscription} ${kind}`;
    const bucket = buckets.get(key) ?? { left: size, at: now() };
    buckets.set(key, bucket);
    bucket.left = Math.min(size, bucket.left + ((now() - bucket.at) / 1000) * rate);
    bucket.at = now();
    const name = kind === 'writes' && (method === 'POST' || /\/sites\/[^/]+$/i.test(path)) ? 'resource-requests' : kind;
    if (bucket.left < 1)
      return tooMany(
        'SubscriptionRequestsThrottled',
        `Number of '${kind}' requests for subscription '${subscription}' exceeded the limit.`,
        {
          'retry-after': String(Math.ceil((1 - bucket.left) / rate)),
          [`x-ms-ratelimit-remaining-subscription-${name}`]: '0',
        },
      );
    bucket.left -= 1;
    return { headers: { [`x-ms-ratelimit-remaining-subscription-${name}`]: String(Math.floor(bucket.left)) } };
  };
}

const tooMany = (code: string, message: string, headers: Record<string, string>): Counted => ({
  refused: gatewayError(429, code, message, {}, headers),
});
