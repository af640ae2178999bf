/** A set of stretches of eight ASCII letters and digits, without regard to case. As texts they take five times the memory. */

const LENGTH = 8;
/** One more than the number of small letters and digits: no character is zero, so zero is an empty slot. */
const BASE = 37;
/** The bit that the code of a small letter has and that of a capital has not; digits have it too. */
const ANY_CASE = 0x20;

/** Returns the number of a stretch. Eight characters are less than 2^42, so each stretch has a number of its own. */
function numberOf(text: string, at: number): number {
  let number = 0;
  for (let index = at; index < at + LENGTH; index++) {
    const code = text.charCodeAt(index) | ANY_CASE;
    number = number * BASE + (code < 0x61 ? code - 0x2f : code - 0x56);
  }
  return number;
}

function textOf(number: number): string {
  let [text, left] = ['', number];
  for (let index = 0; index < LENGTH; index++) {
    const digit = left % BASE;
    text = String.fromCharCode(digit > 10 ? digit + 0x56 : digit + 0x2f) + text;
    left = Math.floor(left / BASE);
  }
  return text;
}

export class WindowSet {
  /** A number is in the first free slot from its own place on. */
  #slots = new Float64Array(1024);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(window: string): void {
    this.#put(numberOf(window, 0));
    if (this.#size < this.#slots.length * 0.8) return;
    const all = this.#slots;
    [this.#slots, this.#size] = [new Float64Array(all.length * 2), 0];
    for (const number of all) if (number > 0) this.#put(number);
  }

  /** Whether the stretch that begins there is in the set. All its characters are ASCII letters and digits. */
  has(text: string, at: number): boolean {
    const number = numberOf(text, at);
    return this.#slots[this.#slotOf(number)] === number;
  }

  /** Yields the stretches in small letters. */
  *all(): Generator<string> {
    for (const number of this.#slots) if (number > 0) yield textOf(number);
  }

  #put(number: number): void {
    const slot = this.#slotOf(number);
    if (this.#slots[slot] === number) return;
    this.#slots[slot] = number;
    this.#size += 1;
  }

  /** Returns the slot of a number, or the free one in which it belongs. */
  #slotOf(number: number): number {
    const last = this.#slots.length - 1;
    const mixed = Math.imul((number >>> 0) ^ Math.imul(number / 0x100000000, 0x9e3779b1), 0x85ebca6b);
    let slot = (mixed ^ (mixed >>> 15)) & last;
    while (this.#slots[slot] !== 0 && this.#slots[slot] !== number) slot = slot === last ? 0 : slot + 1;
    return slot;
  }
}
