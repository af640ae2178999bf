/** The facts as they will be once drafts are applied. Guards of a change read the effect of the others from them. */
import { asSeen, type Facts, type Json, type ResourceKey } from '../../azure/index.ts';
import { type Draft, keyOfDraft } from '../../contract/index.ts';
import type { FactStore } from '../judge/facts.ts';
import { showValue, desiredValue } from '../../change/value.ts';
import { withValue, type Body } from '../../change/json-paths.ts';

/** Returns the facts of an app with these drafts applied. */
export function projectFacts(store: FactStore, drafts: readonly Draft[]): Facts {
  const after = new Map<ResourceKey, Body | null>();
  for (const draft of drafts) {
    const key = keyOfDraft(draft);
    const fact = store.fact(key);
    if ('call' in draft || fact?.state !== 'read') continue;
    after.set(key, applied(after.has(key) ? (after.get(key) ?? null) : fact.body, draft));
  }
  for (const [key, body] of after) if (body) after.set(key, asSeen(key, body));
  const maybe = (key: ResourceKey) => (after.has(key) ? after.get(key) : store.view.maybe(key));
  return new Proxy({ maybe } as unknown as Facts, {
    get: (base, key) =>
      key === 'maybe' ? base.maybe : after.has(key as ResourceKey) ? after.get(key as ResourceKey) : store.view[key as ResourceKey],
  });
}

function applied(body: Body | null, draft: Exclude<Draft, { call: ResourceKey }>): Body | null {
  const to = showValue(desiredValue(draft.to));
  const items = body?.['value'];
  if (!Array.isArray(items)) {
    if ('at' in draft) return withValue(body ?? {}, draft.at[1], to);
    return to === null ? null : { id: draft.instanceId, ...(to as Body) };
  }
  const of = draft.instanceId?.toLowerCase();
  const isIt = (item: Json) => String((item as Body)['id']).toLowerCase() === of;
  const list = items as readonly Json[];
  if ('at' in draft) return { ...body, value: list.map((item) => (isIt(item) ? withValue(item as Body, draft.at[1], to) : item)) };
  const others = list.filter((item) => !isIt(item));
  return {
    ...body,
    value: to === null ? others : [...others, { id: draft.instanceId, name: draft.instanceId.split('/').at(-1) ?? '', ...(to as Body) }],
  };
}
