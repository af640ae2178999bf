import type { SignInSession } from './sign-in-session.ts';
import { secrets } from '../../change/secrets.ts';
import { armErrors } from '../errors.ts';

/** Returns a sign-in to storage with the token in FUNC_HARDEN_STORAGE_TOKEN. @throws UserError where it is not set or cannot be a token */
export const storageToken = (token: string | undefined, address: string): SignInSession =>
  givenToken('FUNC_HARDEN_STORAGE_TOKEN', token, `the undo log in ${address}`, 'https://storage.azure.com');

/** Returns a sign-in to a vault with FUNC_HARDEN_VAULT_TOKEN. `suffix`: `vault.azure.net`, by cloud. @throws UserError if it is not a token */
export const vaultToken = (token: string | undefined, address: string, suffix: string): SignInSession =>
  givenToken('FUNC_HARDEN_VAULT_TOKEN', token, `the key ${address}`, `https://${suffix}`);

function givenToken(name: string, token: string | undefined, place: string, audience: string): SignInSession {
  if (!token || !/^[\w.~+/=-]+$/.test(token)) throw armErrors.noGivenToken({ name, isSet: Boolean(token), place, audience });
  secrets.learn(token, true);
  // The expiry of this token is unknown. After it, the service refuses the token.
  return {
    getToken: () => Promise.resolve({ token, expiresOnTimestamp: Number.MAX_SAFE_INTEGER }),
    renew: () => Promise.resolve(null),
    signIn: () => ({ way: name, until: null }),
  };
}
