/** Returns the headers with the remaining quota, which the service adds to answers of providers, but not to its own refusals. */
import type { EmulatedRequest } from '../answers.ts';
import { GRAPH } from '../graph/graph.ts';

const NAME = 'x-ms-ratelimit-remaining-subscription-';
/** The access keys of a site are listed as a write; those of a storage account have a separate quota (recorded). */
const KEYS = /\/host\/default\/listkeys$/i;
const SITE = /\/Microsoft\.Web\/sites\/[^/]+(\/slots\/[^/]+)?$/i;
/** Providers with their own quota: for all requests, for writes only, or for the resource. */
const ALL_THEIR_OWN = /\/providers\/(Microsoft\.Security|Microsoft\.SecurityInsights)\//i;
const WRITES_THEIR_OWN = /\/providers\/Microsoft\.Insights\/diagnosticSettings\//i;
const ITSELF = /\/providers\/Microsoft\.Cdn\/profiles(\/[^/]+)?$/i;

export function quota({ method }: EmulatedRequest, path: string): Record<string, string> {
  if (GRAPH.test(path)) return {};
  if (method === 'DELETE') return { [`${NAME}deletes`]: '799', [`${NAME}global-deletes`]: '11999' };
  const writes = method !== 'GET';
  const own =
    ALL_THEIR_OWN.test(path) ||
    ITSELF.test(path) ||
    (writes && (SITE.test(path) || WRITES_THEIR_OWN.test(path) || (method === 'POST' && !KEYS.test(path))));
  if (own) return { [`${NAME}resource-requests`]: '799' };
  return writes
    ? { [`${NAME}writes`]: '799', [`${NAME}global-writes`]: '11999' }
    : { [`${NAME}reads`]: '1099', [`${NAME}global-reads`]: '16499' };
}
