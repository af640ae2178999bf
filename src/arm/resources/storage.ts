/** The storage accounts that an app names in its settings. */
import { type Body, isRecord, valueAt, withValue } from '../../change/json-paths.ts';
import { accountsIn, type AppSettings, hiddenAccounts } from '../../azure/index.ts';
import { FIREWALL } from '../reads/linked-resources.ts';
import {
  listAll,
  listAt,
  bodyOf,
  resourceOf,
  itemsOf,
  list,
  readOnly,
  textOf,
  unexpectedShapeFailure,
  type Finder,
  type Resource,
} from '../resource-definition.ts';

const STORAGE = '2024-01-01';
const storage = (...names: string[]) => names.map((name) => `Microsoft.Storage/storageAccounts/${name}`);
const NOT_LISTED = { apiVersion: STORAGE, read: list };

export const storageAccounts: Resource = {
  ...NOT_LISTED,
  write: 'PATCH',
  actions: { read: storage('read'), write: storage('write') },
  links: FIREWALL,
  // A firewall without a default action has no effect.
  together: [
    ['bypass', 'defaultAction', 'ipRules', 'virtualNetworkRules', 'resourceAccessRules'].map((one) => `properties.networkAcls.${one}`),
  ],
  through: ['site', 'appSettings'],
  find: findAccounts,
  clean: withoutRuleStates,
};
export const blobServices: Resource = {
  ...NOT_LISTED,
  write: 'PUT',
  actions: { read: storage('blobServices/read'), write: storage('blobServices/write') },
  through: ['storageAccounts'],
  find: (x) => findServices(x, 'blobServices'),
};
export const fileServices: Resource = {
  ...NOT_LISTED,
  write: 'PUT',
  actions: { read: storage('fileServices/read'), write: storage('fileServices/write') },
  through: ['storageAccounts'],
  find: (x) => findServices(x, 'fileServices'),
};
export const storageKeys: Resource = {
  ...NOT_LISTED,
  secret: true,
  ...readOnly('Microsoft.Storage/storageAccounts/listKeys/action'),
  find: () => Promise.resolve(null),
  async open({ client }, id) {
    const { body } = await client.send('POST', `${id}/listKeys`, STORAGE);
    const keys = (valueAt(body, 'keys') ?? []) as readonly Body[];
    return { properties: { key1: textOf(keys[0]?.['value']), key2: textOf(keys[1]?.['value']) } };
  },
};

const settingsOf = (x: Finder): Promise<AppSettings> => resourceOf(x, 'appSettings');
const namesOf = async (x: Finder): Promise<readonly string[]> => accountsIn(await settingsOf(x), await resourceOf(x, 'site'));

async function findAccounts(x: Finder): Promise<Body> {
  const names = await namesOf(x);
  const hidden = hiddenAccounts(await settingsOf(x)).map((name) => `the account that ${name} refers to`);
  if (names.length === 0) return { value: [], missing: hidden };
  const found = (
    await listAll(x.client, `/subscriptions/${x.target.subscriptionId}/providers/Microsoft.Storage/storageAccounts`, STORAGE)
  ).filter((one) => names.includes(textOf(one['name']).toLowerCase()));
  // Every account has properties. Without them, a missing member is not the default.
  if (found.some(({ properties }) => !isRecord(properties) || Object.keys(properties).length === 0)) throw unexpectedShapeFailure();
  const known = found.map((one) => textOf(one['name']).toLowerCase());
  return { value: found.map(withoutRuleStates), missing: [...names.filter((name) => !known.includes(name)), ...hidden] };
}

/**
 * The service adds an action and a state to each rule; there is only one action. Rules that are not in force are kept next to the account.
 * The service also returns `ipv6Rules` in API versions that do not define them. An empty list is not sent back. A list with rules is sent back,
 * because the rules would be lost otherwise.
 */
function withoutRuleStates(account: Body): Body {
  const bare = (path: string, member: string, body: Body): Body => {
    const rules = valueAt(body, path);
    return Array.isArray(rules)
      ? withValue(
          body,
          path,
          rules.map((rule) => (isRecord(rule) ? { [member]: rule[member] ?? '' } : rule)),
        )
      : body;
  };
  const dead = listAt(account, 'properties.networkAcls.virtualNetworkRules').flatMap((rule) =>
    /^(succeeded|provisioning|)$/i.test(textOf(rule['state'])) ? [] : [textOf(rule['id'])],
  );
  const noted = dead.length > 0 ? { ...account, rulesWithoutEffect: dead } : account;
  const bared = bare('properties.networkAcls.ipRules', 'value', bare('properties.networkAcls.virtualNetworkRules', 'id', noted));
  const { ipv6Rules, ...known } = (valueAt(bared, 'properties.networkAcls') ?? {}) as Body;
  return Array.isArray(ipv6Rules) && ipv6Rules.length === 0 ? withValue(bared, 'properties.networkAcls', known) : bared;
}

/** The kinds of account that lack a service: Azure refuses to read it (400, FeatureNotSupportedForAccount; turbot/steampipe-plugin-azure#474). */
const WITHOUT: Readonly<Record<'blobServices' | 'fileServices', RegExp>> = {
  blobServices: /^FileStorage$/i,
  fileServices: /^(BlobStorage|BlockBlobStorage)$/i,
};

async function findServices(x: Finder, service: keyof typeof WITHOUT): Promise<Body> {
  const accounts = itemsOf(await bodyOf(x, 'storageAccounts')).filter((one) => !WITHOUT[service].test(textOf(one['kind'])));
  const bodies = await Promise.all(
    accounts.map(async (one) => (await x.client.send('GET', `${textOf(one['id'])}/${service}/default`, STORAGE)).body),
  );
  return { value: bodies.filter(isRecord) };
}
