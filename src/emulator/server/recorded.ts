/** Replays recorded exchanges: each request gets the recorded answers in their order. */
import { asObject } from '../parts.ts';
import { answer, gatewayError, type EmulatedRequest, type EmulatedResponse } from '../answers.ts';
import { isObject, type Json, type JsonObject } from '../state.ts';

/** One item of a recording; other members are for human readers. */
interface RecordedExchange {
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly requestBody: Json;
  readonly responseBody: Json;
  readonly responseHeaders: Readonly<Record<string, string>>;
  /** The caller, if the recording contains it. */
  readonly caller?: RecordedCaller;
}

/** The caller's stand-in: the reports tell the caller's own access from that of others. */
interface RecordedCaller {
  readonly oid: string;
  readonly tid: string;
  readonly isApp: boolean;
}

export interface Recording {
  readonly subscriptionIds: readonly string[];
  readonly apps: readonly string[];
  readonly caller?: RecordedCaller;
  /** Returns the recorded answer; undefined if there is none. */
  readonly answerTo: (request: EmulatedRequest) => EmulatedResponse | undefined;
}

const VAULT_HOST = /^([\w-]+)\.vault\.(?:azure\.net|azure\.cn|usgovcloudapi\.net)$/i;
const VAULT_ADDRESS = /^https:\/\/([\w-]+)\.vault\.(?:azure\.net|azure\.cn|usgovcloudapi\.net)/i;
const ARM_ADDRESS = /^https:\/\/management\.[\w.-]+(?=\/(?:subscriptions|providers|vault)\b)/i;
const FUNCTION_APP = /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.Web\/sites\/[^/]+$/i;

/** Parses the exchanges of a file. @throws TypeError that describes the problem */
export function parseRecording(value: Json): readonly RecordedExchange[] {
  if (!Array.isArray(value)) throw new TypeError('it is not a list of exchanges');
  return value.map((item, at): RecordedExchange => {
    if (!isObject(item)) throw new TypeError(`item ${at} is no exchange`);
    const { method, url, status, requestBody = null, responseBody = null, responseHeaders = {}, source = null } = item;
    if (typeof method !== 'string' || typeof url !== 'string' || !URL.canParse(url) || typeof status !== 'number')
      throw new TypeError(`item ${at} has no method, url and status`);
    const headers = Object.entries(asObject(responseHeaders)).map(([name, text]) => [name, String(text)]);
    const caller = callerIn(asObject(source)['caller'] ?? null);
    return {
      method,
      url,
      status,
      requestBody,
      responseBody,
      responseHeaders: Object.fromEntries(headers) as Record<string, string>,
      ...(caller ? { caller } : {}),
    };
  });
}

function callerIn(value: Json): RecordedCaller | undefined {
  const { oid, tid, isApp } = asObject(value);
  return typeof oid === 'string' && typeof tid === 'string' ? { oid, tid, isApp: isApp === true } : undefined;
}

export function createRecording(exchanges: readonly RecordedExchange[]): Recording {
  const known = Map.groupBy(exchanges, ({ method, url }) => keyOf(method, new URL(url)));
  const served = new Map<string, number>();
  const caller = exchanges.find((one) => one.caller)?.caller;
  const ids = exchanges.flatMap(({ url }) => /^\/subscriptions\/([^/?]+)/i.exec(new URL(url).pathname)?.[1]?.toLowerCase() ?? []);
  const paths = exchanges.map(({ url }) => `${new URL(url).pathname.toLowerCase()}/`);
  const isRead = (id: string): boolean => paths.some((path) => path.startsWith(`${id.toLowerCase()}/`));
  return {
    subscriptionIds: [...new Set(ids)],
    ...(caller ? { caller } : {}),
    // The apps that the command read come first; the others were only listed.
    apps: [...new Set(exchanges.flatMap(({ responseBody }) => appsIn(responseBody)))].toSorted(
      (a, b) => Number(isRead(b)) - Number(isRead(a)),
    ),
    answerTo({ method, url, body }) {
      const key = keyOf(method, new URL(url, 'http://arm.invalid'));
      const all = known.get(key) ?? [];
      // Queries with different bodies use the same URL.
      const text = JSON.stringify(body);
      const same = all.filter(({ requestBody }) => JSON.stringify(requestBody) === text);
      const [list, place] = same.length > 0 ? [same, `${key} ${text}`] : [all, key];
      const at = served.get(place) ?? 0;
      const found = list[Math.min(at, list.length - 1)];
      if (!found) return undefined;
      served.set(place, at + 1);
      const headers = Object.entries(found.responseHeaders).filter(([name]) => name.toLowerCase() !== 'content-type');
      return answer(
        found.status,
        atOrigin(found.responseBody, ''),
        atOrigin(Object.fromEntries(headers) as JsonObject, '') as Record<string, string>,
      );
    },
  };
}

export const notRecorded = ({ method, url }: EmulatedRequest): EmulatedResponse =>
  gatewayError(501, 'NotRecorded', `This recording has no ${method} ${url.split('?')[0] ?? ''}.`);

/** Normalizes a request: case, and the order of its query. */
function keyOf(method: string, url: URL): string {
  const vault = VAULT_HOST.exec(url.hostname)?.[1];
  const path = decodeURIComponent(url.pathname)
    .replace(/\/{2,}/g, '/')
    .replace(/\/$/, '');
  const query = [...url.searchParams].map(([name, value]) => `${name}=${value}`).toSorted();
  return `${method} ${vault ? `/vault/${vault}` : ''}${path}?${query.join('&')}`.toLowerCase();
}

/** Rewrites links to the address of the emulator; URLs in settings stay unchanged. */
function atOrigin(value: Json, member: string): Json {
  if (Array.isArray(value)) return value.map((item) => atOrigin(item, member));
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, atOrigin(inner, name)]));
  if (typeof value !== 'string') return value;
  const atArm = value.replace(ARM_ADDRESS, '{origin}');
  return member === 'vaultUri' ? atArm.replace(VAULT_ADDRESS, '{origin}/vault/$1') : atArm;
}

function appsIn(body: Json): string[] {
  const items = isObject(body) ? (Array.isArray(body['value']) ? body['value'] : Array.isArray(body['data']) ? body['data'] : [body]) : [];
  return items.flatMap((item) => {
    const { id, kind } = asObject(item);
    return typeof id === 'string' &&
      FUNCTION_APP.test(id) &&
      typeof kind === 'string' &&
      /functionapp/i.test(kind) &&
      !/workflowapp/i.test(kind)
      ? [id]
      : [];
  });
}
