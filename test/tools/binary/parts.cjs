'use strict';
// Loads the parts of the bundle from memory, as scripts with compiled code. Used in the single file, and to warm up that code when the file
// is built.
const { Script } = require('node:vm');

/** Promises to await before parts can be used: WebAssembly that is being compiled. */
const READY = Symbol.for('func-harden.ready');

/** One byte per character if possible, as in V8. */
exports.bytesOf = (text) => (/^[\0-\x7F]*$/.test(text) ? Buffer.from(text, 'latin1') : Buffer.from(`\uFEFF${text}`, 'utf16le'));
exports.textOf = (bytes) => (bytes[0] === 0xff && bytes[1] === 0xfe ? bytes.ucs2Slice(2) : bytes.latin1Slice());

/**
 * @param read returns { bytes, code } of a part by its name; `code` was compiled by V8 earlier
 * @returns `load` and `need`, which import a part, and `scripts`, the loaded ones
 */
exports.partsFrom = function (read) {
  const [modules, scripts] = [new Map(), new Map()];
  const ready = (globalThis[READY] ??= []);

  function need(specifier) {
    const name = specifier.slice(2);
    const loaded = modules.get(name);
    if (loaded) return loaded.exports;
    const { bytes, code } = read(name);
    const filename = `func-harden:${name}`;
    const script = new Script(exports.textOf(bytes), { filename, ...(code && { cachedData: code }) });
    const module = { exports: {} };
    modules.set(name, module);
    scripts.set(name, script);
    script.runInThisContext()(module.exports, module, need, load, { url: `file:///${name}`, filename: name, dirname: '/' });
    return module.exports;
  }

  async function load(specifier) {
    const exports = need(specifier);
    if (ready.length > 0) await Promise.all(ready.splice(0));
    return exports;
  }

  return { load, need, scripts };
};
