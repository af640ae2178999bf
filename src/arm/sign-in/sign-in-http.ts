/** The responses of the sign-in service, kept to explain a failure: codes and words, no tokens. */
import type { HttpClient, PipelinePolicy } from '@azure/core-rest-pipeline';
import { isRecord } from '../../change/json-paths.ts';
import type { LastResponse } from './sign-in-errors.ts';

export interface SignInObserver {
  /** The HTTP client of the library, with policies that it would omit for a managed identity. */
  readonly client: (nearest?: PipelinePolicy) => Promise<HttpClient>;
  /** Returns the last response since the previous call. */
  readonly heard: () => LastResponse;
}

/** Records the response of each attempt of a sign-in, and ends an attempt that takes too long. */
export function createSignInObserver(timeLimit: number): SignInObserver {
  let last: LastResponse = {};
  return {
    async client(nearest) {
      const wire = (await import('@azure/core-rest-pipeline')).createDefaultHttpClient();
      return {
        async sendRequest(request) {
          const { host } = new URL(request.url);
          request.timeout = timeLimit;
          try {
            const response = await (nearest ? nearest.sendRequest(request, (one) => wire.sendRequest(one)) : wire.sendRequest(request));
            last = { host, ...refusalIn(response.bodyAsText ?? '') };
            return response;
          } catch (error) {
            const { name, code } = error as { name?: string; code?: string };
            last = { host, failed: name === 'AbortError' ? 'ETIMEDOUT' : (code ?? name ?? 'no response') };
            throw error;
          }
        },
      };
    },
    heard() {
      const error = last;
      last = {};
      return error;
    },
  };
}

function refusalIn(text: string): LastResponse {
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
