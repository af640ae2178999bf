/**
 * Where functions are called over HTTP, and which of them a path that is excluded from the sign-in reaches. A function's address is its
 * route below the prefix of host.json (`api` where none is set); Azure lists it as `invoke_url_template`. Sources:
 * learn.microsoft.com/azure/azure-functions/functions-bindings-http-webhook-trigger (routes), learn.microsoft.com/azure/app-service/
 * configure-authentication-file-based (`/path/*` covers what lies below; other wildcards are not documented).
 */
import { nameIn } from './ids.ts';
import type { AppSettings, Functions } from './resources.ts';

/** Whether a path reaches a function: `maybe` where Azure does not document it. */
export type Cover = 'yes' | 'maybe' | 'no';

export interface HttpFunction {
  readonly name: string;
  /** Where it is called, like `/api/orders/{id}`. */
  readonly template: string;
  readonly isAnonymous: boolean;
}

/** A function that an excluded path reaches, or may reach. */
export interface OpenedFunction extends HttpFunction {
  readonly path: string;
  readonly cover: Exclude<Cover, 'no'>;
}

const PREFIX_SETTING = /^AzureFunctionsJobHost(__|:)extensions(__|:)http(__|:)routePrefix$/i;

/** The prefix that a setting gives in place of host.json, or the host's own. */
const prefixFrom = (settings: AppSettings | undefined): string =>
  Object.entries(settings?.properties ?? {}).find(([name]) => PREFIX_SETTING.test(name))?.[1] ?? 'api';

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Every function that is called over HTTP, with the address that Azure lists or that its route gives. */
export function httpFunctions(functions: Functions, settings?: AppSettings): HttpFunction[] {
  return functions.value.flatMap(({ name, properties }) => {
    const trigger = properties.config?.bindings?.find(({ type }) => type.toLowerCase() === 'httptrigger');
    if (!trigger) return [];
    const listed = /^https?:\/\/[^/]+(\/.*)?$/i.exec(properties.invoke_url_template ?? '');
    const template = listed ? (listed[1] ?? '/') : `/${prefixFrom(settings)}/${trigger.route ?? nameIn(name)}`;
    return [{ name: nameIn(name), template: decoded(template), isAnonymous: trigger.authLevel?.toLowerCase() === 'anonymous' }];
  });
}

const segmentsOf = (path: string): string[] => path.toLowerCase().split('/').filter(Boolean);
const both = (a: Cover, b: () => Cover): Cover => {
  if (a === 'no') return 'no';
  const rest = b();
  return rest === 'yes' ? a : rest;
};

/** Constraints of route parameters whose meaning is one pattern. */
const CONSTRAINTS: Readonly<Record<string, RegExp>> = {
  int: /^-?\d+$/,
  long: /^-?\d+$/,
  guid: /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/,
  bool: /^(true|false)$/,
  alpha: /^[a-z]*$/,
};
const isCatchAll = (segment: string): boolean => /^\{\*{1,2}[^{}]*\}$/.test(segment);
const mayBeMissing = (segment: string): boolean =>
  isCatchAll(segment) || /^\{[^{}]*[^{}:(]\?\}$/.test(segment) || /^\{[^{}=:]+=/.test(segment);
const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Whether a segment of a template, `orders`, `{id:int}` or `file-{name}.json`, takes a literal one. */
function takes(segment: string, literal: string): Cover {
  const parameter = /^\{([^{}:=?]+)(?::([^{}=]*?))?(?:=[^{}]*)?\??\}$/.exec(segment);
  if (parameter) {
    const constraint = parameter[2]?.replace(/\?$/, '');
    if (constraint === undefined || constraint === '') return 'yes';
    const pattern = Object.hasOwn(CONSTRAINTS, constraint) ? CONSTRAINTS[constraint] : undefined;
    return pattern === undefined ? 'maybe' : pattern.test(literal) ? 'yes' : 'no';
  }
  if (!segment.includes('{')) return segment === literal ? 'yes' : 'no';
  const pattern = segment
    .split(/(\{[^{}]*\})/)
    .map((part) => (part.startsWith('{') ? '.+' : escaped(part)))
    .join('');
  return new RegExp(`^${pattern}$`).test(literal) ? 'yes' : 'no';
}

/** Whether some address of the template begins with, or is, these literal segments. */
function reaches(path: readonly string[], template: readonly string[], below: boolean): Cover {
  const [literal, ...more] = path;
  const [segment, ...rest] = template;
  if (literal === undefined) return below || template.every(mayBeMissing) ? 'yes' : 'no';
  if (segment === undefined) return 'no';
  return isCatchAll(segment) ? 'yes' : both(takes(segment, literal), () => reaches(more, rest, below));
}

/** Segment by segment, where a wildcard stands elsewhere than as the last one: it may mean what it does in other products. */
function mayReach(path: readonly string[], template: readonly string[]): boolean {
  const [own, ...more] = path;
  const [segment, ...rest] = template;
  if (own === undefined) return template.every(mayBeMissing);
  if (own.endsWith('*') && (own === '**' || more.length === 0)) {
    const start = own.replace(/\*.*$/, '');
    if (start === '' || segment === undefined || segment.includes('{') || segment.startsWith(start)) return true;
  }
  if (segment === undefined) return false;
  if (isCatchAll(segment)) return true;
  const isAlike = own.includes('*')
    ? segment.includes('{') || new RegExp(`^${own.split('*').map(escaped).join('.*')}$`).test(segment)
    : takes(segment, own) !== 'no';
  return isAlike && mayReach(more, rest);
}

/** Whether requests to some address of the function pass by the sign-in, because their path is excluded. Case and trailing slashes do not count. */
export function coverOf(excluded: string, template: string): Cover {
  const path = segmentsOf(decoded(excluded.trim().replace(/[?#].*$/, '')));
  const below = path.at(-1) === '*';
  const literal = below ? path.slice(0, -1) : path;
  if (literal.some((segment) => segment.includes('*'))) return mayReach(path, segmentsOf(template)) ? 'maybe' : 'no';
  return reaches(literal, segmentsOf(template), below);
}

/** Functions that excluded paths reach, each with the path that does so most surely. A path without wildcards goes to the function with just that route. */
export function openedBy(paths: readonly string[], functions: readonly HttpFunction[]): OpenedFunction[] {
  const found = paths.flatMap((path) => {
    const own = path.includes('*') ? [] : functions.filter(({ template }) => segmentsOf(template).join('/') === segmentsOf(path).join('/'));
    return (own.length > 0 ? own : functions).flatMap((one): OpenedFunction[] => {
      const cover = coverOf(path, one.template);
      return cover === 'no' ? [] : [{ ...one, path, cover }];
    });
  });
  return functions.flatMap(({ name }) => {
    const own = found.filter((one) => one.name === name);
    return own.find(({ cover }) => cover === 'yes') ?? own[0] ?? [];
  });
}
