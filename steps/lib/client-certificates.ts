/** Client certificates that an app requires. */
import { type Context, type GuardFinding, type Verdict, clear, stop, warn } from '../../src/contract/index.ts';
import { type Facts, httpFunctions, isOn, isPattern, openedBy, type Site, triggersNotSeen } from '../../src/azure/index.ts';

/** Lists the paths on which no certificate is required. Azure separates them by a comma or a semicolon. */
export const exclusionsOf = ({ properties }: Site): readonly string[] =>
  (properties.clientCertExclusionPaths ?? '').split(/[,;]/).flatMap((path) => path.trim() || []);

/** Whether modes and exclusion paths make the server request a certificate during a connection, which HTTP/2 and TLS 1.3 do not support. */
const renegotiates = (site: Site): boolean => {
  const { clientCertEnabled, clientCertMode } = site.properties;
  return isOn(clientCertEnabled) && (isMode(clientCertMode, 'OptionalInteractiveUser') || exclusionsOf(site).length > 0);
};
/** Whether the mode is the given one. "Not set" is the default of a new app: Required (recorded, also while certificates are off). */
const isMode = (mode: string | null | undefined, asked: string): boolean => (mode || 'Required').toLowerCase() === asked.toLowerCase();

export function judgeCertificates({ facts }: Context<unknown>): Verdict {
  const { properties } = facts.site;
  const { clientCertEnabled, clientCertMode, clientCertExclusionEndPoints: endPoints } = properties;
  const excluded = exclusionsOf(facts.site);
  const whole = excluded.find((path) => /^\/?\*?$/.test(path));
  if (isOn(clientCertEnabled) && whole !== undefined)
    return {
      state: 'fail',
      found: `${clientCertMode || 'Required'}, but the excluded path ${whole} leaves the whole app open`,
      wanted: 'Required',
    };
  const found = isOn(clientCertEnabled) ? clientCertMode || 'Required (not set)' : 'off';
  if (!isOn(clientCertEnabled) || !isMode(clientCertMode, 'Required')) return { state: 'fail', found, wanted: 'Required' };
  const exempt = exemptFunctions(facts, excluded, found);
  if (exempt?.state === 'fail') return exempt;
  const odd = excluded.find((path) => /^[/*]*$/.test(path) || isPattern(path));
  if (odd !== undefined)
    return {
      state: 'unknown',
      found: `${found}, with the excluded path ${odd}; Azure does not document what it excludes`,
      wanted: 'Required',
    };
  // Azure returns this member, and no page or schema of Microsoft describes it.
  const others = Array.isArray(endPoints) ? endPoints.length > 0 : Boolean(endPoints);
  if (others)
    return {
      state: 'unknown',
      found: `${found}, with excluded endpoints${typeof endPoints === 'string' ? ` (${endPoints})` : ''}, whose effect is not documented`,
      wanted: 'Required',
    };
  // "All requests require a client certificate" (app-service/app-service-web-configure-tls-mutual-auth, mode Required). Plain HTTP is a
  // finding of the control https-only.
  return (
    exempt ?? {
      state: 'pass',
      found: isOn(properties.httpsOnly) ? found : `${found}; HTTPS only is off, and a plain HTTP request has no certificate`,
      wanted: 'Required',
    }
  );
}

/** Returns the verdict on functions that excluded paths exempt: a path exempts everything below it. undefined where there is none. */
function exemptFunctions(facts: Facts, paths: readonly string[], mode: string): Verdict | undefined {
  const all = paths.flatMap((path) => path.replace(/(?<!\/)\/+$/, '') || []);
  if (all.length === 0) return undefined;
  const functions = facts.maybe('functions');
  const notSeen = functions ? triggersNotSeen(functions) : 'the functions could not be listed';
  const found = functions
    ? openedBy(
        all.flatMap((path) => [path, `${path}/*`]),
        httpFunctions(functions, facts.maybe('appSettings')),
      )
    : [];
  const sure = found.filter(({ cover }) => cover === 'yes');
  const names = (some: typeof found): string => some.map(({ name }) => name).join(', ');
  if (sure.length > 0) return { state: 'fail', found: `${mode}, but excluded paths exempt functions: ${names(sure)}`, wanted: 'Required' };
  const maybe = found.length > 0 ? `excluded paths may exempt functions: ${names(found)}` : notSeen;
  return maybe === undefined
    ? undefined
    : { state: 'unknown', found: `${mode}, with excluded paths (${all.join(', ')}); ${maybe}`, wanted: 'Required' };
}

export function judgeExclusions(site: Site): Verdict {
  const { clientCertEnabled, clientCertExclusionPaths } = site.properties;
  if (!isOn(clientCertEnabled)) return { state: 'not-applicable', found: 'client certificates are off', wanted: 'none' };
  const isExcluding = exclusionsOf(site).length > 0;
  return {
    state: isExcluding ? 'fail' : 'pass',
    found: (isExcluding && clientCertExclusionPaths) || 'none',
    wanted: 'none, or each accepted',
  };
}

/** Returns the callers that fail when a certificate is requested, other than callers without one. */
export function exclusionsBreak(site: Site): GuardFinding[] {
  const paths = exclusionsOf(site).join(', ');
  return [
    warn('Test/Run in the portal and Traffic Manager probes send no certificate and get 403.'),
    ...(paths ? [warn(`Exclusion paths (${paths}) need TLS renegotiation: HTTP/2, TLS 1.3 and bodies over 100 KB fail.`)] : []),
  ];
}

/** Warns where certificates are required and plain HTTP stays allowed. */
export const plainHttpStays = ({ properties }: Site): GuardFinding[] =>
  isOn(properties.httpsOnly)
    ? []
    : [warn('HTTPS only is off, and a plain HTTP request has no certificate. Choose the control https-only too.')];

/** Checks whether HTTP/2 would fail because a certificate is requested during a connection. */
export const breaksHttp2 = (site: Site): GuardFinding =>
  renegotiates(site)
    ? stop(
        'Client certificates are optional or have exclusion paths. Both require TLS renegotiation, which HTTP/2 does not support. Set client certificates to Required without exclusion paths first, or skip this control.',
      )
    : clear('No client certificate setting needs TLS renegotiation.');

/** Checks whether TLS 1.3, once it is the only version, would fail because a certificate is requested during a connection. */
export const breaksTls13 = (site: Site, minTls: string | undefined): GuardFinding[] =>
  minTls === '1.3' && renegotiates(site)
    ? [
        stop(
          'Client certificates are optional or have exclusion paths. Both require TLS renegotiation, which TLS 1.3 does not support. Set client certificates to Required without exclusion paths first, or choose 1.2 as the minimum TLS version.',
        ),
      ]
    : [];
