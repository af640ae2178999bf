/** Judges many apps one by one as they are found. Members that the inventory has are taken from it, all others are read. */
import { unexpectedShapeIn } from './unexpected-shape.ts';
import { knownApp } from './circumstances.ts';
import { ArmFailure } from '../ports.ts';
import type { AnyControl, AnyStep } from '../../contract/index.ts';
import type { App, ResourceKey, Target } from '../../azure/index.ts';
import { assess, readsOfSteps, type StepState } from './assess.ts';
import { FactStore, NotHeld } from './facts.ts';
import { appOf, isReadAnyway, notOn } from './app-hosting.ts';
import type { ArmReader, Inventoried } from '../ports.ts';
import type { Circumstances } from './circumstances.ts';

export interface Surveyed {
  readonly target: Target;
  /** undefined where even the site could not be read. */
  readonly app: App | undefined;
  readonly steps: readonly StepState[];
  /** Resources that were judged from the inventory, which may be out of date. */
  readonly held: readonly ResourceKey[];
}

/** Reads and judges one app. Only resources that the inventory lacks are read. */
export async function survey(
  { target, held }: Inventoried,
  steps: readonly AnyStep[],
  reader: ArmReader,
  by: Circumstances,
): Promise<Surveyed> {
  const store = new FactStore(reader, target, held);
  const needed = neededFor(store, steps);
  const fromInventory = new Set([...held.keys()].filter((key) => needed.includes(key)));
  for (;;) {
    try {
      // Controls are judged after all resources were read, because only then the scrubber knows all secrets and removes them from messages.
      await store.load(needed);
      const app = knownApp(store);
      return {
        target,
        app: app instanceof ArmFailure ? undefined : app,
        steps: assess(steps, store, reader, by),
        held: [...fromInventory],
      };
    } catch (error) {
      if (!(error instanceof NotHeld)) throw error;
      fromInventory.delete(error.key);
      await store.refresh(error.key);
    }
  }
}

/** The resources to read for the areas of an audit, by everything of a hosting that `notOn` looks at: they are the same for all its apps. */
const NEEDED = new WeakMap<readonly AnyStep[], Map<string, readonly ResourceKey[]>>();

/** Returns the resources to read. Where the hosting is already known, resources of controls that do not apply are left out. */
function neededFor(store: FactStore, steps: readonly AnyStep[]): readonly ResourceKey[] {
  try {
    if (store.fact('site')?.state !== 'read') return readsOfSteps(steps);
    const app = appOf(store.target, store.view.site);
    const byHosting = NEEDED.get(steps) ?? new Map<string, readonly ResourceKey[]>();
    NEEDED.set(steps, byHosting);
    const hosting = `${app.plan} ${app.os} ${app.slot ? 'slot' : 'site'}`;
    const known = byHosting.get(hosting);
    if (known) return known;
    const isRead = (control: AnyControl): boolean => notOn(control, app) === undefined || isReadAnyway(control);
    const needed = readsOfSteps(steps.map((step) => ({ ...step, controls: step.controls.filter(isRead) })));
    byHosting.set(hosting, needed);
    return needed;
  } catch (error) {
    if (!(error instanceof NotHeld) && !unexpectedShapeIn(error, store.view)) throw error;
    return readsOfSteps(steps);
  }
}
