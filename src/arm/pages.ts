/** Lists come in pages. None goes round in circles, and none is longer than anything that Azure holds. */
import { ArmFailure } from '../engine/ports.ts';

const MOST_PAGES = 1000;
/** Characters of all pages of one list together. */
const MOST_CHARACTERS = 256 * 1024 * 1024;

/** The pages of one list, counted. */
export class Pages {
  readonly #seen = new Set<string>();
  #characters = 0;

  /** Counts a page that came, and where it says the next one is. @throws ArmFailure where the list does not end */
  count(next: string | undefined, characters = 0): void {
    this.#characters += characters;
    if (next === undefined) return;
    if (this.#seen.has(next) || this.#seen.size >= MOST_PAGES || this.#characters > MOST_CHARACTERS) throw noList();
    this.#seen.add(next);
  }
}

interface Paged<T> {
  byPage(): AsyncIterable<readonly T[] & { continuationToken?: string }>;
}

/** The items of a list that Microsoft's clients page through by themselves, without an end of their own. @throws ArmFailure */
export async function* itemsOf<T>(list: Paged<T>): AsyncGenerator<T> {
  const pages = new Pages();
  for await (const page of list.byPage()) {
    yield* page;
    pages.count(page.continuationToken || undefined);
  }
}

/** What is no list must not be taken for an empty one: controls would pass that nobody could judge. */
export const noList = (): ArmFailure =>
  new ArmFailure({
    kind: 'server',
    code: 'UnexpectedAnswer',
    message: 'The service returned an incomplete list.',
    next: 'Check the endpoint and the proxy, then run the command again.',
  });
