/**
 * Whether a resource that undo writes belongs to its app, as Azure shows it now. The undo log states it too, but the log is a file: nothing
 * outside the app is written because a file says so.
 */
import {
  instrumentationKey,
  isSameId,
  isWithinId,
  KINDS,
  nameIn,
  ownMember,
  parentOfId,
  parseId,
  sameWord,
  usesOf,
  type Json,
  type Owner,
  type ResourceKey,
} from '../../azure/index.ts';
import { isRecord, valueAt, type Body } from '../../change/json-paths.ts';
import { productionOf } from '../fleet/targets.ts';
import { FactStore, Unreadable } from '../judge/facts.ts';
import type { Change } from '../../change/change.ts';
import { ArmFailure, type ArmReader } from '../ports.ts';

type Asked = Pick<Change, 'target' | 'key' | 'resource'>;

/** Returns a check: why a change must not be sent, or undefined if Azure shows that it belongs to its app. Reads each resource once. */
export function ownershipOf(arm: ArmReader): (change: Asked) => Promise<ArmFailure | undefined> {
  const stores = new Map<string, FactStore>();
  return async (change) => {
    const kind = ownMember(KINDS, change.key);
    const store = stores.get(change.target.id) ?? new FactStore(arm, change.target);
    stores.set(change.target.id, store);
    try {
      if (kind && (await isOwned(kind.owner, change, store, arm))) return undefined;
      return notOwned(change);
    } catch (error) {
      if (error instanceof Unreadable) return error.failure;
      if (error instanceof ArmFailure) return error;
      throw error;
    }
  };
}

async function isOwned(owner: Owner, { target, resource }: Asked, store: FactStore, arm: ArmReader): Promise<boolean> {
  const known = async (...keys: ResourceKey[]): Promise<void> => store.load(keys);
  const read = async (key: ResourceKey, id: string): Promise<Body | null> => {
    const fact = await arm.readOne(target, key, id);
    if (fact.state === 'unreadable') throw fact.failure;
    return fact.body;
  };
  switch (owner) {
    // The id contains the app, and was checked when the log was read.
    case 'place':
    case 'subscription':
      return true;
    case 'account':
      await known('site', 'appSettings', 'storageAccounts');
      return store.view.storageAccounts.value.some(({ id }) => isWithinId(resource, id));
    case 'vault': {
      const id = vaultOf(resource);
      await known('site', 'appSettings');
      const name = nameIn(id);
      // A vault that was chosen before any setting refers to it is not linked to the app yet.
      if (uses(store).vaults.some((one) => sameWord(one.name, name)) || isInGroupOf(id, target.id)) return true;
      return policiesIn(await read('vaults', id)).some((principal) => principals(store).includes(principal));
    }
    case 'endpoint': {
      const id = endpointOf(resource);
      const endpoint = await read('privateEndpoints', id);
      if (endpoint === null) throw notCreatedAgain(id);
      return connectedTo(endpoint).some((one) => isSameId(one, productionOf(target.id)));
    }
    case 'component': {
      await known('site', 'appSettings');
      const key = instrumentationKey(textAt(await read('components', resource), 'properties.ConnectionString'));
      return uses(store).components.some(({ name }) => name === key) || isInGroupOf(resource, target.id);
    }
    case 'workspace':
      await known('diagnosticSettings');
      return store.view.diagnosticSettings.value.some(({ properties }) =>
        isSameId(properties.workspaceId ?? '', parentOfId(resource) ?? ''),
      );
    case 'role': {
      const scope = parentOfId(resource) ?? '';
      if (isSameId(scope, target.id) || isSameId(scope, productionOf(target.id))) return true;
      await known('site');
      const principal = textAt(await read('roleAssignments', resource), 'properties.principalId');
      if (principals(store).includes(principal.toLowerCase())) return true;
      const about = ownMember(ROLE_SCOPES, parseId(scope)?.parts.at(-1)?.type ?? '');
      return about !== undefined && isOwned(about, { target, key: 'roleAssignments', resource: scope }, store, arm);
    }
  }
}

/** The owner of the resource that a role is assigned on. */
const ROLE_SCOPES: Readonly<Record<string, Owner>> = {
  'microsoft.storage/storageaccounts': 'account',
  'microsoft.keyvault/vaults': 'vault',
  'microsoft.insights/components': 'component',
};

const uses = ({ view }: FactStore) => usesOf({ settings: view.appSettings.properties, site: view.site });

/** Returns the principal ids of the app's identities, in lower case. */
function principals({ view }: FactStore): string[] {
  const { identity } = view.site;
  const users = Object.values(identity?.userAssignedIdentities ?? {}).map((one) => one?.principalId);
  return [identity?.principalId, ...users].flatMap((id) => (id ? [id.toLowerCase()] : []));
}

const policiesIn = (vault: Body | null): string[] => {
  const policies = valueAt(vault ?? {}, 'properties.accessPolicies');
  return Array.isArray(policies) ? (policies as readonly Json[]).map((one) => textAt(one, 'objectId').toLowerCase()) : [];
};
const connectedTo = (endpoint: Body): string[] => {
  const rows = valueAt(endpoint, 'properties.privateLinkServiceConnections');
  return Array.isArray(rows) ? (rows as readonly Json[]).map((one) => textAt(one, 'properties.privateLinkServiceId')) : [];
};
const textAt = (body: Json | undefined, path: string): string => {
  const value = isRecord(body) ? valueAt(body, path) : undefined;
  return typeof value === 'string' ? value : '';
};

const vaultOf = (id: string): string => (/\/secrets\/[^/]+$/i.test(id) ? (parentOfId(id) ?? '') : id);
const endpointOf = (id: string): string => (/\/privateDnsZoneGroups\/[^/]+$/i.test(id) ? (parentOfId(id) ?? '') : id);
const isInGroupOf = (id: string, site: string): boolean => {
  const [one, own] = [parseId(id), parseId(site)];
  return one?.group !== undefined && sameWord(one.subscription, own?.subscription) && sameWord(one.group, own?.group);
};

/** Only the undo of an undo would create a resource of this kind, which Azure then does not connect to the app yet. */
const notCreatedAgain = (endpoint: string): ArmFailure =>
  new ArmFailure({
    kind: 'untrusted',
    code: 'NotCreatedAgain',
    message: `The private endpoint ${nameIn(endpoint)} no longer exists, and undo does not create private endpoints again.`,
    next: 'To create it again, replay the answers file that created it.',
  });

const notOwned = ({ target, resource }: Asked): ArmFailure =>
  new ArmFailure({
    kind: 'untrusted',
    code: 'NotOfThisApp',
    message: `Azure does not show that ${nameIn(resource)} belongs to ${target.label}, so func-harden does not change it.`,
    next: 'Check the resource. If it is the correct one, change its values manually.',
  });
