import { RestError, type PipelineResponse } from '@azure/core-rest-pipeline';
import { UserError } from '../../engine/errors.ts';
import { ArmFailure, type FailureKind } from '../../engine/ports.ts';
import { isRecord, parsedJson } from '../../change/json-paths.ts';
import { plainText } from '../../text/plain.ts';
import { isUntrusted, UNTRUSTED_NEXT } from '../http/certificates.ts';
import { adviceOn, isNotOffered, isUnregistered, vaultCode } from './advice.ts';
import { bodyOf, reasonOf, wordsOf } from './client-errors.ts';
import { isNeverConnected } from '../http/connect-limit.ts';
import { conflictOf } from '../http/conflicts.ts';
import { detailsOf, messageWithDetails, shareRefused } from './error-messages.ts';
import { assignmentsIn, isPolicyCode, POLICY, policyAdvice } from './policy-violations.ts';
import { SignInError } from '../sign-in/sign-in-errors.ts';
import { TOO_LARGE } from '../http/answer-limits.ts';
import { retryAfterOf } from '../http/waits.ts';
import { counted } from '../../text/counted.ts';

const NEXT: Readonly<Record<FailureKind, string>> = {
  'signed-out': 'Sign in again (for example: az login; with a token: set FUNC_HARDEN_ACCESS_TOKEN to a new one), then try again.',
  forbidden: 'Request a role that includes the action named above on this app, or activate the role again if it expired, then try again.',
  missing: 'Check the name and the subscription. The resource may have been deleted or moved.',
  locked: 'Ask the owner of the lock to remove it during the change, then try again.',
  policy: 'An Azure Policy assignment denies this change. Ask its owner for an exemption.',
  busy: 'Another operation is using the resource. Try again after that operation ends.',
  conflict: 'Azure does not report whether this conflict is temporary. Read its message and check the resource, then preview again.',
  host: 'Start the app, or check its logs to find out why its host does not run, then try again.',
  throttled: 'Azure is throttling requests. Wait a few minutes, then try again.',
  invalid: 'Azure rejected the request. Its message says why.',
  server: 'Azure had a server error. Try again in a few minutes.',
  network: 'Check the network, the proxy variables and the endpoint, then try again.',
  untrusted: 'Nothing was sent there. If you use your own endpoint, report this to its operator.',
};

/** Requests that list settings or keys are POST requests: learn.microsoft.com/azure/azure-resource-manager/management/lock-resources. */
const READ_LOCKED = 'A ReadOnly lock also blocks requests that list settings and keys. Ask its owner to remove it, then try again.';

/** The action that a refusal names, in the words of ARM, of linked resources, and of Key Vault. */
const LACKS = /does not have (?:authorization|permission) to perform action(?:\(s\))? '([\w./*]+)'|Action: '([\w./*]+)'/;

interface Told {
  readonly code?: string;
  readonly message?: string;
  /** The whole body as text, because the cause of a conflict may be anywhere in it. */
  readonly body?: string;
  /** Azure Policy assignments that denied the request. */
  readonly assignments?: readonly string[];
}

/** Messages of the running app's host, which provides keys, functions and host status. Azure passes them on under any status (Azure/azure-functions-host#8321). */
const FROM_HOST = /from (?:host runtime|extensions API)|retrieving master key|function host is not running/i;

/** Returns the error of a body in any of ARM's forms: `error.code`, `Code` or `code`. */
export function errorIn(body: unknown): Told {
  if (!isRecord(body)) return {};
  const at = isRecord(body['error']) ? body['error'] : body;
  const text = (...keys: string[]) => keys.map((key) => at[key]).find((value) => typeof value === 'string');
  const details = detailsOf(at);
  const message = text('message', 'Message');
  const inner = isRecord(at['innererror']) ? at['innererror']['code'] : undefined;
  const code = details.some((one) => one.code === POLICY) ? POLICY : (vaultCode(inner, message ?? '') ?? text('code', 'Code'));
  return {
    ...(code ? { code: codeOf(code) } : {}),
    ...(message ? { message: messageWithDetails(message, details) } : {}),
    ...(code === POLICY ? { assignments: assignmentsIn(at) } : {}),
    body: JSON.stringify(body).slice(0, 20_000),
  };
}

/** Returns a code, which is one word. Any other text in its place is replaced. */
const codeOf = (code: string): string => (isUnregistered(code) ? code.replaceAll(' ', '') : /^[\w.:-]{1,80}$/.test(code) ? code : 'NoCode');

/** Returns the kind of a failure. A 401 on a write may be about a quota; on a read it is about the caller, except for a missing provider. */
function kindOf(status: number, code: string, write: boolean): FailureKind {
  if (isUnregistered(code)) return status === 409 ? 'conflict' : 'invalid';
  // Azure answers 404 for a type that the API version lacks. The resource itself may exist.
  if (isNotOffered(code)) return 'invalid';
  if (status === 401) return write && (/quota/i.test(code) || code === 'Unauthorized') ? 'invalid' : 'signed-out';
  if (isPolicyCode(code)) return 'policy';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'missing';
  if (code === 'ScopeLocked') return 'locked';
  if (status === 409 || status === 412) return 'conflict';
  if (status === 429) return 'throttled';
  return status >= 500 || status === 408 ? 'server' : 'invalid';
}

/** Turns a failed answer into a failure that a person can act on. `write`: whether the request could have changed something. */
export function failureOf(response: PipelineResponse, write: boolean): ArmFailure {
  const other = intermediaryFailure(response.status, write);
  if (other) return other;
  const retryAfter = retryAfterOf((name) => response.headers.get(name));
  const told = errorIn(parsedJson(response.bodyAsText ?? ''));
  const failure = refusal(response.status, told, response.headers.get('x-ms-correlation-request-id') ?? null, write, retryAfter);
  if (response.status === 412)
    return failure.with({
      message: `Someone changed this resource in the meantime. This request changed nothing. ${failure.message}`,
      next: 'Preview again to plan with the current values.',
    });
  if (told.code === 'InvalidAuthenticationTokenTenant') return wrongTenant(failure, response.headers.get('www-authenticate') ?? '');
  if (response.status === 401 && /insufficient_claims/.test(response.headers.get('www-authenticate') ?? '')) return claimsNotMet(failure);
  const skew = failure.kind === 'signed-out' ? skewOf(response.headers.get('date')) : undefined;
  return skew === undefined ? failure : withClockSkew(failure, skew);
}

/** Milliseconds. Azure accepts a difference of a few minutes between the clocks. */
const FORGIVEN = 5 * 60_000;

/** Returns the milliseconds that this machine's clock is ahead of Azure's, where the difference may be why a token is refused. */
function skewOf(date: string | undefined): number | undefined {
  const skew = Date.now() - Date.parse(date ?? '');
  return Math.abs(skew) > FORGIVEN ? skew : undefined;
}

function withClockSkew(failure: ArmFailure, skew: number): ArmFailure {
  const minutes = Math.round(Math.abs(skew) / 60_000);
  return failure.with({
    message: `${failure.message.replace(/\.?$/, '.')} The clock of this machine is ${counted(minutes, 'minute')} ${skew > 0 ? 'ahead of' : 'behind'} Azure's.`,
    next: 'Set the clock, sign in again, then try again.',
  });
}

const TENANT = /https:\/\/[^/"']+\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/i;

/** Names the tenants of a failure. The challenge has the tenant of the subscription; the message has both, that of the token first. */
function wrongTenant(failure: ArmFailure, challenge: string): ArmFailure {
  const [has, wanted] = Array.from(failure.message.matchAll(new RegExp(TENANT, 'gi')), ([, id]) => id ?? '');
  const tenant = TENANT.exec(challenge)?.[1] ?? wanted;
  return failure.with({
    message: `The token is for ${has ? `tenant ${has}` : 'another tenant'}; the subscription belongs to ${tenant ? `tenant ${tenant}` : 'a different one'}.`,
    next: tenant ? `Run the command with --tenant ${tenant} (for the Azure CLI first: az login --tenant ${tenant})` : NEXT['signed-out'],
  });
}

/** Returns the failure where a new token with the requested claims was not enough. */
const claimsNotMet = (failure: ArmFailure): ArmFailure =>
  failure.with({
    message: 'Azure requires a new sign-in: the session was revoked, or a Conditional Access policy requires it.',
    next: NEXT['signed-out'],
  });

const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/** Returns a failure of something between here and Azure. Azure Resource Manager never redirects or asks for a sign-in to a proxy. */
const intermediaryFailure = (status: number, write: boolean): ArmFailure | undefined => {
  if (status !== 407 && (status < 200 || status >= 400)) return undefined;
  const says =
    status === 407
      ? 'The proxy requires authentication (407).'
      : REDIRECTS.includes(status)
        ? `A proxy or the sign-in page of a network redirects the request (${status}).`
        : status >= 300
          ? `A proxy or a cache answered in place of Azure, with status ${status}.`
          : 'The service returned a response that cannot be read.';
  return new ArmFailure({
    kind: 'network',
    status,
    code: status < 300 ? 'NotJson' : `Http${status}`,
    message: says,
    mayHaveHappened: write && status < 300,
    next:
      status === 407
        ? 'Add its user and password to HTTPS_PROXY, before the host (USER:PASSWORD@HOST:PORT), then try again.'
        : NEXT.network,
  });
};

function refusal(
  status: number,
  { code = `Http${status}`, message = `The service returned ${status} without a reason.`, body, assignments = [] }: Told,
  correlationId: string | null,
  write: boolean,
  retryAfter?: number,
): ArmFailure {
  const plain = FROM_HOST.test(message) ? 'host' : kindOf(status, code, write);
  const conflict = plain === 'conflict' ? conflictOf(code, message, body) : undefined;
  const kind = conflict?.is === 'passes' ? 'busy' : plain;
  const byPolicy = policyAdvice(code, message, assignments);
  const advice = conflict?.is === 'lasts' ? conflict.next : (byPolicy ?? (kind === 'locked' && !write ? READ_LOCKED : NEXT[kind]));
  const lacks = kind === 'forbidden' ? LACKS.exec(message)?.slice(1).find(Boolean) : undefined;
  // After a gateway timeout, the service may still complete the request.
  return new ArmFailure({
    kind,
    status,
    code,
    namesPolicies: byPolicy !== undefined,
    message: kind === 'host' ? `The Functions host of the app does not answer (${status}: ${message.split('<')[0]!.trim()}).` : message,
    correlationId,
    mayHaveHappened: write && (kind === 'server' || kind === 'host'),
    next: adviceOn(code, message) ?? shareRefused(message) ?? advice,
    ...(lacks ? { lacks } : {}),
    ...(retryAfter === undefined ? {} : { retryAfter }),
  });
}

/** Returns the failure of a request without a good answer: refused, reset, timed out, stopped by our guard, or an SDK client's error. */
export function failureWithoutAnswer(error: unknown, write: boolean): ArmFailure {
  if (error instanceof ArmFailure) return error;
  if (error instanceof UserError)
    return new ArmFailure({
      kind: 'signed-out',
      code: error instanceof SignInError ? error.code : 'NotSignedIn',
      message: error.message,
      next: error.next.join('. '),
    });
  const code = error instanceof RestError ? (error.code ?? 'REQUEST_SEND_ERROR') : error instanceof Error ? error.name : 'Error';
  if (code === 'ForeignOrigin') return new ArmFailure({ kind: 'untrusted', code, message: (error as Error).message, next: NEXT.untrusted });
  if (error instanceof Error && error.name === 'AbortError') return interrupted(error, write);
  if (code === TOO_LARGE)
    return new ArmFailure({
      kind: 'server',
      code,
      message: (error as Error).message,
      mayHaveHappened: write,
      next: 'Check the endpoint and the proxy, then try again.',
    });
  // Microsoft's clients throw on bodies with an undocumented shape.
  if (!(error instanceof RestError))
    return new ArmFailure({
      kind: 'server',
      code: 'UnexpectedAnswer',
      message: `Azure returned an unexpected response${wordsOf(error)}.`,
      mayHaveHappened: write,
      next: 'Check the endpoint and the proxy, then try again.',
    });
  if (error.statusCode !== undefined && error.statusCode > 0) {
    const other = intermediaryFailure(error.statusCode, write);
    if (other) return other;
    return refusal(
      error.statusCode,
      { ...errorIn({ code: error.code, message: reasonOf(error) }), ...errorIn(bodyOf(error)) },
      error.response?.headers.get('x-ms-correlation-request-id') ?? null,
      write,
    );
  }
  if (isUntrusted(code)) return untrusted(error, code);
  const refused =
    isNeverConnected(error.message) || /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH/.test(`${code} ${error.message}`);
  const host = hostOf(error);
  const message = refused
    ? `${host} cannot be reached (${plainText(error.message).slice(0, 200)}).`
    : `The connection to ${host} broke before a response was received (${plainText(error.message).slice(0, 200)}).`;
  return new ArmFailure({ kind: 'network', code, message, mayHaveHappened: write && !refused, next: NEXT.network });
}

const hostOf = ({ request }: RestError): string => (request ? new URL(request.url).host : 'Azure Resource Manager');

/** Returns the failure where the certificate of the other side is not trusted, so that nothing was sent. */
const untrusted = (error: RestError, code: string): ArmFailure =>
  new ArmFailure({
    kind: 'network',
    code,
    message: `The certificate of ${hostOf(error)} is not trusted on this machine (${code}).`,
    next: UNTRUSTED_NEXT,
  });

/** Returns the failure where a time limit was reached, or a person stopped the wait between two attempts. */
function interrupted(error: Error, write: boolean): ArmFailure {
  if (error instanceof WaitStopped)
    return new ArmFailure({
      kind: 'throttled',
      code: 'Stopped',
      message: 'Stopped while waiting to retry the request.',
      next: 'The request was not retried. Run the command again later.',
    });
  return new ArmFailure({
    kind: 'network',
    code: 'Timeout',
    message: 'No response within the time limit.',
    mayHaveHappened: write,
    next: NEXT.network,
  });
}

/** Ends the wait between two attempts when a person asks to stop. */
export class WaitStopped extends Error {
  override readonly name = 'AbortError';
}
