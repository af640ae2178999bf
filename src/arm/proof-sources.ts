/** Recorded exchanges of Microsoft's and other clients that show what Azure takes; a test looks them up. */

/** A recorded exchange in which Azure accepted such a write. */
export interface ProofSource {
  readonly repo: string;
  readonly path: string;
  readonly index?: number;
  readonly apiVersion: string;
  /** The commit at which it was looked up; set for one that is not among the recordings that tests read. */
  readonly commit?: string;
  /** Set where the write was to a slot. */
  readonly slot?: true;
}

const CLI = 'src/azure-cli/azure/cli/command_modules';

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
export const functionappConfigSet33: ProofSource = {
  repo: 'Azure/azure-cli',
  path: `${CLI}/appservice/tests/latest/recordings/test_functionapp_config_set.yaml`,
  index: 33,
  apiVersion: '2024-11-01',
};
export const webappCors20: ProofSource = {
  repo: 'Azure/azure-cli',
  path: `${CLI}/appservice/tests/latest/recordings/test_webapp_cors.yaml`,
  index: 20,
  apiVersion: '2024-11-01',
  slot: true,
};
export const functionappCors24: ProofSource = {
  repo: 'Azure/azure-cli',
  path: `${CLI}/appservice/tests/latest/recordings/test_functionapp_cors.yaml`,
  index: 24,
  apiVersion: '2024-11-01',
};
export const functionappAccessRestrictionAdd19: ProofSource = {
  repo: 'Azure/azure-cli',
  path: `${CLI}/appservice/tests/latest/recordings/test_functionapp_access_restriction_add.yaml`,
  index: 19,
  apiVersion: '2024-11-01',
};
export const functionappAccessRestrictionSetSimple20: ProofSource = {
  repo: 'Azure/azure-cli',
  path: `${CLI}/appservice/tests/latest/recordings/test_functionapp_access_restriction_set_simple.yaml`,
  index: 20,
  apiVersion: '2024-11-01',
};
export const functionappAccessRestrictionSetSimple22: ProofSource = {
  repo: 'Azure/azure-cli',
  path: `${CLI}/appservice/tests/latest/recordings/test_functionapp_access_restriction_set_simple.yaml`,
  index: 22,
  apiVersion: '2024-11-01',
};
export const functionappConfigSet17: ProofSource = {
  repo: 'Azure/azure-cli',
  path: `${CLI}/appservice/tests/latest/recordings/test_functionapp_config_set.yaml`,
  index: 17,
  apiVersion: '2024-11-01',
};
export const functionappSlotAppsettingUpdate40: ProofSource = {
  repo: 'Azure/azure-cli',
  path: `${CLI}/appservice/tests/latest/recordings/test_functionapp_slot_appsetting_update.yaml`,
  index: 40,
  apiVersion: '2024-11-01',
  slot: true,
};
export const authV2ClientsecretParamCombinations: ProofSource = {
  repo: 'Azure/azure-cli-extensions',
  path: 'src/authV2/azext_authV2/tests/latest/recordings/test_authV2_clientsecret_param_combinations.yaml',
  apiVersion: '2020-12-01',
};
export const functionappSlotAppsettingUpdate42: ProofSource = {
  repo: 'Azure/azure-cli',
  path: `${CLI}/appservice/tests/latest/recordings/test_functionapp_slot_appsetting_update.yaml`,
  index: 42,
  apiVersion: '2024-11-01',
};
export const functionappKeysList17: ProofSource = {
  repo: 'Azure/azure-cli',
  path: `${CLI}/appservice/tests/latest/recordings/test_functionapp_keys_list.yaml`,
  index: 17,
  apiVersion: '2024-11-01',
};
export const functionappKeysSetSlot23: ProofSource = {
  repo: 'Azure/azure-cli',
  path: `${CLI}/appservice/tests/latest/recordings/test_functionapp_keys_set_slot.yaml`,
  index: 23,
  apiVersion: '2024-11-01',
  slot: true,
};
export const functionappVnetE2E62: ProofSource = {
  repo: 'Azure/azure-cli',
  path: `${CLI}/appservice/tests/latest/recordings/test_functionapp_vnetE2E.yaml`,
  index: 62,
  apiVersion: '2024-11-01',
};
export const keyvaultMgmt2: ProofSource = {
  repo: 'Azure/azure-cli',
  path: `${CLI}/keyvault/tests/latest/recordings/test_keyvault_mgmt.yaml`,
  index: 2,
  apiVersion: '2024-11-01',
};
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
export const createStorageAccount13: ProofSource = {
  repo: 'Azure/azure-cli',
  path: `${CLI}/storage/tests/latest/recordings/test_create_storage_account.yaml`,
  index: 13,
  apiVersion: '2024-01-01',
};
export const privateEndpointConnectionWebapp17: ProofSource = {
  repo: 'Azure/azure-cli',
  path: `${CLI}/network/tests/latest/recordings/test_private_endpoint_connection_webapp.yaml`,
  index: 17,
  apiVersion: '2022-01-01',
};
export const monitorDiagnosticSettingsScenario11: ProofSource = {
  repo: 'Azure/azure-cli',
  path: `${CLI}/monitor/tests/latest/recordings/test_monitor_diagnostic_settings_scenario.yaml`,
  index: 11,
  apiVersion: '2021-05-01-preview',
};
export const monitorDiagnosticSettingsScenario14: ProofSource = {
  repo: 'Azure/azure-cli',
  path: `${CLI}/monitor/tests/latest/recordings/test_monitor_diagnostic_settings_scenario.yaml`,
  index: 14,
  apiVersion: '2021-05-01-preview',
};
export const acrCreateFunctionApp21: ProofSource = {
  repo: 'Azure/azure-cli',
  path: `${CLI}/appservice/tests/latest/recordings/test_acr_create_function_app.yaml`,
  index: 21,
  apiVersion: '2020-02-02-preview',
};
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
export const securityPricings1: ProofSource = {
  repo: 'Azure/azure-cli',
  path: `${CLI}/security/tests/latest/recordings/test_security_pricings.yaml`,
  index: 1,
  apiVersion: '2023-01-01',
};
export const ehCreateUpdate51: ProofSource = {
  repo: 'Azure/azure-cli',
  path: `${CLI}/eventhubs/tests/latest/recordings/test_eh_create_update.yaml`,
  index: 51,
  apiVersion: '2022-04-01',
};
