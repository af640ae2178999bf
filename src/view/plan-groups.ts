/** The plans of many apps as groups: one control and one edit, with its apps. The worst groups come first. */
import type { Change, GuardNote } from '../change/change.ts';
import type { Edit } from '../change/edit.ts';
import { isRecord, equals } from '../change/json-paths.ts';
import { showValue } from '../change/value.ts';
import type { Risk } from '../contract/index.ts';
import { RISKS } from '../engine/plan/risk.ts';
import type { Plan } from '../engine/plan/plan.ts';
import { plainText } from '../text/plain.ts';
import { leftOutOf, valueText } from './change-lines.ts';
import { addSaying, notesOfKind, sayingsOf, type GroupedNote, type Sayings } from './grouped-notes.ts';

export type { GroupedNote } from './grouped-notes.ts';

export interface PlanGroup {
  readonly control: string;
  readonly area: string;
  readonly label: string;
  /** `httpsOnly false → true`. */
  readonly edit: string;
  readonly risk: Risk;
  /** Labels of the apps, in the order of the plans. */
  readonly apps: readonly string[];
  /** The number of requests in the group that restart an app. Controls that share a request share its restart. */
  readonly restarts: number;
  /** Effects that people notice, and warnings of guards, each with its apps. */
  readonly effects: readonly GroupedNote[];
  readonly warnings: readonly GroupedNote[];
}

/** A control that is not changed, for one reason, in several apps. */
export interface LeftOutGroup extends GroupedNote {
  readonly control: string;
  /** `blocked`: a guard stops it · `rights`: the caller lacks a right · `unknown`: it could not be read. */
  readonly why: 'blocked' | 'rights' | 'unknown';
}

export interface PlanTotals {
  /** The number of properties that are set, and of calls. */
  readonly changes: number;
  readonly requests: number;
  readonly apps: number;
  readonly restarts: number;
  /** The number of different controls that are left out in some app. Nothing is to be done only where it is 0. */
  readonly leftOut: number;
}

/** The change of one control in one app. */
interface Share {
  readonly app: string;
  readonly control: string;
  readonly area: string;
  readonly label: string;
  readonly risk: Risk;
  readonly words: readonly EditWords[];
  readonly restarts: number;
  readonly effects: readonly string[];
  readonly warnings: readonly GuardNote[];
}

interface EditWords {
  readonly path: string;
  /** undefined where a resource is created, deleted or called, so that `path` is enough. */
  readonly before?: string;
  readonly after?: string;
  /** The number of items where a value is a list. */
  readonly items?: { readonly before?: number; readonly after?: number };
}

/** The number of different edits of one control and risk that get a line each. */
const MOST_EDITS = 3;
/** The number of characters of one value in a group. */
const MOST_VALUE = 40;
/** The number of properties that a line names. */
const MOST_PATHS = 3;

/** Groups the changes of all plans by control, edit and risk. */
export function planGroups(plans: readonly Plan[]): PlanGroup[] {
  const shares = plans.flatMap(sharesOf);
  const kinds = groupBy(shares, ({ control, risk }) => `${control} ${risk}`);
  const groups = [...kinds.values()].flatMap((own) => {
    const byEdit = groupBy(own, ({ words }) => JSON.stringify(words));
    return byEdit.size <= MOST_EDITS ? [...byEdit.values()].map((one) => groupOf(one)) : [groupOf(own)];
  });
  return groups.toSorted(
    (a, b) => RISKS.indexOf(b.risk) - RISKS.indexOf(a.risk) || b.apps.length - a.apps.length || (a.control < b.control ? -1 : 1),
  );
}

export function planTotals(plans: readonly Plan[]): PlanTotals {
  const changes = plans.flatMap((plan) => plan.changes);
  return {
    changes: changes.reduce((sum, { diff }) => sum + Math.max(1, diff.length), 0),
    requests: changes.length,
    apps: new Set(changes.map(({ target }) => target.id.toLowerCase())).size,
    restarts: changes.filter(({ restarts }) => restarts).length,
    leftOut: leftOutOf(plans),
  };
}

/** Returns warnings about changes in general: locks, policies, slots. */
export function generalWarnings(plans: readonly Plan[]): GroupedNote[] {
  const notes = plans.flatMap(({ target, changes }) =>
    changes.flatMap(({ guards }) =>
      guards.filter(({ isGeneral, level }) => isGeneral && level === 'warn').map(({ id, says }) => ({ app: target.label, kind: id, says })),
    ),
  );
  return [...groupBy(notes, ({ kind }) => kind).values()].flatMap((own) => notesOfKind(sayingsOf(own)));
}

/** Returns the controls that were chosen and are not changed, those of most apps first. */
export function leftOutGroups(plans: readonly Plan[]): LeftOutGroup[] {
  const notes = plans.flatMap(({ target, blocked, unknown }) => [
    ...blocked.map(({ id, control, says }) => ({
      app: target.label,
      control,
      why: id === 'rights' ? ('rights' as const) : ('blocked' as const),
      kind: id,
      says,
    })),
    ...unknown.map(({ id, reason, failure }) => ({
      app: target.label,
      control: id,
      why: 'unknown' as const,
      kind: failure?.kind ?? '',
      says: reason ?? '',
    })),
  ]);
  const groups = [...groupBy(notes, ({ control, why, kind }) => `${control} ${why} ${kind}`).values()].flatMap((own): LeftOutGroup[] => {
    const [{ control, why }] = own as [(typeof own)[number]];
    return notesOfKind(sayingsOf(own)).map((note) => ({ control, why, ...note }));
  });
  return groups.toSorted((a, b) => b.apps.length - a.apps.length || (a.control < b.control ? -1 : 1));
}

/** Returns the change of each control in the app of a plan. */
function sharesOf({ target, changes }: Plan): Share[] {
  const parts = changes.flatMap((change) => (change.parts ?? []).map((part) => ({ change, part })));
  return [...groupBy(parts, ({ part }) => part.control).values()].map((own): Share => {
    const [{ part }] = own as [(typeof own)[number]];
    const { control, area, label } = part;
    const risks = own.map((one) => one.part.risk);
    return {
      app: target.label,
      control,
      area,
      label,
      risk: RISKS.findLast((risk) => risks.includes(risk)) ?? part.risk,
      words: own.flatMap(({ change, part: { paths } }) => wordsOf(change, paths)),
      restarts: own.filter(({ change }) => change.restarts).length,
      effects: [...new Set(own.flatMap((one) => one.part.effect ?? []))],
      warnings: own.flatMap(({ change }) =>
        change.guards.filter((note) => !note.isGeneral && note.control === control && note.level === 'warn'),
      ),
    };
  });
}

/** Members that say what they are about only together with the resource that has them. */
const NAMELESS = /^properties\.(allow|enabled|state|value|pricingTier)$/;

/** Returns the resource in words if it has a name below the app: `basicPublishingCredentialsPolicies/ftp`; otherwise its type. */
function nounOf(resource: string): string {
  const own = (resource.split(/\/providers\/[^/]+\//i).at(-1) ?? resource).split('/');
  if (own.length <= 2) return own[0] ?? resource;
  return own[0]?.toLowerCase() === 'sites' ? own.slice(-2).join('/') : (own.at(-2) ?? resource);
}

function wordsOf({ diff, call, method, resource }: Change, paths: readonly string[]): EditWords[] {
  if (call !== undefined) return [{ path: plainText(call) }];
  const kind = /\/providers\/(?:(?!\/providers\/).)*$/i.exec(resource)?.[0].split('/').at(-2) ?? resource;
  const noun = plainText(nounOf(resource));
  return diff
    .filter(({ path }) => paths.includes(path))
    .flatMap((edit) =>
      edit.path === ''
        ? [{ path: `${method === 'DELETE' ? 'delete' : 'create'} ${plainText(kind)}` }]
        : wordsOfEdit(edit).map((words) => (NAMELESS.test(edit.path) ? { ...words, path: `${noun} ${words.path}` } : words)),
    );
}

/** Returns an edit in words; of an object only the members that differ. */
function wordsOfEdit({ path, ...edit }: Edit): EditWords[] {
  const [before, after] = [showValue(edit.before), showValue(edit.after)];
  const name = plainText(path.replace(/^properties\./, ''));
  if (!isRecord(before) || !isRecord(after))
    return [
      {
        path: name,
        before: valueText(before),
        after: valueText(after),
        items: { ...itemsOf('before', before), ...itemsOf('after', after) },
      },
    ];
  const members = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (member) => !equals(before[member] ?? null, after[member] ?? null),
  );
  return members.map((member) => ({
    path: `${name}.${plainText(member)}`,
    before: valueText(before[member]),
    after: valueText(after[member]),
  }));
}

const itemsOf = (name: 'before' | 'after', value: unknown): { before?: number; after?: number } =>
  Array.isArray(value) ? { [name]: value.length } : {};

function groupOf(shares: readonly Share[]): PlanGroup {
  const [{ control, area, label, risk }] = shares as readonly [Share];
  return {
    control,
    area,
    label,
    risk,
    edit: editOf(shares),
    apps: shares.map(({ app }) => app),
    restarts: shares.reduce((sum, { restarts }) => sum + restarts, 0),
    effects: groupSharedNotes(shares, ({ effects }) => effects.map((says) => ({ kind: says, says }))),
    warnings: groupSharedNotes(shares, ({ warnings }) => warnings.map(({ id, says }) => ({ kind: id, says }))),
  };
}

/** Returns one text for all edits. Values that differ between apps are counted. */
function editOf(shares: readonly Share[]): string {
  const byPath = groupBy(
    shares.flatMap(({ words }) => words),
    ({ path }) => path,
  );
  const isSameForAll = shares.every(({ words }) => new Set(words.map(({ path }) => path)).size === byPath.size);
  if (byPath.size > MOST_PATHS && !isSameForAll) return `${byPath.size} properties, which differ between apps`;
  const texts = [...byPath].map(([path, words]) => {
    const times = words.length / shares.length;
    if (words[0]?.after === undefined) return times > 1 && Number.isInteger(times) ? `${path} (${times})` : path;
    const [before, after] = (['before', 'after'] as const).map((name) =>
      valuesIn(
        words.map((one) => one[name] ?? ''),
        words[0]?.items?.[name],
      ),
    );
    return `${path} ${before} → ${after}`;
  });
  const more = texts.length - MOST_PATHS;
  return more > 0 ? `${texts.slice(0, MOST_PATHS).join(', ')} and ${more} more` : texts.join(', ');
}

/** Returns one value in words. For a long list, returns its length, because its first items are not enough to describe it. */
function valuesIn(texts: readonly string[], items?: number): string {
  const [first = '', ...others] = [...new Set(texts)];
  if (others.length > 0) return `(${others.length + 1} different values)`;
  if (first.length > MOST_VALUE && items !== undefined) return `(${items} ${items === 1 ? 'item' : 'items'})`;
  return first.length > MOST_VALUE ? `${first.slice(0, MOST_VALUE - 1)}…` : first;
}

function groupSharedNotes(
  shares: readonly Share[],
  pick: (share: Share) => readonly { readonly kind: string; readonly says: string }[],
): GroupedNote[] {
  // An app on a shared resource has a note for each other app, so no object is created for a note.
  const kinds = new Map<string, Sayings>();
  for (const share of shares)
    for (const { kind, says } of pick(share)) {
      const sayings = kinds.get(kind) ?? new Map<string, string[]>();
      kinds.set(kind, sayings);
      addSaying(sayings, says, share.app);
    }
  return [...kinds.values()].flatMap(notesOfKind);
}

/** Returns the number of other messages in parentheses; nothing where there is none. */
export const othersText = (others: number): string => (others > 0 ? ` (${others} other ${others === 1 ? 'message' : 'messages'})` : '');

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const known = groups.get(key);
    if (known) known.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
