/**
 * The effects of the policy assignments of an app that deny a request, change it, or change a resource after it.
 * Source: learn.microsoft.com/azure/governance/policy/concepts/effect-basics.
 */
import type { Json } from '../../azure/index.ts';
import { isRecord, valueAt, type Body } from '../../change/json-paths.ts';
import { ArmFailure } from '../../engine/ports.ts';
import { bodyOf, itemsOf, textOf, type Finder } from '../resource-definition.ts';
import { definitionOf, MOST_DEFINITIONS } from './kept-definitions.ts';

/** Effects that matter to a write, in small letters. Effects of audits, and of other services, change no request. */
const EFFECTS = new Set(['deny', 'denyaction', 'modify', 'append', 'deployifnotexists']);

/** The effects of an assignment; undefined for an effect that could not be determined. `types`: the only types that the policy applies to. */
interface Found {
  readonly effects: readonly (string | undefined)[];
  readonly lacks?: string;
  readonly types?: readonly string[];
}

/** Finds the policies that deny or change something. The effect is in the assignment's parameters or in the definition. */
export async function findPolicyEffects(x: Finder): Promise<Body> {
  const assignments = itemsOf(await bodyOf(x, 'policyAssignments')).filter(
    (one) => !/^donotenforce$/i.test(textOf(valueAt(one, 'properties.enforcementMode'))),
  );
  const found = await Promise.all(
    assignments.map(async (one, index) => ({
      name: textOf(valueAt(one, 'properties.displayName') ?? one['name']),
      ...(await effectsOf(x, one, index < MOST_DEFINITIONS)),
    })),
  );
  const inForce = ({ name, effects, types }: (typeof found)[number]) =>
    [...new Set(effects.flatMap((effect) => effect?.toLowerCase() ?? []))]
      .filter((effect) => EFFECTS.has(effect))
      .map((effect) => ({ name, effect, ...(types ? { types } : {}) }));
  return {
    value: found.flatMap(inForce),
    unknown: found
      // A policy that denies is always reported as denying.
      .filter(({ effects }) => effects.includes(undefined) && !effects.some((effect) => /^deny$/i.test(effect ?? '')))
      .map(({ name, lacks }) => (lacks ? `${name} (requires the permission ${lacks})` : name)),
  };
}

/** Returns the effects of an assignment. `mayRead`: whether its definition may be read for them. */
async function effectsOf({ client }: Finder, assignment: Body, mayRead: boolean): Promise<Found> {
  const id = textOf(valueAt(assignment, 'properties.policyDefinitionId'));
  const isSet = /\/policySetDefinitions\//i.test(id);
  const overrides = overridesOf(assignment);
  const set = overrides.map(({ effect }) => effect);
  // An override changes the effect even if a parameter sets another one; with selectors, only for some resources.
  const given = isSet ? undefined : overrides.some(({ isWhole }) => isWhole) ? '' : givenEffect(assignment);
  if (given !== undefined && !/^(?:modify|append|deployIfNotExists)$/i.test(given)) return { effects: [...set, given] };
  if (!mayRead) return { effects: [...set, given] };
  try {
    const body = await definitionOf(client, id);
    if (isSet) return { effects: [...set, ...effectsInSet(id, body, assignment)] };
    const types = typesIn(valueAt(body, 'properties.policyRule.if'));
    return {
      effects: [...set, given ?? chosenEffect(textOf(valueAt(body, 'properties.policyRule.then.effect')), assignment, body)],
      ...(types ? { types: types.map((type) => type.toLowerCase()) } : {}),
    };
  } catch (error) {
    // The caller may have no permission to read a definition of another tenant or scope.
    if (!(error instanceof ArmFailure)) throw error;
    return { effects: [...set, given], ...(error.lacks ? { lacks: error.lacks } : {}) };
  }
}

const givenEffect = (assignment: Body): string | undefined => {
  const given = memberOf(valueAt(assignment, 'properties.parameters'), 'effect')?.['value'];
  return given === undefined ? undefined : textOf(given);
};

/** Returns the effects with which an assignment overrides those of its definitions. `isWhole`: for all definitions. */
function overridesOf(assignment: Body): { effect: string; isWhole: boolean }[] {
  const all = valueAt(assignment, 'properties.overrides');
  return (Array.isArray(all) ? (all as readonly Json[]) : []).flatMap((one) => {
    const selectors = valueAt(one, 'selectors');
    return /^policyEffect$/i.test(textOf(valueAt(one, 'kind')))
      ? [{ effect: textOf(valueAt(one, 'value')), isWhole: !Array.isArray(selectors) || selectors.length === 0 }]
      : [];
  });
}

/**
 * The default initiative of Defender for Cloud, which nearly every subscription has. Of its definitions, those with an effect of their own
 * only audit (Azure/azure-policy, AzureSecurityCenter.json and the definitions it names).
 */
const AUDITS = /^\/providers\/Microsoft\.Authorization\/policySetDefinitions\/1f3afdf9-d0c9-4c3d-847f-89da613e70a8$/i;

/**
 * Returns the effects that an initiative or its assignment gives its definitions. Definitions with an effect of their own are not read, so
 * their effect is unknown.
 */
function effectsInSet(id: string, body: Json, assignment: Body): (string | undefined)[] {
  const definitions = valueAt(body, 'properties.policyDefinitions');
  if (!Array.isArray(definitions)) return [undefined];
  return (definitions as readonly Json[]).map((one) => {
    const given = memberOf(valueAt(one, 'parameters'), 'effect')?.['value'];
    return given === undefined && AUDITS.test(id) ? '' : chosenEffect(textOf(given), assignment, body);
  });
}

/** Returns an effect in words; undefined for an expression of another kind, or none at all: it may forbid. */
function chosenEffect(effect: string, assignment: Body, definition: Json): string | undefined {
  const [, parameter] = /^\[\s*parameters\('([^']+)'\)\s*\]$/i.exec(effect) ?? [];
  const chosen = parameter
    ? (memberOf(valueAt(assignment, 'properties.parameters'), parameter)?.['value'] ??
      memberOf(valueAt(definition, 'properties.parameters'), parameter)?.['defaultValue'])
    : effect;
  return typeof chosen === 'string' && /^\w+$/.test(chosen) ? chosen : undefined;
}

function memberOf(parameters: Json | undefined, name: string): Body | undefined {
  const all = isRecord(parameters) ? parameters : {};
  const found = Object.keys(all).find((one) => one.toLowerCase() === name.toLowerCase());
  const member = found === undefined ? undefined : all[found];
  return isRecord(member) ? member : undefined;
}

/** Returns the resource types that a rule is limited to; undefined if it may apply to any type. */
function typesIn(rule: Json | undefined): readonly string[] | undefined {
  if (!isRecord(rule)) return undefined;
  const { field, allOf, anyOf } = rule;
  if (Array.isArray(allOf)) return (allOf as readonly Json[]).map(typesIn).find(Boolean);
  if (Array.isArray(anyOf)) {
    const each = (anyOf as readonly Json[]).map(typesIn);
    return each.every((one) => one !== undefined) ? each.flat() : undefined;
  }
  if (!/^type$/i.test(textOf(field))) return undefined;
  const values = [rule['equals'] ?? rule['in'] ?? []].flat() as readonly Json[];
  return values.length > 0 && values.every((value) => typeof value === 'string' && !value.startsWith('[')) ? values.map(textOf) : undefined;
}
