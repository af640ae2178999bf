/** The findings of a whole fleet in little memory, for a list that is sorted over all apps before it is written. */
import type { Target } from '../../azure/index.ts';
import type { StepState } from '../judge/assess.ts';
import { type About, type Finding, findingsOf, SharedFindings } from './finding.ts';
import type { FindingRows } from './order.ts';

/** The common part of equal findings of several apps. The id of a resource below its app is stored without the id of the app. */
interface Kind extends Omit<Finding, 'apps'> {
  readonly isBelowApp: boolean;
}

/** An app, and its part of the rows. */
interface Rows {
  readonly apps: readonly [Target];
  readonly from: number;
  readonly to: number;
}

/** The number of kinds that are looked up. Most apps of a fleet have the same findings. */
const MOST_KINDS = 10_000;

/** Holds each kind of finding once, and a number for each finding. */
export class FindingTable {
  /** By the id of the app, so that a second reading of an app replaces the first. */
  readonly #apps = new Map<string, Rows>();
  readonly #kinds: Kind[] = [];
  readonly #known = new Map<string, number>();
  /** The kinds of the findings, app by app. */
  readonly #rows: number[] = [];

  add(target: Target, steps: readonly StepState[], about?: About): void {
    const from = this.#rows.length;
    const apps = [target] as const;
    for (const one of findingsOf({ apps, same: (text) => text }, steps, about)) this.#rows.push(this.#numberOf(kindOf(one, target.id)));
    this.#apps.set(target.id, { apps, from, to: this.#rows.length });
  }

  /** Returns the findings that are wanted, in no particular order, with one for each shared resource. */
  list(isWanted: (one: Pick<Finding, 'severity' | 'risk'>) => boolean): FindingRows {
    const apps: Rows['apps'][] = [];
    const [appOf, kindIn] = [new Uint32Array(this.#rows.length), new Uint32Array(this.#rows.length)];
    let own = 0;
    const shared = new SharedFindings();
    for (const rows of this.#apps.values()) {
      for (let row = rows.from; row < rows.to; row++) {
        const number = this.#rows[row] as number;
        const kind = this.#kinds[number] as Kind;
        if (kind.isShared) shared.add(findingIn(kind, rows.apps));
        else if (isWanted(kind)) {
          appOf[own] = apps.length;
          kindIn[own] = number;
          own += 1;
        }
      }
      apps.push(rows.apps);
    }
    const others = shared.all().filter(isWanted);
    const ownAt = (place: number) => findingIn(this.#kinds[kindIn[place] as number] as Kind, apps[appOf[place] as number] as Rows['apps']);
    return { length: own + others.length, at: (place) => (place < own ? ownAt(place) : (others[place - own] as Finding)) };
  }

  #numberOf(kind: Kind): number {
    const { id, severity, risk, fix, state, found, wanted, resource, isBelowApp, isShared } = kind;
    const key = JSON.stringify([id, severity, risk, fix, state, found, wanted, resource, isBelowApp, isShared]);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.#known.size < MOST_KINDS) this.#known.set(key, this.#kinds.length);
    return this.#kinds.push(kind) - 1;
  }
}

function kindOf(one: Finding, app: string): Kind {
  const { apps: _, ...finding } = one;
  const { resource } = finding;
  const isBelowApp = resource?.startsWith(app) === true;
  return { ...finding, resource: isBelowApp ? resource.slice(app.length) : resource, isBelowApp };
}

function findingIn({ isBelowApp, ...finding }: Kind, apps: Rows['apps']): Finding {
  return { ...finding, resource: isBelowApp ? `${apps[0].id}${finding.resource ?? ''}` : finding.resource, apps };
}
