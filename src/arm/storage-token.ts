import type { SignInSession } from './sign-in-session.ts';
import { secrets } from '../change/secrets.ts';
import { EXIT, UserError } from '../engine/errors.ts';

/** What FUNC_HARDEN_STORAGE_TOKEN holds, as a way to sign in to storage. @throws UserError where there is none, or it cannot be one */
export const storageToken = (token: string | undefined, address: string): SignInSession =>
  givenToken('FUNC_HARDEN_STORAGE_TOKEN', token, `the undo log in ${address}`, 'https://storage.azure.com');

/** What FUNC_HARDEN_VAULT_TOKEN holds, as a way to sign in to a vault. `suffix`: `vault.azure.net`, by cloud. @throws UserError as above */
export const vaultToken = (token: string | undefined, address: string, suffix: string): SignInSession =>
  givenToken('FUNC_HARDEN_VAULT_TOKEN', token, `the key ${address}`, `https://${suffix}`);

function givenToken(name: string, token: string | undefined, place: string, audience: string): SignInSession {
  if (!token || !/^[\w.~+/=-]+$/.test(token))
    throw new UserError(token ? `${name} is not a token.` : `No token is set for ${place}.`, EXIT.forbidden, [
      `Set ${name}: az account get-access-token --resource ${audience} --query accessToken --output tsv`,
    ]);
  secrets.learn(token, true);
  // When it ends is the business of whoever set it; the service refuses it then.
  return {
    getToken: () => Promise.resolve({ token, expiresOnTimestamp: Number.MAX_SAFE_INTEGER }),
    renew: () => Promise.resolve(null),
    signIn: () => ({ way: name, until: null }),
  };
}
