/**
 * The script that runs inside the realm of custom areas, as text. It is evaluated there, so that an area never holds an object of this program. Only
 * text goes in and out. If an area reads a value that is missing, the call ends with the name of the value, and is repeated with the value.
 */
export const REALM_SCRIPT = String.raw`(function () {
'use strict';
const { parse, stringify } = JSON;
const areas = [];
const step = Object.freeze(stepApi);
for (const name of ['stepApi', 'console', 'WebAssembly', 'SharedArrayBuffer', 'Atomics', 'FinalizationRegistry']) delete globalThis[name];
// It is set from outside, where no time limit applies, so it must never have a setter.
Object.defineProperty(globalThis, 'request', { value: '', writable: true, configurable: false });
// Errors have no stack: Node formats a stack with its own function. If the call stack is full, that call throws an error of Node's realm, and an area that
// catches it could reach every object of Node.
Object.defineProperty(Error, 'stackTraceLimit', { value: undefined, writable: false, configurable: false });
delete Error.captureStackTrace;

let known = new Map();
let needed;
function ask(what) {
  const key = stringify(what);
  if (known.has(key)) return known.get(key);
  needed ??= what;
  throw new Error('func-harden: not known yet');
}

/** The inventory has only some members. For all others it is unknown whether they are set. */
function body(what, { value, partial }) {
  if (!partial) return value;
  const properties = new Proxy(value.properties, {
    get: (target, member) => (typeof member === 'string' && !Object.hasOwn(target, member) ? ask(['member', ...what, member]).value : target[member]),
  });
  return { ...value, properties };
}
const look = (...what) => body(what, ask(what));
const view = (of) => new Proxy({}, { get: (_, key) => (key === 'maybe' ? (name) => look('maybe', of, name) : typeof key === 'string' ? look(of, key) : undefined) });

function given(value) {
  if (value?.$own === 'context')
    return { ...value.plain, facts: view('facts'), planned: view('planned'), chosen: (id) => ask(['chosen', id]).value, decidedIn: (area, id) => ask(['decidedIn', area, id]).value };
  if (value?.$own === 'beside') return (path) => ask(['beside', path]).value;
  return value;
}

function marked(value, at, seen) {
  if (typeof value === 'function') return { $own: 'function', at };
  if (value instanceof RegExp) return { $own: 'pattern', at, source: value.source, flags: value.flags };
  if (step.isDeferred(value)) return { $own: 'later', parts: value.$later };
  if (typeof value !== 'object' || value === null) return value;
  if (seen.includes(value)) throw new TypeError('a value holds itself: ' + at.join('.'));
  const inside = [...seen, value];
  if (Array.isArray(value)) return value.map((one, index) => marked(one, [...at, index], inside));
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, marked(one, [...at, name], inside)]));
}

const work = {
  describe: () => areas.map(({ file, exports }) => ({ file, area: marked(exports.default, [], []) })),
  call({ file, at, args }) {
    const { exports } = areas.find((one) => one.file === file);
    const owner = at.slice(0, -1).reduce((value, name) => value[name], exports.default);
    return marked(owner[at.at(-1)](...args.map(given)), [], []);
  },
};

Object.defineProperty(globalThis, 'takeArea', { value: (file, run) => { const exports = {}; run(exports, step); areas.push({ file, exports }); }, writable: false, configurable: true });
Object.defineProperty(globalThis, 'dispatch', {
  value: (text) => {
    const { does, answers, ...request } = parse(text);
    [known, needed] = [new Map(answers), undefined];
    let done;
    try {
      done = { value: work[does](request) };
    } catch (error) {
      done = { error: String(error?.message ?? error) };
    }
    return stringify(needed === undefined ? done : { needed });
  },
  writable: false,
  configurable: false,
});
})();`;
