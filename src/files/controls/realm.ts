/** A realm of its own for own areas: ECMAScript and nothing else. No require, no import, no process, no timers, no network, no files. */
import { constants, createContext, Script, type Context } from 'node:vm';
import { stripTypeScriptTypes } from 'node:module';
import { EXIT, UserError } from '../../engine/errors.ts';
import type { AreaFile } from './folder.ts';
import { stepLibrary } from './library.ts';
import { REALM_SCRIPT } from './realm-script.ts';

/** Milliseconds that an area may take to be loaded, or for one answer. */
const PATIENCE = 5000;

/** What a call needs to know: `['facts', 'site']`. */
export type Need = readonly string[];
export type Answer = { readonly value?: unknown; readonly partial?: true };

export interface Call {
  readonly file: string;
  /** Where the function stands in the area. */
  readonly at: readonly (string | number)[];
  readonly args: readonly unknown[];
}

export interface Realm {
  /** What each file exports, with marks where functions and patterns stand. */
  describe(): readonly { readonly file: string; readonly area: unknown }[];
  /** @throws OwnAreaError; whatever `answer` throws is thrown as it is */
  call(call: Call, answer: (need: Need) => Answer): unknown;
}

/** An area of one's own did something wrong: threw, took too long, or returned what makes no sense. */
export class OwnAreaError extends Error {}

/** @throws UserError where a file cannot be used */
export async function openRealm(files: readonly AreaFile[]): Promise<Realm> {
  const realm = createContext(constants.DONT_CONTEXTIFY, {
    codeGeneration: { strings: false, wasm: false },
    microtaskMode: 'afterEvaluate',
  });
  new Script(`globalThis.stepApi = (function () { ${await stepLibrary()}; return stepApi; })()`, {
    filename: 'func-harden/step',
  }).runInContext(realm, { timeout: PATIENCE });
  new Script(REALM_SCRIPT, { filename: 'func-harden:own-areas' }).runInContext(realm);
  for (const file of files) load(file, realm);
  const dispatch = new Script('dispatch(request)', { filename: 'func-harden:own-areas' });

  function send(request: object): { readonly value?: unknown; readonly needed?: Need } {
    (realm as { request?: string }).request = JSON.stringify(request);
    let text: unknown;
    try {
      text = dispatch.runInContext(realm, { timeout: PATIENCE });
    } catch (error) {
      throw new OwnAreaError(messageOf(error));
    }
    // Only text comes out, whatever the area did to its own realm.
    if (typeof text !== 'string') throw new OwnAreaError('it returned no text');
    const { error, ...done } = JSON.parse(text) as { readonly value?: unknown; readonly needed?: Need; readonly error?: string };
    if (error !== undefined) throw new OwnAreaError(error);
    return done;
  }

  return {
    describe: () => send({ does: 'describe', answers: [] }).value as ReturnType<Realm['describe']>,
    call(call, answer) {
      const answers = new Map<string, Answer>();
      for (;;) {
        const { value, needed } = send({ does: 'call', ...call, answers: [...answers] });
        if (needed === undefined) return value;
        const key = JSON.stringify(needed);
        if (answers.has(key)) throw new OwnAreaError('it asks for the same again and again');
        answers.set(key, answer(needed));
      }
    },
  };
}

function load({ name, text }: AreaFile, realm: Context): void {
  try {
    const script = new Script(`takeArea(${JSON.stringify(name)}, function (exports, step) { 'use strict'; ${asScript(name, text)}\n})`, {
      filename: name,
    });
    script.runInContext(realm, { timeout: PATIENCE });
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${name} cannot be loaded: ${messageOf(error)}`, EXIT.usage, ['docs/controls.md shows how an area is written.']);
  }
}

/** The error may be one of the realm, and anything. */
function messageOf(error: unknown): string {
  try {
    return String((error as Error).message).slice(0, 500);
  } catch {
    return 'it threw something that is no error';
  }
}

const LIBRARY = /^[ \t]*import\s*\{([^}]*)\}\s*from\s*(['"])func-harden\/step\2[ \t]*;?/gm;

/** A module of one default export as the body of a function. Lines stay where they are. @throws UserError */
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
  if (at >= 0)
    throw new UserError(
      `${name}:${at + 1}: an area imports names from 'func-harden/step' and has one default export; nothing else.`,
      EXIT.usage,
      ['Write what it shares with others into the same file, and use the word "import" only in that line.'],
    );
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
