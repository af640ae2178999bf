/** Names of access keys in the form that answers use: `master`, `host/ci`, `system/eventgrid_extension`, `PlaceOrder/default`. */
import type { AccessKeys } from '../resources/provider-resources.ts';

/** Matches the names of keys that extensions create for their webhooks. */
const EXTENSIONS = /_extension$/;

/** Lists the names of all access keys: `master`, `host/ci`, `system/eventgrid_extension`, `PlaceOrder/default`. */
export const keyPlaces = ({ properties }: AccessKeys): string[] => [
  'master',
  ...properties.functionKeys.map((name) => `host/${name}`),
  ...properties.systemKeys.map((name) => `system/${name}`),
  ...Object.entries(properties.functions).flatMap(([name, keys]) => keys.map((key) => `${name}/${key}`)),
];

/** Lists the keys that neither the host nor an extension creates automatically. */
export const oddKeys = ({ properties }: AccessKeys): string[] => [
  ...properties.functionKeys.filter((name) => name !== 'default').map((name) => `host/${name}`),
  ...properties.systemKeys.filter((name) => !EXTENSIONS.test(name)).map((name) => `system/${name}`),
  ...Object.entries(properties.functions).flatMap(([name, keys]) => keys.filter((key) => key !== 'default').map((key) => `${name}/${key}`)),
];

/** Returns the path of a key below the site, given its name in an answer. */
export function keyPath(place: string): string {
  if (place === 'master') return 'host/default/functionKeys/_master';
  const [owner = '', key = ''] = place.split('/');
  if (owner === 'host') return `host/default/functionKeys/${key}`;
  return owner === 'system' ? `host/default/systemKeys/${key}` : `functions/${owner}/keys/${key}`;
}
