import { untilStopped } from './until-stopped.ts';

/**
 * Runs over items with at most `most` at a time; results keep the order of the items. Only work that reads takes a signal, which ends it at
 * once, in the middle of an item.
 * @throws the reason of the signal
 */
export async function mapLimited<T, R>(
  items: readonly T[],
  most: number,
  work: (item: T) => Promise<R>,
  signal?: AbortSignal,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < items.length; index = next++) {
      results[index] = await work(items[index] as T);
      signal?.throwIfAborted();
    }
  };
  await untilStopped(Promise.all(Array.from({ length: Math.min(most, items.length) }, worker)), signal);
  return results;
}

/** Orders items so that their groups take turns; the items of each group keep their order. */
export function inTurn<T>(items: readonly T[], groupOf: (item: T) => string): T[] {
  const groups = [...Map.groupBy(items, groupOf).values()];
  const longest = groups.reduce((most, { length }) => Math.max(most, length), 0);
  return Array.from({ length: longest }, (_, at) => groups.flatMap((group) => group.slice(at, at + 1))).flat();
}

/** As `mapLimited`, for apps: subscriptions take turns, because Azure has a separate request limit for each subscription. */
export async function mapApps<T extends { readonly subscriptionId: string }, R>(
  apps: readonly T[],
  most: number,
  work: (app: T) => Promise<R>,
  signal?: AbortSignal,
): Promise<R[]> {
  const results: R[] = [];
  const order = inTurn([...apps.keys()], (index) => apps[index]!.subscriptionId);
  const inOrder = async (index: number): Promise<void> => {
    results[index] = await work(apps[index]!);
  };
  await mapLimited(order, most, inOrder, signal);
  return results;
}

/**
 * Runs over items as they arrive, with at most `most` at a time. A signal that fires ends it at once, as `mapLimited`.
 * @throws the reason of the signal
 */
export async function forEachLimited<T>(
  items: AsyncIterator<T>,
  most: number,
  work: (item: T) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  let started = 0;
  const workThrough = async (first: IteratorResult<T>): Promise<void> => {
    for (let next = first; !next.done; next = await items.next()) {
      await work(next.value);
      signal?.throwIfAborted();
    }
  };
  // A worker starts when the one before has an item: the queue of an async generator takes minutes for 100,000 workers without one.
  const startWorker = async (): Promise<void> => {
    started += 1;
    const first = await items.next();
    if (!first.done) await Promise.all([workThrough(first), started < most ? startWorker() : undefined]);
  };
  await untilStopped(startWorker(), signal);
}

/**
 * Runs over items as they arrive; yields results in the order of the items and holds at most `most` of them. A signal that fires ends it at
 * once, without the results of the items in work.
 */
export async function* streamLimited<T, R>(
  items: AsyncIterable<T>,
  most: number,
  work: (item: T) => Promise<R>,
  signal: AbortSignal,
): AsyncGenerator<R> {
  const results = resultsOf(items, most, work);
  for (;;) {
    const next = await untilStopped(results.next(), signal).catch((error: unknown) => {
      if (signal.aborted) return undefined;
      throw error;
    });
    if (!next || next.done) return;
    yield next.value;
  }
}

async function* resultsOf<T, R>(items: AsyncIterable<T>, most: number, work: (item: T) => Promise<R>): AsyncGenerator<R> {
  const underway: Promise<R>[] = [];
  for await (const item of items) {
    const result = work(item);
    result.catch(() => undefined); // Reported when the result is yielded.
    underway.push(result);
    if (underway.length >= most) yield await (underway.shift() as Promise<R>);
  }
  for (const result of underway) yield await result;
}

/** Interleaves several async iterables round-robin. */
export async function* interleave<T>(lists: readonly AsyncIterable<T>[]): AsyncGenerator<T> {
  let open = lists.map((list) => list[Symbol.asyncIterator]());
  while (open.length > 0) {
    const next = await Promise.all(open.map((list) => list.next()));
    for (const one of next) if (!one.done) yield one.value;
    open = open.filter((_, index) => !next[index]?.done);
  }
}

/** Merges several async iterables in the order in which their items arrive, so that a slow one delays no other. */
export async function* mergeAsTheyCome<T>(lists: readonly AsyncIterable<T>[]): AsyncGenerator<T> {
  const pending = new Map(
    lists.map((list, index) => {
      const iterator = list[Symbol.asyncIterator]();
      return [index, { iterator, next: iterator.next() }];
    }),
  );
  while (pending.size > 0) {
    const { index, result } = await Promise.race([...pending].map(async ([at, { next }]) => ({ index: at, result: await next })));
    const one = pending.get(index);
    if (result.done || !one) pending.delete(index);
    else {
      one.next = one.iterator.next();
      yield result.value;
    }
  }
}
