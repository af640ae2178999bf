import type { AccessToken } from '@azure/core-auth';
import type { Account } from '../../engine/ports.ts';
import { isRecord } from '../../change/json-paths.ts';
import { plainText } from '../../text/plain.ts';

/** Returns the account of a token, from its claims: for display and the undo log, never for a decision. */
export function accountInToken(token: AccessToken | null): Account {
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

export function claimsOf(token: string): Record<string, unknown> {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return isRecord(claims) ? claims : {};
  } catch {
    return {}; // Not a JWT; Azure does not promise that it is one.
  }
}
