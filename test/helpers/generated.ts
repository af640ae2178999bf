/** Random apps: a sample app on some hosting, with values changed at random. */
import fc from 'fast-check';
import { keyOf, type Json, type SiteRecord, type State } from '../../src/emulator/state.ts';
import { HOSTINGS, seed, siteId } from './hostings.ts';

const cidr = fc.constantFrom('203.0.113.0/24', '198.51.100.7/32', '10.0.0.0/8', '0.0.0.0/0', '0.0.0.0/1', '128.0.0.0/1', '2001:db8::/48');
const rule = fc.record(
  {
    source: fc.oneof(
      cidr.map((ipAddress) => ({ ipAddress, tag: 'Default' })),
      fc.constantFrom('AzureFrontDoor.Backend', 'AzureEventGrid', 'AzureCloud').map((ipAddress) => ({ ipAddress, tag: 'ServiceTag' })),
    ),
    action: fc.constantFrom('Allow', 'Deny'),
    priority: fc.integer({ min: 1, max: 400 }),
    name: fc.constantFrom('office', 'fd', 'all', 'x'),
  },
  { requiredKeys: ['source', 'action', 'priority'] },
);
const rules = fc.array(rule, { maxLength: 3 }).map((list) =>
  // As Azure keeps them.
  list.toSorted((a, b) => a.priority - b.priority).map(({ source, ...rest }): Json => ({ ...source, ...rest })),
);
const action = fc.constantFrom(undefined, 'Allow', 'Deny');
const origins = fc.uniqueArray(
  fc.constantFrom('https://portal.azure.com', 'https://www.contoso.com', 'http://www.contoso.com', '*', 'https://*.contoso.com', 'null'),
  { maxLength: 3 },
);

const config = fc.record(
  {
    ipSecurityRestrictions: rules,
    ipSecurityRestrictionsDefaultAction: action,
    scmIpSecurityRestrictions: rules,
    scmIpSecurityRestrictionsDefaultAction: action,
    scmIpSecurityRestrictionsUseMain: fc.boolean(),
    // Azure refuses credentials together with the origin `*`.
    cors: fc
      .record({ allowedOrigins: origins, supportCredentials: fc.boolean() })
      .map((cors) => ({ ...cors, supportCredentials: cors.supportCredentials && !cors.allowedOrigins.includes('*') })),
    ftpsState: fc.constantFrom('AllAllowed', 'FtpsOnly', 'Disabled'),
    minTlsVersion: fc.constantFrom('1.0', '1.2', '1.3'),
    // A default that is set already is written back as a default, so only other values are tried.
    http20Enabled: fc.constant(true),
    remoteDebuggingEnabled: fc.constant(true),
  },
  { requiredKeys: [] },
);
const properties = fc.record(
  {
    httpsOnly: fc.constant(true),
    clientCertEnabled: fc.constant(true),
    publicNetworkAccess: fc.constant('Disabled'),
    dailyMemoryTimeQuota: fc.constantFrom(0, 5000),
  },
  { requiredKeys: [] },
);
const settings = fc.record(
  {
    AZURE_FUNCTIONS_ENVIRONMENT: fc.constant('Development'),
    azurewebjobsdisablehomepage: fc.constantFrom('true', 'false'),
    Password: fc.constant('hunter2-hunter2'),
  },
  { requiredKeys: [] },
);

export interface GeneratedApp {
  readonly name: string;
  readonly state: () => State;
  readonly toString: () => string;
}

/** One app alone in its subscription, as `fn-bad` or `fn-good`. */
export const generatedApp: fc.Arbitrary<GeneratedApp> = fc
  .record({
    hosting: fc.integer({ min: 0, max: HOSTINGS.length - 1 }),
    quality: fc.constantFrom('bad' as const, 'bad' as const, 'good' as const),
    config,
    properties,
    settings,
  })
  .map(({ hosting, quality, ...changes }) => {
    const [label, plan, linux] = HOSTINGS[hosting] as (typeof HOSTINGS)[number];
    const name = quality === 'bad' ? 'fn-bad' : 'fn-good';
    return {
      name,
      state: () => {
        const state = seed(plan, linux, quality);
        const site = state.sites[keyOf(siteId(name))] as SiteRecord;
        Object.assign(site.config, changes.config);
        // Consumption accepts each FTP state; Flex Consumption refuses the member.
        if (plan === 'FC1') for (const member of ['ftpsState', 'remoteDebuggingEnabled'] as const) delete site.config[member];
        Object.assign(site.properties, changes.properties);
        for (const [setting, value] of Object.entries(changes.settings)) {
          // Azure stores one spelling of a name.
          for (const known of Object.keys(site.appSettings))
            if (known.toLowerCase() === setting.toLowerCase()) delete site.appSettings[known];
          site.appSettings[setting] = value;
        }
        return state;
      },
      toString: () => `${label}, ${quality}, ${JSON.stringify(changes)}`,
    };
  });
