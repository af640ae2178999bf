/** Resources outside the app that a saved plan names: the app may use other resources now, and its controls judge only those. */
import { isPlaceOf, isWithinId, KINDS, nameIn, type ResourceKey, type Target } from '../../azure/index.ts';
import { valueAt } from '../../change/json-paths.ts';
import { showsJson } from '../../change/shown.ts';
import { productionOf } from '../fleet/targets.ts';
import type { ControlState } from '../judge/assess.ts';
import type { ArmReader } from '../ports.ts';
import type { Request } from './saved-plan-comparison.ts';

/** Returns a check: why a request counts as open although its controls pass; undefined if its resource is known to be as planned. */
export const formerResources =
  (arm: ArmReader, target: Target, states: readonly Pick<ControlState, 'id' | 'about'>[]) =>
  async ({ controls, resource, diff }: Request): Promise<string | undefined> => {
    const production = productionOf(target.id);
    if (isWithinId(resource, production)) return undefined;
    const judged = states.flatMap(({ id, about = [] }) => (controls.includes(id) ? about.map((one) => one.id) : []));
    if (judged.some((id) => isWithinId(resource, id))) return undefined;
    const key = (Object.keys(KINDS) as ResourceKey[]).find((one) => isPlaceOf(KINDS[one]!, resource, target.id, production));
    const fact = key && (await arm.readOne(target, key, resource));
    const passing = `${controls.join(', ')}: ${nameIn(resource)} is in the plan, and Azure does not show that the app still uses it.`;
    if (fact?.state !== 'read') return `${passing} It could not be read${fact ? `: ${fact.failure.message}` : '.'}`;
    if (fact.body === null) return `${passing} It no longer exists.`;
    const open = diff.find(
      ({ path, after, sensitive }) => !sensitive && path !== '' && !showsJson(valueAt(fact.body, path) ?? null, after, path),
    );
    return open && `${passing} Its ${open.path.replace(/^properties\./, '')} does not have the value of the plan.`;
  };
