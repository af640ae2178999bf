/** Key Vault: vaults and secrets through ARM, the values of secrets through the vault. */
import type { Assignment } from '../../engine/ports.ts';
import { type Body, equals, valueAt } from '../../change/json-paths.ts';
import { FIREWALL } from '../reads/linked-resources.ts';
import { type Json, referenceOf } from '../../azure/index.ts';
import {
  readList,
  listAll,
  bodyOf,
  resourceOf,
  itemsOf,
  list,
  sameId,
  textOf,
  withRows,
  type Finder,
  type Resource,
} from '../resource-definition.ts';

const KEY_VAULT = '2026-02-01';
const vault = (...names: string[]) => names.map((name) => `Microsoft.KeyVault/vaults/${name}`);

export const vaults: Resource = {
  apiVersion: KEY_VAULT,
  read: list,
  write: 'PATCH',
  actions: { read: vault('read'), write: vault('write', 'accessPolicies/write') },
  links: FIREWALL,
  clean: withoutRulePrefixes,
  instead: policiesAlone,
  find: async ({ vaults: all, target }) => ({ value: (await all.list(target.subscriptionId)).map(asSent) }),
  async open({ vaults: all }, id) {
    const found = await all.get(id);
    return found && asSent(found);
  },
};

/** Returns a vault as Azure sent it: Microsoft's client puts the properties of a private endpoint connection beside its id. */
function asSent(vault: Body): Body {
  const nested = ({ id, etag, ...properties }: Body): Body => ({ id: id ?? null, etag: etag ?? null, properties });
  return withRows('properties.privateEndpointConnections', nested)(withoutRulePrefixes(vault));
}

/**
 * Adds, removes and changes single access policies, so that concurrent changes of others to the list stay. `add` puts permissions to
 * those that the principal has, so that a policy that changes is sent with `replace`, which sets the policies of the principals that are
 * sent and no others (so Terraform's azurerm and Pulumi use it). undefined where a principal has two policies, or some come and others go.
 */
function policiesAlone(fresh: Body, sets: readonly Assignment[]): { suffix: string; body: Body } | undefined {
  const [set, ...others] = sets;
  const before = valueAt(fresh, POLICIES);
  if (others.length > 0 || set?.path !== POLICIES || !Array.isArray(before) || !Array.isArray(set.to)) return undefined;
  const less = (all: readonly Json[], some: readonly Json[]) => all.filter((one) => !some.some((other) => equals(one, other)));
  const [now, then] = [set.to as readonly Json[], before as readonly Json[]];
  const [added, removed] = [less(now, then), less(then, now)];
  const isOfSame = (one: Json) => (other: Json) => sameId(valueAt(other, 'objectId'), valueAt(one, 'objectId'));
  const isSoleOf = (one: Json, rest: readonly Json[]) => rest.filter(isOfSame(one)).length <= 1;
  // Each removed policy is added again in another form, and no other policy is added.
  const isAltered = removed.length === added.length && removed.every((one) => added.some(isOfSame(one)));
  const [policies, suffix] = removed.length === 0 ? [added, 'add'] : isAltered ? [added, 'replace'] : [removed, 'remove'];
  if (policies.length === 0 || (suffix === 'remove' && added.length > 0)) return undefined;
  if (!policies.every((one) => isSoleOf(one, now) && isSoleOf(one, then))) return undefined;
  return { suffix: `/accessPolicies/${suffix}`, body: { properties: { accessPolicies: policies } } };
}
const POLICIES = 'properties.accessPolicies';

/**
 * The service returns the rule for one address with the prefix length that it was not sent with
 * (hashicorp/terraform-provider-azurerm#2164). Both forms are the same rule.
 */
const withoutPrefix = (rule: Body): Body => {
  const { value } = rule;
  return typeof value === 'string' ? { ...rule, value: value.replace(/\/32$/, '') } : rule;
};
function withoutRulePrefixes(body: Body): Body {
  return withRows('properties.networkAcls.ipRules', withoutPrefix)(body);
}

export const vaultSecret: Resource = {
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
  apiVersion: KEY_VAULT,
  ...readList(...vault('secrets/read')),
  through: ['appSettings', 'connectionStrings', 'vaults'],
  find: findSecrets,
};

/** Returns names and attributes of the secrets that settings refer to. ARM lists no values. */
async function findSecrets(x: Finder): Promise<Body> {
  const settings = await resourceOf(x, 'appSettings');
  const strings = await resourceOf(x, 'connectionStrings');
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
      (await listAll(x.client, `${textOf(id)}/secrets`, KEY_VAULT)).filter(({ name }) =>
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
