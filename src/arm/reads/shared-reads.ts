/** Reads resources that many apps share, such as the vaults of a subscription, once in an audit, and once a minute for plans. */
import { ArmFailure } from '../../engine/ports.ts';
import type { ArmClient } from '../client.ts';
import type { Azure } from '../resource-definition.ts';

/** The number of answers that are kept. The least recently used ones are removed, so that memory stays flat. */
const KEPT = 256;
/** Resources below a site, which belong to one app and are read once anyway. */
const OWN = /\/Microsoft\.Web\/sites\/[^/]+/i;

/**
 * Returns clients that answer repeated reads from memory, for `keptFor` milliseconds. They are only for reading; writes use fresh reads.
 */
export function sharedReads({ client, cloud, vaults }: Azure, keptFor = Number.POSITIVE_INFINITY): Azure {
  const once = createCache(keptFor);
  const shared: ArmClient = {
    send: (method, path, apiVersion, body) =>
      method === 'GET' && !OWN.test(path)
        ? once(`GET ${path} ${apiVersion}`, () => client.send(method, path, apiVersion))
        : client.send(method, path, apiVersion, body),
    follow: (link) => client.follow(link),
    pages: (path, apiVersion) => client.pages(path, apiVersion),
    async *list(path, apiVersion) {
      if (OWN.test(path)) yield* client.list(path, apiVersion);
      else yield* await shared.listAll(path, apiVersion);
    },
    // One shared array, because passing a thousand accounts one by one to each of a thousand apps takes longer than all other work.
    listAll: (path, apiVersion) =>
      OWN.test(path) ? client.listAll(path, apiVersion) : once(`LIST ${path} ${apiVersion}`, () => client.listAll(path, apiVersion)),
  };
  return {
    client: shared,
    cloud,
    vaults: {
      ...vaults,
      list: (subscription) => once(`VAULTS ${subscription}`, () => vaults.list(subscription)),
      get: (id) => once(`VAULT ${id}`, () => vaults.get(id)),
    },
  };
}

/** Returns a cache of answers. Refusals are kept too, because the next app gets the same. Other failures may be temporary. */
function createCache(keptFor: number): <T>(key: string, ask: () => Promise<T>) => Promise<T> {
  const kept = new Map<string, { readonly answer: Promise<unknown>; readonly until: number }>();
  return <T>(key: string, ask: () => Promise<T>): Promise<T> => {
    const id = key.toLowerCase();
    const found = kept.get(id);
    const known = found && found.until > Date.now() ? found : undefined;
    const entry = known ?? { answer: ask(), until: Date.now() + keptFor };
    const answer = entry.answer as Promise<T>;
    kept.delete(id);
    kept.set(id, entry);
    if (!known)
      answer.catch((error: unknown) => {
        if (!(error instanceof ArmFailure && (error.kind === 'forbidden' || error.kind === 'missing'))) kept.delete(id);
      });
    const oldest = kept.keys().next();
    if (kept.size > KEPT && !oldest.done) kept.delete(oldest.value);
    return answer;
  };
}
