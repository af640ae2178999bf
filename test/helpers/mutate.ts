/** Changes answers of ARM at random (status, headers, body, ids, order); the same seed gives the same changes. */
import type { Json } from '../../src/emulator/state.ts';
import type { Wire } from './in-process.ts';

/** A small random number generator from 0 to 1 (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

type Random = () => number;
const oneOf = <T>(random: Random, list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;

const STEERING = '\u001b]52;c;cHduZWQ=\u0007\u001b[2J\u009b31m\u202egnp\u200b\u2028##vso[task.x]y';
const WAITS = ['0', '-5', 'NaN', '1e400', '1000000000', '', 'Fri, 31 Dec 9999 23:59:59 GMT'];
const COUNTS = ['-100000', 'Infinity', '1e308', '0', 'x'];
const PLACES = ['https://evil.example/op', 'http://[', 'http://127.0.0.1:10/op', '//evil.example/x', '/subscriptions/none/op'];
const STATUS = [204, 302, 400, 401, 403, 404, 408, 409, 412, 418, 429, 500, 503];

/** Ids that lead to another address when they are used in a URL. */
const elsewhere = (random: Random, id: string): string =>
  oneOf(random, [
    `${id}#`,
    `${id}?x=`,
    `${id}%2f..`,
    `${id}/..`,
    `${id}\\..\\fn-ledger`,
    `${id}\t`,
    id.replace(/\/subscriptions\/[^/]+/, '/subscriptions/00000000-0000-0000-0000-00000000beef'),
    id.replaceAll(/fn-orders|stfnorders/g, 'fn-ledger'),
    id.replaceAll('/', '//'),
    id.toUpperCase(),
  ]);

const strange = (random: Random): Json =>
  oneOf<Json>(random, [null, 7, -1, 'x', '', true, [], {}, [null], ['x', 7, null], STEERING, { value: 7 }]);

/** Changes one place somewhere in a body. */
function changed(random: Random, value: Json, quotes: readonly string[]): Json {
  if (Array.isArray(value)) {
    if (value.length === 0 || random() < 0.2)
      return oneOf<Json>(random, [[...value, ...value], value.toReversed(), [null, ...value], [7], []]);
    const at = Math.floor(random() * value.length);
    return value.map((item, index) => (index === at ? changed(random, item as Json, quotes) : (item as Json)));
  }
  if (typeof value === 'object' && value !== null) {
    const names = Object.keys(value);
    if (names.length === 0) return strange(random);
    const name = oneOf(random, names);
    const inner = (value as Record<string, Json>)[name] as Json;
    if (random() < 0.12) return Object.fromEntries(Object.entries(value).filter(([one]) => one !== name)) as Json;
    if (random() < 0.12) return { ...value, [name]: strange(random) } as Json;
    return { ...value, [name]: changed(random, inner, quotes) } as Json;
  }
  if (typeof value === 'string' && value.startsWith('/subscriptions/') && random() < 0.7) return elsewhere(random, value);
  if (typeof value === 'string' && random() < 0.5) return oneOf(random, [`${value}${STEERING}`, `${value} ${oneOf(random, quotes)}`, '']);
  return strange(random);
}

const parsed = (text: string): Json => (text ? (JSON.parse(text) as Json) : null);

/** An error message that contains secrets. */
export const refusal = (random: Random, quotes: readonly string[]): Wire => {
  const quote = oneOf(random, quotes);
  const spelt = oneOf(random, [
    quote,
    JSON.stringify(quote),
    encodeURIComponent(quote),
    Buffer.from(quote).toString('base64'),
    `${quote.slice(0, -2)}…`,
  ]);
  return {
    status: oneOf(random, STATUS.slice(2)),
    headers: { 'retry-after': oneOf(random, WAITS), 'x-ms-correlation-request-id': oneOf(random, ['a-b-c', quote, STEERING]) },
    text: JSON.stringify({
      error: { code: oneOf(random, ['Conflict', 'BadRequest', spelt, STEERING]), message: `No: ${spelt} ${STEERING}` },
    }),
  };
};

/** Changes the ids of the app and of its storage account, wherever a body has them. */
function withOtherIds(random: Random, value: Json): Json {
  if (Array.isArray(value)) return value.map((item) => withOtherIds(random, item as Json));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withOtherIds(random, inner as Json)]));
  return typeof value === 'string' && /^\/subscriptions\/.*(fn-orders|stfnorders)/i.test(value) ? elsewhere(random, value) : value;
}

/** Changes the ids in an answer to a read. */
export const otherIds = (random: Random, answer: Wire): Wire => ({
  ...answer,
  text: JSON.stringify(withOtherIds(random, parsed(answer.text))),
});

/** Changes the answer to a read. */
export function mutatedRead(random: Random, answer: Wire, quotes: readonly string[]): Wire {
  const body = () => ({ ...answer, text: JSON.stringify(changed(random, parsed(answer.text), quotes)) });
  const next = (link: string) => {
    const whole = parsed(answer.text);
    return typeof whole === 'object' && whole !== null && 'value' in whole
      ? { ...answer, text: JSON.stringify({ ...whole, nextLink: link }) }
      : body();
  };
  return oneOf<() => Wire>(random, [
    body,
    body,
    body,
    body,
    () => refusal(random, quotes),
    () => refusal(random, quotes),
    () => ({ ...answer, status: oneOf(random, STATUS) }),
    () => ({ ...answer, headers: { ...answer.headers, 'x-ms-ratelimit-remaining-subscription-reads': oneOf(random, COUNTS) } }),
    () => ({ ...answer, text: answer.text.slice(0, Math.floor(random() * answer.text.length)) }),
    () => ({ ...answer, text: '<html>sign in</html>' }),
    () => ({ ...answer, text: `{"properties":${'['.repeat(100_000)}${']'.repeat(100_000)}}` }),
    () => ({ ...answer, text: oneOf(random, ['null', '[]', '7', '"x"', '{}', '']) }),
    () => next(oneOf(random, PLACES)),
    () => next('http://127.0.0.1:9/subscriptions?again'),
  ])();
}

/** Changes the answer to a write that Azure accepted, without making it a refusal. */
export function mutatedWrite(random: Random, answer: Wire): Wire {
  return oneOf<() => Wire>(random, [
    () => ({ status: 202, headers: { 'azure-asyncoperation': oneOf(random, PLACES) }, text: '' }),
    () => ({ status: 202, headers: { location: oneOf(random, PLACES), 'retry-after': oneOf(random, WAITS) }, text: '{}' }),
    () => ({ ...answer, text: '<html>' }),
    () => ({ ...answer, text: answer.text.slice(0, 20) }),
    () => ({ status: oneOf(random, [500, 502, 503, 504]), headers: {}, text: '{}' }),
    () => ({ ...answer, text: oneOf(random, ['null', '[]', '7', '{}']) }),
  ])();
}
