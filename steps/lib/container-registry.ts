/** The sign-in of an app with a custom image to its container registry. */
import { type Context, type Draft, type GuardFinding, type Verdict, clear, stop, warn } from '../../src/contract/index.ts';
import { actingIdentity } from './identities.ts';
import { type App, type Facts, type SiteConfig, isOn, sameWord, roleOf, scopeOf } from '../../src/azure/index.ts';

/** The host name of Azure Container Registry, by cloud. */
const AZURE_REGISTRY = /^[\w-]+\.azurecr\.(io|us|cn)$/i;
/** Built-in roles that can pull images: AcrPull, AcrPush and Container Registry Repository Reader. */
const PULLERS = ['7f951dda-4ed3-4680-a7ca-43fe172d538d', '8311e382-0749-4cb8-b61a-304f252e45ec', 'b93aa761-3e63-49ed-ac28-beffa264f7ac'];

/** Returns the registry of an image such as `DOCKER|contoso.azurecr.io/app:1`. Images without a registry come from Docker Hub. */
export function registryOf(stack: string | null | undefined): string | undefined {
  const image = /^\s*DOCKER\s*\|\s*(?:https?:\/\/)?(.+)$/i.exec(stack ?? '')?.[1];
  const [first = '', ...rest] = image?.split('/') ?? [];
  return image === undefined ? undefined : rest.length > 0 && /[.:]/.test(first) ? first : 'Docker Hub';
}

/** Returns why the app cannot pull with the identity that is configured; undefined if it has it. */
function lacksPuller({ site: { identity }, siteConfig }: Facts): string | undefined {
  const chosen = siteConfig.properties.acrUserManagedIdentityID;
  if (!chosen) return identity?.principalId ? undefined : 'but the app has no system-assigned identity';
  const users = Object.entries(identity?.userAssignedIdentities ?? {});
  return users.some(([id, user]) => sameWord(id, chosen) || sameWord(user?.clientId, chosen))
    ? undefined
    : 'but the app does not have the identity that is configured';
}

/** Returns the image of an app, in the form `DOCKER|name`. Windows containers have a different member. */
const imageOf = ({ os }: App, { properties }: SiteConfig): string | null | undefined =>
  os === 'windows' ? properties.windowsFxVersion : properties.linuxFxVersion;

/** Whether the app pulls its image from an Azure Container Registry with an identity. */
export function pullsByIdentity({ siteConfig }: Facts): boolean {
  const { acrUseManagedIdentityCreds, linuxFxVersion, windowsFxVersion } = siteConfig.properties;
  const registries = [linuxFxVersion, windowsFxVersion].flatMap((image) => registryOf(image) ?? []);
  return isOn(acrUseManagedIdentityCreds) && registries.length > 0 && registries.every((registry) => AZURE_REGISTRY.test(registry));
}

export function judgePull({ app, facts }: Context<unknown>): Verdict {
  const { acrUseManagedIdentityCreds } = facts.siteConfig.properties;
  const wanted = 'pull with a managed identity';
  const image = imageOf(app, facts.siteConfig);
  const registry = registryOf(image);
  if (/^(SITECONTAINERS|COMPOSE\||KUBE\|)/i.test(image ?? ''))
    return { state: 'unknown', found: 'the app runs several containers, and func-harden does not check their images', wanted };
  if (registry === undefined) return { state: 'not-applicable', found: 'the app does not run a custom image', wanted };
  if (!AZURE_REGISTRY.test(registry))
    return { state: 'not-applicable', found: `the image comes from ${registry}, which is not an Azure Container Registry`, wanted };
  if (isOn(acrUseManagedIdentityCreds)) {
    const lacks = app.plan === 'CA' ? undefined : lacksPuller(facts);
    return { state: lacks ? 'fail' : 'pass', found: `${registry}: pull with a managed identity${lacks ? `, ${lacks}` : ''}`, wanted };
  }
  return app.plan === 'CA'
    ? { state: 'unknown', found: `Container Apps stores the credentials for ${registry}, and func-harden does not check them`, wanted }
    : { state: 'fail', found: `${registry}: pull without a managed identity`, wanted };
}

export function pullByIdentity({ app, facts }: Context<unknown>): Draft[] {
  const { clientId, drafts } = actingIdentity(facts.site);
  if (app.plan === 'CA') return [];
  return [
    ...drafts,
    // The id of an identity that the app no longer has would be used instead of the system-assigned identity.
    ...(clientId === undefined && !facts.siteConfig.properties.acrUserManagedIdentityID
      ? []
      : [
          {
            at: ['siteConfig', 'properties.acrUserManagedIdentityID'] as const,
            to: clientId ?? '',
            absent: '',
            after: ['siteIdentity'] as const,
          },
        ]),
    { at: ['siteConfig', 'properties.acrUseManagedIdentityCreds'], to: true, absent: false, after: ['siteIdentity'] },
  ];
}

/** Checks whether the identity can pull the image. Without that right, the app does not start again. */
export function mayPull({ app, facts }: Context<unknown>): GuardFinding {
  const registry = registryOf(imageOf(app, facts.siteConfig)) ?? '';
  // A DNS label scope adds a dash and a hash to the host name; the registry's name has letters and digits only.
  const name = /^[a-z0-9]*/i.exec(registry)?.[0].toLowerCase() ?? '';
  const { principal, drafts } = actingIdentity(facts.site);
  if (drafts.length > 0) return stop(`The app has no identity. Add an identity, assign it AcrPull on ${registry}, then apply this change.`);
  const roles = facts.identityRoles.value.filter(
    (one) => sameWord(one.heldBy ?? one.properties.principalId, principal) && PULLERS.includes(roleOf(one)),
  );
  const scopes = roles.filter(({ properties }) => !properties.condition).map(scopeOf);
  if (scopes.some((scope) => REGISTRY.exec(scope)?.[1]?.toLowerCase() === name)) return clear(`The identity can pull from ${registry}.`);
  if (roles.some((one) => one.properties.condition && REGISTRY.exec(scopeOf(one))?.[1]?.toLowerCase() === name))
    return warn(
      `The identity can pull from ${registry} under a condition. Check that the condition allows the image. Otherwise the app does not start.`,
    );
  const above = scopes.find((scope) => !/\/providers\//i.test(scope));
  return above === undefined
    ? stop(
        `The identity has no role to pull from ${registry}, and without it the app does not start. Assign AcrPull on the registry. If the registry is in another subscription, change this setting manually.`,
      )
    : warn(
        `The identity can pull from every registry in ${above}. Check that ${registry} is one of them. Otherwise the app does not start.`,
      );
}

const REGISTRY = /\/providers\/Microsoft\.ContainerRegistry\/registries\/([^/]+)/i;
