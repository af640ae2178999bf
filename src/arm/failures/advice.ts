/** Next steps for refusals that a role, another value or another sign-in does not change. */

/** Returns the advice on an unknown identity, after the request was repeated for about two minutes. */
const unknownIdentity = (code: string): string | undefined =>
  code === 'PrincipalNotFound'
    ? 'The directory does not know the identity. If the identity is new, try again in a few minutes. Otherwise, check that it still exists.'
    : code === 'RoleAssignmentUpdateNotPermitted'
      ? 'An earlier identity of the app has a role assignment with this name. Delete that role assignment (az role assignment delete --ids ID), then preview again.'
      : undefined;

/** Whether a deny assignment refused the request. No role overrides one; stacks, managed applications and Azure itself create them. */
const isDenied = (code: string): boolean => code === 'DenyAssignmentAuthorizationFailed';
const denied = (code: string): string | undefined =>
  isDenied(code)
    ? 'A deny assignment refuses the request, and a role does not change that. Change the value in the code of the deployment stack. Or ask the owner of the stack to exclude your account or the action in the deny settings.'
    : undefined;

/**
 * Whether the subscription has not registered a resource provider. Microsoft Defender for Cloud answers so with 401 or 404
 * (Azure/azure-sdk-for-go#19900, cloudquery/cq-provider-azure#305).
 */
export const isUnregistered = (code: string): boolean => /^(MissingSubscriptionRegistration|Subscription ?Not ?Registered)$/i.test(code);

function unregistered(code: string, message: string): string | undefined {
  const [, namespace] = /(?:namespace '|register to |registered with the )(Microsoft\.\w+)/i.exec(message) ?? [];
  return isUnregistered(code) && namespace
    ? `Register the provider once, then try again: az provider register --namespace ${namespace}`
    : undefined;
}

/**
 * The code of a vault that refuses the network of the caller or lacks an access policy for the caller. The vault says so below the error,
 * beside the code of a missing role (hashicorp/terraform-provider-azurerm#20742).
 */
export function vaultCode(inner: unknown, message: string): string | undefined {
  if (inner === 'ForbiddenByConnection' || /^public network access is disabled\b/i.test(message)) return 'ForbiddenByConnection';
  if (inner === 'ForbiddenByFirewall' || /^client address\b.{0,60}?\bis not authorized\b/i.test(message)) return 'ForbiddenByFirewall';
  return inner === 'ForbiddenByPolicy' || /\bdoes not have secrets \w+ permission on key vault\b/i.test(message)
    ? 'ForbiddenByPolicy'
    : undefined;
}

const byVault = (code: string): string | undefined =>
  code === 'ForbiddenByFirewall' || code === 'ForbiddenByConnection'
    ? 'The vault refuses the network of this machine, and a role does not change that. Use a network that the vault allows, or ask its owner to allow your address, then try again.'
    : code === 'ForbiddenByPolicy'
      ? 'Ask the owner of the vault for an access policy with this permission for your account, then try again.'
      : undefined;

/**
 * Returns the advice on a body that Azure rejects as a whole. A policy with the effect append or modify adds members to requests for all
 * of sites/config (Azure/Azure-Landing-Zones#1901, Azure/azure-rest-api-specs#23604).
 */
const wholeBody = (message: string): string | undefined =>
  /^the parameter ['"]?properties['"]? has an invalid value\b/i.test(message)
    ? 'Azure rejected the whole body. An Azure Policy assignment with the effect append or modify may have added a value to the request. If there is one, ask its owner to limit it to config/web.'
    : undefined;

/**
 * Returns the advice on a name of an app setting that Azure does not accept. A write of settings sends all of them, so the name may be one that
 * the app has already (Azure/bicep#11029, Azure/Azure-Functions#2573).
 */
const settingName = (message: string): string | undefined =>
  /^app ?setting with name .{0,300}? is not allowed\b/i.test(message)
    ? 'Azure does not accept a setting of this name, and each write of settings sends all of them. Remove or rename the setting in the app, then preview again.'
    : undefined;

/**
 * Whether Azure does not offer the API version of a request, or a type in it: it was retired, or has not come to this cloud yet
 * (Azure/azure-cli#26639, Azure/azure-sdk-for-java#32739).
 */
export const isNotOffered = (code: string): boolean =>
  /^(NoRegisteredProviderFound|InvalidApiVersionParameter|InvalidResourceType|UnsupportedApiVersion)$/i.test(code);
const notOffered = (code: string): string | undefined =>
  isNotOffered(code)
    ? 'Azure does not offer this API version here. Install the latest version of func-harden. In Azure Government and Azure China, API versions come later than in the public cloud.'
    : undefined;

/** Whether a refusal has a cause other than a missing role, so that the message of Azure must stay. */
export const isNotAboutRoles = (code: string): boolean => isDenied(code) || byVault(code) !== undefined;

/** Whether a code of a refusal can only mean that the caller lacks a role, or says nothing about the cause. */
export const isAboutRoles = (code: string): boolean =>
  /^((Linked)?AuthorizationFailed|Authorization_RequestDenied|Forbidden(ByRbac)?|AccessDenied|Http403|NoCode)$/i.test(code);

/** Returns the next step for a refusal, by its code and the words of Azure. */
export const adviceOn = (code: string, message: string): string | undefined =>
  unregistered(code, message) ??
  unknownIdentity(code) ??
  denied(code) ??
  byVault(code) ??
  notOffered(code) ??
  wholeBody(message) ??
  settingName(message);
