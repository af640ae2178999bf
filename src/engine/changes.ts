/** From drafts to requests: one a resource, in the order they depend on each other, the riskiest last. */
import { keyOfDraft, type AnyControl, type AnyStep, type Draft, type Json, type Proof, type ResourceKey, type Risk } from '../step.ts';
import type { FactStore } from './facts.ts';
import type { GuardNote, Change } from './plan.ts';
import type { DiffLine, UndoKind } from './journal.ts';
import { hasLate } from './late.ts';
import type { ArmRequest, ArmWriter, Target } from './ports.ts';
import { RISKS } from './risk.ts';
import { isPlain, redacted, shownAfter } from './redact.ts';
import { same, speltPath, valueAt, type Body } from './values.ts';

/** The drafts of one control, and what its guards found. */
export interface Drafted {
  readonly step: AnyStep;
  readonly control: Exclude<AnyControl, { kind: 'attestation' }>;
  readonly id: string;
  readonly drafts: readonly Draft[];
  readonly guards: readonly GuardNote[];
}

/** Drafts are put together by the resource that they are about; what is one-way goes alone, so that the rest can be taken back. */
export function changesOf(drafted: readonly Drafted[], store: FactStore, arm: ArmWriter): Change[] {
  const placeOf = (draft: Draft, { control }: Drafted) =>
    `${keyOfDraft(draft)} ${draft.of?.toLowerCase() ?? ''}${control.risk === 'one-way' || losesSecret(draft, store, arm) ? ' one-way' : ''}`;
  const places = [...new Set(drafted.flatMap((part) => part.drafts.map((draft) => placeOf(draft, part))))];
  const changes = places.map((place) => {
    const parts = drafted
      .map((part) => ({ ...part, drafts: part.drafts.filter((draft) => placeOf(draft, part) === place) }))
      .filter(({ drafts }) => drafts.length > 0);
    return changeOn(parts, store, arm);
  });
  return inOrder(changes.filter((change) => change !== undefined));
}

/** Whether a secret stands there now that nothing says where to find again. */
function losesSecret(draft: Draft, store: FactStore, arm: ArmWriter): boolean {
  if (!('at' in draft) || draft.restore !== undefined) return false;
  const [key, path] = draft.at;
  return arm.describe(store.target, key, draft.of).secret && !isPlain(path, valueAt(bodyOf(store, key, draft.of), path) ?? null);
}

/** Where two controls want different values at one place, the first decides, and the other says so. */
function settled(parts: readonly Drafted[]): { drafts: readonly Draft[]; notes: readonly GuardNote[] } {
  const first = new Map<string, { id: string; to: Json | undefined }>();
  const notes: GuardNote[] = [];
  const drafts = parts.flatMap(({ id, drafts: own }) =>
    own.filter((draft) => {
      if ('call' in draft) return true;
      const path = 'whole' in draft ? '' : draft.at[1];
      const known = first.get(path);
      if (!known) first.set(path, { id, to: draft.to });
      if (!known || known.id === id || same(known.to, draft.to)) return true;
      notes.push({
        id: 'both',
        control: id,
        level: 'warn',
        says: `${known.id} decides ${path}; what ${id} would write there is left out.`,
      });
      return false;
    }),
  );
  return { drafts, notes };
}

/** What others wait for goes first; among those that are free, the least risky. */
function inOrder(changes: readonly Change[]): Change[] {
  // A call cannot be taken back at all, so everything else must have gone well before it.
  const rank = ({ risk, call }: Change) => RISKS.indexOf(risk) + (call === undefined ? 0 : RISKS.length);
  const left = changes.toSorted((a, b) => rank(a) - rank(b));
  const ordered: Change[] = [];
  while (left.length > 0) {
    const index = left.findIndex(
      (change) =>
        !left.some((other) => other !== change && (waitsFor(change, other) || (change.call !== undefined && other.call === undefined))),
    );
    if (index < 0) throw new TypeError(`changes wait for each other: ${left.map(({ key }) => key).join(', ')}`);
    ordered.push(...left.splice(index, 1));
  }
  return ordered;
}

export const waitsFor = ({ after }: Pick<Change, 'after'>, { key, of }: Pick<Change, 'key' | 'of'>): boolean =>
  after.some((one) => one === key || (of !== undefined && one.toLowerCase() === `${key} ${of}`.toLowerCase()));

function changeOn(parts: readonly Drafted[], store: FactStore, arm: ArmWriter): Change | undefined {
  const { drafts, notes } = settled(parts.map((part) => ({ ...part, drafts: part.drafts.map((draft) => spelt(draft, store)) })));
  const [first] = drafts;
  if (!first) return undefined;
  const key = keyOfDraft(first);
  const { of } = first;
  const ref = arm.describe(store.target, key, of);
  const calls = drafts.filter((draft) => 'call' in draft);
  const call = calls[0]?.says;
  const body = call === undefined ? bodyOf(store, key, of) : null;
  const lines = call === undefined ? diffOf(drafts, body, ref.secret) : callLines(calls);
  if (lines.length === 0 && call === undefined) return undefined;
  const stays = drafts.flatMap((draft) => ('stays' in draft && draft.stays ? [draft.stays] : []))[0];
  const undo = stays === undefined ? undoOf(lines, call, ref.replaces) : 'none';
  const proofs = (pick: 'needs' | 'proof'): Proof[] => drafts.flatMap((draft) => draft[pick] ?? []);
  return {
    ...shownRequest(arm, store.target, key, body, lines, ref.secret, of),
    target: store.target,
    steps: [...new Set(parts.map(({ step }) => step.id))],
    controls: parts.map(({ id }) => id),
    key,
    ...(of === undefined ? {} : { of }),
    resource: ref.id,
    diff: lines,
    // What cannot be taken back is asked for as such, whatever it does otherwise.
    risk: undo === 'none' ? 'one-way' : riskOf(parts),
    undo,
    reversible:
      stays === undefined &&
      undoOf(
        lines.map((one) => ({ ...one, sensitive: false })),
        call,
        ref.replaces,
      ) !== 'none',
    ...(stays === undefined ? {} : { stays }),
    guards: [...parts.flatMap(({ guards }) => guards), ...notes],
    effects: [...new Set(parts.flatMap(({ control }) => (control.effect ? [control.effect] : [])))],
    restarts: ref.restarts,
    after: [...new Set(drafts.flatMap((draft) => draft.after ?? []))].filter((other) => other !== key),
    needs: proofs('needs'),
    proofs: proofs('proof'),
    ...(call === undefined ? {} : { call }),
    ...(drafts.some(({ claim }) => claim) ? { claims: drafts.flatMap(({ claim }) => claim ?? []) } : {}),
  };
}

/** A draft with its path as the resource spells it: a setting is not written under a second spelling of its name. */
function spelt(draft: Draft, store: FactStore): Draft {
  if (!('at' in draft)) return draft;
  const [key, path] = draft.at;
  return { ...draft, at: [key, speltPath(bodyOf(store, key, draft.of) ?? undefined, path)] as unknown as typeof draft.at };
}

/** The worst that one of the pieces does. */
function riskOf(parts: readonly Drafted[]): Risk {
  const risks = parts.flatMap(({ control, drafts }) => drafts.map(({ risk }) => risk ?? control.risk ?? 'disruptive'));
  return RISKS.findLast((risk) => risks.includes(risk)) ?? 'disruptive';
}

/** What was read of the resource that a draft is about; of several, the one with the id. */
function bodyOf(store: FactStore, key: ResourceKey, of: string | undefined): Body | null {
  const body = store.fact(key) ? store.body(key) : null;
  if (of === undefined) return body;
  const items = body?.['value'];
  if (!Array.isArray(items)) return body;
  return (items as readonly Body[]).find((item) => String(item['id']).toLowerCase() === of.toLowerCase()) ?? null;
}

function diffOf(drafts: readonly Draft[], body: Body | null, secret: boolean): DiffLine[] {
  const diff = new Map<string, DiffLine>();
  for (const draft of drafts) {
    if ('call' in draft) continue;
    const path = 'whole' in draft ? '' : draft.at[1];
    const before = valueAt(body, path) ?? null;
    if (same(before, draft.to)) continue;
    const restore = draft.restore ?? before ?? ('absent' in draft ? draft.absent : undefined) ?? null;
    diff.set(path, {
      path,
      before,
      after: draft.to,
      ...(restore === before ? {} : { restore }),
      sensitive: secret && !isPlain(path, before),
      ...('absent' in draft && draft.absent !== undefined ? { absent: draft.absent } : {}),
      ...(hasLate(draft.to) ? { late: true as const } : {}),
      ...(draft.restore !== undefined && hasLate(draft.restore) ? { fetch: true as const } : {}),
    });
  }
  return [...diff.values()];
}

/** What a call sends, where it sends anything: one line for the whole body. */
const callLines = (calls: readonly Extract<Draft, { call: ResourceKey }>[]): DiffLine[] =>
  calls.flatMap(({ to }) => (to === undefined ? [] : [{ path: '', before: null, after: to, sensitive: false, late: true as const }]));

/** Not at all where a secret is hidden and nothing says where it is found again; exact where every value can be written back as it was; equivalent where a null comes back as the value it stood for. */
function undoOf(diff: readonly DiffLine[], call: string | undefined, replaces: boolean): UndoKind {
  if (call !== undefined || diff.some(({ sensitive, fetch }) => sensitive && !fetch)) return 'none';
  const gone = ({ path, before, restore }: DiffLine) => path !== '' && before === null && (restore ?? null) === null;
  // From a list that is replaced as a whole, a member that was not there goes away again.
  if (!replaces && diff.some(gone)) return 'none';
  return diff.some(({ path, restore, fetch }) => path !== '' && restore !== undefined && !fetch) ? 'equivalent' : 'exact';
}

/** The request as it may be shown: late parts in words, secrets hidden. */
export function shownRequest(
  arm: ArmWriter,
  target: Target,
  key: ResourceKey,
  body: Body | null,
  lines: readonly DiffLine[],
  secret: boolean,
  of?: string,
): ArmRequest {
  const visible = secret && body ? (redacted(body) as Body) : body;
  const sets = lines.map((line) => ({ path: line.path, to: shownAfter(line) }));
  return arm.request(target, key, visible, sets, of);
}

/** What undo writes back at a path. */
export const restoreValue = (line: DiffLine): Json => line.restore ?? line.before;
