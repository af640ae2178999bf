/** The least permissions for an audit and for a run, as two custom roles, derived from what the areas declare to read and write. */
import { actionsOf } from '../arm/actions.ts';
import { readsOf } from '../engine/judge/assess.ts';
import { GENERAL_READS } from '../engine/plan/general-guards.ts';
import { builtInForAll, isData, slotAction } from '../engine/plan/rights.ts';
import type { AnyControl, AnyStep, Profile } from '../contract/index.ts';
import type { ResourceKey } from '../azure/index.ts';
import { line, span, type Line } from '../text/spans.ts';
import { wrap } from '../text/width.ts';
import { guardReads, linkedOf, writesOf } from './catalogue.ts';

/** Input of `az role definition create --role-definition @FILE`. */
interface RoleDefinition {
  readonly Name: string;
  readonly IsCustom: true;
  readonly Description: string;
  readonly Actions: readonly string[];
  readonly NotActions: readonly string[];
  readonly DataActions: readonly string[];
  readonly NotDataActions: readonly string[];
  readonly AssignableScopes: readonly string[];
}

export interface LeastRole {
  readonly for: 'audit' | 'apply';
  readonly definition: RoleDefinition;
  /** Built-in roles that together include all of these actions. */
  readonly builtIn: readonly string[];
  /** The areas that need each action. */
  readonly needs: ReadonlyMap<string, readonly string[]>;
}

/** Used instead of an area for actions that no single area needs. */
export const FINDING = 'finding apps';
export const BEFORE_WRITES = 'before any change';
const SCOPE = '/subscriptions/SUBSCRIPTION_ID';

class Needs {
  readonly #areas = new Map<string, Set<string>>();
  add(actions: readonly string[], area: string): void {
    for (const action of actions) this.#areas.set(action, (this.#areas.get(action) ?? new Set()).add(area));
  }
  /** Adds actions on a site together with the actions for its slots. */
  onApp(actions: readonly string[], area: string): void {
    this.add([...actions, ...actions.map(slotAction)], area);
  }
  entries(): ReadonlyMap<string, readonly string[]> {
    const sorted = [...this.#areas].toSorted(([a], [b]) => (a < b ? -1 : 1));
    return new Map(sorted.map(([action, areas]) => [action, [...areas]]));
  }
}

/** Resources of the production site that slots do not have. */
const SITE_ONLY: readonly ResourceKey[] = ['slots', 'stickyNames', 'sites'];
const reading = (needs: Needs, keys: readonly ResourceKey[], area: string): void => {
  for (const key of keys)
    if (SITE_ONLY.includes(key)) needs.add(actionsOf(key).read, area);
    else needs.onApp(actionsOf(key).read, area);
};

function audits(needs: Needs, steps: readonly AnyStep[]): void {
  needs.onApp(actionsOf('site').read, FINDING);
  needs.add(['Microsoft.ResourceGraph/resources/read'], FINDING);
  for (const { id, controls } of steps) for (const control of controls) reading(needs, ['site', ...readsOf(control)], id);
}

function applies(needs: Needs, { id, controls }: AnyStep): void {
  for (const control of controls) {
    reading(needs, [...guardReads(control), ...(control.kind === 'rule' ? (control.draftReads ?? []) : [])], id);
    for (const key of [...writesOf(control), ...laterOf(control)]) needs.onApp(actionsOf(key).again, id);
    for (const key of writesOf(control)) {
      needs.onApp(actionsOf(key).write, id);
      needs.add(linkedOf(control, key), id);
    }
  }
}

const laterOf = (control: AnyControl): readonly ResourceKey[] => (control.kind === 'rule' ? (control.later ?? []) : []);

/** Returns the roles for these areas; `baseline` leaves out the strict controls. */
export function leastRoles(steps: readonly AnyStep[], profile?: Profile): LeastRole[] {
  const chosen = steps.map((step) =>
    profile === 'baseline' ? { ...step, controls: step.controls.filter(({ strict }) => !strict) } : step,
  );
  const [audit, apply] = [new Needs(), new Needs()];
  audits(audit, chosen);
  audits(apply, chosen);
  for (const step of chosen) applies(apply, step);
  if (chosen.some(({ controls }) => controls.some((control) => writesOf(control).length > 0)))
    reading(apply, [...GENERAL_READS, 'createdApps'], BEFORE_WRITES);
  return [
    roleOf('audit', audit.entries(), 'Reads what func-harden audit checks. Changes nothing.'),
    roleOf('apply', apply.entries(), 'Reads, changes and reverts what func-harden plan, replay and undo work on.'),
  ];
}

function roleOf(of: LeastRole['for'], needs: LeastRole['needs'], says: string): LeastRole {
  const actions = [...needs.keys()];
  return {
    for: of,
    needs,
    builtIn: builtInForAll(actions),
    definition: {
      Name: `func-harden ${of}`,
      IsCustom: true,
      Description: says,
      Actions: actions.filter((action) => !isData(action)),
      NotActions: [],
      DataActions: actions.filter(isData),
      NotDataActions: [],
      AssignableScopes: [SCOPE],
    },
  };
}

export const permissionsJson = (roles: readonly LeastRole[]): string =>
  JSON.stringify(
    {
      schemaVersion: 1,
      roles: roles.map(({ for: of, definition, builtIn, needs }) => ({
        for: of,
        definition,
        builtInRoles: builtIn,
        actions: [...needs].map(([action, areas]) => ({ action, data: isData(action), for: areas })),
      })),
    },
    null,
    2,
  );

/** Lists areas; all of them become "every area". */
export const areasText = (areas: readonly string[], all: number): string => {
  const own = areas.filter((area) => area !== FINDING && area !== BEFORE_WRITES);
  const others = areas.filter((area) => !own.includes(area));
  return own.length === all && all > 1 ? ['every area', ...others].join(', ') : areas.join(', ');
};

export const HOW = `Save it to a file, replace ${SCOPE} with your subscription or resource group, then run: az role definition create --role-definition @FILE`;

export function permissionsLines(roles: readonly LeastRole[], areas: number, width: number): Line[] {
  const text = (words: string, indent = ''): Line[] => wrap(words, Math.max(20, width - indent.length)).map((one) => line(indent + one));
  return roles.flatMap((role) => [
    line(span(`ROLE FOR ${role.for.toUpperCase()}`, 'strong')),
    ...text(role.definition.Description),
    ...JSON.stringify(role.definition, null, 2)
      .split('\n')
      .map((one) => line(one)),
    [],
    ...text(HOW),
    ...text(`Built-in roles that include all these permissions, and more: ${role.builtIn.join(', ')}.`),
    [],
    line(span('WHAT FOR', 'strong')),
    ...[...role.needs].flatMap(([action, own]) => [line(span(action, 'info')), ...text(areasText(own, areas), '  ')]),
    [],
  ]);
}
