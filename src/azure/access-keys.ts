/** Names of access keys, as answers write them. */
import type { AccessKeys } from './provider-resources.ts';

/** Keys that extensions make for their webhooks. */
const EXTENSIONS = /_extension$/;

/** `host/ci`, `system/eventgrid_extension`, `PlaceOrder/default`; the master key is `master`. */
export const keyPlaces = ({ properties }: AccessKeys): string[] => [
  'master',
  ...properties.functionKeys.map((name) => `host/${name}`),
  ...properties.systemKeys.map((name) => `system/${name}`),
  ...Object.entries(properties.functions).flatMap(([name, keys]) => keys.map((key) => `${name}/${key}`)),
];

/** Keys that neither the host nor an extension makes by itself. */
export const oddKeys = ({ properties }: AccessKeys): string[] => [
  ...properties.functionKeys.filter((name) => name !== 'default').map((name) => `host/${name}`),
  ...properties.systemKeys.filter((name) => !EXTENSIONS.test(name)).map((name) => `system/${name}`),
];

/** Where a key lies below the site. */
export function keyPath(place: string): string {
  if (place === 'master') return 'host/default/functionKeys/_master';
  const [owner = '', key = ''] = place.split('/');
  if (owner === 'host') return `host/default/functionKeys/${key}`;
  return owner === 'system' ? `host/default/systemKeys/${key}` : `functions/${owner}/keys/${key}`;
}
