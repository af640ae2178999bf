/** Access keys of the host and of functions. All requests need a running host. */
import { asObject } from '../parts.ts';
import { answer, providerError, webError, type EmulatedResponse } from '../answers.ts';
import type { WebContext } from './web-context.ts';
import { hostTrouble } from '../secrets.ts';
import { type SiteRecord } from '../state.ts';
import { guidOf } from '../guid.ts';
import { members } from './writes.ts';

/** Keys that the host creates at its first start: a default key, and one per extension with webhooks. */
function madeKeys(site: SiteRecord): Record<string, string> {
  const key = (place: string) => `${guidOf(`${site.id}/${place}`).replaceAll('-', '')}AzFu${guidOf(place).slice(0, 8)}==`;
  const extensions: Readonly<Record<string, string>> = {
    eventGridTrigger: 'eventgrid_extension',
    orchestrationTrigger: 'durabletask_extension',
  };
  const systems = new Set(site.functions.flatMap(({ bindings }) => bindings.flatMap(({ type }) => extensions[String(type)] ?? [])));
  const places = [
    'host/default/functionKeys/_master',
    'host/default/functionKeys/default',
    ...[...systems].map((name) => `host/default/systemKeys/${name}`),
    ...site.functions
      .filter(({ bindings }) => bindings.some(({ type }) => type === 'httpTrigger'))
      .map(({ name }) => `functions/${name}/keys/default`),
  ];
  return Object.fromEntries(places.map((place) => [place, key(place)]));
}

const keysOf = (site: SiteRecord): [string, string][] =>
  Object.entries({ ...madeKeys(site), ...site.keys }).filter(([, value]) => value !== '');
const below = (site: SiteRecord, place: string): Record<string, string> =>
  Object.fromEntries(keysOf(site).flatMap(([key, value]) => (key.startsWith(`${place}/`) ? [[key.slice(place.length + 1), value]] : [])));

const throughHost = (x: WebContext, work: () => EmulatedResponse): EmulatedResponse =>
  hostTrouble(x.state, x.site) === undefined
    ? work()
    : webError(400, 'BadRequest', '51021', 'Encountered an error (ServiceUnavailable) from host runtime.');

export const listHostKeys = (x: WebContext): EmulatedResponse =>
  throughHost(x, () => {
    const { _master: masterKey = '', ...functionKeys } = below(x.site, 'host/default/functionKeys');
    return answer(200, { masterKey, functionKeys, systemKeys: below(x.site, 'host/default/systemKeys') });
  });

export const listFunctionKeys = (x: WebContext): EmulatedResponse =>
  throughHost(x, () => answer(200, below(x.site, `functions/${x.names[0] ?? ''}/keys`)));

/** Returns the stored spelling of the key that a path names. */
const placeOf = ([first = '', second = '', third]: readonly string[]): string =>
  third === undefined
    ? `host/default/${/^system/i.test(first) ? 'systemKeys' : 'functionKeys'}/${second}`
    : `functions/${second}/keys/${third}`;

export const putKey = (x: WebContext): EmulatedResponse =>
  throughHost(x, () => {
    // Newer clients send the value without `properties` around it.
    const bare = asObject(x.request.body);
    const value = members(x.request.body)['value'] ?? bare['value'];
    if (typeof value !== 'string' || value === '') return providerError(400, 'BadRequest', 'Invalid key value');
    const place = placeOf(x.names);
    const isNew = !keysOf(x.site).some(([key]) => key === place);
    x.site.keys = { ...x.site.keys, [place]: value };
    const name = place.split('/').at(-1) ?? '';
    return answer(isNew ? 201 : 200, {
      id: `${x.site.id}/${place}`,
      name,
      type: `Microsoft.Web/sites/${place.startsWith('host') ? `host/${place.split('/')[2] ?? ''}` : 'functions/keys'}`,
      location: x.site.location,
      properties: { name, value },
    });
  });

export const deleteKey = (x: WebContext): EmulatedResponse =>
  throughHost(x, () => {
    const place = placeOf(x.names);
    if (place.endsWith('/_master')) return providerError(400, 'BadRequest', 'Cannot delete System Key.');
    if (!keysOf(x.site).some(([key]) => key === place)) return providerError(404, 'NotFound', 'Error deleting host key.');
    x.site.keys = { ...x.site.keys, [place]: '' };
    return answer(204, null, { etag: x.etag(), 'content-type': 'application/octet-stream' });
  });
