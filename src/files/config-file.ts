/** The settings file of the user: `$XDG_CONFIG_HOME/func-harden/config.yaml` (Windows: `%APPDATA%\func-harden\config.yaml`). */
import { withoutCredentials } from '../change/secrets.ts';
import { statSync } from 'node:fs';
import { posix, win32 } from 'node:path';
import { plainMessage } from '../text/plain.ts';
import { didYouMean } from '../text/nearest.ts';
import { checkOwned } from './file-owner.ts';
import type { Environment } from './paths.ts';
import { readText } from './read-limited.ts';
import { settingsFileErrors } from './errors/settings.ts';

const MOST_BYTES = 65_536;

/** The values of a setting, and their place as `FILE:LINE:COLUMN`. */
interface Configured {
  readonly values: readonly string[];
  readonly place: string;
}

/** Returns the problem of a value, or undefined where it is valid. */
type CheckValue = (value: string) => string | undefined;

export interface KnownSetting {
  readonly name: string;
  /** Set where the setting may have a list of values. */
  readonly several?: boolean;
  readonly problem: CheckValue;
}

/** Returns the path of the settings file; undefined where there is no home folder. */
export function configFile(environment: Environment, platform: NodeJS.Platform): string | undefined {
  const { isAbsolute, join } = platform === 'win32' ? win32 : posix;
  // The XDG specification says to ignore relative values.
  const xdg = environment['XDG_CONFIG_HOME'];
  if (xdg && isAbsolute(xdg)) return join(xdg, 'func-harden', 'config.yaml');
  const roaming = environment['APPDATA'];
  if (platform === 'win32' && roaming) return join(roaming, 'func-harden', 'config.yaml');
  const home = environment['HOME'] || environment['USERPROFILE'];
  return home ? join(home, '.config', 'func-harden', 'config.yaml') : undefined;
}

/** Reads the settings file; no settings where there is no file. @throws UserError (exit 64) with every mistake and its place */
export async function readConfig(file: string | undefined, known: readonly KnownSetting[]): Promise<ReadonlyMap<string, Configured>> {
  if (file === undefined || !isThere(file)) return new Map();
  await checkOwned(file);
  const text = await readText(file, MOST_BYTES).catch((error: unknown) => {
    throw settingsFileErrors.settingsUnreadable({ file, why: (error as Error).message || 'it is larger than 64 KiB' });
  });
  return parseConfig(text, file, known);
}

/** Looks without a promise: each start waits for it, and has nothing else to do. */
const isThere = (file: string): boolean => {
  try {
    return statSync(file, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    throw settingsFileErrors.settingsUnreadable({ file, why: (error as Error).message });
  }
};

/** Parses and checks the text of a settings file. @throws UserError (exit 64) with every mistake */
async function parseConfig(text: string, file: string, known: readonly KnownSetting[]): Promise<ReadonlyMap<string, Configured>> {
  const { isAlias, isMap, isScalar, isSeq, keyName, LineCounter, parseDocument, parseErrors, YAML } =
    await import('./answers/yaml-parser.ts');
  const lines = new LineCounter();
  const document = parseDocument(text, { ...YAML, lineCounter: lines });
  const mistakes: { readonly offset: number; readonly says: string }[] = [];
  const say = (offset: number, says: string) => void mistakes.push({ offset, says });
  const placeOf = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${Math.max(line, 1)}:${Math.max(col, 1)}`;
  };
  for (const { offset, says } of parseErrors(document)) say(offset, says);
  const found = new Map<string, Configured>();
  const names = known.map(({ name }) => name);
  const { contents } = document;
  if (isMap(contents)) {
    for (const pair of contents.items) {
      const written = keyName(pair.key);
      const name = written.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
      const at = (pair.key as { range?: readonly number[] } | null)?.range?.[0] ?? 0;
      const setting = known.find((one) => one.name === name);
      if (!setting) {
        say(at, `unknown setting "${written}".${didYouMean(name, names) || ` Settings: ${names.join(', ')}.`}`);
        continue;
      }
      if (found.has(name)) say(at, `"${name}" appears twice`);
      const isList = setting.several === true && isSeq(pair.value);
      const items: readonly unknown[] = isList && isSeq(pair.value) ? pair.value.items : [pair.value];
      const values = items.map((item) => {
        const offset = (item as { range?: [number] } | null)?.range?.[0] ?? at;
        if (isAlias(item)) return void say(offset, 'anchors and aliases are not supported; write the value instead');
        const value = isScalar(item) ? item.value : undefined;
        if (typeof value !== 'string' || value.trim() === '')
          return void say(offset, `"${name}" takes ${setting.several ? 'text or a list of strings' : 'text'}`);
        const problem = setting.problem(value);
        if (problem !== undefined) say(offset, problem);
        return value;
      });
      const offset = (pair.value as { range?: [number] } | null)?.range?.[0] ?? at;
      found.set(name, { values: values.filter((value) => value !== undefined), place: placeOf(offset) });
    }
  } else if (contents !== null && document.errors.length === 0 && !(isScalar(contents) && contents.value === null)) {
    say(0, `write settings as "name: value". Settings: ${names.join(', ')}.`);
  }
  if (mistakes.length > 0) {
    const lines = mistakes
      .toSorted((a, b) => a.offset - b.offset)
      .map(({ offset, says }) => `  ${placeOf(offset)}: ${withoutCredentials(plainMessage(says))}`);
    throw settingsFileErrors.settingsInvalid({ file, mistakes: lines });
  }
  return found;
}
