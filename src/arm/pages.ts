/** Pages of lists, with a check that no list repeats a page or is longer than anything Azure holds. */
import { ArmFailure } from '../engine/ports.ts';

const MOST_PAGES = 1000;
/** The most characters of all pages of one list. */
const MOST_CHARACTERS = 256 * 1024 * 1024;

/** Counts the pages of one list. */
export class Pages {
  readonly #seen = new Set<string>();
  #characters = 0;

  /** Counts a page and the link to the next one. @throws ArmFailure where the list does not end */
  count(next: string | undefined, characters = 0): void {
    this.#characters += characters;
    if (next === undefined) return;
    if (this.#seen.has(next) || this.#seen.size >= MOST_PAGES || this.#characters > MOST_CHARACTERS) throw notAListFailure();
    this.#seen.add(next);
  }
}

interface Paged<T> {
  byPage(): AsyncIterable<readonly T[] & { continuationToken?: string }>;
}

/** Yields the items of a list that Microsoft's clients page through without a limit. @throws ArmFailure */
export async function* itemsOf<T>(list: Paged<T>): AsyncGenerator<T> {
  const pages = new Pages();
  for await (const page of list.byPage()) {
    yield* page;
    pages.count(page.continuationToken || undefined);
  }
}

/** The failure for an answer that is not a list. As an empty list, it would let controls pass without being judged. */
export const notAListFailure = (): ArmFailure =>
  new ArmFailure({
    kind: 'server',
    code: 'UnexpectedAnswer',
    message: 'The service returned an incomplete list.',
    next: 'Check the endpoint and the proxy, then try again.',
  });
