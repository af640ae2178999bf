/**
 * Replacements for texts that identify a subscription or its owner. A replacement has the form of its text, and the same text always gets the
 * same replacement, without regard to case. Replacements are random, so the text cannot be computed from them.
 */
import ipaddr from 'ipaddr.js';
import { isCommon, isServiceLabel } from './public-words.ts';

const NOBODY = '00000000-0000-0000-0000-';
const VOWELS = 'aeiou';
const CONSONANTS = 'bcdfghjklmnpqrstvwxz';
const DIGITS = '0123456789';
const HEX = 'abcdef';
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

function randomBelow(most: number): number {
  const [drawn = 0] = crypto.getRandomValues(new Uint32Array(1));
  return drawn % most;
}
const oneOf = (letters: string): string => letters[randomBelow(letters.length)] ?? '';

export class StandIns {
  readonly #words = new Map<string, string>();
  readonly #taken = new Set<string>();
  readonly #bits = new Map<string, boolean>();

  /** Returns a stand-in for a word: letters for letters, digits for digits, all other characters unchanged. */
  word(text: string): string {
    const key = text.toLowerCase();
    let known = this.#words.get(key);
    if (known === undefined) {
      known = this.#free(key);
      this.#words.set(key, known);
      this.#taken.add(known);
    }
    return inCaseOf(text, known);
  }

  /** Returns a stand-in that differs from all other stand-ins and from all words that are not replaced, so that two names never become one. */
  #free(key: string): string {
    const isFree = (drawn: string): boolean => drawn !== key && !this.#taken.has(drawn) && !isCommon(drawn) && !isServiceLabel(drawn);
    if (!/[\p{L}\d]/u.test(key)) return key;
    for (let attempt = 0; attempt < 1000; attempt++) {
      // There are few stand-ins for a short word.
      const wider = attempt < 600 ? LETTERS : LETTERS + DIGITS;
      const drawn = attempt < 200 ? drawStandIn(key) : Array.from(key, (sign) => (/[\p{L}\d]/u.test(sign) ? oneOf(wider) : sign)).join('');
      if (isFree(drawn)) return drawn;
    }
    // A longer stand-in is better than using one twice.
    for (let drawn = key; ;) if (isFree((drawn += oneOf(LETTERS)))) return drawn;
  }

  guid(text: string): string {
    if (text.startsWith(NOBODY)) return text;
    const key = text.toLowerCase();
    let known = this.#words.get(key);
    if (known === undefined) {
      known = `${NOBODY}${Array.from({ length: 12 }, () => oneOf(DIGITS + HEX)).join('')}`;
      this.#words.set(key, known);
    }
    return known;
  }

  /**
   * Replaces an address or a range. The replaced range contains the replacements of its addresses. The first eight bits stay (sixteen for private
   * networks), because they decide whether an address is public.
   */
  address(text: string): string {
    const [address = '', length] = text.split('/');
    if (!ipaddr.IPv4.isValidFourPartDecimal(address) && !ipaddr.IPv6.isValid(address)) return text;
    const parsed = ipaddr.parse(address);
    if (parsed.range() === 'loopback') return text;
    const bytes = parsed.toByteArray();
    const isTold = /^(private|loopback|linkLocal|unspecified|carrierGradeNat|uniqueLocal|broadcast)$/.test(parsed.range());
    const kept = (parsed.kind() === 'ipv6' || isTold ? 16 : 8) + (bytes[0] === 0 ? 256 : 0);
    const bits = bytes.flatMap((byte) => Array.from({ length: 8 }, (_, at) => (byte >> (7 - at)) & 1));
    const last = length === undefined ? bits.length : Number(length);
    const flipped = bits.map((bit, at) => (at < kept || at >= last ? bit : bit ^ Number(this.#flips(bits.slice(0, at).join('')))));
    const changed = bytes.map((_, at) => Number.parseInt(flipped.slice(at * 8, at * 8 + 8).join(''), 2));
    return `${ipaddr.fromByteArray(changed).toString()}${length === undefined ? '' : `/${length}`}`;
  }

  #flips(before: string): boolean {
    const known = this.#bits.get(before) ?? randomBelow(2) === 1;
    this.#bits.set(before, known);
    return known;
  }
}

/** Draws a stand-in. A hexadecimal text stays hexadecimal; any other can be pronounced, so that people can distinguish stand-ins. */
function drawStandIn(key: string): string {
  const isHex = key.length >= 16 && /^[0-9a-f]+$/.test(key);
  let vowel = randomBelow(2) === 1;
  return Array.from(key, (sign) => {
    if (/\d/.test(sign)) return oneOf(DIGITS);
    if (!/\p{L}/u.test(sign)) return sign;
    if (isHex) return oneOf(HEX);
    vowel = !vowel;
    return oneOf(vowel ? VOWELS : CONSONANTS);
  }).join('');
}

const inCaseOf = (text: string, drawn: string): string =>
  Array.from(text, (sign, at) => (sign !== sign.toLowerCase() ? (drawn[at] ?? '').toUpperCase() : (drawn[at] ?? ''))).join('') +
  drawn.slice(Array.from(text).length);
