import { isTooLong, limitedAnswer, tooLargeError } from './http/answer-limits.ts';
import type { AccessToken } from '@azure/core-auth';
import {
  bearerTokenAuthenticationPolicy,
  createEmptyPipeline,
  proxyPolicy,
  RestError,
  userAgentPolicy,
  type Agent,
  type Pipeline,
  type PipelinePolicy,
  type PipelineRequest,
  type PipelineResponse,
} from '@azure/core-rest-pipeline';
import type { Clock } from '../engine/ports.ts';
import { budgetPolicy } from './http/budget.ts';
import { busyWait, busyWords } from './http/busy.ts';
import { conflictOf } from './http/conflicts.ts';
import { debugPolicy, type DebugEntry } from './http/debug-policy.ts';
import { connectWith, isNeverConnected } from './http/connect-limit.ts';
import { WaitStopped } from './failures/failures.ts';
import type { SignInSession } from './sign-in/sign-in-session.ts';
import { retryWait, TIME_LIMIT, FIRST_WAIT, retryAfterOf } from './http/waits.ts';

interface PipelineOptions {
  readonly endpoint: URL;
  readonly credential: SignInSession;
  /** The scope of the token. */
  readonly scope: string;
  readonly version: string;
  /** The agent that makes the connections; the library's own where this is missing. */
  readonly agent?: Agent;
  /** Called before each wait, so that a host can show why nothing happens. `isMost`: it may end earlier. */
  readonly onWait?: (milliseconds: number, why: string, isMost?: boolean) => void;
  /** Called for each attempt when it is sent, and when it is answered. */
  readonly onRequest?: (isDone: boolean) => void;
  /** Receives messages in whole sentences that are not about waits. */
  readonly say?: (text: string) => void;
  /** Fires when a person asks to stop: waits end, and a request in flight does not. */
  readonly signal?: AbortSignal;
  readonly clock: Clock;
  /** Receives each attempt, for `--debug`. */
  readonly onExchange?: (entry: DebugEntry) => void;
  /** The policy that records each attempt, for `--record`. */
  readonly recording?: PipelinePolicy;
}

const RETRIES = 5;

const isRead = (request: PipelineRequest): boolean =>
  request.method === 'GET' || (request.method === 'POST' && /\/(list\w*|resources)(\?|$)/i.test(request.url));

/** Creates the only pipeline to Azure. Every SDK client and the thin client send through it. */
export function createArmPipeline(options: PipelineOptions): Pipeline {
  const pipeline = createEmptyPipeline();
  pipeline.addPolicy(userAgentPolicy({ userAgentPrefix: `func-harden/${options.version}` }));
  if (options.endpoint.protocol === 'https:') pipeline.addPolicy(proxyPolicy());
  if (options.agent) pipeline.addPolicy(connectWith(options.agent));
  pipeline.addPolicy(stoppableWaitsPolicy(options.signal));
  pipeline.addPolicy(retryPolicy(options), { phase: 'Retry' });
  pipeline.addPolicy(budgetPolicy(options), { afterPhase: 'Retry' });
  pipeline.addPolicy(limitsPolicy(options), { afterPhase: 'Retry' });
  pipeline.addPolicy(sameOriginPolicy(options.endpoint), { afterPhase: 'Retry' });
  pipeline.addPolicy(authenticationPolicy(options), { afterPhase: 'Retry' });
  if (options.onExchange) pipeline.addPolicy(debugPolicy(options.onExchange, options.clock), { afterPhase: 'Retry' });
  if (options.recording) pipeline.addPolicy(options.recording, { afterPhase: 'Retry' });
  return pipeline;
}

/** Requests that the service is working on; not those that wait between two attempts. */
const inFlight = new WeakSet<PipelineRequest>();

/** Returns a policy that ends the wait between two attempts when a person asks to stop. */
function stoppableWaitsPolicy(signal: AbortSignal | undefined): PipelinePolicy {
  return {
    name: 'stoppableWaitsPolicy',
    async sendRequest(request, next) {
      if (!signal) return next(request);
      const controller = new AbortController();
      const stop = () => {
        if (!inFlight.has(request)) controller.abort(new WaitStopped());
      };
      request.abortSignal = controller.signal;
      signal.addEventListener('abort', stop);
      try {
        return await next(request);
      } catch (error) {
        throw controller.signal.aborted ? controller.signal.reason : error;
      } finally {
        signal.removeEventListener('abort', stop);
      }
    },
  };
}

/** Milliseconds after which a slow answer is reported. */
const LONG = 5000;

/**
 * Returns a policy that marks and counts requests in flight, reports a slow answer, and ends an attempt that takes too long or whose
 * answer is too long. A read that took too long is repeated once.
 */
const limitsPolicy = ({ clock, onWait, onRequest }: PipelineOptions): PipelinePolicy => ({
  name: 'limitsPolicy',
  async sendRequest(request, next) {
    inFlight.add(request);
    onRequest?.(false);
    const inShort = clock.after(LONG, () => onWait?.(TIME_LIMIT - LONG, 'Azure is slow to answer', true));
    const { abortSignal } = request; // The caller's signal never fires while the request is in flight.
    const stop = new AbortController();
    const inTime = clock.after(TIME_LIMIT, () => stop.abort());
    request.abortSignal = stop.signal;
    let isTooLarge = false;
    request.onDownloadProgress = ({ loadedBytes }) => {
      if (!isTooLong(loadedBytes)) return;
      isTooLarge = true;
      stop.abort();
    };
    try {
      return limitedAnswer(await next(request));
    } catch (error) {
      if (isTooLarge) throw tooLargeError(request);
      if (error instanceof Error && error.name === 'AbortError')
        throw new RestError('No response within the time limit.', { code: 'ETIMEDOUT', request });
      throw error;
    } finally {
      inTime();
      inShort();
      if (abortSignal) request.abortSignal = abortSignal;
      else delete request.abortSignal;
      inFlight.delete(request);
      onRequest?.(true);
    }
  },
});

/** Returns a policy that sends a token to the chosen endpoint only, wherever a nextLink or Location points. */
function sameOriginPolicy(endpoint: URL): PipelinePolicy {
  return {
    name: 'sameOriginPolicy',
    sendRequest(request, next) {
      const { origin, protocol } = new URL(request.url);
      if (origin !== endpoint.origin)
        throw new RestError(`The service redirected to ${origin === 'null' ? protocol : origin}, which is not ${endpoint.origin}.`, {
          code: 'ForeignOrigin',
          request,
        });
      request.allowInsecureConnection = endpoint.protocol === 'http:';
      return next(request);
    },
  };
}

/**
 * Returns the library's policy, which also answers claims challenges. A token that is refused as expired is replaced once; a request with a
 * 401 was not done, so this is safe for writes too.
 */
function authenticationPolicy({ endpoint, credential, scope }: PipelineOptions): PipelinePolicy {
  const authorize = (request: PipelineRequest, { token }: AccessToken) => request.headers.set('authorization', `Bearer ${token}`);
  const policy = bearerTokenAuthenticationPolicy({
    credential,
    scopes: scope,
    challengeCallbacks: {
      async authorizeRequest({ request }) {
        const { abortSignal } = request;
        authorize(request, await credential.getToken(scope, abortSignal ? { abortSignal } : {}));
      },
      async authorizeRequestOnChallenge({ request, response }) {
        if (!isExpired(response)) return false;
        const refused = request.headers.get('authorization')?.replace(/^Bearer /, '') ?? '';
        const token = await credential.renew(scope, refused);
        if (token) authorize(request, token);
        return token !== null;
      },
    },
  });
  if (endpoint.protocol === 'https:') return policy;
  // The policy refuses http and has no option for it. On loopback it gets the same request with https, so that both use the same code.
  return {
    name: policy.name,
    sendRequest: (request, next) => policy.sendRequest({ ...request, url: request.url.replace(/^http:/, 'https:') }, () => next(request)),
  };
}

const isExpired = ({ headers, bodyAsText }: PipelineResponse): boolean =>
  /invalid_token/.test(headers.get('www-authenticate') ?? '') && /expired/i.test(`${headers.get('www-authenticate')} ${bodyAsText ?? ''}`);

/**
 * Throttled requests were not done, so all of them are sent again. A read is also sent again after a server error or
 * a broken connection; a write is not, because it may have happened: the engine looks before it repeats one.
 */
function retryPolicy(options: PipelineOptions): PipelinePolicy {
  let answers = 0;
  /** The number of answers when the service could no longer be reached. It starts as a service that was never reached. */
  let answersUntilLost = 0;
  return {
    name: 'retryPolicy',
    async sendRequest(request, next) {
      const answersBefore = answers;
      for (let retry = 0; ; retry++) {
        const tried = await next(request).then(
          (response) => {
            answers += 1;
            return { response };
          },
          (error: unknown) => ({ error }),
        );
        // An endpoint that never responded is probably wrong, not temporarily broken, so this is reported early. So is one that was lost for
        // as long as a request was repeated: each other app of a fleet would take as long to say the same.
        const isGone = answers === answersUntilLost && 'error' in tried && isUnreachable(tried.error);
        const tries = isGone ? (isSilent(tried.error) || answers > 0 ? 0 : 1) : 'error' in tried && isTooLate(tried.error) ? 1 : RETRIES;
        const wait = retry < tries ? waitAfter(tried, request, retry, options) : undefined;
        if (wait === undefined) {
          if (retry === RETRIES && answers === answersBefore && 'error' in tried && isUnreachable(tried.error)) answersUntilLost = answers;
          if ('error' in tried) throw tried.error;
          return tried.response;
        }
        await options.clock.sleep(wait, request.abortSignal as AbortSignal | undefined);
        if (request.abortSignal?.aborted) throw new WaitStopped();
      }
    },
  };
}

type Tried = { readonly response: PipelineResponse } | { readonly error: unknown };

/** Returns the milliseconds until the request is sent again; undefined where it is not. */
function waitAfter(tried: Tried, request: PipelineRequest, retry: number, { onWait, say, signal }: PipelineOptions): number | undefined {
  const response = 'response' in tried ? tried.response : undefined;
  const asked = response && retryAfterOf((name) => response.headers.get(name));
  if (signal?.aborted) return undefined;
  if (response && isRead(request) && isBusy(response)) {
    const wait = busyWait(retry, FIRST_WAIT * 4, asked);
    say?.(busyWords(new URL(request.url).pathname, wait));
    return wait;
  }
  const throttled = response?.status === 429;
  const transient = response
    ? [408, 500, 502, 503, 504].includes(response.status)
    : 'error' in tried && tried.error instanceof RestError && isBrokenConnection(tried.error);
  if (!throttled && !(transient && isRead(request))) return undefined;
  const wait = retryWait((name) => response?.headers.get(name), retry);
  onWait?.(wait, whyWaiting(tried));
  return wait;
}

const whyWaiting = (tried: Tried): string => {
  if ('error' in tried) return isUnreachable(tried.error) ? 'Azure cannot be reached' : 'the connection to Azure failed';
  return tried.response.status === 429 ? 'Azure is throttling requests' : 'Azure had a server error';
};

/** Whether another operation uses the resource of a read. The gateway repeats writes, because it reads the resource first. */
const isBusy = ({ status, bodyAsText }: PipelineResponse): boolean =>
  status === 409 && conflictOf('', '', bodyAsText ?? '').is === 'passes';

const isTooLate = (error: unknown): boolean => error instanceof RestError && error.code === 'ETIMEDOUT' && !isSilent(error);
const isSilent = (error: unknown): boolean => error instanceof RestError && isNeverConnected(error.message);
const isUnreachable = (error: unknown): boolean =>
  error instanceof RestError &&
  (isSilent(error) || /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH/.test(`${error.code} ${error.message}`));

const isBrokenConnection = (error: RestError): boolean => error.code === RestError.REQUEST_SEND_ERROR || /^E[A-Z]+$/.test(error.code ?? '');
