/** Compares a recorded answer with the emulator's: status, relevant headers, shape of the body. */
import type { Json } from '../../../src/emulator/state.ts';
import type { Recorded } from '../recorded.ts';

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json;
}

/** Headers of which only the presence is compared. */
const PRESENT = ['etag', 'location', 'azure-asyncoperation', 'retry-after'];
const QUOTA = 'x-ms-ratelimit-remaining-subscription-';
/** Headers that the recorder of azure-cli (also used by cloud-custodian) removes, so that their absence says nothing. */
const STRIPPED = new Set(['retry-after', `${QUOTA}reads`]);
/** Recorders that write a header into every answer (azure-libraries-for-java), or keep a few only. */
const SAYS_NOTHING = (repo: string, name: string): boolean =>
  ((repo.startsWith('Azure/azure-cli') || repo.startsWith('cloud-custodian/')) && STRIPPED.has(name)) ||
  (repo === 'Azure/azure-libraries-for-java' && name === 'retry-after');
/** Members whose text is compared as well, not only its type. */
const SAME_TEXT = new Set(['id', 'name', 'type', 'kind', 'code', 'Code', 'ExtendedCode']);

const MADE_UP = /^\d{4}-\d\d-\d\dT|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?:$|_)/i;

/** Formats one line per difference: `missing properties.x`, `type of properties.y: null, here string`. */
export function differences(recorded: Recorded, answered: Answered, settable: ReadonlySet<string>): string[] {
  const found = [
    ...(recorded.status === answered.status ? [] : [`status: ${recorded.status}, here ${answered.status}`]),
    ...headerDifferences(recorded, answered.headers),
    ...(recorded.status === answered.status ? shape(recorded.responseBody as Json, answered.body, '', settable, false) : []),
  ];
  return [...new Set(found)];
}

function headerDifferences({ responseHeaders, source }: Recorded, headers: Headers): string[] {
  const stripped = (name: string) => SAYS_NOTHING(source.repo, name);
  const names = [
    ...PRESENT,
    ...Object.keys(responseHeaders).filter((name) => name.startsWith(QUOTA)),
    ...[...headers.keys()].filter((name) => name.startsWith(QUOTA)),
  ];
  const presence = [...new Set(names)]
    .filter((name) => !stripped(name))
    .flatMap((name) => {
      const [there, here] = [name in responseHeaders, headers.has(name)];
      return there === here ? [] : [`header ${name}: ${there ? 'there' : 'missing'}, ${here ? 'here' : 'not here'}`];
    });
  const value = ['content-type', 'x-ms-failure-cause'].flatMap((name) => {
    const [there, here] = [bareType(responseHeaders[name]), bareType(headers.get(name) ?? undefined)];
    return there === here ? [] : [`header ${name}: ${there}, here ${here}`];
  });
  return [...presence, ...value];
}

/** Without the text after the semicolon: services use different spaces and different case for the charset. */
const bareType = (value: string | undefined): string | undefined => value?.split(';')[0]?.trim().toLowerCase();

const typeOf = (value: Json | undefined): string => (value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value);

/** `whole`: everything below was set by a client, so its values are compared too. */
function shape(there: Json, here: Json, path: string, settable: ReadonlySet<string>, whole: boolean): string[] {
  const [a, b] = [typeOf(there), typeOf(here)];
  if (a !== b) return [`type of ${path || 'body'}: ${a}, here ${b}`];
  if (Array.isArray(there) && Array.isArray(here)) {
    if (there.length !== here.length) return [`length of ${path}: ${there.length}, here ${here.length}`];
    return there.flatMap((item, index) => shape(item, here[index]!, `${path}[]`, settable, whole));
  }
  if (typeof there === 'object' && there !== null && typeof here === 'object' && here !== null) {
    const [left, right] = [there as Record<string, Json>, here as Record<string, Json>];
    return [...new Set([...Object.keys(left), ...Object.keys(right)])].flatMap((name) => {
      const at = path ? `${path}.${name}` : name;
      if (!(name in right)) return [`missing ${at}`];
      if (!(name in left)) return [`more ${at}`];
      return shape(left[name]!, right[name]!, at, settable, whole || settable.has(at));
    });
  }
  const member = path.split('.').at(-1)!.replace('[]', '');
  // A time or a guid that the service made up is its own.
  const counts = (whole || SAME_TEXT.has(member)) && !MADE_UP.test(String(there));
  return counts && there !== here ? [`value of ${path}: ${JSON.stringify(there)}, here ${JSON.stringify(here)}`] : [];
}

/** Paths of all members of a body, those of list items once: `properties.hostNames[]`. */
export function memberPaths(body: Json, path = ''): string[] {
  if (Array.isArray(body)) return [...new Set(body.flatMap((item) => memberPaths(item, `${path}[]`)))];
  if (typeof body !== 'object' || body === null) return [];
  return Object.entries(body).flatMap(([name, value]) => {
    const at = path ? `${path}.${name}` : name;
    return [at, ...memberPaths(value, at)];
  });
}

/** Recorded member paths that some difference concerns: its own, and all below it. */
export function disagreeing(paths: readonly string[], found: readonly string[]): string[] {
  if (found.some((line) => /^(status|type of body):? /.test(line))) return [...paths];
  const at = found.flatMap((line) => /^(?:missing|(?:type|value|length) of) (.+?)(?:: .*)?$/s.exec(line)?.[1] ?? []);
  const bare = new Set(at.map((path) => path.replace(/(?:\[\])+$/, '')));
  return paths.filter((path) => [...bare].some((one) => path === one || path.startsWith(`${one}.`) || path.startsWith(`${one}[]`)));
}
