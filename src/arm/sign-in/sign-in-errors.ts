/** The reason why a sign-in failed, in words: what happened, why, and the next step. */
import { EXIT, UserError } from '../../engine/errors.ts';
import { withoutCredentials } from '../../change/secrets.ts';
import { plainText } from '../../text/plain.ts';
import type { AuthMode } from './auth-modes.ts';
import type { Cloud } from './cloud-endpoints.ts';
import { isUntrusted, UNTRUSTED_NEXT } from '../http/certificates.ts';
import { REFUSALS } from './refusals.ts';

export class SignInError extends UserError {
  /** The code for the debug log: an AADSTS code, or a word of func-harden. */
  readonly code: string;
  /** Set where nothing of this kind is set up on this machine, so that the next way may be tried. */
  readonly absent: boolean;
  constructor(of: { code: string; message: string; next: readonly string[]; absent?: boolean }) {
    super(of.message, EXIT.forbidden, of.next);
    this.code = of.code;
    this.absent = of.absent ?? false;
  }
}

/** The last response of the authority, or why there was none. */
export interface LastResponse {
  readonly host?: string;
  readonly failed?: string;
  readonly error?: string;
  readonly code?: number;
  readonly says?: string;
}

interface Attempt {
  readonly mode: AuthMode;
  readonly name: string;
  readonly cloud: Cloud;
  readonly tenant?: string;
  readonly clientId?: string;
  readonly heard: LastResponse;
  readonly milliseconds: number;
  /** Milliseconds that a tool may take. */
  readonly timeLimit: number;
}

export function stepsToSignInAgain({ mode, tenant, cloud }: Pick<Attempt, 'mode' | 'tenant' | 'cloud'>): string[] {
  const other = cloud.name !== 'AzureCloud';
  const inTenant = (option: string) => (tenant ? ` ${option} ${tenant}` : '');
  if (mode === 'azd')
    return [...(other ? [`azd config set cloud.name ${cloud.name}`] : []), `Sign in again with: azd auth login${inTenant('--tenant-id')}`];
  if (mode === 'browser' || mode === 'device-code')
    return [`Run the command again with --auth ${mode}${inTenant('--tenant')} and finish the sign-in`];
  if (mode === 'environment') return ['Check AZURE_TENANT_ID, AZURE_CLIENT_ID and the secret or certificate, then run the command again'];
  if (mode === 'workload-identity')
    return ['Check AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_FEDERATED_TOKEN_FILE, then run the command again'];
  if (mode === 'managed-identity') return ['Check the identity of this machine (AZURE_CLIENT_ID selects a user-assigned identity)'];
  if (mode === 'token') return ['Set FUNC_HARDEN_ACCESS_TOKEN to a new token, or sign in with: az login'];
  return [...(other ? [`az cloud set --name ${cloud.name}`] : []), `Sign in again with: az login${inTenant('--tenant')}`];
}

export function signInError(error: unknown, attempt: Attempt): SignInError {
  if (error instanceof SignInError) return error;
  const text = textOf(error);
  const code = attempt.heard.code ?? Number(/AADSTS(\d+)/.exec(text)?.[1] ?? 0);
  return (
    unreachable(attempt) ??
    (code ? refused(code, text, attempt) : undefined) ??
    toolError(text, attempt) ??
    unfinishedError(text, attempt) ??
    other(text, attempt)
  );
}

/** Returns the messages of an error and its causes, because libraries wrap each other's errors. */
function textOf(error: unknown): string {
  const texts: string[] = [];
  for (let at: unknown = error; at instanceof Error && texts.length < 5; at = at.cause) texts.push(at.message);
  return plainText(texts.join(' ') || String(error));
}

function unreachable(attempt: Attempt): SignInError | undefined {
  const { heard, mode } = attempt;
  if (heard.failed === undefined) return undefined;
  if (mode === 'managed-identity') return noIdentity(heard.failed);
  const host = heard.host ?? 'the sign-in service';
  if (isUntrusted(heard.failed))
    return new SignInError({
      code: heard.failed,
      message: `The certificate of ${host} is not trusted on this machine (${heard.failed}).`,
      next: [UNTRUSTED_NEXT],
    });
  return new SignInError({
    code: heard.failed,
    message: `${host} cannot be reached to sign in (${heard.failed}).`,
    next: ['Check the network and the proxy variables (HTTPS_PROXY, NO_PROXY), then run the command again'],
  });
}

function refused(code: number, text: string, attempt: Attempt): SignInError {
  const known = REFUSALS[code];
  const says = firstSentence(attempt.heard.says ?? text);
  const entry = known?.({ ...attempt, again: stepsToSignInAgain(attempt) });
  return new SignInError({
    code: `AADSTS${code}`,
    message: entry ? `${entry.message} (AADSTS${code})` : `Microsoft Entra refuses the sign-in: ${says} (AADSTS${code})`,
    next: entry?.next ?? stepsToSignInAgain(attempt),
  });
}

/** Returns the first sentence, without the ids and times that follow, and without a token that a tool prints. */
const firstSentence = (text: string): string =>
  withoutCredentials(plainText(text))
    .replace(/^.*?AADSTS\d+:\s*/s, '')
    .split(/\s(?:Trace ID|Timestamp|Correlation ID)|(?<=[.!])\s/)[0]
    ?.slice(0, 200) ?? '';

/** Returns the error of the Azure CLI or azd, as their library reports it. */
function toolError(text: string, attempt: Attempt): SignInError | undefined {
  const { mode, milliseconds, timeLimit, tenant } = attempt;
  if (mode !== 'azure-cli' && mode !== 'azd') return undefined;
  const [tool, product, site] =
    mode === 'azd' ? ['azd', 'Azure Developer CLI', 'https://aka.ms/azd-install'] : ['az', 'Azure CLI', 'https://aka.ms/azure-cli'];
  if (/could(n't| not) be found/.test(text))
    return new SignInError({
      code: 'NotInstalled',
      absent: true,
      message: `The ${product} (${tool}) is not installed, or not on the PATH.`,
      next: [`Install it from ${site}, then sign in with: ${mode === 'azd' ? 'azd auth login' : 'az login'}`],
    });
  if (/az login|azd auth login|azd login/.test(text) && !/claims challenges/.test(text))
    return new SignInError({
      code: 'NotLoggedIn',
      absent: true,
      message: `The ${product} is not signed in${tenant ? ` to tenant ${tenant}` : ''}, or must sign in again.`,
      next: stepsToSignInAgain(attempt),
    });
  if (milliseconds >= timeLimit)
    return new SignInError({
      code: 'ToolTimeout',
      message: `The ${product} returned no token within ${Math.round(timeLimit / 100) / 10} s.`,
      next: [
        `To see what it waits for, run: ${mode === 'azd' ? 'azd auth token' : 'az account get-access-token'}`,
        ...stepsToSignInAgain(attempt),
      ],
    });
  return undefined;
}

/** Returns the error of a sign-in that was not completed, or whose claims this credential cannot request. */
function unfinishedError(text: string, attempt: Attempt): SignInError | undefined {
  const again = stepsToSignInAgain(attempt);
  if (/claims challenges?/i.test(text)) return claimsNeeded(attempt);
  if (attempt.heard.error === 'authorization_declined' || /authorization_declined|access_denied/.test(text))
    return new SignInError({ code: 'Declined', message: 'The sign-in was declined.', next: again });
  if (/expired_token|device_code_expired|code_expired/.test(`${attempt.heard.error ?? ''} ${text}`))
    return new SignInError({ code: 'CodeExpired', message: 'The code expired before the sign-in was completed.', next: again });
  if (/endpoints_resolution|openid_config|untrusted_authority|issuer_validation/i.test(text) || attempt.heard.error === 'invalid_tenant')
    return new SignInError({
      code: 'NoAuthority',
      message: `${attempt.heard.host ?? 'The sign-in service'} does not know${attempt.tenant ? ` tenant ${attempt.tenant}` : ' the tenant'}, or is not a sign-in service.`,
      next: ['Check the tenant (--tenant, AZURE_TENANT_ID), the cloud (--cloud) and AZURE_AUTHORITY_HOST'],
    });
  if (attempt.mode === 'managed-identity') return noIdentity('unavailable');
  return undefined;
}

/** Makes the error where Azure requires more than such a token, because of a policy or a revoked session. */
export function claimsNeeded(attempt: Pick<Attempt, 'mode' | 'tenant' | 'cloud' | 'name'>): SignInError {
  return new SignInError({
    code: 'ClaimsNeeded',
    message: `Azure requires a new sign-in (the session was revoked, or a Conditional Access policy requires it), which is not possible with ${attempt.name}.`,
    next: attempt.mode === 'azure-cli' ? ['az logout', ...stepsToSignInAgain(attempt)] : stepsToSignInAgain(attempt),
  });
}

const noIdentity = (why: string): SignInError =>
  new SignInError({
    code: 'NoManagedIdentity',
    absent: true,
    message: `No managed identity is available (${why}). It exists only in Azure, on a machine or app with an identity.`,
    next: ['Add an identity to the machine (AZURE_CLIENT_ID selects a user-assigned identity), or sign in with: az login'],
  });

function other(text: string, attempt: Attempt): SignInError {
  return new SignInError({
    code: attempt.heard.error ?? 'SignInFailed',
    message: `The sign-in with ${attempt.name} failed: ${firstSentence(attempt.heard.says ?? text)}`,
    next: stepsToSignInAgain(attempt),
  });
}
