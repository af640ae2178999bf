/** Evidence that code declares an app: deny assignments, deployments of its group, and the writers of the last 14 days. */
import { CHANGES_RIGHT } from '../../azure/index.ts';
import type { Body } from '../../change/json-paths.ts';
import { valueAt } from '../../change/json-paths.ts';
import { keptAnswer, rowsInForce, scopeById, type ScopeList } from '../reads/kept-answers.ts';
import { CHANGES_QUERY, graphRows } from '../reads/resource-graph.ts';
import { listAll, readList, readOnly, textOf, type Resource } from '../resource-definition.ts';

const DENY_ASSIGNMENTS = '2022-04-01';
const DEPLOYMENTS = '2024-03-01';

const deploymentsOf = (subscription: string, group: string): string =>
  `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.Resources/deployments`;

const DENY = '/providers/Microsoft.Authorization/denyAssignments';
const DENY_LIST: ScopeList = {
  suffix: DENY,
  apiVersion: DENY_ASSIGNMENTS,
  check: (row) => row,
  scopeOf: (row) => textOf(valueAt(row, 'properties.scope')) || scopeById(DENY)(row),
};

export const denyAssignments: Resource = {
  suffix: DENY,
  apiVersion: DENY_ASSIGNMENTS,
  read: { method: 'GET', list: true, query: '$filter=atScope()' },
  find: async ({ client, target }) => ({ value: await rowsInForce(client, target, DENY_LIST) }),
  ...readOnly('Microsoft.Authorization/denyAssignments/read'),
};

export const groupDeployments: Resource = {
  place: ({ subscriptionId, resourceGroup }) => deploymentsOf(subscriptionId, resourceGroup),
  apiVersion: DEPLOYMENTS,
  ...readList('Microsoft.Resources/deployments/read'),
  find: async ({ client, target: { subscriptionId, resourceGroup } }) => ({
    value: await keptAnswer(client, deploymentsOf(subscriptionId, resourceGroup), () =>
      listAll(client, deploymentsOf(subscriptionId, resourceGroup), DEPLOYMENTS),
    ),
  }),
};

export const resourceChanges: Resource = {
  apiVersion: '2024-04-01',
  // Resource Graph silently leaves out rows that the caller has no permission to read.
  ...readList('Microsoft.ResourceGraph/resources/read', CHANGES_RIGHT),
  find: async ({ client, target }) => {
    const rows = await keptAnswer(client, `changes ${target.subscriptionId}`, () =>
      Array.fromAsync(graphRows(client, target.subscriptionId, CHANGES_QUERY)),
    );
    const own = target.id.toLowerCase();
    const isOwn = (row: Body): boolean => {
      const id = textOf(valueAt(row, 'properties.targetResourceId')).toLowerCase();
      return id === own || (id.startsWith(`${own}/`) && !id.startsWith(`${own}/slots/`));
    };
    return { value: rows.filter(isOwn) };
  },
};
