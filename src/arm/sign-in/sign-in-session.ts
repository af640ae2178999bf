/** The sign-in of one command: its tokens, and new ones where Azure requires them. */
import { secrets } from '../../change/secrets.ts';
import type { AccessToken, GetTokenOptions, TokenCredential } from '@azure/core-auth';
import { UserError } from '../../engine/errors.ts';
import { waysOf, type SignInRequest, type Way } from './credentials.ts';
import { stepsToSignInAgain, SignInError, signInError } from './sign-in-errors.ts';
import { accountInToken, claimsOf } from './token.ts';
import { armErrors } from '../errors.ts';

export interface SignInSession extends TokenCredential {
  getToken(scopes: string | string[], options?: GetTokenOptions): Promise<AccessToken>;
  /** Returns a token other than the refused one; null where there is none. */
  renew(scope: string, refused: string): Promise<AccessToken | null>;
  /** Returns the way of this token, in words, and its expiry; null where that is not known. */
  readonly signIn: (token: AccessToken) => { way: string; until: Date | null };
}

/** One attempt of one way to sign in, for the debug log. */
export interface SignInEntry {
  readonly time: string;
  readonly signIn: string;
  readonly scope: string;
  /** `ok`, an AADSTS code, or a word of func-harden. */
  readonly outcome: string;
  readonly milliseconds: number;
}

interface SignInSessionOptions extends SignInRequest {
  readonly onSignIn?: (entry: SignInEntry) => void;
}

/** Milliseconds. A token that expires sooner is not used for another request. */
const NEAR_ITS_END = 120_000;
/** Requests a token that was issued from now on, which no cache has. */
const freshClaims = (now: Date): string =>
  JSON.stringify({ access_token: { nbf: { essential: true, value: String(Math.floor(now.getTime() / 1000)) } } });

export function createSignInSession(options: SignInSessionOptions): SignInSession {
  const { clock } = options;
  const ways = waysOf(options);
  const opened = new Map<Way, Promise<TokenCredential>>();
  const tokens = new Map<string, AccessToken>();
  const underway = new Map<string, Promise<AccessToken>>();
  let taken: Way | undefined;

  async function from(way: Way, scope: string, asked: GetTokenOptions): Promise<AccessToken> {
    const began = clock.elapsed();
    const milliseconds = () => Math.round(clock.elapsed() - began);
    const report = (outcome: string) =>
      options.onSignIn?.({ time: clock.now().toISOString(), signIn: way.mode, scope, outcome, milliseconds: milliseconds() });
    const failed = (error: unknown): never => {
      if (asked.abortSignal?.aborted) throw error;
      const heard = way.ear.heard();
      const failure =
        error instanceof UserError
          ? error
          : signInError(error, { ...way, cloud: options.cloud, heard, milliseconds: milliseconds(), timeLimit: options.timeLimit });
      report(failure instanceof SignInError ? failure.code : 'NotSet');
      throw failure;
    };
    const credential = opened.get(way) ?? way.open();
    opened.set(way, credential);
    // Always with continuous access evaluation: without it the library keeps a second sign-in, and a person would be asked twice.
    const token = await credential.then((one) => one.getToken(scope, { ...asked, enableCae: true })).catch(failed);
    if (!token) return failed(new Error('no token was returned'));
    // An error here is a bug of func-harden, not a failed sign-in.
    secrets.learn(token.token, true);
    const wrong = wrongTenant(token, way, options);
    if (wrong) return failed(wrong);
    report('ok');
    return token;
  }

  /** Tries the ways in order and uses the first that works. One that is set up and fails ends the search, because it was intended. */
  async function search(scope: string, asked: GetTokenOptions): Promise<AccessToken> {
    const tried: SignInError[] = [];
    for (const way of taken ? [taken] : ways) {
      try {
        const token = await from(way, scope, asked);
        taken = way;
        tokens.set(scope, token);
        return token;
      } catch (error) {
        if (!(error instanceof SignInError && error.absent) || taken || ways.length === 1) throw error;
        tried.push(error);
      }
    }
    throw armErrors.notSignedIn({
      tried: tried.map(({ message }) => message),
      again: stepsToSignInAgain({ ...options, mode: 'azure-cli' }).map((line) => line.replace('Sign in again', 'Sign in')),
    });
  }

  return {
    signIn({ token, expiresOnTimestamp }) {
      const unknown = taken?.mode === 'token' && typeof claimsOf(token)['exp'] !== 'number';
      const until = new Date(expiresOnTimestamp); // The expiry in a token may not be a valid time.
      return { way: taken?.name ?? 'a token', until: unknown || Number.isNaN(until.getTime()) ? null : until };
    },
    getToken(scopes, asked = {}) {
      const scope = typeof scopes === 'string' ? scopes : (scopes[0] ?? '');
      const { claims, abortSignal } = asked;
      const wanted = { ...(claims ? { claims } : {}), ...(abortSignal ? { abortSignal } : {}) };
      if (claims) return search(scope, wanted);
      const held = tokens.get(scope);
      if (held && held.expiresOnTimestamp - clock.now().getTime() > NEAR_ITS_END) return Promise.resolve(held);
      const waiting = underway.get(scope) ?? search(scope, wanted).finally(() => underway.delete(scope));
      underway.set(scope, waiting);
      return waiting;
    },
    async renew(scope, refused) {
      const isNew = (token: AccessToken | undefined) => (token && token.token !== refused ? token : null);
      const held = isNew(tokens.get(scope)); // A new token exists already if another refused request has renewed it.
      if (held) return held;
      tokens.delete(scope);
      const token = isNew(await this.getToken(scope));
      if (token || !taken?.takesClaims) return token;
      return isNew(await search(scope, { claims: freshClaims(clock.now()) }));
    },
  };
}

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Checks the tenant of a token, because a tool that is signed in elsewhere may return one of another tenant. @throws SignInError */
function wrongTenant(token: AccessToken, way: Way, { cloud, tenant }: SignInSessionOptions): SignInError | undefined {
  const { tenant: has, name } = accountInToken(token);
  if (!tenant || !has || !GUID.test(tenant) || has.toLowerCase() === tenant.toLowerCase()) return undefined;
  return new SignInError({
    code: 'WrongTenant',
    message: `The token of ${way.name} is for tenant ${has}${name ? ` (${name})` : ''}, but tenant ${tenant} is required.`,
    next: stepsToSignInAgain({ ...way, cloud, tenant }),
  });
}
