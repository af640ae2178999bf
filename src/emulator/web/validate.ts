import ipaddr from 'ipaddr.js';
import { invalidParameter, webError, type EmulatedResponse } from '../answers.ts';
import { isFlex } from './defaults.ts';
import { isObject, type Json, type JsonObject, type PlanRecord } from '../state.ts';

/** Cipher suites, from strongest to weakest. */
export const CIPHER_SUITES: readonly string[] = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_AES_128_GCM_SHA256',
  'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
  'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
  'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384',
  'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
  'TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256',
  'TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384',
  'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256',
  'TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA',
  'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA',
  'TLS_RSA_WITH_AES_256_GCM_SHA384',
  'TLS_RSA_WITH_AES_128_GCM_SHA256',
  'TLS_RSA_WITH_AES_256_CBC_SHA256',
  'TLS_RSA_WITH_AES_128_CBC_SHA256',
  'TLS_RSA_WITH_AES_256_CBC_SHA',
  'TLS_RSA_WITH_AES_128_CBC_SHA',
];
const ENUMS: Readonly<Record<string, readonly string[]>> = {
  minTlsVersion: ['1.0', '1.1', '1.2', '1.3'],
  scmMinTlsVersion: ['1.0', '1.1', '1.2', '1.3'],
  ftpsState: ['AllAllowed', 'FtpsOnly', 'Disabled'],
  ipSecurityRestrictionsDefaultAction: ['Allow', 'Deny'],
  scmIpSecurityRestrictionsDefaultAction: ['Allow', 'Deny'],
  clientCertMode: ['Required', 'Optional', 'OptionalInteractiveUser'],
  publicNetworkAccess: ['Enabled', 'Disabled'],
  minTlsCipherSuite: CIPHER_SUITES,
  scmMinTlsCipherSuite: CIPHER_SUITES,
};

const FLEX_REFUSES = [
  'ftpsState',
  'use32BitWorkerProcess',
  'preWarmedInstanceCount',
  'netFrameworkVersion',
  'functionsRuntimeScaleMonitoringEnabled',
  'linuxFxVersion',
  'alwaysOn',
];

/** Returns the error that Microsoft.Web gives for these members, given the defaults of a new resource; undefined if it accepts them. */
export function refusal(members: JsonObject, defaults: JsonObject, plan: PlanRecord): EmulatedResponse | undefined {
  // An empty text sets nothing (recorded).
  const flex = isFlex(plan) ? FLEX_REFUSES.filter((name) => members[name] !== undefined && members[name] !== '') : [];
  if (flex.length > 0) {
    const names = flex.map((name) => name[0]?.toUpperCase() + name.slice(1)).join(', ');
    return webError(
      400,
      'BadRequest',
      '51021',
      '{0} is invalid.  {1}',
      'Site.SiteConfig',
      `The following list of ${flex.length} site configuration property (Site.SiteConfig.${names}) for Flex Consumption sites is invalid. Please remove or rename them before retrying.`,
    );
  }
  for (const [name, value] of Object.entries(members)) {
    if (value === null) continue;
    if ((Array.isArray(defaults[name]) && !Array.isArray(value)) || (name === 'cors' && !isObject(value))) return invalidParameter(name);
    const allowed = Object.hasOwn(ENUMS, name) ? ENUMS[name] : undefined;
    if (allowed && !allowed.some((word) => word.toLowerCase() === String(value).toLowerCase())) return invalidParameter(name);
    const usual = Object.hasOwn(defaults, name) ? defaults[name] : undefined;
    if ((typeof usual === 'boolean' || typeof usual === 'number') && typeof value !== typeof usual) return invalidParameter(name);
  }
  const lists = [members['ipSecurityRestrictions'], members['scmIpSecurityRestrictions']].filter((list) => Array.isArray(list));
  return (
    lists.flatMap((list) => (list as Json[]).map(rowRefusal)).find((response) => response !== undefined) ?? corsRefusal(members['cors'])
  );
}

const bad = (message: string): EmulatedResponse => webError(400, 'BadRequest', '51021', message);

function rowRefusal(row: Json): EmulatedResponse | undefined {
  if (!isObject(row)) return invalidParameter('IpSecurityRestriction');
  const { ipAddress, vnetSubnetResourceId, tag, priority, action } = row;
  if (ipAddress === 'Any') return undefined;
  if (Boolean(ipAddress) === Boolean(vnetSubnetResourceId))
    return bad('IpSecurityRestriction is invalid. Only IpAddress or VnetSubnetResourceId property must be specified.');
  if (action !== undefined && action !== 'Allow' && action !== 'Deny') return invalidParameter('IpSecurityRestriction.Action');
  if (priority !== undefined && (typeof priority !== 'number' || priority < 1 || priority > 2_147_483_647))
    return invalidParameter('IpSecurityRestriction.Priority');
  if (tag === 'ServiceTag' || !ipAddress) return undefined;
  return String(ipAddress)
    .split(',')
    .every((range) => ipaddr.isValidCIDR(range.trim()) || /^anyvnets$/i.test(range.trim()))
    ? undefined
    : bad('IpSecurityRestriction.IpAddress is invalid. It must be in CIDR format.');
}

function corsRefusal(cors: Json | undefined): EmulatedResponse | undefined {
  if (!isObject(cors)) return undefined;
  const star = Array.isArray(cors['allowedOrigins']) && cors['allowedOrigins'].includes('*');
  return star && cors['supportCredentials'] === true
    ? bad("Cors is invalid. Allowed origins cannot contain '*' when support credentials is enabled.")
    : undefined;
}
