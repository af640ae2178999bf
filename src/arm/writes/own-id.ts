/** Whether an id names a resource that a change of an app may write: of the right type, in its subscription, and not another app. */
import type { ResourceKey } from '../../azure/index.ts';
import { parseArmId, type Target } from '../../azure/index.ts';
import { ArmFailure } from '../../engine/ports.ts';
import { RESOURCES } from '../resource-table.ts';

/** Returns the types of a resource: `Microsoft.Web/sites/config` of `…/sites/config/write`. Actions of a slot have one more segment. */
const typesOf = (key: ResourceKey): string[] =>
  [...RESOURCES[key].actions.write, ...RESOURCES[key].actions.read].map((action) =>
    action.replace(/\/(?:write|delete|read|[^/]+\/action)$/i, '').toLowerCase(),
  );

/** Returns the id, rebuilt from its parts. @throws ArmFailure where no change of this app may be written there */
export function checkOwnId(target: Target, key: ResourceKey, instanceId: string): string {
  const parsed = parseArmId(instanceId);
  const type = parsed?.type.toLowerCase().replace(/^microsoft\.web\/sites\/slots/, 'microsoft.web/sites') ?? '';
  const isOtherApp =
    /\/providers\/microsoft\.web\/sites\//i.test(instanceId) && !`${instanceId}/`.toLowerCase().startsWith(`${target.id}/`.toLowerCase());
  if (parsed && typesOf(key).includes(type) && isSame(parsed.subscription, target.subscriptionId) && !isOtherApp) return parsed.id;
  throw new ArmFailure({
    kind: 'untrusted',
    code: 'ForeignId',
    message: `A change of ${target.label} must not write to this resource id: ${instanceId.slice(0, 300)}`,
    next: 'Nothing was sent there. If you use your own endpoint, report this to its operator.',
  });
}

const isSame = (a: string | undefined, b: string): boolean => a?.toLowerCase() === b.toLowerCase();
