/** What is left of the quota, as the service says with each answer that a provider gave; the gateway's own refusals say nothing. */
import type { EmulatedRequest } from './answers.ts';
import { GRAPH } from './graph.ts';

const NAME = 'x-ms-ratelimit-remaining-subscription-';
/** The access keys of a site are listed as a write; those of a storage account have a count of their own (recorded). */
const KEYS = /\/host\/default\/listkeys$/i;
const SITE = /\/Microsoft\.Web\/sites\/[^/]+(\/slots\/[^/]+)?$/i;
/** Providers that count by themselves: all that they are asked, writes only, or the resource itself. */
const ALL_THEIR_OWN = /\/providers\/(Microsoft\.Security|Microsoft\.SecurityInsights)\//i;
const WRITES_THEIR_OWN = /\/providers\/Microsoft\.Insights\/diagnosticSettings\//i;
const ITSELF = /\/providers\/Microsoft\.Cdn\/profiles(\/[^/]+)?$/i;

export function quota({ method, url }: EmulatedRequest): Record<string, string> {
  const path = decodeURIComponent(new URL(url, 'http://arm.invalid').pathname);
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
