'use strict';
// Loads the parts of the bundle from memory, as scripts with compiled code. Used in the single file, and to warm up that code when the file
// is built.
const { Script } = require('node:vm');
const { partsFrom } = require('../../../bin/parts.cjs');

/** One byte per character if possible, as in V8. */
exports.bytesOf = (text) => (/^[\0-\x7F]*$/.test(text) ? Buffer.from(text, 'latin1') : Buffer.from(`\uFEFF${text}`, 'utf16le'));
exports.textOf = (bytes) => (bytes[0] === 0xff && bytes[1] === 0xfe ? bytes.ucs2Slice(2) : bytes.latin1Slice());

/**
 * @param read returns { bytes, code } of a part by its name; `code` was compiled by V8 earlier
 * @returns `load` and `need`, which import a part, and `scripts`, the loaded ones
 */
exports.partsInMemory = function (read) {
  const scripts = new Map();
  const parts = partsFrom((name) => {
    const { bytes, code } = read(name);
    const script = new Script(exports.textOf(bytes), { filename: `func-harden:${name}`, ...(code && { cachedData: code }) });
    scripts.set(name, script);
    return { run: script.runInThisContext(), meta: { url: `file:///${name}`, filename: name, dirname: '/' } };
  });
  return { ...parts, scripts };
};
