'use strict';
// Loads the parts of the bundle as scripts, for the installed package and for the single-file binary: Node takes about a millisecond to find
// and link each ES module, and a command has a hundred parts. CommonJS that any version of Node can parse.

/** Promises to await before parts can be used: WebAssembly that is being compiled. */
const READY = Symbol.for('func-harden.ready');

/**
 * @param partOf returns { run, meta } of a part by its name: its function, and what it sees as import.meta
 * @returns `load` and `need`, which import a part
 */
exports.partsFrom = function (partOf) {
  const modules = new Map();
  const ready = globalThis[READY] || (globalThis[READY] = []);

  function need(specifier) {
    const name = specifier.slice(2);
    const loaded = modules.get(name);
    if (loaded) return loaded.exports;
    const part = partOf(name);
    const module = { exports: {} };
    modules.set(name, module);
    try {
      part.run(module.exports, module, need, load, part.meta);
    } catch (error) {
      modules.delete(name);
      throw error;
    }
    return module.exports;
  }

  function load(specifier) {
    return new Promise(function (resolve) {
      const exports = need(specifier);
      resolve(
        ready.length === 0
          ? exports
          : Promise.all(ready.splice(0)).then(function () {
              return exports;
            }),
      );
    });
  }

  return { load: load, need: need };
};
