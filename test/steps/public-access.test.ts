/** How the platform reads `publicNetworkAccess` of an app. */
import { expect, test } from 'vitest';
import { isPublicAccessOff, publicAccess } from '../../steps/lib/network/public-access.ts';
import type { Site } from '../../src/azure/index.ts';

const site = (publicNetworkAccess: string | null | undefined, ...endpoints: readonly string[]): Site => ({
  id: '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Web/sites/fn',
  name: 'fn',
  kind: 'functionapp',
  location: 'West Europe',
  properties: {
    ...(publicNetworkAccess === undefined ? {} : { publicNetworkAccess }),
    privateEndpointConnections: endpoints.map((status) => ({ properties: { privateLinkServiceConnectionState: { status } } })),
  },
});

test.each([
  ['Disabled', [], 'off'],
  ['disabled', [], 'off'],
  ['Enabled', ['Approved'], 'on'],
  ['enabled', ['Approved'], 'on'],
  [null, ['Approved'], 'off'],
  [undefined, ['approved'], 'off'],
  ['', ['Pending', 'Approved'], 'off'],
  [null, ['Pending'], 'on'],
  ['', ['Rejected'], 'on'],
  [undefined, [], 'on'],
  // Not a value of App Service, so its effect is unknown.
  ['SecuredByPerimeter', ['Approved'], 'unknown'],
] as const)('%j with the endpoints %j is %s', (value, endpoints, state) => {
  const of = site(value, ...endpoints);
  expect(publicAccess(of).state).toBe(state);
  expect(isPublicAccessOff(of)).toBe(state === 'off');
});
