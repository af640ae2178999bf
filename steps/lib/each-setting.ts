/** Settings of every resource of a list: every storage account that the app names, every vault that it refers to. */
import type { Context, Draft, Rule, Verdict } from '../../src/contract/index.ts';
import type { At, Json, Listed, ResourceKey, Resources } from '../../src/azure/index.ts';
import { judgeEach, type Flaw } from './judge-each.ts';

type ListKey = { [K in ResourceKey]: Resources[K] extends Listed<{ readonly id: string }> ? K : never }[ResourceKey];
type Item<K extends ListKey> = Resources[K] extends Listed<infer T> ? T & { readonly id: string } : never;

/** Resources that are judged in the same way. */
export interface ListOf<K extends ListKey, A> {
  readonly key: K;
  /** Resources that show which items there are, and their values. */
  readonly reads: readonly ResourceKey[];
  readonly all: (x: Context<A>) => readonly Item<K>[];
  /** Returns the name of an item for a verdict, and the resource that it belongs to. */
  readonly named: (item: Item<K>) => { readonly name: string; readonly id: string };
  /** The reason why the control does not apply where the list is empty. */
  readonly none: string;
  /** Returns items that the app also uses and that were not read. */
  readonly missing: (x: Context<A>) => readonly string[];
  /** Returns the verdict after the other places that may hold items were checked. */
  readonly seen?: (x: Context<A>, verdict: Verdict) => Verdict;
}

/** A setting whose desired value is declared once, in `expect`. Every item is judged by it, and set where it is wrong. */
interface EachSetting<K extends ListKey, A> extends Omit<Rule<A>, 'kind' | 'reads' | 'judge' | 'draft' | 'terraform'> {
  readonly each: ListOf<K, A>;
  readonly expect: (item: Item<K>, x: Context<A>) => Flaw;
  readonly wanted: string | ((x: Context<A>) => string);
  /** Returns the current value of an item that is right, where several values are; otherwise it is the text of `wanted`. */
  readonly right?: (item: Item<K>) => string;
  /** Returns a different verdict, if the control does not apply for another reason or needs more text. */
  readonly verdict?: (x: Context<A>, judged: () => Verdict) => Verdict;
  readonly at?: Extract<At, readonly [K, string]>[1];
  /** The value to write. Without it the setting is only reported. */
  readonly set?: Json | ((item: Item<K>, x: Context<A>) => Json);
  readonly absent?: Json;
  /** Further members of the draft: changes that it waits for, and the value that undo writes. */
  readonly links?:
    | Partial<Pick<Draft, 'after' | 'reserves'>>
    | ((item: Item<K>, x: Context<A>) => { readonly restore?: Json } & Partial<Pick<Draft, 'reserves' | 'after'>>);
  /** Returns changes that must be sent before that of an item. */
  readonly first?: (item: Item<K>, x: Context<A>) => readonly Draft[];
  /** Whether another change of the plan already sets the item. */
  readonly unless?: (item: Item<K>, x: Context<A>) => boolean;
  readonly terraform?: string;
  /** Resources that `expect` reads in addition to the list. */
  readonly reads?: readonly ResourceKey[];
}

export function eachSetting<K extends ListKey, A = unknown>(setting: EachSetting<K, A>): Rule<A> {
  const { each, expect, wanted, right, verdict, at, set, absent, links, first, unless, terraform, reads = each.reads, ...rest } = setting;
  const judged = (x: Context<A>): Verdict => {
    const found = judgeEach(
      each.all(x).map((item) => ({ ...each.named(item), item })),
      ({ item }) => expect(item, x),
      typeof wanted === 'function' ? wanted(x) : wanted,
      each.none,
      each.missing(x),
      right && (({ item }) => right(item)),
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
          ...(typeof links === 'function' ? links(item, x) : links),
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
