/** Removes from states what undo cannot restore and says so before, so that states can be compared. */
import { catalogue } from '../../steps/index.ts';
import type { State } from '../../src/emulator/state.ts';

/** Values that ARM cannot unset: undo writes the value that the area declares as `absent`, which behaves the same. */
export const STAND_INS: Readonly<Record<string, unknown>> = {
  ...Object.fromEntries(
    catalogue.flatMap(({ controls }) =>
      controls.flatMap((control) =>
        control.kind === 'setting' && control.absent !== undefined ? [[control.at[1].replace('properties.', ''), control.absent]] : [],
      ),
    ),
  ),
  scmIpSecurityRestrictionsDefaultAction: 'Allow',
  // Set by the service, not by a client.
  remoteDebuggingVersion: 'VS2022',
};

/** The values that mean "not restricted" where the shares of an account are mounted. */
const ALL_SMB = JSON.stringify({ smb: { channelEncryption: 'AES-128-CCM;AES-128-GCM;AES-256-GCM', versions: 'SMB2.1;SMB3.0;SMB3.1.1' } });

/** Removes values that mean "not restricted" if nothing was restricted before. */
export function withoutAllSmb(after: State, start: State): State {
  for (const [id, one] of Object.entries(after.resources)) {
    const properties = one['properties'] as Record<string, unknown>;
    const before = (start.resources[id]?.['properties'] ?? {}) as Record<string, unknown>;
    if (!/\/fileservices\/default$/i.test(id) || JSON.stringify(properties['protocolSettings']) !== ALL_SMB) continue;
    if (before['protocolSettings'] === undefined) delete properties['protocolSettings'];
    if (start.resources[id] === undefined && Object.keys(properties).length === 0) delete after.resources[id];
  }
  return after;
}

type Shown = Readonly<Record<string, unknown>>;

/** Returns the state after an undo, with values that mean "never set" treated as not set. */
export function withoutStandIns(after: Shown, start: Shown): Shown {
  return Object.fromEntries(
    Object.entries(after).map(([name, body]) => [name, name === 'site' || name === 'config' ? backIn(body, start[name]) : body]),
  );
}

function backIn(body: unknown, then: unknown): unknown {
  const [now, was] = [body, then].map((one) => (one as { properties: Record<string, unknown> }).properties) as [Shown, Shown];
  const rows = (list: string) => ((was[list] ?? []) as { ipAddress?: string }[]).some(({ ipAddress }) => ipAddress !== 'Any');
  const meant: Shown = {
    ...STAND_INS,
    ipSecurityRestrictionsDefaultAction: rows('ipSecurityRestrictions') ? 'Deny' : 'Allow',
    scmIpSecurityRestrictionsDefaultAction: rows('scmIpSecurityRestrictions') ? 'Deny' : 'Allow',
    cors: { allowedOrigins: [], supportCredentials: false },
  };
  const isMeant = (name: string) => (was[name] ?? null) === null && JSON.stringify(now[name]) === JSON.stringify(meant[name]);
  return {
    ...(body as Shown),
    properties: Object.fromEntries(Object.entries(now).map(([name, value]) => [name, isMeant(name) ? was[name] : value])),
  };
}

/** Removes values that were declared one-way before the change, and values that ARM cannot unset. */
export function withoutOneWay(after: State, start: State): State {
  withoutAllSmb(after, start);
  for (const id of Object.keys(after.resources)) {
    // The services of a storage account always exist; with their defaults restored they behave as if never written.
    if (/\/(blob|file)services\/default$/.test(id) && !start.resources[id]) delete after.resources[id];
    if (/\/secrets\/fn-/.test(id)) delete after.resources[id];
    const [now, then] = [after.resources[id]?.['properties'], start.resources[id]?.['properties']] as Record<string, unknown>[];
    if (now?.['enablePurgeProtection'] === true && then && then['enablePurgeProtection'] === undefined) delete now['enablePurgeProtection'];
  }
  for (const [id, site] of Object.entries(after.sites)) {
    const then = start.sites[id]!;
    if (then.auth === undefined && JSON.stringify(site.auth) === '{"platform":{"enabled":false}}') delete site.auth;
    for (const part of ['properties', 'config'] as const)
      for (const [name, value] of Object.entries(STAND_INS))
        if (site[part][name] === value && then[part][name] === undefined) delete site[part][name];
    // "Not set" meant Deny with rules and Allow without; undo writes that value.
    const meant = then.config['ipSecurityRestrictions'] ? 'Deny' : 'Allow';
    if (then.config['ipSecurityRestrictionsDefaultAction'] === undefined && site.config['ipSecurityRestrictionsDefaultAction'] === meant)
      delete site.config['ipSecurityRestrictionsDefaultAction'];
    if (then.config['cors'] === undefined && JSON.stringify(site.config['cors']) === '{"allowedOrigins":[],"supportCredentials":false}')
      delete site.config['cors'];
  }
  return after;
}
