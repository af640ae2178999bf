/** What is heard from the sign-in service, kept for the sentence that explains a failure: codes and words, no tokens. */
import type { PipelinePolicy } from '@azure/core-rest-pipeline';
import { isRecord } from '../engine/values.ts';
import type { Heard } from './sign-in-errors.ts';

export interface Ear {
  readonly policy: PipelinePolicy;
  /** The last that was heard since the last call. */
  readonly heard: () => Heard;
}

/** Listens to each try of each request of a sign-in, and ends a try that takes too long. */
export function listening(timeLimit: number): Ear {
  let last: Heard = {};
  const policy: PipelinePolicy = {
    name: 'listeningPolicy',
    async sendRequest(request, next) {
      const { host } = new URL(request.url);
      request.timeout = timeLimit;
      try {
        const response = await next(request);
        last = { host, ...refusalIn(response.bodyAsText ?? '') };
        return response;
      } catch (error) {
        const { name, code } = error as { name?: string; code?: string };
        last = { host, failed: name === 'AbortError' ? 'ETIMEDOUT' : (code ?? name ?? 'no answer') };
        throw error;
      }
    },
  };
  return {
    policy,
    heard() {
      const told = last;
      last = {};
      return told;
    },
  };
}

function refusalIn(text: string): Heard {
  try {
    const body: unknown = JSON.parse(text);
    if (!isRecord(body) || typeof body['error'] !== 'string') return {};
    const { error, error_codes: codes, error_description: says } = body;
    return {
      error,
      ...(Array.isArray(codes) && typeof codes[0] === 'number' ? { code: codes[0] } : {}),
      ...(typeof says === 'string' ? { says } : {}),
    };
  } catch {
    return {};
  }
}
