/** A realm for areas from outside this repository: ECMAScript only. No require, no import, no process, no timers, no network, no files. */
import { stripTypeScriptTypes } from 'node:module';
import { types } from 'node:util';
import { constants, createContext, Script, type Context } from 'node:vm';
import { UserError } from '../../engine/errors.ts';
import type { AreaFile } from './folder.ts';
import { stepLibrary } from './library.ts';
import { REALM_SCRIPT } from './realm-script.ts';
import { controlsErrors } from '../errors/controls.ts';

/** Milliseconds that an area may take to load, or for one answer. */
const PATIENCE = 2000;
/** The most characters that an area may return at once. */
const MOST_CHARACTERS = 4 * 1024 * 1024;
/** Node reads the stack of an error to display it: a getter of an area would run there without the time limit. */
const LIMITS = { timeout: PATIENCE, displayErrors: false } as const;

/** The path of a value that a call requires: `['facts', 'site']`. */
export type Need = readonly string[];
export type Answer = { readonly value?: unknown; readonly partial?: true };

interface Call {
  readonly file: string;
  /** The path of the function in the area. */
  readonly at: readonly (string | number)[];
  readonly args: readonly unknown[];
}

export interface Realm {
  /** Returns the export of each file, with markers in place of functions and patterns. */
  describe(): readonly { readonly file: string; readonly area: unknown }[];
  /** Calls a function of an area. @throws OwnAreaError; errors of `answer` are thrown unchanged */
  call(call: Call, answer: (need: Need) => Answer): unknown;
}

/** A mistake of an area from outside this repository: it threw, took too long, or returned an invalid value. */
export class OwnAreaError extends Error {}

/** Opens a realm with these files. @throws UserError where a file cannot be used */
export async function openRealm(files: readonly AreaFile[]): Promise<Realm> {
  ignoreLateRejections();
  const realm = createContext(constants.DONT_CONTEXTIFY, {
    codeGeneration: { strings: false, wasm: false },
    microtaskMode: 'afterEvaluate',
  });
  new Script(`globalThis.stepApi = (function () { ${await stepLibrary()}; return stepApi; })()`, {
    filename: 'func-harden/step',
  }).runInContext(realm, LIMITS);
  new Script(REALM_SCRIPT, { filename: 'func-harden:own-areas' }).runInContext(realm);
  for (const file of files) load(file, realm);
  const dispatch = new Script('dispatch(request)', { filename: 'func-harden:own-areas' });

  function send(request: object, patience = PATIENCE): { readonly value?: unknown; readonly needed?: Need } {
    const asked = JSON.stringify(request);
    let text: unknown;
    try {
      (realm as { request?: string }).request = asked;
      // An area may have made it read-only: the answer would be that of an earlier request.
      if ((realm as { request?: string }).request !== asked) throw new OwnAreaError('an area accepts no more requests');
      text = dispatch.runInContext(realm, { ...LIMITS, timeout: patience });
    } catch (error) {
      throw new OwnAreaError(messageOf(error));
    }
    // Only text leaves the realm, even if the area changed the realm.
    if (typeof text !== 'string') throw new OwnAreaError('it returned no text');
    if (text.length > MOST_CHARACTERS) throw new OwnAreaError(`it returned more than ${MOST_CHARACTERS} characters`);
    const { error, ...done } = JSON.parse(text) as { readonly value?: unknown; readonly needed?: Need; readonly error?: string };
    if (error !== undefined) throw new OwnAreaError(error);
    return done;
  }

  return {
    describe() {
      try {
        return send({ does: 'describe', answers: [] }).value as ReturnType<Realm['describe']>;
      } catch (error) {
        // A getter or a proxy of an area, which is run while the area is read.
        if (!(error instanceof OwnAreaError)) throw error;
        throw controlsErrors.areaNotLoaded({ name: files.map(({ name }) => name).join(', '), why: error.message });
      }
    },
    call(call, answer) {
      const answers = new Map<string, Answer>();
      // The call is made again for each value that it requests. The time is for all of them: a loop of requests never ends.
      for (let left = PATIENCE; ;) {
        if (left <= 0) throw new OwnAreaError(`it takes more than ${PATIENCE} ms`);
        const began = performance.now();
        const { value, needed } = send({ does: 'call', ...call, answers: [...answers] }, Math.ceil(left));
        left -= performance.now() - began;
        if (needed === undefined) return value;
        const key = JSON.stringify(needed);
        if (answers.has(key)) throw new OwnAreaError('it requests the same values repeatedly');
        answers.set(key, answer(needed));
      }
    },
  };
}

function load({ name, text }: AreaFile, realm: Context): void {
  let script: Script;
  try {
    const source = `takeArea(${JSON.stringify(name)}, function (exports, step) { 'use strict'; ${asScript(name, text)}\n})`;
    script = new Script(source, { filename: name });
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw controlsErrors.areaNotLoaded({ name, why: messageOf(error) });
  }
  try {
    script.runInContext(realm, LIMITS);
  } catch (error) {
    throw controlsErrors.areaNotLoaded({ name, why: messageOf(error) });
  }
}

/** Returns the message of an error, which may be an error of the realm or any value. No getter and no proxy of an area runs: no time limit holds here. */
function messageOf(error: unknown): string {
  const isObject = typeof error === 'object' && error !== null && !types.isProxy(error);
  const message: unknown = isObject ? Object.getOwnPropertyDescriptor(error, 'message')?.value : undefined;
  return typeof message === 'string' ? message.slice(0, 500) : 'it threw a value that is not an Error';
}

let isWatched = false;

/** Ignores promises of areas that are rejected, because no call waits for one. Node would end the process, also in the middle of a run. */
function ignoreLateRejections(): void {
  if (isWatched) return;
  isWatched = true;
  process.on('unhandledRejection', (reason, promise) => {
    if (Object.getPrototypeOf(promise) === Promise.prototype) throw reason;
  });
}

const LIBRARY = /^[ \t]*import\s*\{([^}]{0,2000})\}\s*from\s*(['"])func-harden\/step\2[ \t]*;?/gm;

/** Returns a module with one default export as the body of a function, with the same line numbers. @throws UserError */
function asScript(name: string, text: string): string {
  const plain = /\.m?ts$/.test(name) ? withoutTypes(text) : text;
  const script = plain
    .replace(
      LIBRARY,
      (whole, names: string) =>
        `const {${names.replaceAll(/\bas\b/g, ':')}} = step;${'\n'.repeat(whole.split('\n').length - names.split('\n').length)}`,
    )
    .replace(/^export\s+default\s/m, 'exports.default = ');
  const lines = script.split('\n');
  const at = lines.findIndex((line) => /\bimport\b|^\s*export\b/.test(line));
  if (at >= 0) throw controlsErrors.importNotAllowed({ name, line: at + 1 });
  return script;
}

function withoutTypes(text: string): string {
  const warn = process.emitWarning;
  try {
    process.emitWarning = () => undefined; // It is experimental in Node 22.
    return stripTypeScriptTypes(text);
  } finally {
    process.emitWarning = warn;
  }
}
