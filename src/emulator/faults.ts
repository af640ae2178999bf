import type { EmulatedResponse } from './answers.ts';
import { boundedPattern, type Pattern } from './pattern.ts';
import { isObject, type Json } from './state.ts';

export interface Fault {
  readonly method?: string;
  readonly path: Pattern;
  left: number;
  readonly status?: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Json;
  readonly delayMs: number;
  /** `before`: the connection breaks before the request is handled. `after`: the request is handled, but the answer is not sent. */
  readonly drop?: 'before' | 'after';
  /** A change by another client, right before or right after the request is handled. */
  readonly beforehand?: Meddling;
  readonly afterwards?: Meddling;
}

export interface Meddling {
  readonly method: string;
  /** The path with its query. */
  readonly url: string;
  readonly body: Json;
}

/** Parses a list of faults. @throws Error that describes the problem */
export function parseFaults(value: Json): Fault[] {
  if (!Array.isArray(value))
    throw new Error('faults are a list of {method, path, times, status, headers, body, delayMs, drop, beforehand, afterwards}');
  return value.map((item, index) => {
    if (!isObject(item)) throw new Error(`fault ${index + 1} is not an object`);
    const { method, path, times, status, headers, body, delayMs, drop } = item;
    const meddlings = (['beforehand', 'afterwards'] as const).flatMap((name) =>
      item[name] === undefined ? [] : [[name, meddlingIn(item[name], index)] as const],
    );
    if (drop !== undefined && drop !== null && drop !== 'before' && drop !== 'after')
      throw new Error(`fault ${index + 1}: drop is "before" or "after"`);
    let pattern: Pattern;
    try {
      pattern = boundedPattern(typeof path === 'string' ? path : '');
    } catch {
      throw new Error(`fault ${index + 1}: path is not a regular expression`);
    }
    return {
      ...(typeof method === 'string' ? { method: method.toUpperCase() } : {}),
      path: pattern,
      left: typeof times === 'number' ? times : 1,
      ...(typeof status === 'number' ? { status: Math.min(Math.max(Math.trunc(status), 200), 599) } : {}),
      headers: isObject(headers)
        ? Object.fromEntries(Object.entries(headers).map(([name, text]) => [name.toLowerCase(), String(text)]))
        : {},
      ...(body === undefined ? {} : { body }),
      delayMs: typeof delayMs === 'number' ? Math.min(Math.max(delayMs, 0), 600_000) : 0,
      ...(drop === 'before' || drop === 'after' ? { drop } : {}),
      ...Object.fromEntries(meddlings),
    };
  });
}

function meddlingIn(value: Json | undefined, index: number): Meddling {
  const { method, url, body } = isObject(value) ? value : {};
  if (typeof method !== 'string' || typeof url !== 'string' || !url.startsWith('/'))
    throw new Error(`fault ${index + 1}: beforehand and afterwards are {method, url, body}`);
  return { method: method.toUpperCase(), url, body: body ?? null };
}

/** Returns the first fault that matches the request, and counts it down. */
export function faultFor(faults: Fault[], method: string, url: string): Fault | undefined {
  const fault = faults.find((one) => one.left > 0 && (one.method === undefined || one.method === method) && one.path.test(url));
  if (fault) fault.left -= 1;
  return fault;
}

export const faultAnswer = (fault: Fault): EmulatedResponse => ({
  status: fault.status ?? 500,
  headers: fault.headers,
  body: fault.body ?? { error: { code: fault.status === 429 ? 'TooManyRequests' : 'InternalServerError', message: 'An injected fault.' } },
});
