/**
 * Azure Policy built-in definitions that say the same as a control, by the id that the control carries.
 * Ids, effects, parameters and roles were read in the definitions themselves: github.com/Azure/azure-policy, commit
 * f4a50ba of 2026-04-29, built-in-policies/policyDefinitions, folders App Service, Storage, Key Vault, Security Center, Monitoring.
 */
export type PolicyEffect = 'Audit' | 'AuditIfNotExists' | 'Deny' | 'Modify' | 'DeployIfNotExists';

export interface BuiltIn {
  readonly title: string;
  /** What the definition may be told to do, "Disabled" apart; the first is what stands for audit. */
  readonly effects: readonly PolicyEffect[];
  /** The definition that says the same of slots. */
  readonly slot?: string;
  /** What has to be exempted: the app, or another resource. */
  readonly about: 'app' | 'storage account' | 'vault' | 'subscription';
  /** The definition that repairs instead of reporting, and the roles that its identity needs. */
  readonly fix?: { readonly id: string; readonly slot?: string; readonly effect: PolicyEffect; readonly roles: readonly string[] };
  /** Its own roles, where it repairs itself. */
  readonly roles?: readonly string[];
  /** Parameters and where they come from: a fixed value, or an answer. */
  readonly parameters?: Readonly<
    Record<string, { readonly value: string } | { readonly answer: readonly [step: string, question: string] }>
  >;
}

const WEBSITE_CONTRIBUTOR = 'de139f84-1756-47ae-9be6-808fbbe84772';
const NETWORK_CONTRIBUTOR = '4d97b98b-1d4f-4787-a291-c67834d212e7';
const STORAGE_CONTRIBUTOR = '17d1049b-9a84-46fb-8f53-869881c3d3ab';
const VAULT_CONTRIBUTOR = 'f25e0fa2-a7c8-4377-a976-54943a77a395';
const SECURITY_ADMIN = 'fb1c8493-542b-48eb-b624-b4c8fea62acd';
const LOG_ANALYTICS_CONTRIBUTOR = '92aaf0da-9dab-42b6-94a3-d43ce8d16293';

const IF_NOT_EXISTS = ['AuditIfNotExists'] as const;
const AUDIT_DENY = ['Audit', 'Deny'] as const;
const app = (title: string, effects: readonly PolicyEffect[], slot?: string, fix?: BuiltIn['fix']): BuiltIn => ({
  title,
  effects,
  about: 'app',
  ...(slot === undefined ? {} : { slot }),
  ...(fix ? { fix } : {}),
});
const repairs = (effect: PolicyEffect, id: string, slot: string, ...roles: string[]): BuiltIn['fix'] => ({
  id,
  slot,
  effect,
  roles: roles.length > 0 ? roles : [WEBSITE_CONTRIBUTOR],
});
const account = (title: string, fix?: string): BuiltIn => ({
  title,
  effects: AUDIT_DENY,
  about: 'storage account',
  ...(fix === undefined ? {} : { fix: { id: fix, effect: 'Modify', roles: [STORAGE_CONTRIBUTOR] } }),
});
const vault = (title: string, fix?: string): BuiltIn => ({
  title,
  effects: AUDIT_DENY,
  about: 'vault',
  ...(fix === undefined ? {} : { fix: { id: fix, effect: 'Modify', roles: [VAULT_CONTRIBUTOR] } }),
});

export const BUILT_INS: Readonly<Record<string, BuiltIn>> = {
  '6d555dd1-86f2-4f1c-8ed7-5abae7c6cbab': app(
    'Function apps should only be accessible over HTTPS',
    AUDIT_DENY,
    '5e5dbe3f-2702-4ffc-8b1e-0cae008a5c71',
    repairs('Modify', 'a096cbd0-4693-432f-9374-682f485f23f3', '08cf2974-d178-48a0-b26d-f6b8e555748b'),
  ),
  'f9d614c5-c173-4d56-95a7-b4437057d193': app(
    'Function apps should use the latest TLS version',
    IF_NOT_EXISTS,
    'deb528de-8f89-4101-881c-595899253102',
    repairs('DeployIfNotExists', '1f01f1c7-539c-49b5-9ef4-d4ffa37d22e0', 'fa3a6357-c6d6-4120-8429-855577ec0063'),
  ),
  'e2c1c086-2d84-4019-bff3-c44ccd95113c': app(
    "Function apps should use latest 'HTTP Version'",
    IF_NOT_EXISTS,
    'fa98f1b1-1f56-4179-9faf-93ad82f3458f',
  ),
  '387140f1-6da9-4741-bcee-3b5edcdfd9ec': app(
    'Function apps should enable end to end encryption',
    AUDIT_DENY,
    'cbe0e5eb-fea9-491d-ab20-a62cf049c5ae',
  ),
  '5f78d1de-663e-4a6b-8dd8-791621f3b6d6': app(
    'Function apps should provide an auto-generated domain name label scope',
    AUDIT_DENY,
    '67da6a60-29e0-471d-b856-4cd2dee72fc0',
  ),
  'ab6a902f-9493-453b-928d-62c30b11b5a6': app(
    'Function apps should have Client Certificates (Incoming client certificates) enabled',
    IF_NOT_EXISTS,
    '153ab4ca-2d58-4b5d-9134-6d8c6bdd321c',
  ),
  'c75248c1-ea1d-4a9c-8fc9-29a6aabd5da8': app('Function apps should have authentication enabled', IF_NOT_EXISTS),
  '0820b7b9-23aa-4725-a1ce-ae4558f718e5': app(
    'Function apps should not have CORS configured to allow every resource to access your apps',
    IF_NOT_EXISTS,
    'a1a22235-dd10-4062-bd55-7d62778f41b0',
  ),
  'aede300b-d67f-480a-ae26-4b3dfb1a1fdc': app(
    'App Service apps should have local authentication methods disabled for SCM site deployments',
    IF_NOT_EXISTS,
    '847ef871-e2fe-4e6e-907e-4adbf71de5cf',
    repairs('DeployIfNotExists', '5e97b776-f380-4722-a9a3-e7f0be029e79', '2c034a29-2a5f-4857-b120-f800fe5549ae'),
  ),
  '871b205b-57cf-4e1e-a234-492616998bf7': app(
    'App Service apps should have local authentication methods disabled for FTP deployments',
    IF_NOT_EXISTS,
    'ec71c0bc-6a45-4b1f-9587-80dc83e6898c',
    repairs('DeployIfNotExists', '572e342c-c920-4ef5-be2e-1ed3c6a51dc5', 'f493116f-3b7f-4ab3-bf80-0c2af35e46c2'),
  ),
  '399b2637-a50f-4f95-96f8-3a145476eb15': app(
    'Function apps should require FTPS only',
    IF_NOT_EXISTS,
    'e1a09430-221d-4d4c-a337-1edb5a1fa9bb',
  ),
  '0e60b895-3786-45da-8377-9c6b4b6ac5f9': app(
    'Function apps should have remote debugging turned off',
    IF_NOT_EXISTS,
    '89691ef9-8c50-49a8-8950-9c7fba41699e',
    repairs('DeployIfNotExists', '25a5046c-c423-4805-9235-e844ae9ef49b', '70adbb40-e092-42d5-a6f8-71c540a5efdb'),
  ),
  '25255ddf-ef4f-4283-975a-5590ad111bba': app('App Service apps should disable SSH', AUDIT_DENY, 'a88d589f-2b09-4b50-8998-9a4e71d7b746'),
  '0da106f2-4ca3-48e8-bc85-c638fe6aea8f': app('Function apps should use managed identity', IF_NOT_EXISTS),
  '72d04c29-f87d-4575-9731-419ff16a2757': app(
    'App Service apps should be injected into a virtual network',
    AUDIT_DENY,
    '24b7a1c6-44fe-40cc-a2e6-242d2ef70e98',
  ),
  '5e57f5ad-995a-485b-9f42-4748935ee5d9': app(
    'Function apps should enable configuration routing to Azure Virtual Network',
    AUDIT_DENY,
    'f380edf5-de79-4862-bd57-ee407d8bd8b6',
  ),
  '687aa49d-0982-40f8-bf6b-66d1da97a04b': app('App Service apps should use private link', IF_NOT_EXISTS),
  '969ac98b-88a8-449f-883c-2e9adb123127': app(
    'Function apps should disable public network access',
    AUDIT_DENY,
    '11c82d0c-db9f-4d7b-97c5-f3f9aa957da2',
    repairs(
      'Modify',
      'cd794351-e536-40f4-9750-503a463d8cad',
      '242222f3-4985-4e99-b5ef-086d6a6cb01c',
      WEBSITE_CONTRIBUTOR,
      NETWORK_CONTRIBUTOR,
      'f1a07417-d97a-45cb-824c-7a7467783830',
    ),
  ),
  'e9c22e0d-1f03-44da-a9d5-a9754ea53dc4': {
    title: 'Enable logging by category group for Function App (microsoft.web/sites) to Log Analytics',
    effects: ['AuditIfNotExists', 'DeployIfNotExists'],
    about: 'app',
    roles: [LOG_ANALYTICS_CONTRIBUTOR],
    parameters: { logAnalytics: { answer: ['monitoring', 'workspace'] } },
  },
  '2913021d-f2fd-4f3d-b958-22354e2bdbcb': {
    title: 'Azure Defender for App Service should be enabled',
    effects: IF_NOT_EXISTS,
    about: 'subscription',
    fix: { id: 'b40e7bcd-a1e5-47fe-b9cf-2f534d0bfb7d', effect: 'DeployIfNotExists', roles: [SECURITY_ADMIN] },
  },
  '1e66c121-a66a-4b1f-9b83-0fd99bf0fc2d': vault('Key vaults should have soft delete enabled'),
  '0b60c0b2-2dc2-4e1c-b5c9-abbed971de53': vault('Key vaults should have deletion protection enabled'),
  '12d4fa5e-1f9f-4c21-97a9-b99b3c6611b5': vault('Azure Key Vault should use RBAC permission model'),
  '98728c90-32c7-4049-8429-847dc0f4fe37': vault('Key Vault secrets should have an expiration date'),
  '55615ac9-af46-4a59-874e-391cc3dfb490': vault(
    'Azure Key Vault should have firewall enabled or public network access disabled',
    'ac673a9a-f77d-4846-b2d8-a57f8e1c01dc',
  ),
  '404c3081-a854-4457-ae30-26a93ef643f9': account(
    'Secure transfer to storage accounts should be enabled',
    'f81e3117-0093-4b17-8a60-82363134f0eb',
  ),
  'fe83a0eb-a853-422d-aac2-1bffd182c5d0': {
    ...account('Storage accounts should have the specified minimum TLS version'),
    parameters: { minimumTlsVersion: { value: 'TLS1_2' } },
  },
  '4fa4b6c0-31ca-4c0d-b10d-24b96f62a751': account(
    'Storage account public access should be disallowed',
    '13502221-8df0-4414-9937-de9c5c4e396b',
  ),
  '92a89a79-6c52-4a7e-a03f-61306fc49312': account('Storage accounts should prevent cross tenant object replication'),
  '8c6a50c6-9ffd-4ae7-986f-5fa6111f9a54': account('Storage accounts should prevent shared key access'),
  '34c877ad-507e-4c82-993e-3452a6e0ad3c': account('Storage accounts should restrict network access'),
  'c9d007d0-c057-4772-b18c-01e546713bcd': account('Storage accounts should allow access from trusted Microsoft services'),
  '044985bb-afe1-42cd-8a36-9d5d42424537': account('Storage account keys should not be expired'),
  '6fac406b-40ca-413b-bf8e-0bf964659c25': {
    title: 'Storage accounts should use customer-managed key for encryption',
    effects: ['Audit'],
    about: 'storage account',
  },
};
