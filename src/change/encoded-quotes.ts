/**
 * Finds secrets in a text in which they are encoded: escaped for JSON, HTML or a URL any number of times, in base64 or hexadecimal of any
 * character set, wrapped over lines, or cut. Only letters and digits are compared, because encodings change all other characters.
 */

/** A stretch of the original text. */
type Span = readonly [from: number, to: number];

/** A decoded text, and for each of its characters the stretch of the original text that it was decoded from. */
interface View {
  readonly text: string;
  readonly spans: readonly Span[];
}

/** The length of a stretch of digits and letters by which a secret is recognized, and of a stretch that could be words. */
const MIXED = 8;
const WORDS = 10;
/** The shortest secret that is recognized, as a whole. */
const SHORTEST = 6;
/** Longer texts are decoded once only: no message is that long. */
const LONG = 65_536;
const ROUNDS = 4;
const MOST_STRETCHES = 50_000;
const MOST_WAITING = 5000;

const isMixed = (text: string): boolean => /\d/.test(text) && /[a-z]/.test(text);
const compact = (text: string): string => text.replace(/[^A-Za-z0-9]+/g, '').toLowerCase();

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };
const ESCAPE =
  /&(?:#(?<decimal>\d{1,7})|#x(?<hex>[\da-f]{1,6})|(?<name>amp|lt|gt|quot|apos|nbsp));|(?<percent>(?:[%=][\da-f]{2})+)|(?:\\u|[%_][ux]|U\+)(?<unit>[\da-f]{4})_?|\\u\{(?<point>[\da-f]{1,6})\}|\\x(?<byte>[\da-f]{2})|\\(?<octal>[0-3][0-7]{2})|\\(?<sign>[nrt]|[^\w\s])/gi;
/** Bytes in hexadecimal, with or without something between them, and in decimal; what one byte is; its base. */
const BYTES = [
  [/(?:(?:0x|\\x)?[\da-f]{2}[\s,:;-]{0,2}){6,}/gi, /[\da-f]{2}/gi, 16],
  [/\b(?:\d{1,3}[\s,;]{1,2}){5,}\d{1,3}\b/g, /\d{1,3}/g, 10],
] as const;
const BASE64 = /[\w+/-]{8,}/g;
/** Line breaks inside a wrapped base64 text. */
const WRAPS = /\\?\r?\n\s*|(?:\\[rn])+|\u200B/g;
/** A text that is all printable, and may be encoded once more. */
const PRINTABLE = /^[\x00\x20-\x7E\s]+$/;

const latin = (bytes: Iterable<number>): string => String.fromCharCode(...bytes);

function unescaped(groups: Readonly<Record<string, string | undefined>>): string {
  const { decimal, hex, name, percent, unit, point, byte, octal, sign } = groups;
  if (name !== undefined) return NAMED[name.toLowerCase()] ?? '';
  if (percent !== undefined) return latin(percent.match(/[\da-f]{2}/gi)!.map((pair) => Number.parseInt(pair, 16)));
  if (sign !== undefined) return /[nrt]/i.test(sign) ? ' ' : sign;
  const code =
    decimal === undefined ? Number.parseInt(hex ?? unit ?? point ?? byte ?? octal ?? '', octal === undefined ? 16 : 8) : Number(decimal);
  return code < 0x10000 ? String.fromCharCode(code) : ' ';
}

/** Replaces the matches of a pattern by their decoded text. */
function decoded(view: View, pattern: RegExp, decode: (match: RegExpExecArray) => string): View | undefined {
  const [text, spans]: [string[], Span[]] = [[], []];
  let at = 0;
  for (const match of view.text.matchAll(pattern)) {
    const end = match.index + match[0].length;
    const meant = decode(match);
    text.push(view.text.slice(at, match.index), meant);
    for (; at < match.index; at++) spans.push(view.spans[at]!);
    const span: Span = [view.spans[match.index]![0], view.spans[end - 1]![1]];
    for (let unit = 0; unit < meant.length; unit++) spans.push(span);
    at = end;
  }
  if (at === 0) return undefined;
  text.push(view.text.slice(at));
  return { text: text.join(''), spans: [...spans, ...view.spans.slice(at)] };
}

/** Yields the possible decoded texts of runs of base64 and of lists of bytes, for each possible start offset. */
function* blobs(view: View): Generator<View> {
  const joined = decoded(view, WRAPS, () => '') ?? view;
  for (const { 0: run, index } of joined.text.matchAll(BASE64)) {
    // Words and names of one case are not base64.
    if (!/[a-z]/.test(run) || !/[A-Z]/.test(run)) continue;
    const text = run.replaceAll('-', '+').replaceAll('_', '/');
    for (let skipped = 0; skipped < 4; skipped++) {
      const length = Math.floor((text.length - skipped) / 4) * 4;
      const rest = (text.length - skipped) % 4;
      const bytes = atob(text.slice(skipped, skipped + length + (rest === 1 ? 0 : rest)));
      const spanOf = (byte: number): Span => {
        const first = index + skipped + Math.floor(byte / 3) * 4 + (byte % 3);
        return [joined.spans[first]![0], joined.spans[Math.min(first + 1, joined.spans.length - 1)]![1]];
      };
      yield { text: bytes, spans: Array.from(bytes, (_, byte) => spanOf(byte)) };
    }
  }
  for (const [list, one, base] of BYTES)
    for (const { 0: run, index } of view.text.matchAll(list)) {
      const pieces = [...run.replaceAll(/0(?=x)|x/gi, ' ').matchAll(one)];
      yield {
        text: latin(pieces.map(({ 0: piece }) => Number.parseInt(piece, base) & 0xff)),
        spans: pieces.map(({ 0: piece, index: at }) => [view.spans[index + at]![0], view.spans[index + at + piece.length - 1]![1]]),
      };
    }
}

interface Stretch {
  readonly secret: string;
  readonly at: number;
}

export class EncodedQuotes {
  readonly #stretches = new Map<string, Stretch>();
  readonly #words = new Map<string, Stretch>();
  /** Secrets with fewer letters and digits, and those that consist of other characters. */
  readonly #short = new Set<string>();
  readonly #signs = new Set<string>();

  /** Secrets that are looked at before the first text is searched, and whether they were in a place for credentials: most processes search none. */
  readonly #waiting = new Map<string, boolean>();

  readonly #platform: RegExp;

  /** `platform`: words that Azure writes everywhere. */
  constructor(platform: RegExp) {
    this.#platform = platform;
  }

  /** Learns a secret that is not a name. `isSure`: it was in a place for credentials, so it is recognized even if it consists of words. */
  learn(value: string, isSure: boolean): void {
    this.#waiting.set(value, isSure || this.#waiting.get(value) === true);
    if (this.#waiting.size > MOST_WAITING) this.#learnWaiting();
  }

  #learnWaiting(): void {
    for (const [value, isSure] of this.#waiting) this.#learn(value, isSure);
    this.#waiting.clear();
  }

  #learn(value: string, isSure: boolean): void {
    if (this.#stretches.size > MOST_STRETCHES) [this.#stretches, this.#words, this.#short, this.#signs].forEach((known) => known.clear());
    if (compact(value).length < SHORTEST) this.#signs.add(value);
    for (const text of new Set([value, decoded(view(value), ESCAPE, ({ groups }) => unescaped(groups ?? {}))?.text ?? value])) {
      const secret = compact(text);
      if (secret.length >= MIXED) learnIn(this.#stretches, secret, MIXED, isMixed);
      else if (secret.length >= SHORTEST && isMixed(secret)) this.#short.add(secret);
      for (const part of isSure ? text.split(this.#platform) : [])
        if (/[a-z0-9][^A-Za-z0-9]+[a-z0-9]|[a-z][A-Z]/i.test(part)) learnIn(this.#words, compact(part), WORDS, () => true);
    }
  }

  /** Returns the stretches of a text that quote a secret, in order and apart from each other. */
  find(text: string): readonly Span[] {
    this.#learnWaiting();
    if (this.#stretches.size + this.#words.size + this.#short.size + this.#signs.size === 0) return [];
    const found: Span[] = [];
    let current: View | undefined = view(text);
    for (let round = 0; current && round <= ROUNDS; round++) {
      this.#search(current, found);
      if (text.length <= LONG) this.#searchBlobs(current, found, 2);
      current = decoded(current, ESCAPE, ({ groups }) => unescaped(groups ?? {}));
    }
    const merged: [number, number][] = [];
    for (const [from, to] of found.toSorted(([a], [b]) => a - b)) {
      const last = merged.at(-1);
      if (last && from <= last[1]) last[1] = Math.max(last[1], to);
      else merged.push([from, to]);
    }
    return merged;
  }

  #searchBlobs(given: View, found: Span[], depth: number): void {
    for (const blob of blobs(given)) {
      this.#search(blob, found);
      if (depth > 1 && PRINTABLE.test(blob.text)) this.#searchBlobs(blob, found, depth - 1);
    }
  }

  #search({ text, spans }: View, found: Span[]): void {
    for (const secret of this.#signs)
      for (let at = text.indexOf(secret); at >= 0; at = text.indexOf(secret, at + 1))
        found.push([spans[at]![0], spans[at + secret.length - 1]![1]]);
    const places: number[] = [];
    let plain = '';
    for (const { 0: run, index } of text.matchAll(/[A-Za-z0-9]+/g)) {
      plain += run.toLowerCase();
      for (let at = 0; at < run.length; at++) places.push(index + at);
    }
    const add = (from: number, to: number) => void found.push([spans[places[from]!]![0], spans[places[to - 1]!]![1]]);
    for (let at = 0; at + SHORTEST <= plain.length; at++) {
      const stretch =
        this.#stretches.get(plain.slice(at, at + MIXED)) ??
        (this.#words.size > 0 ? this.#words.get(plain.slice(at, at + WORDS)) : undefined);
      if (!stretch) continue;
      let [from, to] = [at, at];
      for (let back = stretch.at - 1; back >= 0 && from > 0 && plain[from - 1] === stretch.secret[back]; back--) from -= 1;
      for (let on = stretch.at; on < stretch.secret.length && plain[to] === stretch.secret[on]; on++) to += 1;
      add(from, to);
      at = to - 1;
    }
    for (const secret of this.#short)
      for (let at = plain.indexOf(secret); at >= 0; at = plain.indexOf(secret, at + 1)) add(at, at + secret.length);
  }
}

function learnIn(known: Map<string, Stretch>, secret: string, length: number, fits: (stretch: string) => boolean): void {
  const last = secret.length - length;
  for (let at = 0; at <= last; at = at < last ? Math.min(at + 4, last) : last + 1) {
    const stretch = secret.slice(at, at + length);
    if (fits(stretch)) known.set(stretch, { secret, at });
  }
}

const view = (text: string): View => ({ text, spans: Array.from({ length: text.length }, (_, at): Span => [at, at + 1]) });
