/** Built-in roles, as far as clients look them up by name or id. */
import { answer, notFound, type EmulatedRequest, type EmulatedResponse } from '../answers.ts';
import { guidOf } from '../guid.ts';
import { MADE } from '../shapes.ts';
import { ROLE } from './roles.ts';
import { propertiesOf } from '../parts.ts';
import type { JsonObject, State } from '../state.ts';

export const DEFINITIONS = /^(.*)\/providers\/Microsoft\.Authorization\/roleDefinitions(?:\/([^/]+))?$/i;

interface Definition {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly actions?: readonly string[];
  readonly notActions?: readonly string[];
  readonly dataActions?: readonly string[];
}
const role = (
  id: string,
  name: string,
  description: string,
  grants: Pick<Definition, 'actions' | 'notActions' | 'dataActions'>,
): Definition => ({
  id,
  name,
  description,
  ...grants,
});
const BLOBS = 'Microsoft.Storage/storageAccounts/blobServices/containers';
const BUILT_IN: readonly Definition[] = [
  role(ROLE.owner, 'Owner', 'Full access to all resources, including the right to assign roles.', { actions: ['*'] }),
  role(ROLE.contributor, 'Contributor', 'Full access to all resources, without the right to assign roles.', {
    actions: ['*'],
    notActions: [
      'Microsoft.Authorization/*/Delete',
      'Microsoft.Authorization/*/Write',
      'Microsoft.Authorization/elevateAccess/Action',
      'Microsoft.Blueprint/blueprintAssignments/write',
      'Microsoft.Blueprint/blueprintAssignments/delete',
    ],
  }),
  role(ROLE.reader, 'Reader', 'View all resources, without the right to change any.', { actions: ['*/read'] }),
  role(ROLE.websiteContributor, 'Website Contributor', 'Manage websites, but not their plans.', { actions: ['Microsoft.Web/sites/*'] }),
  role(ROLE.secretsUser, 'Key Vault Secrets User', 'Read secret contents.', {
    dataActions: ['Microsoft.KeyVault/vaults/secrets/getSecret/action'],
  }),
  role(ROLE.secretsOfficer, 'Key Vault Secrets Officer', 'Manage secrets.', { dataActions: ['Microsoft.KeyVault/vaults/secrets/*'] }),
  role(ROLE.vaultAdministrator, 'Key Vault Administrator', 'Manage all data of a vault.', { dataActions: ['Microsoft.KeyVault/vaults/*'] }),
  role(ROLE.blobOwner, 'Storage Blob Data Owner', 'Full access to blobs and containers.', {
    actions: [`${BLOBS}/*`],
    dataActions: [`${BLOBS}/blobs/*`],
  }),
  role(ROLE.queueContributor, 'Storage Queue Data Contributor', 'Read, write and delete queues and messages.', {
    dataActions: ['Microsoft.Storage/storageAccounts/queueServices/queues/messages/*'],
  }),
  role(ROLE.tableContributor, 'Storage Table Data Contributor', 'Read, write and delete tables and entities.', {
    dataActions: ['Microsoft.Storage/storageAccounts/tableServices/tables/entities/*'],
  }),
  role(ROLE.metricsPublisher, 'Monitoring Metrics Publisher', 'Publish metrics.', { dataActions: ['Microsoft.Insights/Metrics/Write'] }),
];

/** Returns one role by its id, those that `$filter=roleName eq '…'` names, or all. */
export function roleDefinitions(
  { method }: EmulatedRequest,
  path: string,
  filter: string | null,
  { definitions }: Pick<State, 'definitions'>,
): EmulatedResponse | undefined {
  if (method !== 'GET') return undefined;
  const [, scope = '', id] = DEFINITIONS.exec(path) ?? [];
  const subscription = /^\/subscriptions\/[^/]+/i.exec(scope)?.[0] ?? '';
  const known = definitions?.map((one) => own(one, subscription)) ?? BUILT_IN.map((one) => body(one, subscription));
  const kind = /type eq '(BuiltInRole|CustomRole)'/i.exec(filter ?? '')?.[1];
  const name = /^roleName eq '([^']*)'$/i.exec(filter ?? '')?.[1]?.toLowerCase();
  if (id !== undefined) {
    const one = known.find((other) => String(other['name']).toLowerCase() === id.toLowerCase());
    return one ? answer(200, one) : notFound('Microsoft.Authorization/roleDefinitions', id, '');
  }
  const isWanted = (one: JsonObject) => {
    const { roleName, type } = propertiesOf(one);
    return (name === undefined || String(roleName).toLowerCase() === name) && (kind === undefined || type === kind);
  };
  return answer(200, { value: known.filter(isWanted) });
}

/** A role of the state: of the tenant's own, or built in where the state says which there are. */
const own = (definition: JsonObject, subscription: string): JsonObject => {
  const name = String(definition['id']).split('/').at(-1) ?? '';
  const isBuiltIn = propertiesOf(definition)['type'] === 'BuiltInRole';
  return {
    properties: {
      type: 'CustomRole',
      description: '',
      assignableScopes: ['/'],
      permissions: [],
      createdOn: MADE,
      updatedOn: MADE,
      createdBy: isBuiltIn ? null : guidOf('operator'),
      updatedBy: isBuiltIn ? null : guidOf('operator'),
      ...propertiesOf(definition),
    },
    id: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${name}`,
    type: 'Microsoft.Authorization/roleDefinitions',
    name,
  };
};

const body = (
  { id, name, description, actions = [], notActions = [], dataActions = [] }: Definition,
  subscription: string,
): JsonObject => ({
  properties: {
    roleName: name,
    type: 'BuiltInRole',
    description,
    assignableScopes: ['/'],
    permissions: [{ actions: [...actions], notActions: [...notActions], dataActions: [...dataActions], notDataActions: [] }],
    createdOn: MADE,
    updatedOn: MADE,
    createdBy: null,
    updatedBy: null,
  },
  id: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${id}`,
  type: 'Microsoft.Authorization/roleDefinitions',
  name: id,
});
