/** The request budget, with a clock and a service of the test: which requests are sent when. */
import { createHttpHeaders, createPipelineRequest, type HttpMethods, type PipelineResponse } from '@azure/core-rest-pipeline';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { budgetPolicy } from '../../src/arm/http/budget.ts';
import { systemClock } from '../../src/files/clock.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'Date'] }));
afterEach(() => void vi.useRealTimers());

const sleep = (milliseconds: number) => new Promise<void>((resolve) => void setTimeout(resolve, milliseconds));
const clock = { ...systemClock, sleep };
const SITE = 'https://management.azure.com/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/a?api-version=1';
const GRAPH = 'https://management.azure.com/providers/Microsoft.ResourceGraph/resources?api-version=1';

interface Served {
  readonly at: number;
  readonly status: number;
}

/** Sends `many` requests at once to a service that answers after `latency` and counts with `count`. */
async function served(
  many: number,
  { url, method, latency }: { url: string; method: HttpMethods; latency: number },
  count: (now: number) => { status: number; headers: Record<string, string> },
): Promise<Served[]> {
  const said: string[] = [];
  const policy = budgetPolicy({ clock, onWait: (_, why) => void said.push(why) });
  const began = performance.now();
  const seen: Served[] = [];
  const all = Array.from({ length: many }, () =>
    policy.sendRequest(createPipelineRequest({ url, method }), async (request): Promise<PipelineResponse> => {
      await sleep(latency / 2);
      const { status, headers } = count(performance.now());
      seen.push({ at: (performance.now() - began) / 1000, status });
      await sleep(latency / 2);
      return { request, status, headers: createHttpHeaders(headers) };
    }),
  );
  void Promise.all(all).then(() => (all.length = 0));
  while (all.length > 0) await vi.advanceTimersByTimeAsync(10);
  return seen;
}

function tokenBucket(size: number, rate: number) {
  let [left, at] = [size, performance.now()];
  return (now: number) => {
    left = Math.min(size, left + ((now - at) / 1000) * rate);
    at = now;
    const refused = left < 1;
    if (!refused) left -= 1;
    return { status: refused ? 429 : 200, headers: { 'x-ms-ratelimit-remaining-subscription-reads': String(Math.floor(left)) } };
  };
}

test.each([
  ['as documented', 250, 25],
  ['larger, as newer subscriptions have it', 1100, 25],
  ['half used by another client', 125, 25],
])('a budget %s is used completely, and no request is refused', async (_, size, rate) => {
  const seen = await served(size + 500, { url: SITE, method: 'GET', latency: 100 }, tokenBucket(size, rate));
  expect(seen.filter(({ status }) => status === 429)).toEqual([]);
  const seconds = seen.at(-1)!.at;
  expect((size + 500) / (size + rate * seconds)).toBeGreaterThan(0.9);
});

test('a service that does not report the remaining budget gets the documented budget', async () => {
  const seen = await served(400, { url: SITE, method: 'GET', latency: 50 }, () => ({ status: 200, headers: {} }));
  // 250 at once, the other 150 at 25 a second.
  expect(seen.at(-1)!.at).toBeGreaterThan(5.5);
  expect(seen.at(-1)!.at).toBeLessThan(7);
});

test('Resource Graph: no more requests in a window than allowed, and the next window is used at once', async () => {
  let [began, used] = [Number.NEGATIVE_INFINITY, 0];
  const seen = await served(60, { url: GRAPH, method: 'POST', latency: 80 }, (now) => {
    if (now - began >= 5000) [began, used] = [now, 0];
    const headers = { 'x-ms-user-quota-resets-after': `00:00:0${Math.ceil((5000 - (now - began)) / 1000)}` };
    if (used >= 15) return { status: 429, headers: { ...headers, 'x-ms-user-quota-remaining': '0', 'retry-after': '5' } };
    used += 1;
    return { status: 200, headers: { ...headers, 'x-ms-user-quota-remaining': String(15 - used) } };
  });
  expect(seen.filter(({ status }) => status === 429)).toEqual([]);
  expect(seen.at(-1)!.at).toBeLessThan(22);
});

test('after a refusal no request is sent before the time that the service gives', async () => {
  let first = true;
  const seen = await served(5, { url: SITE, method: 'GET', latency: 20 }, () => {
    const answer = first ? { status: 429, headers: { 'retry-after': '3' } } : { status: 200, headers: {} };
    first = false;
    return answer;
  });
  expect(seen.map(({ status }) => status)).toEqual([429, 200, 200, 200, 200]);
  const policy = budgetPolicy({ clock });
  const times: number[] = [];
  const send = (status: number) =>
    policy.sendRequest(createPipelineRequest({ url: SITE, method: 'GET' }), (request) => {
      times.push(performance.now());
      return Promise.resolve({ request, status, headers: createHttpHeaders(status === 429 ? { 'retry-after': '3' } : {}) });
    });
  await send(429);
  const next = send(200);
  await vi.advanceTimersByTimeAsync(4000);
  await next;
  expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(3000);
});

test('a refusal blocks a budget no longer than the longest wait', async () => {
  const policy = budgetPolicy({ clock });
  const send = (status: number) =>
    policy.sendRequest(createPipelineRequest({ url: SITE, method: 'GET' }), (request) =>
      Promise.resolve({ request, status, headers: createHttpHeaders(status === 429 ? { 'retry-after': '999999' } : {}) }),
    );
  await send(429);
  const next = send(200);
  await vi.advanceTimersByTimeAsync(120_100);
  expect((await next).status).toBe(200);
});

test('a request that belongs to no subscription does not wait for a budget', async () => {
  const seen = await served(500, { url: 'https://management.azure.com/subscriptions?api-version=1', method: 'GET', latency: 10 }, () => ({
    status: 200,
    headers: {},
  }));
  expect(seen.at(-1)!.at).toBeLessThan(1);
});
