/** Compares a saved plan with a new one: whether its requests are still valid, already done, or about other values. */
import type { Json } from '../../azure/index.ts';
import { canonicalJson, digestOfText } from '../../change/canonical.ts';
import { compare } from '../../change/compare.ts';
import type { Plan } from './plan-result.ts';
import type { State } from '../judge/assess.ts';

/** A request, saved or planned again. */
export interface Request {
  readonly controls: readonly string[];
  readonly resource: string;
  readonly method: string;
  readonly apiVersion: string;
  readonly diff: readonly { readonly path: string; readonly before: Json; readonly after: Json; readonly sensitive: boolean }[];
  readonly body: Json;
  readonly risk: string;
}

export type SavedPlanState =
  | { readonly state: 'as-planned' }
  /** Every change of the plan is applied already. */
  | { readonly state: 'in-place' }
  /** `differences`: a sentence for each value that changed. */
  | { readonly state: 'moved'; readonly differences: readonly string[] };

export interface Comparing {
  readonly saved: readonly Request[];
  readonly now: readonly Request[];
  readonly plan: Pick<Plan, 'blocked' | 'unknown' | 'missing'>;
  /** The current state of each control. */
  readonly states: ReadonlyMap<string, State>;
  /** Whether an earlier run of the same plan sent this request. */
  readonly isSent: (request: Request) => boolean;
  /** Returns why a request counts as open although its controls pass. */
  readonly whyOpen: (request: Request) => Promise<string | undefined>;
}

const GOOD: readonly (State | undefined)[] = ['pass', 'not-applicable', 'accepted', 'attested'];

export async function compareWithSaved({ saved, now, plan, states, isSent, whyOpen }: Comparing): Promise<SavedPlanState> {
  const open = saved.filter((request) => !now.some((other) => same(request, other)));
  const extra = now.filter((request) => !saved.some((other) => same(request, other)));
  const passes = ({ controls }: Request) => controls.every((control) => states.get(control) === 'pass');
  if (open.length === 0 && extra.length === 0) return { state: 'as-planned' };
  if (extra.length === 0 && open.every(passes)) {
    const reasons = (await Promise.all(open.map(whyOpen))).filter((reason) => reason !== undefined);
    if (reasons.length > 0) return { state: 'moved', differences: reasons };
    if (now.length === 0) return { state: 'in-place' };
    if (open.every(isSent)) return { state: 'as-planned' };
  }
  return { state: 'moved', differences: [...open.flatMap((request) => differencesOf(request, now, plan, states)), ...added(extra, saved)] };
}

const same = (a: Request, b: Request): boolean => formOf(a) === formOf(b);

/** Returns the digest of a request, by which it is recognized also without the plan. */
export const digestOfRequest = (request: Request): Promise<string> => digestOfText(formOf(request));

/** Returns everything that is sent, and everything that the approval was for. */
const formOf = ({ controls, resource, method, apiVersion, diff, body, risk }: Request): string =>
  canonicalJson({ controls, resource: resource.toLowerCase(), method, apiVersion, diff, body, risk } as unknown as Json);

function differencesOf(
  request: Request,
  now: readonly Request[],
  { blocked, unknown }: Comparing['plan'],
  states: Comparing['states'],
): string[] {
  const other = now.find((one) => isSamePlace(one, request));
  const about = (control: string) => request.controls.includes(control);
  const stops = [
    ...blocked.filter(({ control }) => about(control)).map(({ control, says }) => `${control} cannot be changed now: ${says}`),
    ...unknown.filter(({ id }) => about(id)).map(({ id, reason }) => `${id} could not be read: ${reason ?? ''}`),
  ];
  if (!other) {
    const gone = request.controls
      .filter((control) => GOOD.includes(states.get(control)))
      .map((control) => `${control} ${states.get(control) === 'pass' ? 'passes now' : `is ${states.get(control)} now`}`);
    const values = request.diff.map((edit) => `${placeOf(request, edit.path)} was ${textOf(edit.before)} when planned`);
    return stops.length + gone.length > 0 ? [...stops, ...gone.map((text) => `${text}; ${values.join(', ')}`)] : values;
  }
  const edits = request.diff.flatMap(({ path, before, after }) => {
    const edit = other.diff.find((one) => one.path === path);
    if (!edit) return [`${placeOf(request, path)}: ${textOf(before)} when planned, ${textOf(after)} now`];
    const [was, is] = [textOf(before), textOf(edit.before)];
    if (canonicalJson(before) !== canonicalJson(edit.before))
      return [`${placeOf(request, path)}: ${was} when planned, ${is === was ? 'another value' : is} now`];
    return canonicalJson(after) === canonicalJson(edit.after)
      ? []
      : [`${placeOf(request, path)}: the new value was ${textOf(after)} when planned, and is ${textOf(edit.after)} now`];
  });
  const extra = other.diff
    .filter(({ path }) => !request.diff.some((one) => one.path === path))
    .map(({ path, before }) => `${placeOf(request, path)}: ${textOf(before)} now, and not in the plan`);
  const found = [...stops, ...edits, ...extra];
  if (found.length > 0) return found;
  if (other.risk !== request.risk) return [`${placeOf(request, '')}: the risk was ${request.risk} when planned, and is ${other.risk} now`];
  const bodies = compare(request.body, other.body).differences.map(
    ({ path, before, after }) => `${placeOf(request, path)}: ${textOf(before)} when planned, ${textOf(after)} now`,
  );
  return bodies.length > 0 ? bodies : [`${placeOf(request, '')}: the request is different now`];
}

/** Returns the requests that are not in the saved plan. */
const added = (extra: readonly Request[], saved: readonly Request[]): string[] =>
  extra
    .filter((request) => !saved.some((one) => isSamePlace(one, request)))
    .flatMap((request) => request.diff.map(({ path, before }) => `${placeOf(request, path)}: ${textOf(before)} now, and not in the plan`));

const isSamePlace = (a: Request, b: Request): boolean =>
  a.resource.toLowerCase() === b.resource.toLowerCase() &&
  a.method === b.method &&
  (a.diff.some(({ path }) => b.diff.some((other) => other.path === path)) || a.controls.some((control) => b.controls.includes(control)));

/** Returns the place of a value, `config/web minTlsVersion`. */
const placeOf = ({ resource }: Request, path: string): string => {
  const place = /\/providers\/[^/]+\/(?:sites\/[^/]+(?:\/slots\/[^/]+)?\/)?(.*)$/i.exec(resource)?.[1] ?? resource;
  return `${place} ${path.replace(/^properties\./, '')}`.trim();
};

const textOf = (value: Json): string => (value === null ? '(not set)' : JSON.stringify(value));
