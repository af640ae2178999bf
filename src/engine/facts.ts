import type { Facts, ResourceKey, Resources } from '../step.ts';
import { ArmFailure, type ArmReader, type Fact, type Target } from './ports.ts';
import type { Body } from './values.ts';

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

/** A mistake in a step, never a state of the world. */
class Undeclared extends Error {}

/** What was read of one app: each resource once, in parallel, only what is asked for. */
export class FactStore {
  readonly target: Target;
  readonly #reader: ArmReader;
  readonly #facts = new Map<ResourceKey, Fact>();
  readonly #pending = new Map<ResourceKey, Promise<Fact>>();
  readonly view: Facts;

  constructor(reader: ArmReader, target: Target) {
    this.#reader = reader;
    this.target = target;
    const maybe = (key: ResourceKey) => {
      const fact = this.#known(key);
      return fact.state === 'read' ? fact.body : undefined;
    };
    this.view = new Proxy({ maybe } as unknown as Facts, {
      get: (base, key) => (key === 'maybe' ? base.maybe : this.#get(key as ResourceKey)),
    });
  }

  async load(keys: readonly ResourceKey[]): Promise<void> {
    await Promise.all(keys.map((key) => this.#load(key)));
  }

  /** Reads again, whatever is known; returns what stands there now. */
  async refresh(key: ResourceKey): Promise<Fact> {
    this.#facts.delete(key);
    this.#pending.delete(key);
    return this.#load(key);
  }

  fact(key: ResourceKey): Fact | undefined {
    return this.#facts.get(key);
  }

  body(key: ResourceKey): Body | null {
    return this.#get(key) as unknown as Body | null;
  }

  #load(key: ResourceKey): Promise<Fact> {
    let pending = this.#pending.get(key);
    if (!pending) {
      pending = this.#reader
        .read(this.target, key, (other) => this.#load(other))
        .then((fact) => {
          this.#facts.set(key, fact);
          return fact;
        });
      this.#pending.set(key, pending);
    }
    return pending;
  }

  #known(key: ResourceKey): Fact {
    const fact = this.#facts.get(key);
    if (!fact) throw new Undeclared(`${key} is looked at but was not declared in "reads"`);
    return fact;
  }

  #get<R extends ResourceKey>(key: R): Resources[R] {
    const fact = this.#known(key);
    if (fact.state === 'unreadable') throw new Unreadable(key, fact.failure);
    return fact.body as unknown as Resources[R];
  }
}
