import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { EmulatedResponse } from '../answers.ts';
import { boundedPattern, type Pattern } from './pattern.ts';
import { isObject, type Json, type JsonObject } from '../state.ts';

interface Fault {
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
  readonly beforehand?: ConcurrentWrite;
  readonly afterwards?: ConcurrentWrite;
}

export interface ConcurrentWrite {
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
    const problem = faultProblem(item);
    if (problem !== undefined) throw new Error(`fault ${index + 1}: ${problem}`);
    const { method, path, times, status, headers, body, delayMs, drop } = item;
    const meddlings = (['beforehand', 'afterwards'] as const).flatMap((name) =>
      item[name] === undefined ? [] : [[name, meddlingIn(item[name], index)] as const],
    );
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
      ...(typeof status === 'number' ? { status } : {}),
      headers: isObject(headers)
        ? Object.fromEntries(Object.entries(headers).map(([name, text]) => [name.toLowerCase(), String(text)]))
        : {},
      ...(body === undefined ? {} : { body }),
      delayMs: typeof delayMs === 'number' ? delayMs : 0,
      ...(drop === 'before' || drop === 'after' ? { drop } : {}),
      ...Object.fromEntries(meddlings),
    };
  });
}

const isWhole = (value: Json, least: number, most: number): boolean =>
  Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most;

/** The members with their allowed values. null counts as missing. */
const MEMBERS: Readonly<Record<string, readonly [says: string, fits: (value: Json) => boolean]>> = {
  method: ['text', (value) => typeof value === 'string'],
  path: ['text', (value) => typeof value === 'string'],
  times: ['a whole number, 0 or more', (value) => isWhole(value, 0, Number.MAX_SAFE_INTEGER)],
  status: ['a whole number from 200 to 599', (value) => isWhole(value, 200, 599)],
  delayMs: ['a number of milliseconds from 0 to 600000', (value) => typeof value === 'number' && value >= 0 && value <= 600_000],
  headers: ['an object with names and texts of HTTP headers', (value) => isObject(value) && Object.entries(value).every(isHeader)],
  drop: ['"before" or "after"', (value) => value === 'before' || value === 'after'],
};

function faultProblem(item: JsonObject): string | undefined {
  const wrong = Object.entries(MEMBERS).find(([name, [, fits]]) => {
    const value = item[name] ?? null;
    return value !== null && !fits(value);
  });
  return wrong && `${wrong[0]} is ${wrong[1][0]}`;
}

function isHeader([name, value]: readonly [string, Json]): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, String(value));
    return value !== null && typeof value !== 'object';
  } catch {
    return false;
  }
}

function meddlingIn(value: Json | undefined, index: number): ConcurrentWrite {
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
