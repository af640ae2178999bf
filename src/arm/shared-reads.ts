/** What many apps share, such as the vaults of a subscription, is asked for once in an audit. */
import { ArmFailure } from '../engine/ports.ts';
import type { ArmClient } from './client.ts';
import type { Azure } from './resource-definition.ts';
import type { Json } from '../azure/index.ts';

/** Answers that are kept; the ones asked for longest ago go first, so that memory stays flat. */
const KEPT = 256;
/** What lies below a site is its own, and asked for once anyway. */
const OWN = /\/Microsoft\.Web\/sites\/[^/]+/i;

/** The same question gives the same answer, for as long as this lives. Only for reading: what is written looks afresh. */
export function sharedReads({ client, cloud, vaults }: Azure): Azure {
  const once = keeper();
  const list = async (path: string, apiVersion: string): Promise<Json[]> => Array.fromAsync(client.list(path, apiVersion));
  const shared: ArmClient = {
    send: (method, path, apiVersion, body) =>
      method === 'GET' && !OWN.test(path)
        ? once(`GET ${path} ${apiVersion}`, () => client.send(method, path, apiVersion))
        : client.send(method, path, apiVersion, body),
    follow: (link) => client.follow(link),
    async *list(path, apiVersion) {
      if (OWN.test(path)) yield* client.list(path, apiVersion);
      else yield* await once(`LIST ${path} ${apiVersion}`, () => list(path, apiVersion));
    },
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

/** Refusals are kept as well: what one app may not read, the next may not either. Other failures may pass. */
function keeper(): <T>(key: string, ask: () => Promise<T>) => Promise<T> {
  const kept = new Map<string, Promise<unknown>>();
  return <T>(key: string, ask: () => Promise<T>): Promise<T> => {
    const id = key.toLowerCase();
    const known = kept.get(id) as Promise<T> | undefined;
    const answer = known ?? ask();
    kept.delete(id);
    kept.set(id, answer);
    if (!known)
      answer.catch((error: unknown) => {
        if (!(error instanceof ArmFailure && (error.kind === 'forbidden' || error.kind === 'missing'))) kept.delete(id);
      });
    const oldest = kept.keys().next();
    if (kept.size > KEPT && !oldest.done) kept.delete(oldest.value);
    return answer;
  };
}
