/** The rights that one request requires: on the resource that it writes, and on the resources that its body names. */
import type { Json, ResourceKey } from '../../azure/index.ts';
import type { ArmRequest } from '../../change/change.ts';
import { slotAction, type Right } from '../../engine/plan/rights.ts';
import type { Link } from '../resource-definition.ts';
import { RESOURCES } from '../resource-table.ts';

export function rightsFor({ method, path, body }: ArmRequest, key: ResourceKey): Right[] {
  const { actions, links = [] } = RESOURCES[key];
  const own = ownActions(actions.write, method, path);
  const isSlot = /\/sites\/[^/]+\/slots\//i.test(path);
  // A part of a vault is not a scope.
  const scope = path.replace(/\/accessPolicies\/(?:add|remove|replace)$/i, '');
  return [
    ...own.map((action) => ({ action: isSlot ? slotAction(action) : action, scope })),
    ...(body === null || method === 'DELETE' ? [] : links.flatMap((link) => leadsTo(link, body))),
  ];
}

/** Returns the actions that this method and path require. ARM names them by the types in the path. */
function ownActions(declared: readonly string[], method: ArmRequest['method'], path: string): readonly string[] {
  const [provider = '', ...segments] =
    path
      .replace(/\/slots\/[^/]+/i, '')
      .split(/\/providers\//i)
      .at(-1)
      ?.split('/') ?? [];
  const type = [provider, ...segments.filter((_, index) => index % 2 === 0)].join('/').toLowerCase();
  const verb = method === 'DELETE' ? 'delete' : 'write';
  const exact = declared.filter((action) => action.toLowerCase() === `${type}/${verb}`);
  return exact.length > 0 ? exact : declared.filter((action) => action.endsWith('/delete') === (verb === 'delete'));
}

const leadsTo = ({ action, ids }: Link, body: Json): Right[] =>
  ids(body).flatMap((id) => (typeof id === 'string' && id.startsWith('/') ? [{ action, scope: id }] : []));
