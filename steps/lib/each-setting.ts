/** Settings of each resource of a list: every storage account that the app names, every vault that it refers to. */
import type { Context, Draft, Rule, Verdict } from '../../src/contract/index.ts';
import type { At, Json, Listed, ResourceKey, Resources } from '../../src/azure/index.ts';
import { judgeEach, type Flaw } from './judge-each.ts';

type ListKey = { [K in ResourceKey]: Resources[K] extends Listed<{ readonly id: string }> ? K : never }[ResourceKey];
type Item<K extends ListKey> = Resources[K] extends Listed<infer T> ? T & { readonly id: string } : never;

/** Resources that are judged alike. */
export interface ListOf<K extends ListKey, A> {
  readonly key: K;
  /** What tells which they are, and what they are like. */
  readonly reads: readonly ResourceKey[];
  readonly all: (x: Context<A>) => readonly Item<K>[];
  /** What a verdict calls one, and what it is part of. */
  readonly named: (item: Item<K>) => { readonly name: string; readonly id: string };
  /** Why it does not apply where there are none. */
  readonly none: string;
  /** What is meant as well and was not seen. */
  readonly missing: (x: Context<A>) => readonly string[];
  /** The verdict, once what else may hold some was looked at. */
  readonly seen?: (x: Context<A>, verdict: Verdict) => Verdict;
}

/** What is wrong with one is said once, in `expect`: each is judged by it, and set right where it is wrong. */
export interface EachSetting<K extends ListKey, A> extends Omit<Rule<A>, 'kind' | 'reads' | 'judge' | 'draft' | 'terraform'> {
  readonly each: ListOf<K, A>;
  readonly expect: (item: Item<K>, x: Context<A>) => Flaw;
  readonly wanted: string | ((x: Context<A>) => string);
  /** Where it does not apply for another reason, or more is to be said. */
  readonly verdict?: (x: Context<A>, judged: () => Verdict) => Verdict;
  readonly at?: Extract<At, readonly [K, string]>[1];
  /** Without it the setting is only reported. */
  readonly set?: Json | ((item: Item<K>, x: Context<A>) => Json);
  readonly absent?: Json;
  /** What else its draft holds: what it waits for, and what undo writes back. */
  readonly links?:
    | Partial<Pick<Draft, 'after' | 'reserves'>>
    | ((item: Item<K>) => { readonly restore?: Json } & Partial<Pick<Draft, 'reserves' | 'after'>>);
  /** Changes that one needs before. */
  readonly first?: (item: Item<K>, x: Context<A>) => readonly Draft[];
  /** What another change of the plan sets right already. */
  readonly unless?: (item: Item<K>, x: Context<A>) => boolean;
  readonly terraform?: string;
  /** Where `expect` looks at more than the list itself does. */
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
