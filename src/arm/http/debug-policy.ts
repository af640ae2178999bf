/** The exchanges without their contents, as a log that can be attached to an issue. */
import { type Clock } from '../../engine/ports.ts';
import type { PipelinePolicy, PipelineResponse } from '@azure/core-rest-pipeline';
import { isRecord, parsedJson } from '../../change/json-paths.ts';
import { plainText } from '../../text/plain.ts';

/** One attempt of one request. Bodies, tokens and messages are left out, because services quote values in them. */
export interface DebugEntry {
  readonly time: string;
  readonly method: string;
  readonly url: string;
  /** Paths of the members that were sent, without values. */
  readonly sends?: readonly string[];
  readonly status?: number;
  /** The error code of Azure. */
  readonly code?: string;
  readonly bytes?: number;
  readonly milliseconds: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly failed?: string;
}

const HEADERS =
  /^(retry-after|date|location|azure-asyncoperation|x-ms-(correlation-)?request-id|x-ms-ratelimit-remaining-.*|x-ms-user-quota-.*|x-ms-version)$/i;
/** Query members whose values are words of the API. */
const PLAIN_QUERY = /^(api-version|includeSlots|\$top|\$skip|\$filter|\$expand)$/i;

/** Returns a policy that reports what each attempt sent and received. It must be the last policy before the network. */
export const debugPolicy = (log: (entry: DebugEntry) => void, clock: Clock): PipelinePolicy => ({
  name: 'debugPolicy',
  async sendRequest(request, next) {
    const began = clock.elapsed();
    const base = {
      time: clock.now().toISOString(),
      method: request.method,
      url: maskedUrl(request.url),
      ...(typeof request.body === 'string' ? { sends: membersOf(parsedJson(request.body)) } : {}),
    };
    const milliseconds = () => Math.round(clock.elapsed() - began);
    try {
      const response = await next(request);
      log({ ...base, ...answered(response), milliseconds: milliseconds() });
      return response;
    } catch (error) {
      const { name, code } = error as { name?: string; code?: string };
      log({ ...base, failed: plainText(code ?? name ?? 'Error'), milliseconds: milliseconds() });
      throw error;
    }
  },
});

function answered(response: PipelineResponse): Pick<DebugEntry, 'status' | 'code' | 'bytes' | 'headers'> {
  const headers = Object.entries(response.headers.toJSON())
    .filter(([name]) => HEADERS.test(name))
    .map(([name, value]) => [name, /^(location|azure-asyncoperation)$/i.test(name) ? maskedUrl(value) : shapely(name, value)]);
  const text = response.bodyAsText ?? '';
  const body = response.status >= 400 ? parsedJson(text) : undefined;
  const error = isRecord(body) && isRecord(body['error']) ? body['error'] : body;
  const code = isRecord(error) ? (error['code'] ?? error['Code']) : undefined;
  return {
    status: response.status,
    ...(typeof code === 'string' && CODE.test(code) ? { code } : {}),
    bytes: Buffer.byteLength(text),
    headers: Object.fromEntries(headers),
  };
}

/** The form of a code. A line is written before the secrets of the app are known, so that text of any other form is left out. */
const CODE = /^(?:[A-Za-z][A-Za-z._]{0,79}|(?:Http|AADSTS)\d{1,8})$/;
const SHAPES: readonly (readonly [RegExp, RegExp])[] = [
  [/^retry-after$|ratelimit|user-quota/i, /^[\d:.,; -]{1,40}$/],
  [/^(date|retry-after)$/i, /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} [\d:]{8} GMT$/],
  [/request-id$/i, /^[0-9a-f-]{1,64}$/i],
  [/^x-ms-request-id$|^x-ms-version$/i, /^[\w.-]{1,8}$/],
];
const shapely = (name: string, value: string): string =>
  SHAPES.some(([header, shape]) => header.test(name) && shape.test(value)) ? value : '(left out: unexpected format)';

/** Returns an address without query values that may be a key: a SAS, a code, a token. */
function maskedUrl(address: string): string {
  try {
    const url = new URL(address);
    for (const name of Array.from(url.searchParams.keys())) if (!PLAIN_QUERY.test(name)) url.searchParams.set(name, 'masked');
    [url.username, url.password, url.hash] = ['', '', ''];
    return url.href;
  } catch {
    return '(not an address)';
  }
}

/** The depth of member paths: enough to show which property was written, and not the names of keys and users. */
const DEPTH = 2;
function membersOf(value: unknown, at = '', depth = 0): string[] {
  if (!isRecord(value) || depth === DEPTH) return at ? [at] : [];
  return Object.keys(value).flatMap((name) => membersOf(value[name], at ? `${at}.${plainText(name)}` : plainText(name), depth + 1));
}
