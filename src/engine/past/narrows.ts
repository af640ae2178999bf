/** Which values shut somebody out when they are written back. */
import type { Json } from '../../azure/index.ts';
import type { Edit } from '../../change/edit.ts';
import { shown } from '../../change/value.ts';
import { valueAt } from '../../change/json-paths.ts';

const FENCE = /SecurityRestrictions/;
/** Values that close something. */
const CLOSING: Readonly<Record<string, Json>> = {
  clientCertEnabled: true,
  clientCertExclusionPaths: '',
  publicNetworkAccess: 'Disabled',
  allowSharedKeyAccess: false,
  'networkAcls.defaultAction': 'Deny',
};

/** Whether writing these values can shut somebody out: rules or certificates that are asked for again. */
export function narrows(edits: readonly Edit[]): boolean {
  const diff = edits.map(({ path, after }) => ({ path, after: shown(after) }));
  const to = (path: string) => diff.find((line) => line.path === `properties.${path}`)?.after;
  if (Object.entries(CLOSING).some(([path, value]) => to(path) === value)) return true;
  if (diff.some(({ path, after }) => path === 'properties' && valueAt(after, 'globalValidation.requireAuthentication') === true))
    return true;
  if (diff.some(({ path, after }) => FENCE.test(path) && after === 'Deny')) return true;
  return diff.some(
    ({ path, after }) =>
      FENCE.test(path) && Array.isArray(after) && after.length > 0 && to(`${path.replace('properties.', '')}DefaultAction`) !== 'Allow',
  );
}
