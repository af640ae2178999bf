/** Evidence that code declares an app: deny assignments, deployments of its group, and the writers of the last 14 days. */
import { CHANGES_RIGHT } from '../../azure/index.ts';
import type { Body } from '../../change/json-paths.ts';
import { valueAt } from '../../change/json-paths.ts';
import type { ArmClient } from '../client.ts';
import { CHANGES_QUERY, graphRows } from '../resource-graph.ts';
import { listAll, list, readOnly, textOf, type Resource } from '../resource-definition.ts';

const DENY_ASSIGNMENTS = '2022-04-01';
const DEPLOYMENTS = '2024-03-01';

export const denyAssignments: Resource = {
  suffix: '/providers/Microsoft.Authorization/denyAssignments',
  apiVersion: DENY_ASSIGNMENTS,
  read: { method: 'GET', list: true, query: '$filter=atScope()' },
  write: null,
  actions: readOnly('Microsoft.Authorization/denyAssignments/read'),
};

export const groupDeployments: Resource = {
  suffix: '',
  place: ({ subscriptionId, resourceGroup }) =>
    `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.Resources/deployments`,
  apiVersion: DEPLOYMENTS,
  read: list,
  write: null,
  actions: readOnly('Microsoft.Resources/deployments/read'),
  find: async ({ client, target: { subscriptionId, resourceGroup } }) => ({
    value: await once(
      client,
      `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.Resources/deployments`,
      (path) => listAll(client, path, DEPLOYMENTS),
    ),
  }),
};

export const resourceChanges: Resource = {
  suffix: '',
  apiVersion: '2024-04-01',
  read: list,
  write: null,
  // Resource Graph leaves out rows that the caller may not read, without a word.
  actions: readOnly('Microsoft.ResourceGraph/resources/read', CHANGES_RIGHT),
  find: async ({ client, target }) => {
    const rows = await once(client, target.subscriptionId, (id) => Array.fromAsync(graphRows(client, id, CHANGES_QUERY)));
    const own = target.id.toLowerCase();
    const isOwn = (row: Body): boolean => {
      const id = textOf(valueAt(row, 'properties.targetResourceId')).toLowerCase();
      return id === own || (id.startsWith(`${own}/`) && !id.startsWith(`${own}/slots/`));
    };
    return { value: rows.filter(isOwn) };
  },
};

/** Milliseconds for which one answer serves all apps of a group or subscription. */
const KEPT_FOR = 60_000;
const kept = new WeakMap<ArmClient, Map<string, { readonly rows: Promise<Body[]>; readonly until: number }>>();

function once(client: ArmClient, key: string, read: (key: string) => Promise<Body[]>): Promise<Body[]> {
  const known = kept.get(client) ?? new Map<string, { readonly rows: Promise<Body[]>; readonly until: number }>();
  kept.set(client, known);
  const before = known.get(key.toLowerCase());
  if (before && before.until > Date.now()) return before.rows;
  const rows = read(key);
  known.set(key.toLowerCase(), { rows, until: Date.now() + KEPT_FOR });
  // A failure is reported, and the next app reads again.
  rows.catch(() => known.delete(key.toLowerCase()));
  return rows;
}
