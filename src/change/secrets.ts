/** The scrubber of this process: removes every secret that was read or sent from messages of Azure, and (except possible names) from all output. */
import { isReference } from '../azure/settings/references.ts';
import type { Json } from '../azure/index.ts';
import { EncodedQuotes } from './encoded-quotes.ts';
import {
  hasRuns,
  endsOf,
  isCredential,
  isWord,
  isPublicField,
  isTelling,
  piecesOf,
  REDACTED,
  spellingsOf,
  windowsOf,
} from './secret-shapes.ts';
import { joined, withoutWord, withoutWordsAt } from './secret-words.ts';
import { isRecord } from './json-paths.ts';
import { forEachRun } from './letter-runs.ts';
import { WindowSet } from './window-set.ts';

/** The number of characters by which a secret is recognized, without regard to case. */
const WINDOW = 8;
/** The number of windows that are kept before the oldest are forgotten. A secret of 80 characters has about 200 windows. */
const MOST_WINDOWS = 100_000;
const MOST_VALUES = 2000;
const MOST_BROKEN = 200;
/** The number of texts of one answer that are learned. No app has so many settings. */
const MOST_AT_ONCE = 2000;
/** The number of characters of a text that are read. A value of a megabyte is recognized by its first part. */
const MOST_CHARACTERS = 4096;
const BITS = 1 << 22;
/** The number of characters of a line that is looked at once for a whole session. */
const LINE = 300;

/**
 * The words that Azure itself writes in ids and Key Vault references, and their windows. A reference with a mistake in it, or a setting that holds a
 * resource type, does not hide these words everywhere.
 */
const PLATFORM_WORDS: readonly string[] = (
  'microsoft keyvault appconfiguration keyvaultreference secreturi secretname secretversion vaultname ' +
  'subscriptions resourcegroups providers storageaccounts blobservices fileservices virtualnetworks privateendpoints ' +
  'networksecuritygroups publicipaddresses managedidentity userassignedidentities operationalinsights workspaces insights components ' +
  'serverfarms hostingenvironments containerapps managedenvironments containerregistry registries eventgrid eventhub servicebus namespaces ' +
  'documentdb databaseaccounts flexibleservers authorization roleassignments policyassignments'
).split(' ');
const PLATFORM: ReadonlySet<string> = new Set(
  PLATFORM_WORDS.flatMap((word) => Array.from({ length: word.length - WINDOW + 1 }, (_, at) => word.slice(at, at + WINDOW))),
);

/** Credentials that are recognized by their form, also before the secret itself was read. */
const SHAPES =
  /((?:Account|SharedAccess|Access|Primary|Secondary|Master)Key|password|pwd|client_secret)(\s*[=:]\s*|%3D)["']?(?!\()(?:[^\s;&"'<>,)\]}]{6,})|\b(sig|code|token)(=|%3D)(?:[^\s;&"'<>,)\]}]{6,})|-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)|\beyJ(?<=(?<![\w-])(?:(?!\beyJ)[\w-])*eyJ)[\w-]{10,}\.[\w-]{10,}(?:\.[\w-]*)?|(\bBearer )[\w.~+/=-]{12,}/gi;

/**
 * The password in an address, as `https://user:password@host`. The user may be missing, and the password may contain `@` and `/`. A number
 * before a slash is a port.
 */
const IN_ADDRESS = /(?<=:\/\/[^\s/:@"]{0,64}:)(?:[^\s/"]+|(?!\d{1,5}\/)[^\s"]+)(?=@)/g;

/**
 * The same without any character that may end the address in a report: `http://localhost:3000,pass,team@contoso.com` holds no password.
 * Markdown has a space without width after the scheme.
 */
const IN_SHOWN_ADDRESS = /(?<=:(?:&#8203;)?\/\/[^\s/:@"'<>,;]{0,64}:)(?:&#?\w{1,8};|[^\s/:@"'<>,;])+(?=@)/g;

/** Returns a text without what has the form of a credential, as a key in a connection string, also where nothing was read yet. */
export const withoutCredentials = (text: string): string =>
  text
    .replace(
      SHAPES,
      (_, ...kept: readonly (string | undefined)[]) =>
        `${kept
          .slice(0, 5)
          .map((one) => one ?? '')
          .join('')}${REDACTED}`,
    )
    .replace(IN_ADDRESS, REDACTED);

/**
 * Returns the name of a setting without the credentials of a connection string or an address that was pasted into it. Colons alone
 * separate the parts of a name, as in Identity:Password:RequiredLength.
 */
export const nameWithoutCredentials = (name: string): string => (/=|:\/\//.test(name) ? withoutCredentials(name) : name);

/** The form of an error code of Azure, as `AuthorizationFailed`: words one after the other. */
const CODE = /^(?:[A-Z][a-z]+)+$/;

/** Returns whether a text is the id of a resource: settings hold such ids, every report shows them, and they are no credentials. */
const isResourceId = (text: string): boolean =>
  /^\/subscriptions\/[\da-f-]{36}(?:\/resourceGroups\/[\w.() -]+)?(?:\/providers\/[a-z]+\.[a-z.]+(?:\/(?!providers\/)[a-z]+\/[\w.() -]+)+)*$/i.test(
    text,
  );

/** Learns secrets and removes them from texts. */
export class Secrets {
  /** Two generations of windows: a window that is used again moves to the newer one. */
  #windows = new WindowSet();
  #older = new WindowSet();
  #bits = new Uint8Array(BITS / 8);
  /** Secrets and their spellings, which are computed for the first quote: most processes never have one. */
  readonly #values = new Map<string, readonly string[] | undefined>();
  /** Secrets that are recognized only as a whole, because other characters separate all of their letters. */
  readonly #broken = new Map<string, readonly string[] | undefined>();
  /** Secrets that were found in a place for credentials. They are never treated as words. */
  readonly #sure = new Set<string>();
  readonly #ends = new Set<string>();
  readonly #encoded = new EncodedQuotes(new RegExp(PLATFORM_WORDS.join('|'), 'i'));
  readonly #public = new Set<string>();
  readonly #known = new Set<string>();
  /** Texts in which no secret was found since the last one was learned: a screen has the same lines again and again. */
  readonly #clean = new Set<string>();
  /** Set where more was read at once than can be recognized again. From then on, no quoted text is shown. */
  #isBeyond = false;

  /** Learns a secret, or a text that contains secrets: a connection string, a URL, JSON, a key of many lines. */
  learn(text: string, isSure = false): void {
    const given = text.slice(0, MOST_CHARACTERS);
    if (given.length < 3 || isReference(given) || isResourceId(given) || this.#known.has(given)) return;
    if (this.#known.size >= MOST_VALUES) [this.#known, this.#ends].forEach((set) => set.clear());
    this.#known.add(given);
    this.#clean.clear();
    for (const { text: piece, isSure: sure } of piecesOf(given, isSure)) {
      if (sure) this.#sure.add(piece);
      this.#values.delete(piece);
      this.#values.set(piece, undefined);
      if (!isTelling(piece, sure)) continue;
      for (const end of endsOf(piece)) this.#ends.add(end);
      if (!this.#public.has(piece.toLowerCase())) this.#encoded.learn(piece, sure);
      if (!hasRuns(piece)) this.#broken.set(piece, undefined);
      if (this.#broken.size > MOST_BROKEN) this.#broken.delete(this.#broken.keys().next().value as string);
      for (const window of windowsOf(piece)) this.#index(window);
    }
    while (this.#values.size > MOST_VALUES) {
      const oldest = this.#values.keys().next().value as string;
      this.#values.delete(oldest);
      this.#sure.delete(oldest);
    }
  }

  /** Learns every text in a value, except members that `isPublic` recognizes by their names and values. */
  learnAll(value: Json, isPublic: (member: string, value: string) => boolean = isPublicField): void {
    let left = MOST_AT_ONCE;
    const learnIn = (inner: Json, member: string): void => {
      if (this.#isBeyond) return;
      if (typeof inner === 'string') {
        if (isPublic(member, inner)) return;
        left -= 1;
        this.#isBeyond = left < 0;
        if (!this.#isBeyond) this.learn(inner, isCredential(member));
      } else if (Array.isArray(inner)) for (const item of inner as readonly Json[]) learnIn(item, member);
      else if (isRecord(inner))
        for (const [name, one] of Object.entries(inner)) {
          // Names are shown.
          if (nameWithoutCredentials(name) !== name) this.learn(name);
          learnIn(one, name);
        }
    };
    learnIn(value, '');
  }

  /** Declares that a name occurs in addresses, so that it is not a secret, even if a setting has the same value. */
  permit(name: string): void {
    if (this.#public.size < 100_000) this.#public.add(name.toLowerCase());
  }

  /** Returns a message of Azure without the secrets that it quotes whole, in part, or encoded. */
  fromQuote(text: string): string {
    if (this.#isBeyond) return CODE.test(text) ? text : REDACTED;
    let clean = withoutCredentials(this.#withoutEncoded(text));
    clean = this.#withoutWords(clean, this.#values);
    for (const end of this.#ends) clean = withoutWordsAt(clean, end);
    return this.fromText(clean);
  }

  /** Returns a text without the secrets that cannot be names, and without the passwords in addresses: all readers of an app see those. */
  fromText(shown: string): string {
    const given = shown.replace(IN_SHOWN_ADDRESS, REDACTED);
    if (this.#windows.size + this.#older.size + this.#broken.size === 0 || this.#clean.has(given)) return given;
    const text = this.#broken.size === 0 ? given : this.#withoutWords(given, this.#broken);
    const spans: [number, number][] = [];
    forEachRun(text, WINDOW, (start, end) => {
      const last = spans.at(-1);
      // A word that is removed anyway is looked at once, however many runs it has.
      if ((last && end <= last[1]) || !this.#hits(text, start, end)) return;
      const [from, to] = joined(text, start, end);
      if (last && from <= last[1]) last[1] = Math.max(to, last[1]);
      else spans.push([from, to]);
    });
    if (spans.length === 0) {
      if (text === given && given.length < LINE) {
        if (this.#clean.size > 2000) this.#clean.clear();
        this.#clean.add(given);
      }
      return text;
    }
    const kept = spans.map(([from], index) => text.slice(spans[index - 1]?.[1] ?? 0, from));
    return [...kept, text.slice(spans.at(-1)?.[1] ?? 0)].join(REDACTED);
  }

  #withoutEncoded(text: string): string {
    let [clean, at] = ['', 0];
    for (const [from, to] of this.#encoded.find(text)) {
      if (to <= at) continue;
      const [begin, end] = joined(text, from, to);
      if (begin >= at) clean += `${text.slice(at, begin)}${REDACTED}`;
      at = Math.max(at, end);
    }
    return clean + text.slice(at);
  }

  #withoutWords(text: string, values: Map<string, readonly string[] | undefined>): string {
    let [clean, lower] = [text, text.toLowerCase()];
    for (const [value, known] of values) {
      const spellings = known ?? spellingsOf(value);
      if (!known) values.set(value, spellings);
      for (const spelling of spellings)
        if (lower.includes(spelling) && !this.#public.has(value.toLowerCase())) {
          clean = withoutWord(clean, spelling, isWord(spelling) && !this.#sure.has(value));
          lower = clean.toLowerCase();
        }
    }
    return clean;
  }

  #index(window: string): void {
    if (PLATFORM.has(window)) return;
    this.#windows.add(window);
    this.#mark(window);
    if (this.#windows.size < MOST_WINDOWS) return;
    [this.#older, this.#windows] = [this.#windows, new WindowSet()];
    this.#bits.fill(0);
    for (const old of this.#older.all()) this.#mark(old);
  }

  #mark(window: string): void {
    const bit = bitOf(hashOf(window));
    this.#bits[bit >>> 3]! |= 1 << (bit & 7);
  }

  /** Whether a run of letters and digits has a window of a secret. */
  #hits(text: string, start: number, end: number): boolean {
    let hash = hashOf(text, start);
    for (let at = start; at + WINDOW <= end; at++) {
      const bit = bitOf(hash);
      // The next window has the same characters but the first one, and one more.
      hash = next(hash - Math.imul(text.charCodeAt(at) | ANY_CASE, FIRST), text.charCodeAt(at + WINDOW));
      if ((this.#bits[bit >>> 3]! & (1 << (bit & 7))) === 0) continue;
      if (this.#windows.has(text, at) || this.#older.has(text, at)) return true;
    }
    return false;
  }
}

/** The bit that the code of a small letter has and that of a capital has not; digits have it too. */
const ANY_CASE = 0x20;
const FACTOR = 0x01000193;
/** The multiplier of the first character of a window: the factor to the power of the number of other characters. */
const FIRST = Array.from({ length: WINDOW - 1 }).reduce<number>((power) => Math.imul(power, FACTOR), 1);
const next = (hash: number, code: number): number => (Math.imul(hash, FACTOR) + (code | ANY_CASE)) | 0;

/** Returns the hash of a window, without regard to the case of its letters. */
function hashOf(text: string, at = 0): number {
  let hash = 0;
  for (let index = at; index < at + WINDOW; index++) hash = next(hash, text.charCodeAt(index));
  return hash;
}

const bitOf = (hash: number): number => (Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 8) & (BITS - 1);

/** The scrubber of this process. */
export let secrets = new Secrets();

/** Forgets all secrets. Only for processes that run one test file after the other: what one of them learned are words of the next one. */
export function forgetSecrets(): void {
  secrets = new Secrets();
}

/** Returns whether a file that contains this value would contain `(sensitive value)` in its place, in part or as a whole. */
export function isMasked(value: Json): boolean {
  const text = JSON.stringify(value);
  return secrets.fromText(text) !== text;
}
