/** Areas from outside this repository as areas of the catalog. Their functions are calls into the realm. */
import { isDeferredSource, withDigest, type AnyStep, type Context, type Source } from '../../contract/index.ts';
import { NotRead } from '../../engine/judge/facts.ts';
import { ArmFailure } from '../../engine/ports.ts';
import { areaProblems } from './check-area.ts';
import { OwnAreaError, type Answer, type Need, type Realm } from './realm.ts';
import { resultProblem } from './check-result.ts';
import { controlsErrors } from '../errors/controls.ts';

type At = readonly (string | number)[];
type Asked = Context<unknown>;

/** Functions that are called after all reads are done. */
const JUDGING = ['judge', 'judgeAnyway', 'expect', 'appliesTo', 'subject'];

/** Returns the areas. @throws UserError with every mistake of every file */
export function areasOf(realm: Realm, keys: readonly string[], taken: readonly string[]): AnyStep[] {
  const described = realm.describe();
  const areas = described.map(({ file, area }) => ({ file, area: declared(area, file, realm) }));
  const ids = areas.map(({ area }) => (area as AnyStep | undefined)?.id);
  const problems = areas.flatMap(({ file, area }, index) => {
    const id = ids[index];
    const again = id !== undefined && (ids.indexOf(id) < index || taken.includes(id)) ? [`id: ${id} is already used`] : [];
    return [...areaProblems(area, keys), ...again].map((says) => `${file}: ${says}`);
  });
  if (problems.length > 0) throw controlsErrors.areasInvalid({ problems });
  return areas.map(({ area }) => area as AnyStep);
}

/** Returns a declaration with its functions. @throws UserError where it cannot be one */
function declared(area: unknown, file: string, realm: Realm): unknown {
  try {
    return reviveFunctions(area, file, realm);
  } catch (error) {
    if (!(error instanceof OwnAreaError)) throw error;
    throw controlsErrors.areaNotLoaded({ name: file, why: error.message });
  }
}

/** The most nested values. Functions of the engine that follow a value would overflow the stack. */
const MOST_DEPTH = 100;

const isAt = (at: unknown): at is At =>
  Array.isArray(at) && at.length > 0 && at.every((one) => typeof one === 'string' || typeof one === 'number');

/** Returns a value with functions and patterns in place of their markers. @throws OwnAreaError where an area made a marker itself */
function reviveFunctions(value: unknown, file: string, realm: Realm, depth = 0): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MOST_DEPTH) throw new OwnAreaError('it returned a value that is nested too deep');
  if (Array.isArray(value)) return value.map((one) => reviveFunctions(one, file, realm, depth + 1));
  const map = value as Readonly<Record<string, unknown>>;
  if (map['$own'] === 'function') {
    if (!isAt(map['at'])) throw new OwnAreaError('it returned a function that it does not declare');
    return calling(map['at'], file, realm);
  }
  if (map['$own'] === 'pattern') return patternOf(map, file, realm);
  if (map['$own'] === 'later') {
    const parts = map['parts'] as readonly (string | Source)[];
    if (!Array.isArray(parts) || !parts.every((part) => typeof part === 'string' || isDeferredSource(part)))
      throw new OwnAreaError('a value that is read only when the change is sent must come from a resource that func-harden reads');
    return withDigest(parts);
  }
  return Object.fromEntries(Object.entries(map).map(([name, one]) => [name, reviveFunctions(one, file, realm, depth + 1)]));
}

/** A pattern that is tested in the realm, because only there a time limit ends a search that never would. */
class Pattern extends RegExp {
  readonly #test: (text: string) => boolean;
  constructor(source: string, flags: string, test: (text: string) => boolean) {
    super(source, flags);
    this.#test = test;
  }
  override test(text: string): boolean {
    return this.#test(text);
  }
}

function patternOf({ source, flags, at }: Readonly<Record<string, unknown>>, file: string, realm: Realm): RegExp {
  const test = (text: string): boolean => {
    try {
      return isAt(at) && realm.call({ file, at: [...at, 'test'], args: [text] }, (need) => answered(need, [])) === true;
    } catch (error) {
      if (!(error instanceof OwnAreaError)) throw error;
      return false;
    }
  };
  try {
    return new Pattern(String(source), String(flags), test);
  } catch {
    throw new OwnAreaError('it returned a pattern that is not a regular expression');
  }
}

function calling(at: At, file: string, realm: Realm): (...args: readonly unknown[]) => unknown {
  return (...args) => {
    try {
      const plain = args.map(plainOf);
      const value = realm.call({ file, at, args: plain }, (need) => answered(need, args));
      const result = reviveFunctions(value, file, realm);
      const problem = resultProblem(String(at.at(-1)), result);
      if (problem !== undefined) throw new OwnAreaError(problem);
      return result;
    } catch (error) {
      // The engine knows the resources that could not be read; a verdict can read only declared resources.
      const isForgotten = error instanceof NotRead && JUDGING.includes(String(at.at(-1)));
      if (!(error instanceof OwnAreaError) && !isForgotten) throw error;
      throw new ArmFailure({
        kind: 'invalid',
        code: 'OwnControlFailed',
        message: `The custom area in ${file} failed in its function ${at.join('.')}: ${error.message}.`,
        next: 'Correct the file. Read docs/controls.md, which shows how to write an area.',
      });
    }
  };
}

const isContext = (value: unknown): value is Asked => typeof value === 'object' && value !== null && 'decidedIn' in value;

/** Returns a value that is passed into the realm as text. Facts are passed one by one on demand. */
function plainOf(value: unknown): unknown {
  if (typeof value === 'function') return { $own: 'beside' };
  if (!isContext(value)) return value;
  const { facts: _, planned: __, chosen: ___, decidedIn: ____, ...plain } = value;
  return { $own: 'context', plain };
}

function answered([kind = '', ...names]: Need, args: readonly unknown[]): Answer {
  const asked = args.find(isContext);
  if (kind === 'beside') return { value: (args.find((arg) => typeof arg === 'function') as (path: string) => unknown)(names[0]!) };
  if (!asked) throw new OwnAreaError(`it requests ${kind}, which func-harden does not give to custom areas`);
  if (kind === 'chosen') return { value: asked.chosen(names[0]!) };
  if (kind === 'decidedIn') return { value: asked.decidedIn(names[0]!, names[1]!) };
  if (kind === 'member') {
    const body = looked(names.slice(0, -1), asked) as { readonly properties: Readonly<Record<string, unknown>> };
    return { value: body.properties[names.at(-1)!] }; // Throws if the inventory does not contain it.
  }
  return seen(looked([kind, ...names], asked));
}

function looked([kind = '', ...names]: Need, { facts, planned }: Asked): unknown {
  const of = kind === 'planned' || (kind === 'maybe' && names[0] === 'planned') ? planned : facts;
  const key = names.at(-1) as never;
  return kind === 'maybe' ? of.maybe(key) : of[key];
}

/** Returns a body of the inventory, which throws where a member is read that it lacks. */
function seen(body: unknown): Answer {
  const properties = (body as { readonly properties?: unknown } | null | undefined)?.properties;
  if (typeof properties !== 'object' || properties === null) return { value: body };
  try {
    Reflect.get(properties, 'func-harden: no member of Azure');
    return { value: body };
  } catch {
    return { value: body, partial: true };
  }
}
