/** The place of each resource, how it is read, and the form of a write to it. No other file knows these. */
import type { ResourceKey, Target } from '../azure/index.ts';
import { productionOf } from '../engine/fleet/targets.ts';
import type { Resource } from './resource-definition.ts';
import * as codeOwners from './resources/code-owners.ts';
import * as authorization from './resources/authorization.ts';
import { createdApps } from './resources/created-apps.ts';
import * as monitoring from './resources/monitoring.ts';
import { neighbours, sites } from './resources/neighbours.ts';
import { gateways } from './resources/gateways.ts';
import * as network from './resources/network.ts';
import * as storage from './resources/storage.ts';
import { vaults, vaultSecret, vaultSecrets } from './resources/vault.ts';
import * as web from './resources/web.ts';

export const RESOURCES: Readonly<Record<ResourceKey, Resource>> = {
  ...web,
  ...authorization,
  ...codeOwners,
  ...monitoring,
  ...network,
  ...storage,
  createdApps,
  gateways,
  sites,
  neighbours,
  vaults,
  vaultSecret,
  vaultSecrets,
};

export const idOf = (target: Target, key: ResourceKey): string => {
  const { suffix = '', siteOnly, place } = RESOURCES[key];
  if (place) return place(target);
  return `${siteOnly ? productionOf(target.id) : target.id}${suffix}`;
};
