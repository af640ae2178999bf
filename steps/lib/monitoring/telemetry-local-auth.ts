/** Whether a component accepts telemetry by its key, and who would be refused without it. */
import { type Context, type Draft, type GuardFinding, type Verdict, stop, warn } from '../../../src/contract/index.ts';
import {
  type Component,
  hasRole,
  includesWord,
  INSIGHTS_CONNECTION,
  INSIGHTS_KEY,
  isOn,
  ROLE,
  telemetrySignIn,
  usersOf,
} from '../../../src/azure/index.ts';
import { destinationOf, senderOf, telemetryComponent } from './application-insights.ts';
import { listed, NEIGHBOURS_NOT_READ, uncheckedNeighbours } from '../neighbours.ts';

type X = Context<{ readonly component?: string; readonly workspace?: string }>;

/** Judges whether the component accepts telemetry with tokens only. */
export function judgeLocalAuth({ facts }: X): Verdict {
  const wanted = 'off';
  const to = destinationOf(facts);
  if (to.state === 'none') return { state: 'not-applicable', found: `no component is known to receive telemetry: ${to.found}`, wanted };
  if (to.state === 'unknown') return { state: 'unknown', found: to.found, wanted };
  const isOff = isOn(to.component.properties.DisableLocalAuth);
  return { state: isOff ? 'pass' : 'fail', found: `${isOff ? 'off' : 'on'} at ${to.component.name}`, wanted };
}

export function localAuthOff(x: X): Draft[] {
  const component = telemetryComponent(x)?.component;
  return component
    ? [
        {
          at: ['components', 'properties.DisableLocalAuth'],
          instanceId: component.id,
          to: true,
          absent: false,
          after: ['appSettings', 'roleAssignments'],
        },
      ]
    : [];
}

/** Checks which senders would be refused without the key: this app, other apps that are visible, and those that are not. */
export function localAuthGuard(x: X): GuardFinding[] {
  const to = destinationOf(x.facts);
  if (to.state !== 'known') return [];
  const { id, name } = to.component;
  if (telemetryComponent(x)?.id !== id)
    return [
      stop(
        `The app sends telemetry to ${name}, and another change of this plan connects it to a different component. Plan this change again after that.`,
      ),
    ];
  const own = telemetrySignIn(x.planned.appSettings).by === 'entra';
  const sender = senderOf(x.facts);
  const mayPublish = sender !== undefined && hasRole(x.facts.identityRoles, id, [ROLE.metricsPublisher], sender);
  return [
    ...(own
      ? []
      : [stop(`The app itself sends telemetry to ${name} with the key. Fix the control insights-auth first, or in the same plan.`)]),
    ...(own && !mayPublish && !x.chosen('insights-auth')
      ? [stop(`The identity that the app uses does not have the role Monitoring Metrics Publisher on ${name}. Assign the role first.`)]
      : []),
    ...othersByKey(x, to.component),
    warn(
      `Browsers, virtual machines, availability tests and apps in other subscriptions were not checked. If they send to ${name} with its key, their telemetry is refused.`,
    ),
  ];
}

/** Returns other apps that send, or may send, to a component with its key. */
function othersByKey({ facts }: X, { name, properties }: Component): readonly GuardFinding[] {
  const neighbours = facts.maybe('neighbours');
  if (!neighbours) return NEIGHBOURS_NOT_READ;
  const users = usersOf(neighbours, 'components', [properties.InstrumentationKey ?? '']);
  const untold = neighbours.value.filter(({ hidden }) => [INSIGHTS_CONNECTION, INSIGHTS_KEY].some((one) => includesWord(hidden, one)));
  return [
    ...users
      .filter(({ use }) => use.byKey)
      .map(({ neighbour }): GuardFinding =>
        stop(
          `${neighbour.name} sends telemetry to ${name} with the key, and its telemetry would be refused. Change that app to Entra ID first.`,
        ),
      ),
    ...(untold.length > 0
      ? [
          warn(
            `func-harden does not know where ${listed(untold.map((one) => one.name))} ${untold.length === 1 ? 'sends' : 'send'} telemetry, because the setting is a reference. If the component is ${name} and the key is used, that telemetry is refused.`,
          ),
        ]
      : []),
    ...uncheckedNeighbours(neighbours).map((says): GuardFinding => ({ level: 'warn', says })),
  ];
}
