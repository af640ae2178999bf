/** The resource ids of the test apps, which are alone in a subscription with all resources that they can use. */
import { type Target } from '../../src/azure/index.ts';
import { GONE } from '../../src/emulator/samples/sample-apps.ts';
import { ROLE } from '../../src/emulator/access/roles.ts';
import { role } from '../../src/emulator/samples/sample-resources.ts';

export const SUBSCRIPTION = '0a000000-0000-4000-8000-000000000001';
export const TENANT = '0a000000-0000-4000-8000-00000000000f';
export const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg`;
export const WORKSPACE = `${GROUP}/providers/Microsoft.OperationalInsights/workspaces/log`;
export const SUBNETS = `${GROUP}/providers/Microsoft.Network/virtualNetworks/vnet/subnets`;
export const FRONT_DOOR = '6c1b1f9e-2f0a-4f55-9d3e-8a7f3b0c2d11';

export const siteId = (name: string): string => `${GROUP}/providers/Microsoft.Web/sites/${name}`;
export const targetOf = (name: string): Target => ({
  id: siteId(name),
  name,
  label: name,
  resourceGroup: 'rg',
  subscriptionId: SUBSCRIPTION,
  location: 'West Europe',
  kind: 'functionapp',
  tags: {},
});

/** Name of the role assignment on the bad app whose principal was deleted. */
export const GONE_ROLE = String(role(siteId('fn-bad'), ROLE.contributor, GONE, 'Unknown')['id'])
  .split('/')
  .at(-1)!;

/** Subnets and Front Doors of the sample subscription. */
export const SAMPLE_SUBNETS =
  '/subscriptions/d1a7c0de-0001-4f6e-8b1a-c0ffee000001/resourceGroups/rg-network/providers/Microsoft.Network/virtualNetworks/vnet-contoso/subnets';
export const SAMPLE_DOORS: Readonly<Record<string, string>> = {
  'fn-orders': '0d4f7c7e-52c1-4b1b-9a53-6a3f0e2b7d10',
  'fn-ledger': FRONT_DOOR,
};
