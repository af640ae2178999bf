/** Judges a declared app by the areas, for each plan that it may have, and finds the values that their changes would write in the code. */
import type { Json, ResourceKey } from '../azure/index.ts';
import { membersOf } from '../change/json-paths.ts';
import type { AnyControl, AnyStep, Draft } from '../contract/index.ts';
import { assess, type ControlState, readsOf } from '../engine/judge/assess.ts';
import { type Circumstances, contextOf } from '../engine/judge/circumstances.ts';
import { NO_DECISION } from '../engine/judge/decisions.ts';
import { FactStore } from '../engine/judge/facts.ts';
import { unexpectedShapeIn } from '../engine/judge/unexpected-shape.ts';
import { ArmFailure } from '../engine/ports.ts';
import { CodeReader, type ReadValue, targetOf } from './code-facts.ts';
import type { Declared, DeclaredApp, Hosting } from './declared.ts';
import { memberOf, type Value } from './value.ts';

/** The desired value of a place in the code. */
export interface Wanted {
  readonly value: Value;
  readonly to: Json;
  readonly key: ResourceKey;
  readonly address: string;
}

/** Returns a desired value in the words of the code. */
export function plainWanted({ value, to }: Wanted): Json {
  const back = value.kind === 'scalar' || value.kind === 'list' || value.kind === 'absent' ? value.back : undefined;
  return (back ? back(to) : to) ?? to;
}

export interface Sight {
  readonly hosting: Hosting;
  readonly strict: View;
  /** The verdict when unresolved app settings are ignored. */
  readonly lenient: View;
  readonly by: Circumstances;
}

export interface View {
  readonly store: FactStore;
  readonly reader: CodeReader;
}

export async function seen(
  app: DeclaredApp,
  declared: Declared,
  hosting: Hosting,
  steps: readonly AnyStep[],
  by: Circumstances,
): Promise<Sight> {
  const keys = new Set<ResourceKey>([
    'site',
    ...steps.flatMap(({ controls }) => controls.flatMap((one) => [...readsOf(one), ...draftReads(one)])),
  ]);
  const view = async (isLenient: boolean): Promise<View> => {
    const reader = new CodeReader(app, declared, hosting, isLenient);
    const store = new FactStore(reader, targetOf(app));
    await store.load([...keys]);
    return { store, reader };
  };
  return { hosting, strict: await view(false), lenient: await view(true), by };
}

const draftReads = (control: AnyControl): readonly ResourceKey[] => (control.kind === 'rule' ? (control.draftReads ?? []) : []);

export interface Verdict {
  readonly state: ControlState;
  readonly looked: readonly ReadValue[];
}

export function judged(step: AnyStep, control: AnyControl, { store, reader }: View, by: Circumstances): Verdict {
  reader.looked = [];
  const state = assess([{ ...step, controls: [control] }], store, reader, by)[0]?.controls[0];
  if (!state) throw new Error(`${step.id}.${control.id} was not judged`);
  return { state, looked: reader.looked };
}

export function draftsOf(step: AnyStep, control: AnyControl, { store }: View, by: Circumstances): readonly Draft[] {
  const decided = by.decisions[step.id] ?? NO_DECISION;
  const context = contextOf(store, decided, by);
  if (context instanceof ArmFailure || control.kind === 'attestation') return [];
  try {
    const recommended = Object.fromEntries(
      Object.entries(step.questions ?? {}).flatMap(([name, question]) =>
        'preselect' in (question as object) ? [[name, (question as { preselect: Json }).preselect]] : [],
      ),
    );
    const answers: Readonly<Record<string, Json>> = { ...recommended, ...decided.answers };
    const x = { ...context, answers };
    if ((control.needs ?? []).some((name: string) => answers[name] === undefined)) return [];
    if (control.kind === 'setting') {
      const to = typeof control.set === 'function' ? (control.set as (x: unknown) => Json)(x) : control.set;
      return to === undefined ? [] : [{ at: control.at, to }];
    }
    return control.draft?.(x) ?? [];
  } catch (error) {
    if (unexpectedShapeIn(error, context.facts)) return [];
    throw error;
  }
}

/** Returns the values in the code that a draft writes. */
export function wantedBy(app: DeclaredApp, { reader }: View, draft: Draft): Wanted[] {
  if (!('at' in draft) || (typeof draft.to === 'object' && draft.to !== null && '$later' in draft.to)) return [];
  const [at, path] = draft.at;
  const key: ResourceKey = at === 'siteIdentity' || at === 'siteUnlisted' ? 'site' : at;
  const own = draft.instanceId === undefined ? memberIn(app, key, path) : undefined;
  const found = draft.instanceId === undefined ? own && { value: own, address: app.address } : reader.itemAt(key, draft.instanceId, path);
  return found && found.value.kind !== 'unresolved' ? [{ ...found, to: draft.to, key }] : [];
}

function memberIn(app: DeclaredApp, key: ResourceKey, path: string): Value | undefined {
  const names = membersOf(path);
  const found = memberOf(app.facts.get(key), ...names);
  if (found || key !== 'appSettings') return found;
  const settings = memberOf(app.facts.get(key), 'properties');
  const insert = settings?.kind === 'map' ? settings.insert : undefined;
  return settings && insert
    ? { kind: 'absent', value: undefined, at: settings.at, insert: { ...insert, path: [...insert.path, ...names.slice(1)] } }
    : undefined;
}
