import { oddShape, isOddShape } from '../odd-shape.ts';
import {
  asSeen,
  type CloudNames,
  CLOUDS,
  type Facts,
  isDocumented,
  type ResourceKey,
  type Resources,
  type Target,
} from '../../azure/index.ts';
import { ArmFailure, type ArmReader, type Fact } from '../ports.ts';
import type { Body } from '../../change/json-paths.ts';

/** Thrown when a pure function touches a resource that could not be read; the verdict is then `unknown`. */
export class Unreadable extends Error {
  readonly key: ResourceKey;
  readonly failure: ArmFailure;
  constructor(key: ResourceKey, failure: ArmFailure) {
    super(failure.message);
    this.key = key;
    this.failure = failure;
  }
}

/** Thrown when a member is looked at that the inventory does not hold: what it lacks is not known to be unset. */
export class NotHeld extends Error {
  readonly key: ResourceKey;
  constructor(key: ResourceKey, member: string) {
    super(`the inventory does not hold ${member} of ${key}`);
    this.key = key;
  }
}

/** A body from the inventory: only members that it has may be looked at. */
function onlyHeld(key: ResourceKey, body: Body): Body {
  const guard = (target: object, member: string | symbol): void => {
    if (typeof member === 'string' && !Object.hasOwn(target, member)) throw new NotHeld(key, member);
  };
  const guarded = (target: object): object =>
    new Proxy(target, {
      get: (of, member) => (guard(of, member), Reflect.get(of, member) as unknown),
      getOwnPropertyDescriptor: (of, member) => (guard(of, member), Reflect.getOwnPropertyDescriptor(of, member)),
    });
  return { ...body, properties: guarded((body['properties'] ?? {}) as object) as Body };
}

/** A body with its members as a step looks for them. */
function seenAs(key: ResourceKey, read: Fact): Fact {
  if (read.state !== 'read' || !read.body) return read;
  try {
    return { state: 'read', body: asSeen(key, read.body) };
  } catch (error) {
    if (!isOddShape(error)) throw error;
    return { state: 'unreadable', failure: oddShape() };
  }
}

/** Thrown when a resource is looked at that nobody read: where a verdict does that, a mistake in its step and never a state of the world. */
export class NotRead extends Error {
  readonly key: ResourceKey;
  constructor(key: ResourceKey) {
    super(`${key} is read but is not declared in "reads"`);
    this.key = key;
  }
}

const STORES = new WeakMap<Facts, FactStore>();

/** Whether everything that was read of the app has the shape that Azure documents. */
export const areAsDocumented = (facts: Facts): boolean => STORES.get(facts)?.isAsDocumented() ?? false;

/** What was read of one app: each resource once, in parallel, only what is asked for. */
export class FactStore {
  readonly target: Target;
  readonly cloud: CloudNames;
  readonly #reader: ArmReader;
  readonly #facts = new Map<ResourceKey, Fact>();
  readonly #pending = new Map<ResourceKey, Promise<Fact>>();
  readonly view: Facts;
  /** What was looked at through the view. */
  readonly looked = new Set<ResourceKey>();
  #reads = 0;

  /** `held`: what an inventory knows already; a member it lacks throws NotHeld when it is looked at. */
  constructor(reader: ArmReader, target: Target, held: ReadonlyMap<ResourceKey, Body> = new Map()) {
    this.#reader = reader;
    this.target = target;
    this.cloud = reader.cloud ?? CLOUDS.AzureCloud;
    for (const [key, body] of held) {
      const fact: Fact = { state: 'read', body: onlyHeld(key, body) };
      this.#facts.set(key, fact);
      this.#pending.set(key, Promise.resolve(fact));
    }
    const maybe = (key: ResourceKey) => {
      const fact = this.#known(key);
      return fact.state === 'read' ? fact.body : undefined;
    };
    this.view = new Proxy({ maybe } as unknown as Facts, {
      get: (base, key) => (key === 'maybe' ? base.maybe : this.#get(key as ResourceKey)),
    });
    STORES.set(this.view, this);
  }

  async load(keys: readonly ResourceKey[]): Promise<void> {
    await Promise.all(keys.map((key) => this.#load(key)));
  }

  /** Does some pure work, and again whenever it looked at what was not read: that is read in between. */
  async looking<T>(work: () => T): Promise<T> {
    for (;;) {
      try {
        return work();
      } catch (error) {
        if (!(error instanceof NotRead)) throw error;
        await this.#load(error.key);
      }
    }
  }

  /** Reads again, whatever is known; returns what stands there now. */
  async refresh(key: ResourceKey): Promise<Fact> {
    const before = this.#facts.get(key);
    for (const [other, fact] of this.#facts)
      // Some resources are another one under a name of their own.
      if (other === key || (fact.state === 'read' && before?.state === 'read' && fact.body === before.body)) {
        this.#facts.delete(other);
        this.#pending.delete(other);
      }
    this.#pending.delete(key);
    return this.#load(key);
  }

  /** How many reads are done: as long as there are no more, the same decisions are judged as they were. */
  get reads(): number {
    return this.#reads;
  }

  fact(key: ResourceKey): Fact | undefined {
    return this.#facts.get(key);
  }

  isAsDocumented(): boolean {
    return [...this.#facts].every(([key, fact]) => fact.state !== 'read' || isDocumented(key, fact.body));
  }

  body(key: ResourceKey): Body | null {
    return this.#get(key) as unknown as Body | null;
  }

  #load(key: ResourceKey): Promise<Fact> {
    let pending = this.#pending.get(key);
    if (!pending) {
      pending = this.#reader
        .read(this.target, key, (other) => this.#load(other))
        .then((read) => {
          const fact = seenAs(key, read);
          this.#facts.set(key, fact);
          this.#reads += 1;
          return fact;
        });
      // What was found through something that had to be read first is found again then.
      pending.catch(() => this.#pending.delete(key));
      this.#pending.set(key, pending);
    }
    return pending;
  }

  #known(key: ResourceKey): Fact {
    this.looked.add(key);
    const fact = this.#facts.get(key);
    if (!fact) throw new NotRead(key);
    return fact;
  }

  #get<R extends ResourceKey>(key: R): Resources[R] {
    const fact = this.#known(key);
    if (fact.state === 'unreadable') throw new Unreadable(key, fact.failure);
    return fact.body as unknown as Resources[R];
  }
}
