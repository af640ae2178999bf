import { nameIn, parseArmId, sameWord, soundPath } from '../azure/index.ts';
import { createHttpHeaders, createPipelineRequest, type HttpMethods, type HttpClient, type Pipeline } from '@azure/core-rest-pipeline';
import type { Json } from '../azure/index.ts';
import { ArmFailure } from '../engine/ports.ts';
import { isRecord } from '../change/json-paths.ts';
import { failureOf, failureWithoutAnswer } from './failures/failures.ts';
import { notAListFailure, Pages } from './pages.ts';
import { learnFrom, permitNames } from './secret-places.ts';

export interface ArmAnswer {
  readonly status: number;
  readonly body: Json;
  readonly correlationId: string | null;
  readonly header: (name: string) => string | undefined;
  /** The number of characters in the body. */
  readonly length: number;
}

export interface ArmClient {
  /** Sends a request. `path` begins with the id of a resource, and is rebuilt from its names. @throws ArmFailure */
  send(method: HttpMethods, path: string, apiVersion: string, body?: Json | null): Promise<ArmAnswer>;
  /** Reads a link in an answer of Azure: the next page, an operation. @throws ArmFailure */
  follow(link: string): Promise<ArmAnswer>;
  /** Yields the pages of a list. Who takes them apart holds no more of a page than it keeps. @throws ArmFailure */
  pages(path: string, apiVersion: string): AsyncGenerator<readonly Json[]>;
  /** Yields every item of a paged list. @throws ArmFailure */
  list(path: string, apiVersion: string): AsyncGenerator<Json>;
  /** Returns all items of a paged list. @throws ArmFailure */
  listAll(path: string, apiVersion: string): Promise<readonly Json[]>;
}

/** Creates a thin client that keeps every member ARM sends, known or not. */
export function createArmClient(endpoint: URL, pipeline: Pipeline, http: HttpClient): ArmClient {
  async function send(method: HttpMethods, path: string, apiVersion: string, body: Json | null = null): Promise<ArmAnswer> {
    const sound = soundPath(path);
    if (sound === undefined) throw noAddress(path);
    const answer = await ask(method, new URL(sound, endpoint), apiVersion, body);
    return isRead(method, sound) ? checkRead(answer, sound) : answer;
  }

  async function ask(method: HttpMethods, url: URL, apiVersion: string, body: Json | null = null): Promise<ArmAnswer> {
    if (apiVersion && url.search === '') url.search = `api-version=${apiVersion}`;
    else if (apiVersion && !url.searchParams.has('api-version')) url.searchParams.set('api-version', apiVersion);
    const write = !isRead(method, url.pathname);
    const headers = createHttpHeaders({ accept: 'application/json', ...(body === null ? {} : { 'content-type': 'application/json' }) });
    const request = createPipelineRequest({
      url: url.href,
      method,
      headers,
      ...(body === null ? {} : { body: JSON.stringify(body) }),
    });
    permitNames(url.pathname);
    if (body !== null) learnFrom(url.pathname, body, null);
    const response = await pipeline.sendRequest(http, request).catch((error: unknown) => {
      throw failureWithoutAnswer(error, write);
    });
    if (response.status < 200 || response.status >= 300) throw failureOf(response, write);
    const text = response.bodyAsText ?? '';
    const answered = parsed(text, write);
    learnFrom(url.pathname, body, answered);
    return {
      status: response.status,
      body: answered,
      correlationId: response.headers.get('x-ms-correlation-request-id') ?? null,
      header: (name) => response.headers.get(name),
      length: text.length,
    };
  }

  async function follow(link: string, apiVersion = ''): Promise<ArmAnswer> {
    if (!URL.canParse(link, endpoint.href)) throw notAListFailure();
    return ask('GET', new URL(link, endpoint), apiVersion);
  }

  async function page(path: string, apiVersion: string, link: string | undefined) {
    const { body, length } = link === undefined ? await send('GET', path, apiVersion) : checkRead(await follow(link, apiVersion), path);
    if (!isRecord(body) || !Array.isArray(body['value'])) throw notAListFailure();
    return { items: body['value'] as readonly Json[], next: body['nextLink'], length };
  }

  async function* pages(path: string, apiVersion: string): AsyncGenerator<readonly Json[]> {
    const counted = new Pages();
    for (let link: string | undefined; ;) {
      const { items, next, length } = await page(path, apiVersion, link);
      yield items;
      if (next === undefined || next === null || next === '') return;
      if (typeof next !== 'string') throw notAListFailure();
      counted.count(next, length);
      link = next;
    }
  }

  async function* list(path: string, apiVersion: string): AsyncGenerator<Json> {
    for await (const items of pages(path, apiVersion))
      for (const item of items) {
        checkItem(item, path);
        yield item;
      }
  }
  return { send, follow, pages, list, listAll: (path, apiVersion) => Array.fromAsync(list(path, apiVersion)) };
}

/** Whether a request only reads: POST reads settings, keys and Azure Resource Graph. */
const isRead = (method: HttpMethods, path: string): boolean =>
  method === 'GET' || /(\/list\w*|\/providers\/Microsoft\.ResourceGraph\/resources)(\?|$)/i.test(path);

/** A repository that is being connected is read with 201 or 202; every other resource only with 200. */
const SOURCE_CONTROL = /\/sourcecontrols\/web(\?|$)/i;

/** Checks that an answer to a read contains the whole resource. Only the poll of an operation may have another status. @throws ArmFailure */
function checkRead(answer: ArmAnswer, path: string): ArmAnswer {
  const { status, correlationId } = answer;
  if (status === 200 || ((status === 201 || status === 202) && SOURCE_CONTROL.test(path))) return answer;
  throw new ArmFailure({
    kind: 'server',
    status,
    code: `Http${status}`,
    message: `The service answered a read with status ${status}, which does not return the resource.`,
    correlationId,
    next: 'Check the endpoint and the proxy, then try again.',
  });
}

const SUBSCRIPTION = /^\/subscriptions\/([^/]+)\//i;

/** Whether an item of a subscription's list belongs to another subscription, where it would be read and written. */
function isForeign(item: Json, path: string): boolean {
  const own = SUBSCRIPTION.exec(path)?.[1];
  const id = isRecord(item) ? item['id'] : undefined;
  if (own === undefined || typeof id !== 'string') return false;
  const named = parseArmId(id)?.subscription ?? SUBSCRIPTION.exec(id)?.[1];
  return named !== undefined && named.toLowerCase() !== own.toLowerCase();
}

/** Whether an item of a list of one type has the name of one resource and the id of another: settings have names, and requests use ids. */
function isMisnamed(item: Json, path: string): boolean {
  if (!/\/providers\/[^/]+\/[^/?]+(\?|$)/i.test(path) || !isRecord(item)) return false;
  const { id, name } = item;
  return typeof id === 'string' && typeof name === 'string' && !sameWord(nameIn(id), name);
}

/** Checks that an item of a list is what its id says. @throws ArmFailure */
export function checkItem(item: Json, path: string): void {
  if (isForeign(item, path)) throw foreign('A list of one subscription contains a resource of another subscription.');
  if (isMisnamed(item, path)) throw foreign('A list contains a resource whose name differs from the name in its id.');
}

const foreign = (message: string): ArmFailure =>
  new ArmFailure({
    kind: 'untrusted',
    code: 'ForeignId',
    message,
    next: 'Nothing was sent there. If you use your own endpoint, report this to its operator.',
  });

const noAddress = (path: string): ArmFailure =>
  new ArmFailure({
    kind: 'untrusted',
    code: 'UnsoundId',
    message: `Azure returned an id that cannot be used in a URL: ${path.split('/').slice(-3).join('/').slice(0, 200)}`,
    next: 'Nothing was sent there. If you use your own endpoint, report this to its operator.',
  });

function parsed(text: string, write: boolean): Json {
  if (!text) return null;
  try {
    return JSON.parse(text) as Json;
  } catch {
    // Reported below.
  }
  throw new ArmFailure({
    kind: 'server',
    code: 'NotJson',
    message: 'The service returned a response that is not JSON.',
    mayHaveHappened: write,
    next: 'Check the endpoint and the proxy, then try again.',
  });
}
