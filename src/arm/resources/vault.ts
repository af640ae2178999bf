/** Key Vault: vaults and secrets through ARM, the values of secrets through the vault itself. */
import { type Body, valueAt } from '../../change/json-paths.ts';
import { FIREWALL } from '../linked-resources.ts';
import { type ConnectionStrings, type AppSettings, referenceOf } from '../../azure/index.ts';
import { all, bodyOf, itemsOf, list, readOnly, textOf, type Finder, type Resource } from '../resource-definition.ts';

/** The version that Microsoft's package speaks. */
const KEY_VAULT = '2026-02-01';
const vault = (...names: string[]) => names.map((name) => `Microsoft.KeyVault/vaults/${name}`);

export const vaults: Resource = {
  suffix: '',
  apiVersion: KEY_VAULT,
  read: list,
  write: 'PATCH',
  actions: { read: vault('read'), write: vault('write') },
  links: FIREWALL,
  find: async ({ vaults: all, target }) => ({ value: await all.list(target.subscriptionId) }),
  open: ({ vaults: all }, id) => all.get(id),
};
export const vaultSecret: Resource = {
  suffix: '',
  apiVersion: KEY_VAULT,
  read: null,
  write: 'PUT',
  secret: true,
  actions: { read: vault('secrets/getSecret/action'), write: vault('secrets/write') },
  find: () => Promise.resolve(null),
  async open({ vaults: all }, id): Promise<Body | null> {
    const place = id.replace(/\/secrets\/[^/]+$/i, '');
    const found = await all.get(place);
    if (!found) return null;
    return all.secret(textOf(valueAt(found, 'properties.vaultUri')), id.slice(place.length + '/secrets/'.length));
  },
};

export const vaultSecrets: Resource = {
  suffix: '',
  apiVersion: KEY_VAULT,
  read: list,
  write: null,
  actions: readOnly(...vault('secrets/read')),
  through: ['appSettings', 'connectionStrings', 'vaults'],
  find: findSecrets,
};

/** Names and attributes of the secrets that settings refer to; ARM lists no values. */
async function findSecrets(x: Finder): Promise<Body> {
  const settings = (await bodyOf(x, 'appSettings')) as unknown as AppSettings;
  const strings = (await bodyOf(x, 'connectionStrings')) as unknown as ConnectionStrings;
  const values = [...Object.values(settings.properties), ...Object.values(strings.properties).map(({ value }) => value)];
  const named = values.flatMap((value) => {
    const found = referenceOf(value);
    return found ? [`${found.vault}/${found.secret}`.toLowerCase()] : [];
  });
  const vaultsOfApp = itemsOf(await bodyOf(x, 'vaults')).filter((one) => {
    const name = textOf(one['name']).toLowerCase();
    return named.some((reference) => reference.startsWith(`${name}/`));
  });
  const lists = await Promise.all(
    vaultsOfApp.map(async ({ id, name: vaultName }) =>
      (await all(x.client, `${textOf(id)}/secrets`, KEY_VAULT)).filter(({ name }) =>
        named.includes(`${textOf(vaultName)}/${textOf(name)}`.toLowerCase()),
      ),
    ),
  );
  return {
    value: lists.flat().map(({ id = '', name = '', properties }) => ({
      id,
      name,
      properties: {
        attributes: valueAt(properties, 'attributes') ?? null,
        secretUriWithVersion: valueAt(properties, 'secretUriWithVersion') ?? null,
      },
    })),
  };
}
