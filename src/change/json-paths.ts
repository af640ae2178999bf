import { isRecord } from '../azure/resources/json.ts';
import type { Json } from '../azure/index.ts';

export { isRecord };

/** A response body as it was received. */
export type Body = { readonly [key: string]: Json };

/** Parses JSON; undefined where the text is something else, such as a page of a proxy or a line that was cut off. */
export function parsedJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** Returns the path of a member: `properties.cors.allowedOrigins`, or `properties["My.Setting"]` where a name has dots. */
export function pathOf(...members: string[]): string {
  return members.reduce(
    (path, member) => (/^[\w-]+$/.test(member) ? (path ? `${path}.${member}` : member) : `${path}[${JSON.stringify(member)}]`),
    '',
  );
}

/** The members of paths that were looked at before: areas use the same paths for each app. */
const MEMBERS = new Map<string, readonly string[]>();
const MOST_PATHS = 2000;

export function membersOf(path: string): readonly string[] {
  const known = MEMBERS.get(path);
  if (known) return known;
  const members = [...path.matchAll(/\[("(?:[^"\\]|\\.)*")\]|([^.[\]]+)/g)].map(([, quoted, plain]) =>
    quoted ? (JSON.parse(quoted) as string) : (plain ?? ''),
  );
  if (MEMBERS.size < MOST_PATHS) MEMBERS.set(path, members);
  return members;
}

/** Returns the name of a member as `value` spells it, else the given name. ARM compares names without regard to case. */
export function spellingIn(value: { readonly [key: string]: Json }, member: string): string {
  if (Object.hasOwn(value, member)) return member;
  const name = member.toLowerCase();
  return Object.keys(value).find((one) => one.length === member.length && one.toLowerCase() === name) ?? member;
}

/** Returns a path whose members are spelled as in the body, as far as the body has them. */
export function pathAsSpelled(body: Json | undefined, path: string): string {
  let value: Json | undefined = body;
  const members = membersOf(path).map((member) => {
    const name = isRecord(value) ? spellingIn(value, member) : member;
    value = isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined;
    return name;
  });
  return pathOf(...members);
}

/** Returns the value at a path, or the body itself for the empty path; undefined where a member on the way is missing or null. */
export function valueAt(body: Json | undefined, path: string): Json | undefined {
  let value: Json | undefined = body;
  for (const member of membersOf(path)) {
    if (!isRecord(value)) return undefined;
    const name: string = spellingIn(value, member);
    if (!Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

/** Returns a copy of `body` with the value at `path` set. Missing members on the way are created. */
export const withValue = (body: Body, path: string, to: Json): Body => withMember(body, membersOf(path), 0, to);

function withMember(body: Body, members: readonly string[], at: number, to: Json): Body {
  const member = members[at];
  if (member === undefined || member === '__proto__') return body;
  const name = spellingIn(body, member);
  if (at === members.length - 1) return { ...body, [name]: to };
  const inner = Object.hasOwn(body, name) ? body[name] : undefined;
  return { ...body, [name]: withMember(isRecord(inner) ? inner : {}, members, at + 1, to) };
}

/** Whether two JSON values are deeply equal. Null and missing are the same, because ARM omits or nulls what is not set. */
export function equals(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || a === null || b === undefined || b === null) return (a ?? null) === (b ?? null);
  if (Array.isArray(a) || Array.isArray(b))
    return (
      Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, index) => equals(item as Json, b[index] as Json))
    );
  if (!isRecord(a) || !isRecord(b)) return a === b || sameId(a, b);
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => equals(a[spellingIn(a, key)], b[spellingIn(b, key)]));
}

const sameId = (a: Json, b: Json): boolean =>
  typeof a === 'string' && typeof b === 'string' && a.startsWith('/subscriptions/') && a.toLowerCase() === b.toLowerCase();

/** Whether `have` contains all of `want`. The service may add members to an object, but not to an object inside a list. */
export function containsJson(have: Json | undefined, want: Json | undefined): boolean {
  if (Array.isArray(want)) return equals(have, want);
  if (isRecord(want))
    return isRecord(have) && Object.entries(want).every(([key, value]) => containsJson(have[spellingIn(have, key)], value));
  return equals(have, want);
}

/** Returns a copy without members that are null, at any depth. In a request, ARM reads null as "no change". */
export function withoutNulls(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([name, member]) => (member === null ? [] : [[name, withoutNulls(member)]])));
}
