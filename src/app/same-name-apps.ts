/** Apps with the same name: whether the name of an app is enough to identify it. */
import { ArmFailure, type Discovery } from '../engine/ports.ts';
import type { Target } from '../azure/index.ts';

/** Knows the names of all readable apps. Apps that were not listed before are listed once, on demand. */
export class Namesakes {
  readonly #discovery: Discovery;
  /** Resource ids of apps by name, both in lower case. */
  readonly #ids = new Map<string, Set<string>>();
  #all: Promise<boolean> | undefined;

  constructor(discovery: Discovery) {
    this.#discovery = discovery;
  }

  /** Adds an app that was found. */
  note({ id, name, slot }: Target): void {
    if (slot !== undefined) return;
    const ids = this.#ids.get(name.toLowerCase()) ?? new Set();
    this.#ids.set(name.toLowerCase(), ids.add(id.toLowerCase()));
  }

  /** Declares that all readable apps were added. */
  noteAll(): void {
    this.#all ??= Promise.resolve(true);
  }

  /** Whether another readable app has the same name; true also where some apps could not be listed. */
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
      // Apps without read permission cannot be selected; any other failure can hide an app.
      return error.kind === 'forbidden' || error.kind === 'missing';
    }
  }
}

/** Names for reports. The second app of a name also gets its resource group, a third one its subscription. */
export class ReportNames {
  readonly #taken = new Set<string>();

  labelFor({ label, resourceGroup, subscriptionId }: Target): string {
    const group = `${label} (${resourceGroup})`;
    const name = [label, group].find((one) => !this.#taken.has(one.toLowerCase())) ?? `${label} (${resourceGroup}, ${subscriptionId})`;
    this.#taken.add(name.toLowerCase());
    return name;
  }
}
