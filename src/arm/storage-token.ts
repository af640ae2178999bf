import type { TokenCredential } from '@azure/core-auth';
import { secrets } from '../change/secrets.ts';
import { EXIT, UserError } from '../engine/errors.ts';

/** What FUNC_HARDEN_STORAGE_TOKEN holds, as a way to sign in to storage. @throws UserError where there is none, or it cannot be one */
export function storageToken(token: string | undefined, address: string): TokenCredential {
  if (!token || !/^[\w.~+/=-]+$/.test(token))
    throw new UserError(
      token ? 'FUNC_HARDEN_STORAGE_TOKEN is not a token.' : `No token is set for the undo log in ${address}.`,
      EXIT.forbidden,
      ['Set FUNC_HARDEN_STORAGE_TOKEN: az account get-access-token --resource https://storage.azure.com --query accessToken --output tsv'],
    );
  secrets.learn(token, true);
  // When it ends is the business of whoever set it; storage refuses it then.
  return { getToken: () => Promise.resolve({ token, expiresOnTimestamp: Number.MAX_SAFE_INTEGER }) };
}
