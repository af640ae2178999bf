import { shapeFailure, isShapeError } from '../shape-errors.ts';
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

/** Thrown when a pure function reads a resource that could not be read. The verdict is then `unknown`. */
export class Unreadable extends Error {
  readonly key: ResourceKey;
  readonly failure: ArmFailure;
  constructor(key: ResourceKey, failure: ArmFailure) {
    super(failure.message);
    this.key = key;
    this.failure = failure;
  }
}

/** Thrown when a function reads a member that the inventory lacks: the member may be set all the same. */
export class NotHeld extends Error {
  readonly key: ResourceKey;
  constructor(key: ResourceKey, member: string) {
    super(`${key} was read from the list of apps, without ${member}`);
    this.key = key;
  }
}

/** Wraps a body of the inventory so that only members that it has can be read. */
function guardInventory(key: ResourceKey, body: Body): Body {
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

/** Returns a fact whose body has its members under the names that a step uses. */
function withCanonicalNames(key: ResourceKey, read: Fact): Fact {
  if (read.state !== 'read' || !read.body) return read;
  try {
    return { state: 'read', body: asSeen(key, read.body) };
  } catch (error) {
    if (!isShapeError(error)) throw error;
    return { state: 'unreadable', failure: shapeFailure() };
  }
}

/** Thrown when a function reads a resource that was not read. In a verdict, that is a mistake of its step. */
export class NotRead extends Error {
  readonly key: ResourceKey;
  constructor(key: ResourceKey) {
    super(`${key} is read but is not declared in "reads"`);
    this.key = key;
  }
}

const STORES = new WeakMap<Facts, FactStore>();

/** Whether everything that was read of the app has the documented shape. */
export const areAsDocumented = (facts: Facts): boolean => STORES.get(facts)?.isAsDocumented() ?? false;

/** The resources of one app that were read. Each is read once, in parallel, and only on demand. */
export class FactStore {
  readonly target: Target;
  readonly cloud: CloudNames;
  readonly #reader: ArmReader;
  readonly #facts = new Map<ResourceKey, Fact>();
  readonly #pending = new Map<ResourceKey, Promise<Fact>>();
  readonly view: Facts;
  readonly #held: Set<ResourceKey>;
  /** Keys of the resources that functions looked at through the view. */
  readonly looked = new Set<ResourceKey>();
  #reads = 0;

  /** `held`: what an inventory already has. Reading a member that it lacks throws NotHeld. */
  constructor(reader: ArmReader, target: Target, held: ReadonlyMap<ResourceKey, Body> = new Map()) {
    this.#reader = reader;
    this.target = target;
    this.cloud = reader.cloud ?? CLOUDS.AzureCloud;
    this.#held = new Set(held.keys());
    for (const [key, body] of held) {
      const fact: Fact = { state: 'read', body: guardInventory(key, body) };
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

  /** Runs pure work, reads the resources that it found missing, and repeats until it completes. */
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

  async refresh(key: ResourceKey): Promise<Fact> {
    const before = this.#facts.get(key);
    for (const [other, fact] of this.#facts)
      // Some resource keys are a second name for the same resource.
      if (other === key || (fact.state === 'read' && before?.state === 'read' && fact.body === before.body)) {
        this.#facts.delete(other);
        this.#pending.delete(other);
      }
    this.#pending.delete(key);
    this.#held.delete(key);
    return this.#load(key);
  }

  /** Reads everything that an inventory gave so far, and returns whether there was anything. */
  async refreshHeld(): Promise<boolean> {
    const keys = [...this.#held];
    await Promise.all(keys.map((key) => this.refresh(key)));
    return keys.length > 0;
  }

  /** The number of completed reads. While it does not change, the same decisions get the same verdicts. */
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
          const fact = withCanonicalNames(key, read);
          this.#facts.set(key, fact);
          this.#reads += 1;
          return fact;
        });
      // If the read fails, the next caller reads again.
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
