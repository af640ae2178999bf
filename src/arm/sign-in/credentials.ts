/** The ways to sign in. Azure's library is loaded only by those that require it. */
import type { TokenCredential } from '@azure/core-auth';
import type { HttpClient } from '@azure/core-rest-pipeline';
import type { Clock } from '../../engine/ports.ts';
import { plainText } from '../../text/plain.ts';
import type { AuthMode } from './auth-modes.ts';
import { createSignInObserver, type SignInObserver } from './sign-in-http.ts';
import type { Authority, Cloud } from './cloud-endpoints.ts';
import { debugPolicy, type DebugEntry } from '../http/debug-policy.ts';
import { claimsNeeded, SignInError } from './sign-in-errors.ts';
import { claimsOf } from './token.ts';
import { FIRST_WAIT } from '../http/waits.ts';
import { armErrors } from '../errors.ts';

export interface SignInRequest {
  readonly mode: AuthMode;
  readonly cloud: Cloud;
  readonly authority: Authority;
  readonly tenant?: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Shows the device code. */
  readonly say: (line: string) => void;
  readonly clock: Clock;
  /** Milliseconds that one attempt may take. */
  readonly timeLimit: number;
  readonly onExchange?: (entry: DebugEntry) => void;
}

export interface Way {
  readonly mode: AuthMode;
  /** The name of the way in `doctor` and in the debug log. */
  readonly name: string;
  readonly tenant?: string;
  readonly clientId?: string;
  /** Whether it can get another token with a claims challenge. */
  readonly takesClaims: boolean;
  readonly ear: SignInObserver;
  /** Opens the credential. @throws SignInError where nothing of this kind is set up on this machine */
  readonly open: () => Promise<TokenCredential>;
}

/** Returns the ways of `--auth`. `auto` is a short, explicit chain; it never probes addresses of the machine. */
export function waysOf(by: SignInRequest): readonly Way[] {
  const { environment } = by;
  if (by.mode !== 'auto') return [wayOf(by.mode, by)];
  if (environment['FUNC_HARDEN_ACCESS_TOKEN']) return [wayOf('token', by)];
  const modes: AuthMode[] = [
    'environment',
    ...(environment['AZURE_FEDERATED_TOKEN_FILE'] ? (['workload-identity'] as const) : []),
    'azure-cli',
    'azd',
  ];
  return modes.map((mode) => wayOf(mode, by));
}

const NAMES: Readonly<Record<Exclude<AuthMode, 'auto'>, string>> = {
  'azure-cli': 'the Azure CLI',
  azd: 'the Azure Developer CLI',
  environment: 'the AZURE_ variables of the environment',
  'workload-identity': 'the workload identity',
  'managed-identity': 'the managed identity',
  browser: 'the browser',
  'device-code': 'a device code',
  token: 'FUNC_HARDEN_ACCESS_TOKEN',
};
/** Milliseconds: longer than a service on the same machine takes, and short enough to wait for where there is none. */
const IDENTITY_LIMIT = 5000;

function wayOf(mode: AuthMode, by: SignInRequest): Way {
  const { environment, cloud } = by;
  const isApp = mode === 'environment' || mode === 'workload-identity';
  const tenant = by.tenant ?? (isApp ? environment['AZURE_TENANT_ID'] : undefined);
  const clientId = isApp || mode === 'managed-identity' ? environment['AZURE_CLIENT_ID'] : undefined;
  const ear = createSignInObserver(mode === 'managed-identity' ? Math.min(IDENTITY_LIMIT, by.timeLimit) : by.timeLimit);
  const way = {
    mode,
    name: NAMES[mode as Exclude<AuthMode, 'auto'>],
    takesClaims: mode === 'environment' || mode === 'workload-identity' || mode === 'browser' || mode === 'device-code',
    ear,
    ...(tenant ? { tenant } : {}),
    ...(clientId ? { clientId } : {}),
  };
  const open = async (): Promise<TokenCredential> => {
    if (mode === 'token') return fixedToken(environment['FUNC_HARDEN_ACCESS_TOKEN'], () => claimsNeeded({ ...way, cloud }));
    const settled = { ...by, ...way };
    const identity = await import('@azure/identity');
    return createCredential(identity, settled, await ear.client(by.onExchange ? debugPolicy(by.onExchange, by.clock) : undefined));
  };
  return { ...way, open };
}

function createCredential(
  identity: typeof import('@azure/identity'),
  by: SignInRequest & Omit<Way, 'open'>,
  httpClient: HttpClient,
): TokenCredential {
  const { environment, tenant, clientId, timeLimit } = by;
  const options = {
    authorityHost: by.authority.host,
    disableInstanceDiscovery: !by.authority.known,
    retryOptions: { maxRetries: 2, retryDelayInMs: FIRST_WAIT },
    httpClient,
    processTimeoutInMs: timeLimit,
    ...(tenant ? { tenantId: tenant } : {}),
  };
  const needed = (...names: string[]) => names.map((name) => environment[name]).filter((value) => value !== undefined && value !== '');
  switch (by.mode) {
    case 'azd':
      return new identity.AzureDeveloperCliCredential(options);
    case 'environment': {
      const secret = environment['AZURE_CLIENT_SECRET'];
      const certificatePath = environment['AZURE_CLIENT_CERTIFICATE_PATH'];
      if (!tenant || !clientId || !(secret || certificatePath))
        throw notSet('app for sign-in', ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID', 'AZURE_CLIENT_SECRET or AZURE_CLIENT_CERTIFICATE_PATH'], by);
      if (secret) return new identity.ClientSecretCredential(tenant, clientId, secret, options);
      const [certificatePassword] = needed('AZURE_CLIENT_CERTIFICATE_PASSWORD');
      const sendCertificateChain = /^(1|true)$/i.test(environment['AZURE_CLIENT_SEND_CERTIFICATE_CHAIN'] ?? '');
      return new identity.ClientCertificateCredential(
        tenant,
        clientId,
        { certificatePath: certificatePath as string, ...(certificatePassword ? { certificatePassword } : {}) },
        { ...options, sendCertificateChain },
      );
    }
    case 'workload-identity': {
      const tokenFilePath = environment['AZURE_FEDERATED_TOKEN_FILE'];
      if (!tenant || !clientId || !tokenFilePath)
        throw notSet('a workload identity', ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID', 'AZURE_FEDERATED_TOKEN_FILE'], by);
      return new identity.WorkloadIdentityCredential({ ...options, tenantId: tenant, clientId, tokenFilePath });
    }
    case 'managed-identity':
      return new identity.ManagedIdentityCredential({ ...options, ...(clientId ? { clientId } : {}) });
    case 'browser':
      return new identity.InteractiveBrowserCredential(options);
    case 'device-code':
      return new identity.DeviceCodeCredential({ ...options, userPromptCallback: ({ message }) => by.say(plainText(message)) });
    default:
      return new identity.AzureCliCredential(options);
  }
}

/** Makes the error that names everything missing at once. */
function notSet(what: string, names: readonly string[], { environment, tenant }: SignInRequest): SignInError {
  const missing = names.filter((name) => !(name.split(' or ').some((one) => environment[one]) || (name === 'AZURE_TENANT_ID' && tenant)));
  return new SignInError({
    code: 'NotSet',
    absent: true,
    message: `The environment has no ${what.replace(/^an? /, '')}: ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not set.`,
    next: [`Set ${missing.join(', ')}, or sign in with: az login`],
  });
}

function fixedToken(given: string | undefined, claimsNeeded: () => SignInError): TokenCredential {
  const token = given?.trim();
  if (!token) throw armErrors.noAccessToken();
  if (!/^[\w.~+/=-]+$/.test(token)) throw armErrors.invalidAccessToken();
  const { exp } = claimsOf(token);
  const expiresOnTimestamp = typeof exp === 'number' ? exp * 1000 : Date.now() + 3_600_000;
  return {
    getToken(_, options) {
      if (options?.claims) return Promise.reject(claimsNeeded());
      return Promise.resolve({ token, expiresOnTimestamp });
    },
  };
}
