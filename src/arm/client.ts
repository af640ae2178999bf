import {
  createDefaultHttpClient,
  createHttpHeaders,
  createPipelineRequest,
  type HttpMethods,
  type HttpClient,
  type Pipeline,
} from '@azure/core-rest-pipeline';
import type { Json } from '../azure/index.ts';
import { ArmFailure } from '../engine/ports.ts';
import { isRecord } from '../change/json-paths.ts';
import { failureOf, noAnswer } from './failures.ts';

export interface ArmAnswer {
  readonly status: number;
  readonly body: Json;
  readonly correlationId: string | null;
  readonly header: (name: string) => string | undefined;
}

export interface ArmClient {
  /** @throws ArmFailure */
  send(method: HttpMethods, path: string, apiVersion: string, body?: Json | null): Promise<ArmAnswer>;
  /** Every item of a paged list. @throws ArmFailure */
  list(path: string, apiVersion: string): AsyncGenerator<Json>;
}

/** More pages than this are a service that runs in circles. */
const MOST_PAGES = 1000;

/** A thin client that keeps every member ARM sends, known or not. */
export function createArmClient(endpoint: URL, pipeline: Pipeline, http: HttpClient = createDefaultHttpClient()): ArmClient {
  async function send(method: HttpMethods, path: string, apiVersion: string, body: Json | null = null): Promise<ArmAnswer> {
    const url = new URL(path, endpoint);
    if (!url.searchParams.has('api-version')) url.searchParams.set('api-version', apiVersion);
    const write = method !== 'GET' && !/\/list\w*$/i.test(url.pathname);
    const headers = createHttpHeaders({ accept: 'application/json', ...(body === null ? {} : { 'content-type': 'application/json' }) });
    const request = createPipelineRequest({
      url: url.href,
      method,
      headers,
      ...(body === null ? {} : { body: JSON.stringify(body) }),
    });
    const response = await pipeline.sendRequest(http, request).catch((error: unknown) => {
      throw noAnswer(error, write);
    });
    if (response.status < 200 || response.status >= 300) throw failureOf(response, write);
    return {
      status: response.status,
      body: parsed(response.bodyAsText ?? '', write),
      correlationId: response.headers.get('x-ms-correlation-request-id') ?? null,
      header: (name) => response.headers.get(name),
    };
  }

  async function* list(path: string, apiVersion: string): AsyncGenerator<Json> {
    let next: Json | undefined = path;
    for (let page = 0; next; page++) {
      if (typeof next !== 'string' || !URL.canParse(next, endpoint.href) || page === MOST_PAGES) throw noList();
      const { body } = await send('GET', next, apiVersion);
      if (!isRecord(body) || !Array.isArray(body['value'])) throw noList();
      yield* body['value'] as readonly Json[];
      next = body['nextLink'];
    }
  }
  return { send, list };
}

/** What is no list must not be taken for an empty one: controls would pass that nobody could judge. */
const noList = (): ArmFailure =>
  new ArmFailure({
    kind: 'server',
    code: 'UnexpectedAnswer',
    message: 'The service answered with something that is not a whole list.',
    next: 'Check the endpoint and the proxy, then run it again.',
  });

function parsed(text: string, write: boolean): Json {
  if (!text) return null;
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new ArmFailure({
      kind: 'server',
      code: 'NotJson',
      message: 'The service answered with something that is not JSON.',
      mayHaveHappened: write,
      next: 'Check the endpoint and the proxy, then run it again.',
    });
  }
}
