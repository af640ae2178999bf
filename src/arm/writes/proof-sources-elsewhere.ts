/** More recorded exchanges that show what Azure takes, which no test reads: each was looked up at the commit that is named. */
import { inCli, type ProofSource } from './proof-sources.ts';

export const webappConfig11 = inCli('appservice', 'test_webapp_config', 11, '2023-01-01', { commit: 'd4e037e72' });
export const webappLinuxAcrUseIdentity39 = inCli('appservice', 'test_webapp_linux_acr_use_identity', 39, '2023-01-01', {
  commit: 'b34f964c1',
});
export const webappVnetDelegation22 = inCli('appservice', 'test_webapp_vnetDelegation', 22, '2019-08-01', { commit: '4ac1441c5' });
export const storageUpdateWithMinTls2 = inCli('storage', 'test_storage_update_with_min_tls', 2, '2023-01-01', { commit: 'a2b3b94a6' });
export const storageUpdateWithPublicAccess2 = inCli('storage', 'test_storage_update_with_public_access', 2, '2023-01-01', {
  commit: 'a2b3b94a6',
});
export const storageAccountWithSharedKeyAccess13 = inCli('storage', 'test_storage_account_with_shared_key_access', 13, '2023-01-01', {
  commit: 'e63a36dd6',
});
export const storageAccountAllowCrossTenantReplication7 = inCli(
  'storage',
  'test_storage_account_allow_cross_tenant_replication',
  7,
  '2023-01-01',
  { commit: 'e63a36dd6' },
);
export const storageAccountSftp6 = inCli('storage', 'test_storage_account_sftp', 6, '2023-01-01', { commit: 'e63a36dd6' });
export const storageAccountUpdateDeleteRetentionPolicy1 = inCli(
  'storage',
  'test_storage_account_update_delete_retention_policy',
  1,
  '2023-01-01',
  { commit: 'a2b3b94a6' },
);
export const storageAccountFileDeleteRetentionPolicy2 = inCli(
  'storage',
  'test_storage_account_file_delete_retention_policy',
  2,
  '2023-01-01',
  { commit: 'a2b3b94a6' },
);
export const hsmPrivateEndpointConnection49 = inCli('keyvault', 'test_hsm_private_endpoint_connection', 49, '2022-01-01', {
  commit: '01f95e447',
});
export const privateDnsZoneGroup28 = inCli('network', 'test_network_private_endpoint_private_dns_zone_group', 28, '2022-01-01', {
  commit: '01f95e447',
});
export const privateDnsZoneGroup42 = inCli('network', 'test_network_private_endpoint_private_dns_zone_group', 42, '2022-01-01', {
  commit: '01f95e447',
});
export const createForRbacPasswordWithAssignment11 = inCli('role', 'test_create_for_rbac_password_with_assignment', 11, '2022-04-01', {
  commit: '689cf6d53',
});
export const insightsComponent22: ProofSource = {
  repo: 'Azure/azure-service-operator',
  path: 'v2/internal/controllers/recordings/Test_Insights_Component_v20200202_CRUD.yaml',
  index: 22,
  apiVersion: '2020-02-02',
  commit: '4b3b3386a',
};
