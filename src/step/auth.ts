import type { AuthSettings, Binding, Functions } from './resources.ts';

/** What a provider must have to be set up; the service calls every one of them enabled. */
const REGISTERED = ['clientId', 'appId', 'consumerKey', 'openIdIssuer'] as const;

/** Names of the identity providers that are really set up. */
export const providersOf = ({ properties }: AuthSettings): string[] =>
  Object.entries(properties.identityProviders ?? {}).flatMap(([name, provider]) =>
    provider && provider.enabled !== false && REGISTERED.some((member) => provider.registration?.[member]) ? [name] : [],
  );

/** Whether a request without a sign-in is refused or sent to one. */
export function requiresSignIn(settings: AuthSettings): boolean {
  const { platform, globalValidation } = settings.properties;
  return (
    platform?.enabled === true &&
    globalValidation?.requireAuthentication === true &&
    globalValidation.unauthenticatedClientAction !== 'AllowAnonymous' &&
    providersOf(settings).length > 0
  );
}

const WEBHOOKS = '/runtime/webhooks/';
/** Triggers that Azure calls over HTTP with a key of its own, and where. */
const CALLED: Readonly<Record<string, string>> = {
  eventgridtrigger: `${WEBHOOKS}eventgrid`,
  orchestrationtrigger: `${WEBHOOKS}durabletask`,
  activitytrigger: `${WEBHOOKS}durabletask`,
  entitytrigger: `${WEBHOOKS}durabletask`,
  signalrtrigger: `${WEBHOOKS}signalr`,
  mcptooltrigger: `${WEBHOOKS}mcp`,
};

/** Paths that a sign-in must leave open, because the app's triggers are called there. Blob triggers by Event Grid have one as well. */
export function webhookPaths(functions: Functions): string[] {
  const pathOf = ({ type, source }: Binding): string | undefined =>
    type.toLowerCase() === 'blobtrigger' && source?.toLowerCase() === 'eventgrid' ? `${WEBHOOKS}blobs` : CALLED[type.toLowerCase()];
  const paths = functions.value.flatMap(({ properties }) =>
    (properties.config?.bindings ?? []).flatMap((binding) => pathOf(binding) ?? []),
  );
  return [...new Set(paths)].toSorted();
}
