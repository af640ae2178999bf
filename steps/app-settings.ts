import {
  brokenStrings,
  clearSecrets,
  ENVIRONMENTS,
  type Facts,
  fromElsewhere,
  isReference,
  notSeenIn,
  sameWord,
  secretIn,
  settingAt,
} from '../src/azure/index.ts';
import { type Context, defineStep } from '../src/contract/index.ts';
import { pullsByIdentity } from './lib/container-registry.ts';

/** Settings that make the app show or log internal details. */
const DEBUG = /^(FLASK_DEBUG|DJANGO_DEBUG|DEBUG|NODE_DEBUG|PYTHON_ENABLE_DEBUG_LOGGING|ASPNETCORE_DETAILEDERRORS)$/i;
const SECRETS_DOCS = 'https://learn.microsoft.com/azure/app-service/app-service-key-vault-references';

/**
 * What makes secrets of the platform unnecessary, where no control of another area says so. Sources: learn.microsoft.com/azure/
 * azure-functions/run-functions-from-deployment-package (fetch a package with a managed identity) and
 * functions-app-settings#azurewebjobssecretstoragekeyvaultclientid, app-service/configure-custom-container (pull with a managed identity).
 */
const INSTEAD: readonly (readonly [name: RegExp, looks: RegExp, instead: string, isSo?: (facts: Facts) => boolean])[] = [
  [
    /^WEBSITE_RUN_FROM_(PACKAGE|ZIP)$/i,
    /^https:\/\/[a-z0-9]+\.blob\./i,
    'give the identity of the app Storage Blob Data Reader on the container, and remove the signature from the URL',
  ],
  [
    /^AzureWebJobsSecretStorageKeyVaultClientSecret$/i,
    /./,
    'let the host sign in to the vault with an identity of the app, and remove the client secret',
  ],
  [/^DOCKER_REGISTRY_SERVER_PASSWORD$/i, /./, 'the app pulls its image with a managed identity, so remove the password', pullsByIdentity],
];

const developing = ({ facts }: Context<unknown>): string[] =>
  ENVIRONMENTS.filter((name) => sameWord(facts.appSettings.properties[name]?.trim(), 'Development'));
const debugging = ({ facts }: Context<unknown>): string[] =>
  Object.entries(facts.appSettings.properties).flatMap(([name, value]) =>
    DEBUG.test(name) && !isReference(value) && !/^(0|false|)$/i.test(value) ? [name] : [],
  );

export default defineStep({
  id: 'app-settings',
  title: 'Application settings',
  group: 'operation',
  why: 'Every contributor can read app settings. A secret in an app setting is therefore shared with all of them.',
  docs: ['https://learn.microsoft.com/azure/azure-functions/security-concepts#application-settings', SECRETS_DOCS],
  plain: [/\w*ENVIRONMENT/, DEBUG],
  controls: [
    {
      kind: 'rule',
      id: 'clear-secrets',
      label: 'Secrets in app settings',
      because: 'Anyone who can list the settings can read the secret, and no log records the access.',
      severity: 'high',
      reads: ['appSettings', 'siteConfig'],
      docs: SECRETS_DOCS,
      compliance: { mcsb: ['IM-8'], cis: { '2.0': '9.11', '2.1': '9.10', '3.0': '9.11' }, cisCompute: ['2.5'] },
      judge: ({ facts }) => {
        const found = clearSecrets(facts.appSettings).map((one) => ({
          ...one,
          instead: INSTEAD.find(
            ([name, looks, , isSo]) =>
              name.test(one.name) && looks.test(facts.appSettings.properties[one.name] ?? '') && (isSo?.(facts) ?? true),
          )?.[2],
        }));
        const movable = found.filter(({ stays, instead }) => !stays || instead);
        const lines = found.map(
          ({ name, why, stays, instead }) => `${name}: ${why}${instead ? `; ${instead}` : stays ? `; must stay, because ${stays}` : ''}`,
        );
        const kept = found.length - movable.length;
        return {
          state: movable.length > 0 ? 'fail' : 'pass',
          found: `${movable.length > 0 ? movable.map(({ name }) => name).join(', ') : 'none'}${kept > 0 ? ` (and ${kept} that must stay)` : ''}`,
          wanted: 'no secrets, except secrets that must stay; area key-vault moves the other secrets to a vault',
          names: movable.map(({ name }) => name),
          lines,
        };
      },
    },
    {
      kind: 'rule',
      id: 'connection-strings',
      label: 'Secrets in connection strings',
      because: 'Connection strings are readable by the same people as app settings.',
      severity: 'high',
      strict: true,
      reads: ['connectionStrings'],
      docs: SECRETS_DOCS,
      judge: ({ facts }) => {
        const found = Object.entries(facts.connectionStrings.properties).flatMap(([name, { value }]) => {
          const why = secretIn(name, value);
          return why ? [{ name, why }] : [];
        });
        const broken = brokenStrings(facts.connectionStrings)
          .filter(({ name }) => !found.some((one) => one.name === name))
          .map(({ name, why }) => ({ name, why: `App Service does not resolve the Key Vault reference: ${why}` }));
        const names = [...found, ...broken].map(({ name }) => name);
        return {
          state: names.length > 0 ? 'fail' : 'pass',
          found: names.join(', ') || 'none',
          wanted: 'none',
          names,
          lines: [...found, ...broken].map(({ name, why }) => `${name}: ${why}`),
        };
      },
    },
    {
      kind: 'rule',
      id: 'development',
      label: 'Development environment',
      because: 'In the Development environment, error responses show code and settings to the caller.',
      severity: 'medium',
      risk: 'disruptive',
      effect: 'Error responses contain no details, and development configuration is not read.',
      reads: ['appSettings'],
      docs: 'https://learn.microsoft.com/azure/azure-functions/functions-app-settings#azure_functions_environment',
      judge: (x) => {
        const wanted = 'no Development environment';
        const found = developing(x);
        const hidden = ENVIRONMENTS.filter((name) => isReference(x.facts.appSettings.properties[name]));
        if (found.length > 0) return { state: 'fail', found: `${found.join(', ')} is Development`, wanted, names: found };
        return hidden.length > 0 ? { state: 'unknown', found: notSeenIn(hidden), wanted } : { state: 'pass', found: wanted, wanted };
      },
      draft: (x) => developing(x).map((name) => ({ at: settingAt(name), to: 'Production' })),
    },
    {
      kind: 'rule',
      id: 'debug-flags',
      label: 'Debug settings',
      because: 'Debug settings write sensitive details to logs and responses.',
      severity: 'low',
      risk: 'disruptive',
      effect: 'The debug settings are off. Errors and logs contain fewer details.',
      reads: ['appSettings'],
      docs: 'https://learn.microsoft.com/azure/azure-functions/functions-app-settings',
      draft: (x) => debugging(x).map((name) => ({ at: settingAt(name), to: '0' })),
      judge: (x) => {
        const found = debugging(x);
        const hidden = fromElsewhere(x.facts.appSettings).filter((name) => DEBUG.test(name));
        if (found.length === 0 && hidden.length > 0) return { state: 'unknown', found: notSeenIn(hidden), wanted: 'none' };
        return { state: found.length > 0 ? 'fail' : 'pass', found: found.join(', ') || 'none', wanted: 'none', names: found };
      },
    },
  ],
});
