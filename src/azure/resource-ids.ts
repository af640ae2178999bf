/** ARM ids taken apart: two ids are the same where their parts are, and what cannot be taken apart is no id. */

/** One `/providers/NAMESPACE/TYPE/NAME…` of an id. */
export interface IdPart {
  /** `microsoft.web/sites/config`, in small letters. */
  readonly type: string;
  readonly names: readonly string[];
}

export interface ResourceId {
  readonly subscription: string;
  readonly group?: string;
  /** The last one is the resource; what it lies on, as an extension, stands before it. */
  readonly parts: readonly IdPart[];
}

/** Letters, digits and what Azure takes in names: nothing that a URL, a path or a header would read as more than a name. */
const NAME = /^[\p{L}\p{N}_$][\p{L}\p{N}_.()$@+=,~! -]*$/u;
const isName = (text: string): boolean => NAME.test(text) && !text.endsWith('.') && !text.endsWith(' ');
const NAMESPACE = /^[A-Za-z]+(\.[A-Za-z]+)+$/;
const SUBSCRIPTION = /^[\w-]+$/;

/** undefined for anything that is not the id of a resource, spelt as Azure spells ids. */
export function parseId(id: string): ResourceId | undefined {
  const [empty, subscriptions, subscription = '', ...rest] = id.split('/');
  if (empty !== '' || subscriptions?.toLowerCase() !== 'subscriptions' || !SUBSCRIPTION.test(subscription)) return undefined;
  const isGrouped = rest[0]?.toLowerCase() === 'resourcegroups';
  const group = isGrouped ? rest[1] : undefined;
  if (isGrouped && (group === undefined || !isName(group))) return undefined;
  const parts: IdPart[] = [];
  for (let at = isGrouped ? 2 : 0; at < rest.length;) {
    const end = rest.findIndex((word, index) => index > at && word.toLowerCase() === 'providers' && (index - at) % 2 === 0);
    const part = partOf(rest.slice(at, end < 0 ? rest.length : end));
    if (!part) return undefined;
    parts.push(part);
    at = end < 0 ? rest.length : end;
  }
  return parts.length === 0 ? undefined : { subscription, ...(group === undefined ? {} : { group }), parts };
}

/** `providers`, the namespace, and then types and names in turn. An action that is called, as `newpassword`, has a type and no name. */
function partOf([providers, namespace = '', ...words]: readonly string[]): IdPart | undefined {
  if (providers?.toLowerCase() !== 'providers' || !NAMESPACE.test(namespace) || words.length < 2 || !words.every(isName)) return undefined;
  const at = (odd: number) => words.filter((_, index) => index % 2 === odd);
  return { type: [namespace, ...at(0)].join('/').toLowerCase(), names: at(1) };
}

/** Type and names in one text, for comparing: names of Azure know no case. */
const keyOf = ({ subscription, group, parts }: ResourceId): string =>
  JSON.stringify([subscription, group ?? '', ...parts.flatMap(({ type, names }) => [type, ...names])]).toLowerCase();

/** Whether both are ids, and of the same resource. */
export function isSameId(a: string, b: string): boolean {
  const [one, other] = [parseId(a), parseId(b)];
  return one !== undefined && other !== undefined && keyOf(one) === keyOf(other);
}

/** Whether the first is an id at or below the second. */
export function isWithinId(inner: string, outer: string): boolean {
  const [one, other] = [parseId(inner), parseId(outer)];
  if (!one || !other) return false;
  const [within, around] = [wordsOf(one), wordsOf(other)];
  return around.every((word, index) => word === within[index]);
}

const wordsOf = ({ subscription, group, parts }: ResourceId): string[] =>
  [subscription, ...(group === undefined ? [] : ['/group', group]), ...parts.flatMap(wordsOfPart)].map((word) => word.toLowerCase());

function wordsOfPart({ type, names }: IdPart): string[] {
  const [namespace = '', ...types] = type.split('/');
  return [`/${namespace}`, ...types.flatMap((word, index) => [word, ...(names[index] === undefined ? [] : [names[index]])])];
}

/** Type of the resource itself. */
export const typeOfId = (id: string): string | undefined => parseId(id)?.parts.at(-1)?.type;

/** What an extension lies on, or the parent of a child: the id one level up. Undefined where there is none. */
export function parentOfId(id: string): string | undefined {
  const parsed = parseId(id);
  if (!parsed) return undefined;
  const words = id.split('/');
  const isTop = (parsed.parts.at(-1)?.names.length ?? 0) < 2;
  const up = words.slice(0, isTop ? -4 : -2).join('/');
  return parseId(up) ? up : undefined;
}
