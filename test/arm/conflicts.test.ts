/** Conflicts (409) of Azure's services: temporary, permanent or unknown, and how each is handled. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { busyWait, BUSY_RESENDS } from '../../src/arm/http/busy.ts';
import { conflictOf } from '../../src/arm/http/conflicts.ts';
import { assignmentsIn } from '../../src/arm/failures/policy-violations.ts';
import { connect } from '../../src/connect.ts';
import type { ArmFailure } from '../../src/engine/ports.ts';
import { testTime } from '../helpers/clock.ts';
import { targetOf } from '../helpers/places.ts';
import { ORDERS } from '../helpers/world.ts';

const web = (message: string, extended: string) => ({
  Code: 'Conflict',
  Message: message,
  Details: [{ Message: message }, { Code: 'Conflict' }, { ErrorEntity: { ExtendedCode: extended, Code: 'Conflict', Message: message } }],
});
const arm = (code: string, message: string, more: object = {}) => ({ error: { code, message, ...more } });
const kindOf = (body: object) => {
  const at = ('error' in body ? body.error : body) as Record<string, string>;
  return conflictOf(at['code'] ?? at['Code'] ?? '', at['message'] ?? at['Message'] ?? '', JSON.stringify(body));
};

test.each([
  web('Cannot modify this site because another operation is in progress. Details: Id: 1, OperationName: Update', '59203'),
  web('Cannot modify this webspace because another operation is in progress. Details: Id: 1', '59202'),
  web('Conflict', '59203'),
  web('Cannot acquire exclusive lock to create, update or delete this site. Retry the request later.', '59206'),
  arm('AnotherOperationInProgress', 'Another operation on this or dependent resource is in progress. To retrieve status use uri: x'),
  arm('StorageAccountOperationInProgress', 'An operation is currently performing on this storage account that requires exclusive access.'),
  arm('Conflict', JSON.stringify(arm('StorageAccountOperationInProgress', 'Not now.'))),
  arm('ConflictError', "The operation failed because the Key Vault 'kv' changed from the point the operation began."),
  arm('ConflictingConcurrentWriteNotAllowed', 'The operation was interrupted by a conflicting concurrent write on the same entity.'),
  arm('RetryableError', 'A retryable error occurred.', { details: [{ code: 'ReferencedResourceNotProvisioned', message: 'x' }] }),
  arm('Conflict', 'There is already an operation in progress for this workspace.'),
  arm('PrivateEndpointConnectionInProgress', 'Wait.'),
  arm('DeploymentActive', 'The deployment cannot be saved: it would overwrite an existing deployment which is still active.'),
  arm('AccountNotInSucceededState', 'The account is in state Accepted.'),
  arm('RequestConflict', 'The resource is already being modified by another request.'),
])('temporary conflict: %j', (body) => {
  expect(kindOf(body)).toEqual({ is: 'passes' });
});

test.each<[object, RegExp]>([
  [arm('Conflict', "Data sink '/x' is already used in diagnostic setting 'by-policy' for category 'AppServiceAuditLogs'."), /destination/],
  [arm('Conflict', 'Secret is in a deleted but recoverable state, and its name cannot be reused.'), /secret recover, or purge/],
  [arm('Conflict', 'No.', { innererror: { code: 'ObjectIsDeletedButRecoverable' } }), /secret recover, or purge/],
  [
    arm('ConflictError', 'A vault with the same name already exists in deleted state. You need to either recover or purge it.'),
    /recover, or/,
  ],
  [arm('VaultAlreadyExists', 'The vault name kv is already in use.'), /another name/],
  [arm('StorageAccountAlreadyTaken', 'The storage account named st is already taken.'), /another name/],
  [web('Parameter with name WEBSITE_RUN already exists.', '01020'), /one spelling/],
  [arm('RoleAssignmentExists', 'The role assignment already exists.'), /role assignment list/],
  [arm('ResourceGroupBeingDeleted', 'The resource group is in deprovisioning state.'), /being deleted/],
  [arm('ReadOnlyDisabledSubscription', 'The subscription is disabled and therefore marked as read only.'), /enable it/],
  [arm('FeatureNotSupportedForAccount', 'Feature is not supported for the account.'), /does not support/],
  [arm('Conflict', 'A resource of this name already exists.'), /already exists/],
])('permanent conflict, with a next step: %j', (body, next) => {
  expect(kindOf(body)).toEqual({ is: 'lasts', next: expect.stringMatching(next) as string });
});

test('another resource that is in progress does not make a conflict temporary', () => {
  const taken = arm('VaultAlreadyExists', 'The vault name kv is already in use.', { details: [{ provisioningState: 'InProgress' }] });
  expect(kindOf(taken).is).toBe('lasts');
});

test('any other conflict is unknown', () => {
  expect(kindOf(arm('Conflict', 'The operation is not allowed in the current state.'))).toEqual({ is: 'not-known' });
});

test('the waits grow, end within minutes, and follow the wait that the service asks for', () => {
  const waits = Array.from({ length: BUSY_RESENDS }, (_, resend) => busyWait(resend, 2000));
  expect(waits).toEqual([2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  expect([busyWait(0, 2000, 7000), busyWait(0, 2000, 999_999)]).toEqual([7000, 30_000]);
});

async function serving(handler: (request: IncomingMessage, count: number) => readonly [status: number, body: unknown]) {
  const seen: string[] = [];
  const server = createServer((request, response: ServerResponse) => {
    seen.push(`${request.method ?? ''} ${request.url ?? ''}`);
    request.resume();
    const [status, body] = handler(request, seen.length);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(() => resolve()));
  });
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const environment = { FUNC_HARDEN_ACCESS_TOKEN: 'x', FUNC_HARDEN_ARM_ENDPOINT: endpoint };
  const said: string[] = [];
  const { writer } = await connect({
    auth: 'token',
    environment,
    version: 'test',
    clock: testTime().clock,
    say: (line) => void said.push(line),
  });
  return { writer, seen, said };
}

const BUSY = web('Cannot modify this site because another operation is in progress.', '59203');
const patch = { method: 'PATCH', path: `${ORDERS}/config/web`, apiVersion: '2024-11-01', body: {} } as const;
const failed = (error: ArmFailure) => error;

describe('a request that Azure refuses because it is busy', () => {
  test('is sent again, and the wait is reported', async () => {
    const { writer, seen, said } = await serving((_, count) => (count <= 2 ? [409, BUSY] : [200, {}]));
    expect((await writer.send(patch)).status).toBe(200);
    expect(seen).toHaveLength(3);
    expect(said).toEqual([2, 4].map((seconds) => `Azure is still busy with sites/fn-orders/config/web; retrying in ${seconds} s`));
  });

  test('is given up after some time, with a message that nothing was changed', async () => {
    const { writer, seen } = await serving(() => [409, BUSY]);
    expect(await writer.send(patch).catch(failed)).toMatchObject({ kind: 'busy', mayHaveHappened: false });
    expect(seen).toHaveLength(BUSY_RESENDS + 1);
  });

  test('is not sent again if the other operation changed a value that it was made from', async () => {
    const { writer, seen } = await serving(() => [409, BUSY]);
    const stale = await writer.send(patch, { isCurrent: () => Promise.resolve(false) }).catch(failed);
    expect(stale).toMatchObject({ code: 'ChangedMeanwhile', mayHaveHappened: false });
    expect(seen).toHaveLength(1);
  });

  test('is sent again if it is a read', async () => {
    const { writer, seen } = await serving((_, count) => (count === 1 ? [409, BUSY] : [200, { properties: {} }]));
    expect((await writer.readOne({ id: ORDERS } as never, 'appSettings')).state).toBe('read');
    expect(seen).toHaveLength(2);
  });

  test('is sent only once if the conflict is permanent', async () => {
    const { writer, seen } = await serving(() => [409, arm('VaultAlreadyExists', 'The vault name kv is already in use.')]);
    expect(await writer.send(patch).catch(failed)).toMatchObject({
      kind: 'conflict',
      next: expect.stringContaining('another name') as string,
    });
    expect(seen).toHaveLength(1);
  });
});

describe('a role assignment that exists', () => {
  const role = (name: string) => `/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/${name}`;
  const principalId = '7d6ac1db-c0a2-4703-ac95-116fb50a56f2';
  const at = `${ORDERS}/providers/Microsoft.Authorization/roleAssignments`;
  const put = {
    method: 'PUT',
    path: `${at}/one`,
    apiVersion: '2022-04-01',
    body: { properties: { roleDefinitionId: role('reader'), principalId } },
  } as const;
  const held = (scope: string, roleDefinitionId: string, principal = principalId) => ({
    id: `${scope}/providers/Microsoft.Authorization/roleAssignments/other`,
    properties: { roleDefinitionId, principalId: principal },
  });
  const sent = async (...value: object[]) => {
    const { writer } = await serving(({ method }) =>
      method === 'PUT' ? [409, arm('RoleAssignmentExists', 'The role assignment already exists.')] : [200, { value }],
    );
    return writer.send(put).catch(failed);
  };

  test('counts as done if principal, role and scope are the same', async () => {
    expect(await sent(held(ORDERS.toUpperCase(), role('READER')))).toMatchObject({ exists: { code: 'RoleAssignmentExists' } });
  });

  test.each([
    ['another role', held(ORDERS, role('owner'))],
    ['another scope', held('/subscriptions/s', role('reader'))],
    ['a condition', { ...held(ORDERS, role('reader')), properties: { ...held(ORDERS, role('reader')).properties, condition: '@x' } }],
    ['somebody else', held(ORDERS, role('reader'), '00000000-c0a2-4703-ac95-116fb50a56f2')],
  ])('is a failure if the existing assignment has %s', async (_, other) => {
    expect(await sent(other)).toMatchObject({ kind: 'conflict', code: 'RoleAssignmentExists' });
  });
});

test.each<[string, object, string[]]>([
  [
    'details of the violation',
    {
      code: 'RequestDisallowedByPolicy',
      additionalInfo: [
        {
          type: 'PolicyViolation',
          info: {
            policyAssignmentDisplayName: 'Guardrails',
            policyAssignmentName: 'guard',
            policyAssignmentScope: '/providers/Microsoft.Management/managementGroups/corp',
          },
        },
      ],
    },
    ['"Guardrails" (guard, assigned at /providers/Microsoft.Management/managementGroups/corp)'],
  ],
  [
    'an id alone, in the details of a deployment',
    {
      details: [
        { additionalInfo: [{ info: { policyAssignmentId: '/subscriptions/s/providers/Microsoft.Authorization/policyAssignments/p1' } }] },
      ],
    },
    ['"p1" (assigned at /subscriptions/s)'],
  ],
  [
    'identifiers in the message',
    {
      message: `Resource 'x' was disallowed by policy. Policy identifiers: '[{"policyAssignment":{"name":"Guardrails","id":"/subscriptions/s/resourceGroups/g/providers/Microsoft.Authorization/policyAssignments/p1"},"policyDefinition":{"name":"d","id":"/d"}}]'.`,
    },
    ['"Guardrails" (p1, assigned at /subscriptions/s/resourceGroups/g)'],
  ],
  ['nothing', { code: 'RequestDisallowedByPolicy', message: 'It was disallowed.' }, []],
])('the policy assignment that denies a request is read from %s', (_, error, names) => {
  expect(assignmentsIn(error)).toEqual(names);
});

test('a refused list of vaults has the reason of Azure, although the client drops it', async () => {
  const refused = {
    code: 'MissingSubscriptionRegistration',
    message: "The subscription is not registered to use namespace 'Microsoft.KeyVault'.",
  };
  const { writer } = await serving(() => [409, { error: refused }]);
  expect(await writer.read(targetOf('fn-orders'), 'vaults', () => Promise.reject(new Error('not asked for')))).toMatchObject({
    state: 'unreadable',
    failure: { message: refused.message, next: expect.stringContaining('az provider register --namespace Microsoft.KeyVault') },
  });
});
