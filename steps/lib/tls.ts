/** TLS on App Service: its cipher suites, and the Azure Policy that changes its version. */
import { type Context, type GuardFinding, clear, warn } from '../../src/contract/index.ts';
import { type Facts, includesWord, type Site } from '../../src/azure/index.ts';

/** Cipher suites from strong to weak, in the order of App Service. All of them protect past traffic if a key leaks, and none uses CBC. */
export const STRONG_SUITES = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_AES_128_GCM_SHA256',
  'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
  'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
  'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384',
  'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
];
/** Matches the TLS versions that Azure names: 1.20 is none. */
export const TLS_VERSION = /^\d\.\d$/;

/** Matches suites with CBC, and suites without forward secrecy. */
const WEAK_SUITE = /_CBC_|^TLS_RSA_/i;
const RAISES_TO_13 = '1f01f1c7-539c-49b5-9ef4-d4ffa37d22e0';

export function policyRaisesTls({ facts }: Context<unknown>): GuardFinding {
  const assigned = facts.policyAssignments.value.find(
    ({ properties }) =>
      properties.policyDefinitionId?.toLowerCase().endsWith(RAISES_TO_13) && !/^donotenforce$/i.test(properties.enforcementMode ?? ''),
  );
  if (!assigned)
    return clear(
      'The built-in Azure Policy definition that raises TLS to 1.3 is not assigned to this app. Initiatives and custom definitions were not checked.',
    );
  return warn(
    `Azure Policy "${assigned.properties.displayName ?? assigned.name}" changes every version below 1.2 to 1.3. It would overwrite an undo to a version below 1.2.`,
  );
}

export const oldClients = (asked: string | undefined, who: string): GuardFinding =>
  asked === '1.3'
    ? warn(`TLS 1.3 only: ${who} must support it. Many runtimes and devices support only 1.2.`)
    : warn(`${who} that support only TLS 1.0 or 1.1 can no longer connect.`);

/** Whether the plan supports end-to-end encryption to the worker, by its tier. */
export function hasEndToEnd({ properties: { sku } }: Site): true | string | { readonly unknown: string } {
  if (/^(Standard|Premium|ElasticPremium|Isolated)/i.test(sku ?? '')) return true;
  if (/^(Free|Shared|Basic)$/i.test(sku ?? ''))
    return `the ${sku ?? ''} tier does not support end-to-end encryption; Standard or Premium is required`;
  return {
    unknown: sku
      ? `it is unknown whether the ${sku} tier supports end-to-end encryption`
      : 'Azure does not report the tier of the plan, and not every tier supports end-to-end encryption',
  };
}

/** Whether the tier is one where App Service takes client certificates and a cipher suite: all but Free and Shared. */
export const fromBasic = ({ properties: { sku } }: Site): true | string =>
  /^(Free|Shared)$/i.test(sku ?? '') ? `the ${sku ?? ''} tier does not support this setting; Basic or higher is required` : true;

/**
 * Returns true, or the reason why the app has no choice of weak suites: by its tier, or by TLS 1.3, which has strong ones only (overview-tls).
 * A suite that Azure added later may be stronger than the one that would be written, so it is unknown.
 */
export function hasWeakSuites({ site, siteConfig }: Pick<Facts, 'site' | 'siteConfig'>): true | string | { readonly unknown: string } {
  const { minTlsVersion, minTlsCipherSuite: suite } = siteConfig.properties;
  if (TLS_VERSION.test(minTlsVersion ?? '') && Number(minTlsVersion) >= 1.3)
    return 'the minimum TLS version is 1.3, which has strong cipher suites only';
  const hasSuites = fromBasic(site);
  return hasSuites === true && suite && !includesWord(STRONG_SUITES, suite) && !WEAK_SUITE.test(suite)
    ? { unknown: `func-harden does not know the cipher suite ${suite}` }
    : hasSuites;
}
