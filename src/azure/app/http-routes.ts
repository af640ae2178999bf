/**
 * URL paths of functions, and which functions a path reaches that is excluded from authentication. A function's path is its
 * route below the prefix of host.json (default `api`); Azure lists it as `invoke_url_template`. Sources:
 * learn.microsoft.com/azure/azure-functions/functions-bindings-http-webhook-trigger (routes), learn.microsoft.com/azure/app-service/
 * configure-authentication-file-based (`/path/*` matches everything below; other wildcards are not documented).
 */
import { nameIn } from '../resources/ids.ts';
import { decoded } from '../resources/json.ts';
import type { AppSettings, Functions } from '../resources/resources.ts';
import { isMadeOf } from '../wildcards.ts';

/** Whether a path reaches a function: `maybe` if Azure does not document the case. */
export type Cover = 'yes' | 'maybe' | 'no';

export interface HttpFunction {
  readonly name: string;
  /** URL path of the function, such as `/api/orders/{id}`. */
  readonly template: string;
  readonly isAnonymous: boolean;
  /** Whether only host.json shows if the endpoint requires a key. */
  readonly isKeyUnknown?: true;
}

/** A function that an excluded path reaches or may reach. */
export interface OpenedFunction extends HttpFunction {
  readonly path: string;
  readonly cover: Exclude<Cover, 'no'>;
}

const PREFIX_SETTING = /^AzureFunctionsJobHost(__|:)extensions(__|:)http(__|:)routePrefix$/i;

/** Returns the route prefix: from the app setting that overrides host.json, otherwise the default of the host. */
const prefixFrom = (settings: AppSettings | undefined): string =>
  Object.entries(settings?.properties ?? {}).find(([name]) => PREFIX_SETTING.test(name))?.[1] ?? 'api';

/** Lists the functions with an HTTP trigger, with the path that Azure lists or that their route gives. */
export function httpFunctions(functions: Functions, settings?: AppSettings): HttpFunction[] {
  return functions.value.flatMap(({ name, properties }) => {
    const trigger = properties.config?.bindings?.find(({ type }) => type.toLowerCase() === 'httptrigger');
    if (!trigger) return [];
    const listed = /^https?:\/\/[^/]+(\/.*)?$/i.exec(properties.invoke_url_template ?? '');
    const template = listed ? (listed[1] ?? '/') : `/${prefixFrom(settings)}/${trigger.route ?? nameIn(name)}`;
    return [{ name: nameIn(name), template: decoded(template), isAnonymous: !KEYED.test(trigger.authLevel ?? 'function') }];
  });
}

/** Levels at which the host asks for a key. A level that is not known is not taken for one. */
const KEYED = /^(function|admin|system|user)$/i;

/** Extensions whose endpoint requires a system key unless `extensions.NAME.system.webhookAuthorizationLevel` of host.json is Anonymous. */
const KEY_OPTIONAL: Readonly<Record<string, RegExp>> = { mcp: /^mcp(tool|resource|prompt)trigger$/i, connector: /^connectortrigger$/i };
const levelSetting = (extension: string): RegExp =>
  new RegExp(`^AzureFunctionsJobHost(__|:)extensions(__|:)${extension}(__|:)system(__|:)webhookAuthorizationLevel$`, 'i');

/**
 * Lists the functions that clients call at the endpoint of an extension, where host.json decides whether a key is required. A setting of
 * the app goes before host.json. Sources: learn.microsoft.com/azure/azure-functions/functions-bindings-mcp (host.json settings),
 * functions-connectors-overview, functions-host-json#override-hostjson-values; Azure/azure-functions-mcp-extension#62 and #138.
 */
export function webhookFunctions(functions: Functions, settings?: AppSettings): HttpFunction[] {
  return functions.value.flatMap(({ name, properties }) =>
    Object.entries(KEY_OPTIONAL).flatMap(([extension, type]): HttpFunction[] => {
      if (!properties.config?.bindings?.some((binding) => type.test(binding.type))) return [];
      const level = Object.entries(settings?.properties ?? {}).find(([setting]) => levelSetting(extension).test(setting))?.[1];
      const isAnonymous = /^anonymous$/i.test(level?.trim() ?? '');
      return [
        { name: nameIn(name), template: `/runtime/webhooks/${extension}`, isAnonymous, ...(isAnonymous ? {} : { isKeyUnknown: true }) },
      ];
    }),
  );
}

const segmentsOf = (path: string): string[] => path.toLowerCase().split('/').filter(Boolean);
const both = (a: Cover, b: () => Cover): Cover => {
  if (a === 'no') return 'no';
  const rest = b();
  return rest === 'yes' ? a : rest;
};

/** Constraints of route parameters that one pattern expresses. */
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

/** Returns whether a segment of a template (`orders`, `{id:int}`, `file-{name}.json`) matches a literal segment. */
function takes(segment: string, literal: string): Cover {
  const parameter = /^\{([^{}:=?]+)(?::([^{}=]*?))?(?:=[^{}]*)?\??\}$/.exec(segment);
  if (parameter) {
    const constraint = parameter[2]?.replace(/\?$/, '');
    if (constraint === undefined || constraint === '') return 'yes';
    const pattern = Object.hasOwn(CONSTRAINTS, constraint) ? CONSTRAINTS[constraint] : undefined;
    return pattern === undefined ? 'maybe' : pattern.test(literal) ? 'yes' : 'no';
  }
  if (!segment.includes('{')) return segment === literal ? 'yes' : 'no';
  return isMadeOf(literal, segment.split(/\{[^{}]*\}/), 1) ? 'yes' : 'no';
}

/** Returns whether some path of the template equals these literal segments, or begins with them (`below`). */
function reaches(path: readonly string[], template: readonly string[], below: boolean): Cover {
  const [literal, ...more] = path;
  const [segment, ...rest] = template;
  if (literal === undefined) return below || template.every(mayBeMissing) ? 'yes' : 'no';
  if (segment === undefined) return 'no';
  return isCatchAll(segment) ? 'yes' : both(takes(segment, literal), () => reaches(more, rest, below));
}

/** Compares segments if a wildcard is not the last segment. Azure does not document that case; wildcards are read as in other products. */
function mayReach(path: readonly string[], template: readonly string[]): boolean {
  const [own, ...more] = path;
  const [segment, ...rest] = template;
  if (own === undefined) return template.every(mayBeMissing);
  if (own.endsWith('*') && (own === '**' || more.length === 0)) {
    const start = own.replace(/\*.*$/s, '');
    if (start === '' || segment === undefined || segment.includes('{') || segment.startsWith(start)) return true;
  }
  if (segment === undefined) return false;
  if (isCatchAll(segment)) return true;
  const isAlike = own.includes('*') ? segment.includes('{') || isMadeOf(segment, own.split('*')) : takes(segment, own) !== 'no';
  return isAlike && mayReach(more, rest);
}

/** Matches the name of a setting in a route. No page says whether the host puts its value there, which may have several segments. */
const SETTING = /%[^%/]+%/;

/** Whether an excluded path is not a plain path: a regular expression, or slashes only. Azure does not document what it excludes. */
export const isPattern = (excluded: string): boolean => /\.[*+?]|[\\^|[\]]|^\/{2,}$/.test(excluded.trim());

/** Returns whether requests to the function bypass authentication because their path is excluded. Case is ignored. */
export function coverOf(excluded: string, template: string): Cover {
  if (isPattern(excluded)) return 'maybe';
  const [before, ...more] = template.split(SETTING);
  if (more.length > 0) return coverOf(excluded, `${(before ?? '').replace(/[^/]*$/, '')}{*setting}`) === 'no' ? 'no' : 'maybe';
  const path = segmentsOf(decoded(excluded.trim().replace(/[?#].*$/s, '')));
  const below = path.at(-1) === '*';
  const literal = below ? path.slice(0, -1) : path;
  if (literal.some((segment) => segment.includes('*'))) return mayReach(path, segmentsOf(template)) ? 'maybe' : 'no';
  const cover = reaches(literal, segmentsOf(template), below);
  // Reports use `/openapi/` for the paths below it (Azure/azure-functions-openapi-extension#644); no page says whether Azure reads it so.
  const mayBeBelow = cover === 'no' && path.length > 0 && excluded.trim().endsWith('/');
  return mayBeBelow && reaches(literal, segmentsOf(template), true) !== 'no' ? 'maybe' : cover;
}

/** Lists the functions that excluded paths reach, each with its surest match. An exact route goes before wildcards. */
export function openedBy(paths: readonly string[], functions: readonly HttpFunction[]): OpenedFunction[] {
  const found = paths.flatMap((path) => {
    const own = path.includes('*') ? [] : functions.filter(({ template }) => segmentsOf(template).join('/') === segmentsOf(path).join('/'));
    return (own.length > 0 ? own : functions).flatMap((one): OpenedFunction[] => {
      const cover = coverOf(path, one.template);
      return cover === 'no' ? [] : [{ ...one, path, cover: one.isKeyUnknown ? 'maybe' : cover }];
    });
  });
  return functions.flatMap(({ name }) => {
    const own = found.filter((one) => one.name === name);
    return own.find(({ cover }) => cover === 'yes') ?? own[0] ?? [];
  });
}
