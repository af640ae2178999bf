import type { AccessToken, TokenCredential } from '@azure/core-auth';
import { EXIT, UserError } from '../engine/errors.ts';
import type { Account } from '../engine/ports.ts';
import { isRecord } from '../engine/values.ts';
import { plainText } from '../text/plain.ts';
import type { AuthMode } from './auth-modes.ts';
import type { Cloud } from './clouds.ts';

export interface SignIn {
  readonly mode: AuthMode;
  readonly cloud: Cloud;
  readonly tenant?: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where the device code is shown. */
  readonly say: (line: string) => void;
}

/** A credential of the kind asked for. `auto` is a short, explicit chain; it never probes addresses of the machine. */
export async function credentialFor(by: SignIn): Promise<TokenCredential> {
  const token = by.environment['FUNC_HARDEN_ACCESS_TOKEN'];
  if (by.mode === 'token' || (by.mode === 'auto' && token)) return fixedToken(token);
  const identity = await import('@azure/identity');
  const options = { authorityHost: by.cloud.authority, ...(by.tenant ? { tenantId: by.tenant } : {}) };
  switch (by.mode) {
    case 'azure-cli':
      return new identity.AzureCliCredential(options);
    case 'azd':
      return new identity.AzureDeveloperCliCredential(options);
    case 'environment':
      return new identity.EnvironmentCredential(options);
    case 'workload-identity':
      return new identity.WorkloadIdentityCredential(options);
    case 'managed-identity': {
      const clientId = by.environment['AZURE_CLIENT_ID'];
      return new identity.ManagedIdentityCredential(clientId ? { clientId } : {});
    }
    case 'browser':
      return new identity.InteractiveBrowserCredential(options);
    case 'device-code':
      return new identity.DeviceCodeCredential({ ...options, userPromptCallback: ({ message }) => by.say(plainText(message)) });
    default:
      return chain([
        ['environment variables (AZURE_CLIENT_ID …)', new identity.EnvironmentCredential(options)],
        ['Azure CLI', new identity.AzureCliCredential(options)],
        ['Azure Developer CLI', new identity.AzureDeveloperCliCredential(options)],
      ]);
  }
}

function fixedToken(token: string | undefined): TokenCredential {
  if (!token)
    throw new UserError('--auth token needs the token in the environment variable FUNC_HARDEN_ACCESS_TOKEN.', EXIT.forbidden, [
      'Set it, or sign in with: az login',
    ]);
  const { exp } = claimsOf(token);
  const expiresOnTimestamp = typeof exp === 'number' ? exp * 1000 : Date.now() + 3_600_000;
  return { getToken: () => Promise.resolve({ token, expiresOnTimestamp }) };
}

/** Tries one after the other and stays with the first that works; says what was tried when none does. */
function chain(members: readonly (readonly [string, TokenCredential])[]): TokenCredential {
  let chosen: TokenCredential | undefined;
  return {
    async getToken(scopes, options) {
      if (chosen) return chosen.getToken(scopes, options);
      const tried: string[] = [];
      for (const [name, credential] of members) {
        try {
          const token = await credential.getToken(scopes, options);
          if (token) {
            chosen = credential;
            return token;
          }
        } catch (error) {
          tried.push(
            `${name}: ${
              plainText(error instanceof Error ? error.message : String(error))
                .split('. ')[0]
                ?.slice(0, 160) ?? ''
            }`,
          );
        }
      }
      throw new UserError('You are not signed in to Azure.', EXIT.forbidden, [
        ...tried.map((line) => `tried ${line}`),
        'Sign in with: az login',
      ]);
    },
  };
}

/** Who the token speaks for, from its own claims: for display and the undo log, never for a decision. */
export function accountOf(token: AccessToken | null): Account {
  const claims = claimsOf(token?.token ?? '');
  const text = (...names: string[]) => names.map((name) => claims[name]).find((value): value is string => typeof value === 'string');
  const name = text('upn', 'unique_name', 'preferred_username', 'app_displayname', 'appid', 'oid');
  return {
    id: text('oid') ?? null,
    isApp: text('idtyp') === 'app' || (text('upn', 'unique_name', 'preferred_username') === undefined && text('appid') !== undefined),
    name: name ? plainText(name) : null,
    tenant: text('tid') ?? null,
  };
}

function claimsOf(token: string): Record<string, unknown> {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return isRecord(claims) ? claims : {};
  } catch {
    return {}; // Not a JWT; Azure does not promise that it is one.
  }
}
