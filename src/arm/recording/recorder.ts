/** The recording of `--record`: every exchange of a command, with all personal data replaced. */
import type { PipelinePolicy } from '@azure/core-rest-pipeline';
import type { Json } from '../../azure/index.ts';
import { accountInToken } from '../sign-in/token.ts';
import { Anonymizer, type Exchange } from './anonymous.ts';
import { StandIns } from './stand-ins.ts';
import { Texts } from './texts.ts';

/** The origin of requests in a recording, independent of the endpoint. */
const AZURE = 'https://management.azure.com';
const KEPT = /^(content-type|location|azure-asyncoperation|retry-after|etag|x-ms-failure-cause|x-ms-ratelimit-.*)$/i;
/** The most bytes of answers. Later answers are not recorded. */
const MOST = 256 * 1024 * 1024;

export interface Recorder {
  /** The policy that records. It must be the last before the network, so that each attempt is an exchange. */
  readonly policy: PipelinePolicy;
  /** Returns the exchanges so far, in a form that may be published. */
  recorded(source: { readonly repo: string; readonly path: string }): readonly object[];
}

/** Creates a recorder. `origin`: the endpoint of this command's requests. */
export function createRecorder(origin: string): Recorder {
  const exchanges: Exchange[] = [];
  const standIns = new StandIns();
  const anonymous = new Anonymizer(new Texts(standIns));
  let size = 0;
  let caller: Caller | undefined;
  const atAzure = (text: string): string => text.replaceAll(origin, AZURE);
  return {
    policy: {
      name: 'recordPolicy',
      async sendRequest(request, next) {
        const response = await next(request);
        const text = response.bodyAsText ?? '';
        caller ??= callerIn(request.headers.get('authorization'));
        size += text.length;
        if (size > MOST) return response;
        const type = request.headers.get('content-type');
        exchanges.push({
          method: request.method,
          url: atAzure(request.url),
          status: response.status,
          requestHeaders: type === undefined ? {} : { 'content-type': type },
          responseHeaders: Object.fromEntries(
            Object.entries(response.headers.toJSON())
              .filter(([name]) => KEPT.test(name))
              .map(([name, value]) => [name, atAzure(value)]),
          ),
          requestBody: bodyOf(atAzure(typeof request.body === 'string' ? request.body : '')),
          responseBody: bodyOf(atAzure(text)),
        });
        return response;
      },
    },
    recorded(source) {
      // Names are collected from the places of names first; only then can names in other texts be recognized.
      for (const one of exchanges) anonymous.exchange(one);
      const asked = caller && { caller: { oid: standIns.guid(caller.oid), tid: standIns.guid(caller.tid), isApp: caller.isApp } };
      return exchanges.map((one, index) => {
        const { method, url, ...rest } = anonymous.exchange(one);
        const at = { ...source, index, ...(index === 0 ? asked : {}) };
        return { method, url, apiVersion: new URL(url).searchParams.get('api-version') ?? '', ...rest, source: at };
      });
    },
  };
}

/** The caller, because some verdicts distinguish the access of the caller from that of others. Names are not kept. */
interface Caller {
  readonly oid: string;
  readonly tid: string;
  readonly isApp: boolean;
}

function callerIn(authorization: string | undefined): Caller | undefined {
  const token = authorization?.replace(/^Bearer /i, '') ?? '';
  const { id, tenant, isApp } = accountInToken({ token, expiresOnTimestamp: 0 });
  return id === null || tenant === null ? undefined : { oid: id, tid: tenant, isApp };
}

function bodyOf(text: string): Json {
  if (text === '') return null;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
