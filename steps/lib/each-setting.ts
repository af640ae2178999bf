/** Controls that check one setting on each resource of a list, such as every storage account that the app names. */
import type { Context, Draft, Rule, Verdict } from '../../src/contract/index.ts';
import type { At, Json, Listed, ResourceKey, Resources } from '../../src/azure/index.ts';
import { judgeEach, type Flaw } from './judge-each.ts';

type ListKey = { [K in ResourceKey]: Resources[K] extends Listed<{ readonly id: string }> ? K : never }[ResourceKey];
type Item<K extends ListKey> = Resources[K] extends Listed<infer T> ? T & { readonly id: string } : never;

/** A list of resources that are judged by the same rule. */
export interface ListOf<K extends ListKey, A> {
  readonly key: K;
  /** Resources that must be read to know the list and its items. */
  readonly reads: readonly ResourceKey[];
  readonly all: (x: Context<A>) => readonly Item<K>[];
  /** Name of an item in verdicts, and the id of the resource that it belongs to. */
  readonly named: (item: Item<K>) => { readonly name: string; readonly id: string };
  /** Reason for "not applicable" if the list is empty. */
  readonly none: string;
  /** Items that should be in the list but could not be read. */
  readonly missing: (x: Context<A>) => readonly string[];
  /** Adjusts the verdict after checking other places that may name items. */
  readonly seen?: (x: Context<A>, verdict: Verdict) => Verdict;
}

/** A rule over a list: `expect` returns what is wrong with an item; each item is judged by it and fixed if it is wrong. */
export interface EachSetting<K extends ListKey, A> extends Omit<Rule<A>, 'kind' | 'reads' | 'judge' | 'draft' | 'terraform'> {
  readonly each: ListOf<K, A>;
  readonly expect: (item: Item<K>, x: Context<A>) => Flaw;
  readonly wanted: string | ((x: Context<A>) => string);
  /** Overrides the verdict if the rule does not apply for another reason, or more must be said. */
  readonly verdict?: (x: Context<A>, judged: () => Verdict) => Verdict;
  readonly at?: Extract<At, readonly [K, string]>[1];
  /** The desired value; without it the setting is only reported. */
  readonly set?: Json | ((item: Item<K>, x: Context<A>) => Json);
  readonly absent?: Json;
  /** Other members of the draft: what it waits for, and what undo writes. */
  readonly links?:
    | Partial<Pick<Draft, 'after' | 'reserves'>>
    | ((item: Item<K>) => { readonly restore?: Json } & Partial<Pick<Draft, 'reserves' | 'after'>>);
  /** Changes that must precede the change of an item. */
  readonly first?: (item: Item<K>, x: Context<A>) => readonly Draft[];
  /** Returns whether another change of the plan already fixes the item. */
  readonly unless?: (item: Item<K>, x: Context<A>) => boolean;
  readonly terraform?: string;
  /** Resources that `expect` reads in addition to those of the list. */
  readonly reads?: readonly ResourceKey[];
}

export function eachSetting<K extends ListKey, A = unknown>(setting: EachSetting<K, A>): Rule<A> {
  const { each, expect, wanted, verdict, at, set, absent, links, first, unless, terraform, reads = each.reads, ...rest } = setting;
  const judged = (x: Context<A>): Verdict => {
    const found = judgeEach(
      each.all(x).map((item) => ({ ...each.named(item), item })),
      ({ item }) => expect(item, x),
      typeof wanted === 'function' ? wanted(x) : wanted,
      each.none,
      each.missing(x),
    );
    return each.seen?.(x, found) ?? found;
  };
  const draft = (x: Context<A>): Draft[] =>
    each
      .all(x)
      .filter((item) => typeof expect(item, x) === 'string' && !unless?.(item, x))
      .flatMap((item) => [
        ...(first?.(item, x) ?? []),
        {
          at: [each.key, at] as unknown as At,
          instanceId: item.id,
          to: typeof set === 'function' ? set(item, x) : (set ?? null),
          ...(absent === undefined ? {} : { absent }),
          ...(typeof links === 'function' ? links(item) : links),
        },
      ]);
  return {
    ...rest,
    kind: 'rule',
    reads,
    judge: (x) => (verdict ? verdict(x, () => judged(x)) : judged(x)),
    ...(set === undefined ? {} : { draft, writes: rest.writes ?? [each.key] }),
    ...(terraform === undefined ? {} : { terraform: { [`${each.key} ${at ?? ''}`]: terraform } }),
  };
}
