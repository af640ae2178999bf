/** Resources that a body names and on which ARM checks a right before it accepts the write. */
import type { Json } from '../../azure/index.ts';
import { isRecord, valueAt, type Body } from '../../change/json-paths.ts';
import type { Link } from '../resource-definition.ts';

const idAt =
  (path: string): Link['ids'] =>
  (body) => [valueAt(body, path)];
const idsAt =
  (list: string, path: string): Link['ids'] =>
  (body) => {
    const found = valueAt(body, list);
    return Array.isArray(found) ? (found as readonly Json[]).map((item) => valueAt(item, path)) : [];
  };
const link = (action: string, ids: Link['ids']): Link => ({ action, ids });
const JOIN = 'Microsoft.Network/virtualNetworks/subnets/join/action';
const JOIN_VIA_SERVICE = 'Microsoft.Network/virtualNetworks/subnets/joinViaServiceEndpoint/action';

export const IDENTITIES: readonly Link[] = [
  link('Microsoft.ManagedIdentity/userAssignedIdentities/assign/action', (body) => {
    const users = valueAt(body, 'identity.userAssignedIdentities');
    return isRecord(users) ? Object.keys(users as Body) : [];
  }),
];
/** Resources that a whole site names: its plan and its subnet, changed or not. */
export const WHOLE_SITE: readonly Link[] = [
  ...IDENTITIES,
  link('Microsoft.Web/serverfarms/join/action', idAt('properties.serverFarmId')),
  link(JOIN, idAt('properties.virtualNetworkSubnetId')),
];
export const RULES: readonly Link[] = [
  link(JOIN_VIA_SERVICE, (body) =>
    ['ipSecurityRestrictions', 'scmIpSecurityRestrictions'].flatMap((name) => idsAt(`properties.${name}`, 'vnetSubnetResourceId')(body)),
  ),
];
export const FIREWALL: readonly Link[] = [link(JOIN_VIA_SERVICE, idsAt('properties.networkAcls.virtualNetworkRules', 'id'))];
export const INTEGRATION: readonly Link[] = [link(JOIN, idAt('properties.subnetResourceId'))];
export const SINK: readonly Link[] = [link('Microsoft.OperationalInsights/workspaces/sharedKeys/action', idAt('properties.workspaceId'))];
export const ENDPOINT: readonly Link[] = [
  link(JOIN, idAt('properties.subnet.id')),
  link(
    'Microsoft.Web/sites/PrivateEndpointConnectionsApproval/action',
    idsAt('properties.privateLinkServiceConnections', 'properties.privateLinkServiceId'),
  ),
];
export const ZONES: readonly Link[] = [
  link('Microsoft.Network/privateDnsZones/join/action', idsAt('properties.privateDnsZoneConfigs', 'properties.privateDnsZoneId')),
];
