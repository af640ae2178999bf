/** Questions to the Azure CLI about one app, and its answers in the words of an audit. */
const APP = ['-g', 'rg-shop', '-n', 'fn-orders'];
const FUNCTIONAPP = (...command: string[]): string[] => ['functionapp', ...command, ...APP];
const POLICY = (name: string): string[] =>
  `resource show -g rg-shop --namespace Microsoft.Web --parent sites/fn-orders --resource-type basicPublishingCredentialsPolicies -n ${name}`.split(
    ' ',
  );

/** The value found, by control. */
export type Facts = Readonly<Record<string, string>>;

export interface Question {
  readonly args: readonly string[];
  readonly facts: (answer: string) => Facts;
}

const from =
  <T>(facts: (answer: T) => Facts) =>
  (answer: string): Facts =>
    facts(JSON.parse(answer) as T);
const onOff = (value: boolean): string => (value ? 'on' : 'off');
const ask = <T>(args: readonly string[], facts: (answer: T) => Facts): Question => ({ args, facts: from(facts) });

interface Rule {
  readonly name: string;
  readonly priority: number;
  readonly ip_address: string;
}
interface Bound {
  readonly name: string;
  readonly config: { readonly bindings: readonly { readonly type: string; readonly authLevel?: string }[] };
}
/** The host reads these settings before it can read a vault. */
const HOST = ['AzureWebJobsStorage', 'WEBSITE_CONTENTAZUREFILECONNECTIONSTRING'];
/** The service adds a row for all other callers. */
const LAST = 2_147_483_647;

export const QUESTIONS: readonly Question[] = [
  ask<{ httpsOnly: boolean; clientCertEnabled: boolean }>(FUNCTIONAPP('show'), (site) => ({
    'https.https-only': onOff(site.httpsOnly),
    'https.client-cert': onOff(site.clientCertEnabled),
  })),
  ask<Record<string, string> & { http20Enabled: boolean; remoteDebuggingEnabled: boolean; webSocketsEnabled: boolean }>(
    FUNCTIONAPP('config', 'show'),
    (config) => ({
      'https.min-tls': config['minTlsVersion'] ?? '',
      'https.scm-min-tls': config['scmMinTlsVersion'] ?? '',
      'https.http2': onOff(config.http20Enabled),
      'ftp.state': config['ftpsState'] ?? '',
      'remote-debugging.off': onOff(config.remoteDebuggingEnabled),
      'remote-debugging.web-sockets': onOff(config.webSocketsEnabled),
    }),
  ),
  ask<{ allowedOrigins: string[]; supportCredentials: boolean }>(FUNCTIONAPP('cors', 'show'), (cors) => ({
    'cors.origins': cors.allowedOrigins.join(', '),
    'cors.credentials': onOff(cors.supportCredentials),
  })),
  ask<{ name: string; value: string }[]>(FUNCTIONAPP('config', 'appsettings', 'list'), (settings) => {
    const of = (name: string) => settings.find((one) => one.name === name)?.value;
    const secret = settings
      .filter(({ name, value }) => name.endsWith('Key') || /(Account|SharedAccess)Key=/.test(value))
      .map(({ name }) => name);
    const stays = secret.filter((name) => HOST.includes(name));
    return {
      'app-settings.clear-secrets': `${secret.filter((name) => !stays.includes(name)).join(', ')} (and ${stays.length} that must stay)`,
      'app-settings.development': `ASPNETCORE_ENVIRONMENT is ${of('ASPNETCORE_ENVIRONMENT')}`,
      'app-settings.debug-flags': of('FLASK_DEBUG') ? 'FLASK_DEBUG' : 'none',
      'access-keys.secret-storage': of('AzureWebJobsSecretStorageType') ?? '',
    };
  }),
  ask<{ ipSecurityRestrictions: Rule[]; scmIpSecurityRestrictions: Rule[] }>(
    FUNCTIONAPP('config', 'access-restriction', 'show'),
    ({ ipSecurityRestrictions, scmIpSecurityRestrictions }) => {
      const own = (rules: readonly Rule[]) => rules.filter(({ priority }) => priority !== LAST);
      const [rules, scm] = [own(ipSecurityRestrictions), own(scmIpSecurityRestrictions)];
      const open = rules.filter((rule) => rule.ip_address === '0.0.0.0/0').map(({ name }) => name);
      return {
        'access-restrictions.rules': `${rules.length} rules; ${open.map((name) => `rule "${name}"`).join(', ')} allows all callers`,
        'scm.restrictions': scm.length === 0 ? 'no rules' : `${scm.length} rules`,
      };
    },
  ),
  ...['scm', 'ftp'].map((name) =>
    ask<{ properties: { allow: boolean } }>(POLICY(name), ({ properties }) => ({
      [`deployment-credentials.${name}`]: onOff(properties.allow),
    })),
  ),
  ask<{ functionKeys: Record<string, string>; systemKeys: Record<string, string> }>(
    FUNCTIONAPP('keys', 'list'),
    ({ functionKeys, systemKeys }) => {
      const own = Object.keys({ ...functionKeys, ...systemKeys }).filter((name) => name !== 'default');
      return { 'access-keys.inventory': `besides the usual: ${own.map((name) => `host/${name}`).join(', ')}` };
    },
  ),
  ask<Bound[]>(FUNCTIONAPP('function', 'list'), (functions) => {
    const open = functions.filter(({ config }) => config.bindings.some(({ authLevel }) => authLevel === 'anonymous'));
    return { 'access-keys.anonymous': open.map(({ name }) => name.replace(/^.*\//, '')).join(', ') };
  }),
  // The answer is empty if the app has no identity.
  {
    args: FUNCTIONAPP('identity', 'show'),
    facts: (answer) => ({ 'managed-identity.assigned': answer.trim() ? (JSON.parse(answer) as { type: string }).type : 'None' }),
  },
  ask<{ properties: Record<string, boolean | null> }>(['keyvault', 'show', '-n', 'kv-orders'], ({ properties }) => ({
    'key-vault.soft-delete': `kv-orders: ${onOff(properties['enableSoftDelete'] !== false)}`,
    'key-vault.purge-protection': `kv-orders: ${onOff(properties['enablePurgeProtection'] === true)}`,
    'key-vault.rbac': `kv-orders: ${properties['enableRbacAuthorization'] ? 'Azure RBAC' : 'access policies'}`,
  })),
  ask<Record<string, string> & { enableHttpsTrafficOnly: boolean }>(['storage', 'account', 'show', '-n', 'stfnorders'], (account) => ({
    'storage.secure-transfer': `stfnorders: ${onOff(account.enableHttpsTrafficOnly)}`,
    'storage.min-tls': `stfnorders: ${account['minimumTlsVersion']}`,
  })),
  ask<{ pricingTier: string }>(['security', 'pricing', 'show', '-n', 'AppServices'], ({ pricingTier }) => ({
    'defender.plan': pricingTier,
  })),
];
