/** Recorded exchanges of Microsoft's and other clients that show what Azure takes; a test looks them up. */

/** A recorded exchange in which Azure accepted such a write. */
export interface ProofSource {
  readonly repo: string;
  readonly path: string;
  readonly index?: number;
  readonly apiVersion: string;
  /** The commit at which the source was compared; set if the source is not among the recordings of the tests. */
  readonly commit?: string;
  /** Set where the write was to a slot. */
  readonly slot?: true;
}

/** A recording of a test of the Azure CLI. */
export const inCli = (module: string, test: string, index: number, apiVersion: string, more: Partial<ProofSource> = {}): ProofSource => ({
  repo: 'Azure/azure-cli',
  path: `src/azure-cli/azure/cli/command_modules/${module}/tests/latest/recordings/${test}.yaml`,
  index,
  apiVersion,
  ...more,
});

export const canCRUDWebAppWithMsi36: ProofSource = {
  repo: 'Azure/azure-libraries-for-net',
  path: 'Tests/Fluent.Tests/SessionRecords/Fluent.Tests.WebApp.WebAppsMsi/CanCRUDWebAppWithMsi.json',
  index: 36,
  apiVersion: '2019-08-01',
};
export const canCRUDFunctionApp82: ProofSource = {
  repo: 'Azure/azure-libraries-for-net',
  path: 'Tests/Fluent.Tests/SessionRecords/Fluent.Tests.WebApp.FunctionApps/CanCRUDFunctionApp.json',
  index: 82,
  apiVersion: '2019-08-01',
};
export const canCRUDSwapSlots63: ProofSource = {
  repo: 'Azure/azure-libraries-for-net',
  path: 'Tests/Fluent.Tests/SessionRecords/Fluent.Tests.WebApp.FunctionDeploymentSlots/CanCRUDSwapSlots.json',
  index: 63,
  apiVersion: '2019-08-01',
  slot: true,
};
export const functionappConfigSet33 = inCli('appservice', 'test_functionapp_config_set', 33, '2024-11-01');
export const webappCors20 = inCli('appservice', 'test_webapp_cors', 20, '2024-11-01', { slot: true });
export const functionappCors24 = inCli('appservice', 'test_functionapp_cors', 24, '2024-11-01');
export const functionappAccessRestrictionAdd19 = inCli('appservice', 'test_functionapp_access_restriction_add', 19, '2024-11-01');
export const functionappAccessRestrictionSetSimple20 = inCli(
  'appservice',
  'test_functionapp_access_restriction_set_simple',
  20,
  '2024-11-01',
);
export const functionappAccessRestrictionSetSimple22 = inCli(
  'appservice',
  'test_functionapp_access_restriction_set_simple',
  22,
  '2024-11-01',
);
export const functionappConfigSet17 = inCli('appservice', 'test_functionapp_config_set', 17, '2024-11-01');
export const functionappSlotAppsettingUpdate40 = inCli('appservice', 'test_functionapp_slot_appsetting_update', 40, '2024-11-01', {
  slot: true,
});
export const authV2ClientsecretParamCombinations: ProofSource = {
  repo: 'Azure/azure-cli-extensions',
  path: 'src/authV2/azext_authV2/tests/latest/recordings/test_authV2_clientsecret_param_combinations.yaml',
  apiVersion: '2020-12-01',
};
export const functionappSlotAppsettingUpdate42 = inCli('appservice', 'test_functionapp_slot_appsetting_update', 42, '2024-11-01');
export const functionappKeysList17 = inCli('appservice', 'test_functionapp_keys_list', 17, '2024-11-01');
export const functionappKeysSetSlot23 = inCli('appservice', 'test_functionapp_keys_set_slot', 23, '2024-11-01', { slot: true });
export const functionappVnetE2E62 = inCli('appservice', 'test_functionapp_vnetE2E', 62, '2024-11-01');
export const keyvaultMgmt2 = inCli('keyvault', 'test_keyvault_mgmt', 2, '2024-11-01');
export const updateAccessPolicy2: ProofSource = {
  repo: 'cloud-custodian/cloud-custodian',
  path: 'tools/c7n_azure/tests_azure/cassettes/KeyVaultTest.test_update_access_policy.json',
  index: 2,
  apiVersion: '2019-09-01',
};
export const secretCreateOrUpdateExistGetGetAll: ProofSource = {
  repo: 'Azure/azure-sdk-for-net',
  path: 'sdk/keyvault/Azure.ResourceManager.KeyVault/tests/SessionRecords/VaultSecretTests/SecretCreateOrUpdateExistGetGetAll.json',
  apiVersion: '2023-02-01',
};
export const createStorageAccount13 = inCli('storage', 'test_create_storage_account', 13, '2024-01-01');
export const privateEndpointConnectionWebapp17 = inCli('network', 'test_private_endpoint_connection_webapp', 17, '2022-01-01');
export const monitorDiagnosticSettingsScenario11 = inCli('monitor', 'test_monitor_diagnostic_settings_scenario', 11, '2021-05-01-preview');
export const monitorDiagnosticSettingsScenario14 = inCli('monitor', 'test_monitor_diagnostic_settings_scenario', 14, '2021-05-01-preview');
export const acrCreateFunctionApp21 = inCli('appservice', 'test_acr_create_function_app', 21, '2020-02-02-preview');
export const sentinelOnboardingStateCrud5: ProofSource = {
  repo: 'Azure/azure-cli-extensions',
  path: 'src/securityinsight/azext_sentinel/tests/latest/recordings/test_sentinel_onboarding_state_crud.yaml',
  index: 5,
  apiVersion: '2022-06-01-preview',
};
export const sentinelOnboardingStateCrud8: ProofSource = {
  repo: 'Azure/azure-cli-extensions',
  path: 'src/securityinsight/azext_sentinel/tests/latest/recordings/test_sentinel_onboarding_state_crud.yaml',
  index: 8,
  apiVersion: '2022-06-01-preview',
};
export const securityPricings1 = inCli('security', 'test_security_pricings', 1, '2023-01-01');
export const ehCreateUpdate51 = inCli('eventhubs', 'test_eh_create_update', 51, '2022-04-01');
