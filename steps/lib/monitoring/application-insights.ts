/**
 * Where an app sends its telemetry, and whether it signs in for that. Sources: learn.microsoft.com/azure/azure-functions/
 * functions-app-settings (the two settings), learn.microsoft.com/azure/azure-monitor/app/azure-ad-authentication (roles, local authentication).
 */
import { type Context, type Draft, type GuardFinding, later, type Verdict, clear, stop, warn } from '../../../src/contract/index.ts';
import {
  brokenReference,
  byNameOrId,
  type Component,
  type Facts,
  groupOf,
  hasRole,
  INSIGHTS_AUTH,
  INSIGHTS_CONNECTION,
  INSIGHTS_KEY,
  instrumentationKey,
  isReference,
  mayHaveRole,
  type Json,
  OTLP_ENDPOINT,
  ROLE,
  sameWord,
  settingAt,
  telemetrySignIn,
  tokenService,
  valueOf,
} from '../../../src/azure/index.ts';
import { actingIdentity, firstOfSeveral, grant } from '../identities.ts';
import { keepSticky } from '../sticky-settings.ts';
import { mayLackTokens, NO_TOKENS, withoutTokens } from '../storage/identity-connections.ts';
import { refusalOf } from './telemetry-refusals.ts';
import { workspaceOf } from './log-workspaces.ts';
type X = Context<{ readonly component?: string; readonly workspace?: string }>;

/** The component that an app sends telemetry to. `none`: it sends none; `unknown`: the component cannot be determined. */
type Destination =
  | { readonly state: 'none'; readonly found: string }
  /** `elsewhere`: the app uses a key that no visible component has. */
  | { readonly state: 'unknown'; readonly found: string; readonly elsewhere?: true }
  | { readonly state: 'known'; readonly component: Component };

/** Finds the component among those of the subscription, by the key in the connection string. */
export function destinationOf({ appSettings, components }: Facts): Destination {
  const text = valueOf(appSettings, INSIGHTS_CONNECTION);
  if (!text) return { state: 'none', found: valueOf(appSettings, INSIGHTS_KEY) ? 'an instrumentation key only' : 'not connected' };
  if (isReference(text))
    return {
      state: 'unknown',
      found: `the connection string is a reference to a value outside the app settings, so the component is unknown`,
    };
  const broken = brokenReference(text);
  if (broken) return { state: 'none', found: `a reference that App Service does not resolve: ${broken}` };
  const key = instrumentationKey(text);
  if (key === undefined) return { state: 'none', found: 'a connection string without an instrumentation key' };
  const component = components.value.find(({ properties }) => properties.InstrumentationKey?.toLowerCase() === key);
  return component
    ? { state: 'known', component }
    : {
        state: 'unknown',
        elsewhere: true,
        found: 'a component that is not in this subscription, or that you have no permission to read; other subscriptions were not checked',
      };
}

/** Returns the visible component that the app sends to, by its connection string or, where it has none, by its instrumentation key. */
export function currentComponent(facts: Facts): Component | undefined {
  const to = destinationOf(facts);
  const key = valueOf(facts.appSettings, INSIGHTS_CONNECTION) ? undefined : valueOf(facts.appSettings, INSIGHTS_KEY)?.trim();
  return to.state === 'known'
    ? to.component
    : facts.components.value.find(({ properties }) => sameWord(properties.InstrumentationKey, key));
}

/** Returns the selected component: the one that the app sends to, or the one of the answer, existing or new. */
function chosenComponent(x: X): { readonly id: string; readonly name: string; readonly component?: Component } | undefined {
  const { facts, answers } = x;
  const meant = answers.component ?? '';
  const component = byNameOrId(facts.components.value, meant) ?? (meant === '' ? currentComponent(facts) : undefined);
  if (component) return { id: component.id, name: component.name, component };
  if (meant === '') return undefined;
  const name = meant.split('/').at(-1) ?? '';
  return { id: meant.startsWith('/') ? meant : `${groupOf(facts.site.id)}/providers/Microsoft.Insights/components/${name}`, name };
}

/** Returns the component that the app sends to after this plan. */
export function telemetryComponent(x: X): ReturnType<typeof chosenComponent> {
  const to = destinationOf(x.facts);
  if (to.state === 'known' && !(x.chosen('app-insights') && x.answers.component)) return { ...to.component, component: to.component };
  return chosenComponent(x);
}

/** Whether the answered component is visible and the current one is not: then they differ. */
const isAnother = ({ facts, answers: { component } }: X, to: Destination): boolean =>
  component !== undefined && to.state === 'unknown' && to.elsewhere === true && byNameOrId(facts.components.value, component) !== undefined;

export function judgeInsights(x: X): Verdict {
  const { component: answered } = x.answers;
  const wanted = answered ?? 'a connection string of an existing component';
  const to = destinationOf(x.facts);
  if (to.state === 'none')
    return answered === undefined && valueOf(x.facts.appSettings, OTLP_ENDPOINT)
      ? { state: 'unknown', found: `${to.found}; ${OTLP_ENDPOINT} names a different service for telemetry, which was not checked`, wanted }
      : { state: 'fail', found: to.found, wanted };
  if (to.state === 'known') {
    if (answered !== undefined && !byNameOrId([to.component], answered)) return { state: 'fail', found: to.component.name, wanted };
    return { ...refusalOf(to.component, x.facts), wanted };
  }
  return { state: isAnother(x, to) ? 'fail' : 'unknown', found: to.found, wanted };
}

/** Creates the component where it is missing, and writes its connection string. */
export function connectInsights(x: X): Draft[] {
  const { facts } = x;
  const aim = chosenComponent(x);
  if (!aim) return [];
  const workspace = workspaceOf(x);
  // A new component has no senders yet, so it can require Entra ID from the start.
  const isByEntra = x.chosen('insights-local-auth') && telemetrySignIn(x.planned.appSettings).by === 'entra';
  const body = {
    location: facts.site.location,
    kind: 'web',
    properties: {
      Application_Type: 'web',
      ...(workspace ? { WorkspaceResourceId: workspace.id } : {}),
      ...(isByEntra ? { DisableLocalAuth: true } : {}),
    },
  };
  const before = destinationBefore(facts);
  const made: Draft[] = aim.component ? [] : [{ whole: 'components', instanceId: aim.id, to: body, ...before.stays }];
  const value = later({ from: 'connection-string', component: aim.id });
  const after = aim.component ? (['stickyNames'] as const) : (['components', 'stickyNames'] as const);
  return [...made, ...keepSticky(x), { at: settingAt(INSIGHTS_CONNECTION), to: value, after, ...before.restore }];
}

/**
 * Returns how undo gives the app its earlier component back: by the connection string of that component, which no file may hold. Where it
 * cannot, the setting stays, and so does a component that was created for it.
 */
function destinationBefore(facts: Facts): { readonly restore?: { readonly restore: Json }; readonly stays?: { readonly stays: string } } {
  const text = valueOf(facts.appSettings, INSIGHTS_CONNECTION);
  if (!text || isReference(text)) return {};
  const to = destinationOf(facts);
  return to.state === 'known' && to.component.properties.ConnectionString === text
    ? { restore: { restore: later({ from: 'connection-string', component: to.component.id }) } }
    : { stays: { stays: 'undo does not delete a component that the app still sends telemetry to.' } };
}

const subscriptionOf = (id: string): string => id.split('/')[2]?.toLowerCase() ?? '';
/** Warns about a component in another subscription, which is not listed: it may exist, so none is created in its place. */
export function componentElsewhere(x: X): GuardFinding {
  const aim = chosenComponent(x);
  const to = destinationOf(x.facts);
  if (aim && !aim.component && subscriptionOf(aim.id) !== subscriptionOf(x.facts.site.id))
    return stop(
      `${aim.name} is in another subscription, and func-harden does not check components there. Set ${INSIGHTS_CONNECTION} manually, or answer with a component of this subscription.`,
    );
  const next = `After this change, it sends telemetry to ${aim?.name ?? 'a different component'}.`;
  if (to.state === 'unknown') return warn(`The app sends telemetry to ${to.found}. ${next}`);
  if (to.state === 'none' && valueOf(x.facts.appSettings, INSIGHTS_KEY)) {
    const keyed = currentComponent(x.facts);
    if (!keyed)
      return warn(`The app sends telemetry with an instrumentation key to a component that was not found in this subscription. ${next}`);
    if (!sameWord(keyed.id, aim?.id)) return warn(`The app sends telemetry with an instrumentation key to ${keyed.name}. ${next}`);
  }
  return clear('The app sends telemetry to a component that was read, or to none.');
}

/** Returns the principal id of the identity that sends telemetry; undefined where the app does not have that identity. */
export function senderOf({ appSettings, site }: Facts): string | undefined {
  const { by, clientId } = telemetrySignIn(appSettings);
  if (by !== 'entra') return undefined;
  if (clientId === undefined) return site.identity?.principalId;
  return Object.values(site.identity?.userAssignedIdentities ?? {}).find((one) => one?.clientId?.toLowerCase() === clientId)?.principalId;
}

const IN_FORCE = `${INSIGHTS_AUTH} names an identity of the app already`;

export function judgeTelemetrySignIn(x: X): Verdict {
  const { facts } = x;
  const wanted = 'with Entra ID, as a managed identity of the app';
  const { by, clientId } = telemetrySignIn(facts.appSettings);
  if (by === 'unknown') return { state: 'unknown', found: `${INSIGHTS_AUTH} is a reference, and its value was not checked`, wanted };
  const to = destinationOf(facts);
  if (to.state === 'none') return { state: 'fail', found: to.found, wanted };
  if (by === 'key') return { state: 'fail', found: 'with the key in the connection string', wanted };
  if (tokenService(facts.appSettings) === 'off') return { state: 'fail', found: `with Entra ID, ${NO_TOKENS}`, wanted };
  const open = mayLackTokens(facts);
  if (open) return { state: 'unknown', found: `with Entra ID; ${open}`, wanted, stays: IN_FORCE };
  const sender = senderOf(facts);
  const lacks =
    clientId === undefined ? 'the app has no system-assigned identity' : 'the app does not have the identity that the setting names';
  if (sender === undefined) return { state: 'fail', found: `with Entra ID, but ${lacks}`, wanted };
  // An answer connects the app to another component, and the identity needs the role there.
  const isMoved = x.chosen('app-insights') && isAnother(x, to);
  const aim = to.state === 'known' || isMoved ? telemetryComponent(x) : undefined;
  if (to.state === 'unknown' && !aim)
    return {
      state: 'unknown',
      found: `with Entra ID, to ${to.found}; the role of the identity was not checked there`,
      wanted,
      stays: IN_FORCE,
    };
  if (!aim) return { state: 'fail', found: 'not connected', wanted };
  const { id, name } = aim;
  if (hasRole(facts.identityRoles, id, [ROLE.metricsPublisher], sender)) return { state: 'pass', found: 'with Entra ID', wanted };
  return mayHaveRole(facts.identityRoles, id, sender)
    ? {
        state: 'unknown',
        found: `with Entra ID; it was not checked what the roles of the identity grant on ${name}`,
        wanted,
        stays: IN_FORCE,
      }
    : { state: 'fail', found: `with Entra ID, but the identity does not have the role Monitoring Metrics Publisher on ${name}`, wanted };
}

/** Whether the app is to be connected and the component is not answered yet. Until then, nothing is known about the sign-in. */
const isConnectAsked = (x: X): boolean =>
  destinationOf(x.facts).state === 'none' &&
  x.chosen('app-insights') &&
  (x.answers.component === undefined || x.answers.workspace === undefined);

/**
 * Assigns the role first and then writes the setting, because telemetry is refused if only the setting exists. An identity of the app that the
 * setting names already stays.
 */
export function telemetryByEntra(x: X): Draft[] {
  const { facts } = x;
  const aim = telemetryComponent(x);
  if (!aim || isConnectAsked(x)) return [];
  const sender = senderOf(facts);
  const { principal, clientId, drafts } = sender === undefined ? actingIdentity(facts.site) : { principal: sender, drafts: [] };
  const role = grant(aim.id, ROLE.metricsPublisher, principal, facts.site.id);
  // An assignment that exists already is not a precondition of the setting.
  const made = aim.component ? [] : (['components'] as const);
  const isGranted = hasRole(facts.identityRoles, aim.id, [ROLE.metricsPublisher], principal);
  const setting: Draft = {
    at: settingAt(INSIGHTS_AUTH),
    to: clientId === undefined ? 'Authorization=AAD' : `ClientId=${clientId};Authorization=AAD`,
    after: ['siteIdentity', 'roleAssignments', ...made],
  };
  return [
    ...drafts,
    ...(isGranted ? [] : [{ ...role, after: [...(role.after ?? []), ...made] }]),
    ...(sender === undefined ? [setting] : []),
  ];
}

export function telemetryGuard(x: X): GuardFinding[] {
  const to = destinationOf(x.facts);
  if (to.state === 'unknown')
    return [
      stop(
        `The app sends telemetry to ${to.found}. Assign its identity the role Monitoring Metrics Publisher there, and add the setting manually.`,
      ),
    ];
  if (isConnectAsked(x)) return [clear('The component in your answer receives the telemetry.')];
  if (to.state === 'none' && !valueOf(x.planned.appSettings, INSIGHTS_CONNECTION))
    return [stop('The app sends telemetry to no component. Connect it first (control app-insights).')];
  const noTokens = withoutTokens(x.facts);
  if (noTokens.length > 0) return noTokens;
  return [
    ...(senderOf(x.facts) === undefined ? firstOfSeveral(x.facts.site) : []),
    warn(
      'The host authenticates with Entra ID after this change. The setting does not change telemetry that the code sends with its own SDK. A new role can take minutes to apply; until then, telemetry is lost.',
    ),
  ];
}
