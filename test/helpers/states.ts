/** What undo cannot bring back, and says so before: left out where states are compared. */
import type { State } from '../../src/emulator/state.ts';

/** Values that ARM cannot take back to "not set"; what comes back behaves the same. */
export const STAND_INS: Readonly<Record<string, unknown>> = {
  minTlsCipherSuite: 'TLS_RSA_WITH_AES_128_CBC_SHA',
  scmIpSecurityRestrictionsDefaultAction: 'Allow',
  sshEnabled: true,
  remoteDebuggingVersion: 'VS2022',
};

/** What stands for "not restricted" where the shares of an account are mounted. */
const ALL_SMB = JSON.stringify({ smb: { channelEncryption: 'AES-128-CCM;AES-128-GCM;AES-256-GCM', versions: 'SMB2.1;SMB3.0;SMB3.1.1' } });

/** Drops what stands for "not restricted" where nothing was restricted before. */
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

/** Drops what was declared one-way before it was applied, and what ARM cannot take back to "never set". */
export function withoutOneWay(after: State, start: State): State {
  withoutAllSmb(after, start);
  for (const id of Object.keys(after.resources)) {
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
    // Where it was never set, rules meant Deny and none meant Allow; that is what is written back.
    const meant = then.config['ipSecurityRestrictions'] ? 'Deny' : 'Allow';
    if (then.config['ipSecurityRestrictionsDefaultAction'] === undefined && site.config['ipSecurityRestrictionsDefaultAction'] === meant)
      delete site.config['ipSecurityRestrictionsDefaultAction'];
    if (then.config['cors'] === undefined && JSON.stringify(site.config['cors']) === '{"allowedOrigins":[],"supportCredentials":false}')
      delete site.config['cors'];
  }
  return after;
}
