/**
 * The emulator's state as a recording shows it. Only values that a client set are copied; everything else must come from the
 * emulator's own defaults, or comparing would compare the recording with itself.
 */
import { isObject, keyOf, type Json, type State } from '../../../src/emulator/state.ts';
import type { Recorded } from '../recorded.ts';
import { pathOf } from './places.ts';
import { forget, objectAt, SITE, siteOf, take, takeRead, takeSiteItself } from './takes.ts';
import { sentBody } from './sent.ts';

export { sentBody };
export { SETTABLE } from './settable.ts';

export const empty = (): State => ({
  tenantId: '0b000000-0000-4000-8000-00000000000f',
  subscriptions: [],
  plans: {},
  sites: {},
  policyAssignments: [],
  pricings: {},
  assessments: [],
  locks: [],
  resources: {},
  groups: {},
});

/** State before an exchange: everything that earlier exchanges of the recording show, or at least that the resource exists. */
export function stateBefore(all: readonly Recorded[], recorded: Recorded): State {
  const state = empty();
  const path = pathOf(recorded);
  const subscription = /^\/subscriptions\/([^/]+)/i.exec(path)?.[1]?.toLowerCase() ?? '00000000-0000-0000-0000-000000000000';
  state.subscriptions.push({ id: subscription, name: 'Recorded' });
  const same = all.filter(({ file, source }) => file === recorded.file && source.path === recorded.source.path);
  const earlier = same.filter((one) => orderOf(one) < orderOf(recorded)).toSorted((a, b) => orderOf(a) - orderOf(b));
  // The plan and the kind of a site may be shown only later, its settings may not.
  for (const one of same) takeSiteItself(state, one);
  for (const one of earlier) take(state, one);
  const isSite = new RegExp(`^${SITE_ID.source}$`, 'i').test(path);
  const known = earlier.some(
    (one) =>
      one.status < 300 &&
      !(one.status === 202 && one.responseBody === null) &&
      (isSite ? isBelow(one, recorded) : sameResource(one, recorded)),
  );
  if (recorded.status >= 400) {
    // If a provider refused, and not the gateway, the site existed.
    if (!('x-ms-failure-cause' in recorded.responseHeaders)) siteOf(state, path);
    // A resource that a read did not find did not exist, whatever later exchanges show.
    else if (recorded.status === 404 && recorded.method === 'GET') forget(state, path);
    return state;
  }
  const isNew =
    (recorded.status === 201 && recorded.method !== 'GET') ||
    (recorded.status === 202 && recorded.method === 'PUT' && !known && !/Connections\/[^/]+$/i.test(path)) ||
    (recorded.method === 'PUT' && !known && ((isSite && !wasRead(recorded)) || MADE_BY_PUT.test(path)));
  if (recorded.method === 'DELETE' && !known) {
    // A resource that is polled during its deletion existed.
    const later = same.find((one) => one !== recorded && one.status === 200 && sameResource(one, recorded));
    if (later) take(state, later);
    return withKey(state, path);
  }
  // If a role was assigned, the directory had the principal.
  if (/\/roleAssignments\//i.test(path)) state.principals = principalsIn(recorded);
  const isRead = recorded.method === 'GET' || (recorded.method === 'POST' && /\/list(keys)?$/i.test(path));
  // A read shows the current state, from any writer. Whether a write leads to this state is tested in sequence, not here.
  if (isRead) takeRead(state, recorded);
  else if (isNew) forget(state, path);
  else if (!known) take(state, recorded, objectAt(sentBody(recorded)));
  const site = isNew && isSite ? undefined : siteOf(state, path);
  const { tags } = objectAt(recorded.responseBody as Json);
  if (site && !site.tags && isObject(tags) && path !== site.id) site.tags = tags;
  return state;
}

/** Place in time: the recorder's own number where it is kept, else the place in the file. */
export const orderOf = ({ at, source }: Recorded): number => source.index ?? at;

const principalsIn = ({ responseBody }: Recorded): string[] => {
  const { principalId } = objectAt(objectAt(responseBody as Json)['properties']);
  return typeof principalId === 'string' ? [principalId] : [];
};

/** A deleted key existed. */
function withKey(state: State, path: string): State {
  const rest = SITE.exec(path)?.[4];
  const site = rest ? siteOf(state, path) : undefined;
  if (site && rest) site.keys = { [rest.slice(1)]: 'recorded' };
  return state;
}

/** A PUT answers 200 although the resource is new. */
const MADE_BY_PUT = /\/(vaults|secrets|components|diagnosticSettings|serverfarms)\/[^/]+$|\/config\/(?!web$)\w+$/i;
/** Members that clients cannot set, but send because they send what they read. */
const wasRead = ({ requestBody }: Recorded): boolean =>
  ['hostNameSslStates', 'customDomainVerificationId'].some((name) => name in objectAt(objectAt(requestBody as Json)['properties']));
const SITE_ID = /.*\/Microsoft\.Web\/sites\/[^/]+(?:\/slots\/[^/]+)?/;
const isBelow = (one: Recorded, other: Recorded): boolean => `${keyOf(pathOf(one))}/`.startsWith(`${keyOf(pathOf(other))}/`);
const sameResource = (one: Recorded, other: Recorded): boolean => bare(pathOf(one)) === bare(pathOf(other));
const bare = (path: string): string => keyOf(path).replace(/\/list(keys)?$/, '');
