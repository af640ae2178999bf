/** Apps of one name: whether the name of an app is enough to say which app is meant. */
import { ArmFailure, type Discovery } from '../engine/ports.ts';
import type { Target } from '../azure/index.ts';

/** Knows the names of all apps in reach. What was not listed on the way is listed once, when somebody asks. */
export class Namesakes {
  readonly #discovery: Discovery;
  /** Resource ids of the apps of one name, both in small letters. */
  readonly #ids = new Map<string, Set<string>>();
  #all: Promise<boolean> | undefined;

  constructor(discovery: Discovery) {
    this.#discovery = discovery;
  }

  /** An app that was found on the way. */
  note({ id, name, slot }: Target): void {
    if (slot !== undefined) return;
    const ids = this.#ids.get(name.toLowerCase()) ?? new Set();
    this.#ids.set(name.toLowerCase(), ids.add(id.toLowerCase()));
  }

  /** All apps in reach were noted. */
  noteAll(): void {
    this.#all ??= Promise.resolve(true);
  }

  /** Whether another app in reach has the same name; true also where some apps could not be listed. */
  async has({ name }: Target): Promise<boolean> {
    const isShared = () => (this.#ids.get(name.toLowerCase())?.size ?? 0) > 1;
    if (isShared()) return true;
    this.#all ??= this.#list();
    const isWhole = await this.#all;
    return isShared() || !isWhole;
  }

  async #list(): Promise<boolean> {
    try {
      const subscriptions = await this.#discovery.subscriptions();
      const listed = await Promise.all(subscriptions.map(({ id }) => this.#listOne(id)));
      return listed.every(Boolean);
    } catch (error) {
      if (!(error instanceof ArmFailure)) throw error;
      return false;
    }
  }

  async #listOne(subscription: string): Promise<boolean> {
    try {
      for await (const app of this.#discovery.apps(subscription)) this.note(app);
      return true;
    } catch (error) {
      if (!(error instanceof ArmFailure)) throw error;
      // What the caller may not see is not in reach; anything else may hide an app.
      return error.kind === 'forbidden' || error.kind === 'missing';
    }
  }
}

/** Names for reports: the second app of a name is told by its resource group as well, a third one by its subscription. */
export class ReportNames {
  readonly #taken = new Set<string>();

  labelFor({ label, resourceGroup, subscriptionId }: Target): string {
    const group = `${label} (${resourceGroup})`;
    const name = [label, group].find((one) => !this.#taken.has(one.toLowerCase())) ?? `${label} (${resourceGroup}, ${subscriptionId})`;
    this.#taken.add(name.toLowerCase());
    return name;
  }
}
