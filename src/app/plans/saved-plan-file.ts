/** Reads the file of a saved plan app by app: the plan of a fleet is too large to be held as objects. */
import { isUtf8 } from 'node:buffer';
import { createHash, type Hash } from 'node:crypto';
import { isPlaceOfApp, sameWord, type Json } from '../../azure/index.ts';
import { canonicalJson } from '../../change/canonical.ts';
import { itemSpans, memberSpans, parseSpan, type Span } from '../../change/json-spans.ts';
import type { Work } from '../../change/undo-log.ts';
import { parseSiteId, productionOf } from '../../engine/fleet/targets.ts';
import { hasPlanHead, headMistake, ITEM_CHECKS, UNSEALED, type PlanHead, type SavedChange } from '../../report/saved-plan.ts';
import { reportErrors } from '../../report/errors.ts';

export interface OpenedPlan extends PlanHead {
  /** The file itself. */
  readonly bytes: Uint8Array;
  /** The ids of the apps that the plan changes. */
  readonly changed: readonly string[];
  /** Returns the ids of all apps that were planned. */
  readonly targets: () => readonly string[];
  readonly changesOf: (id: string) => readonly SavedChange[];
  readonly workOf: (id: string) => Work | undefined;
}

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/** @throws UserError (exit 64) if the file is not a saved plan, or was changed after it was saved */
export function openSavedPlan(file: string, content: Uint8Array): OpenedPlan {
  const bytes = BYTE_ORDER_MARK.every((byte, at) => content[at] === byte) ? content.subarray(BYTE_ORDER_MARK.length) : content;
  if (!isUtf8(bytes)) throw new Error('it is not UTF-8 text; save it with that encoding');
  try {
    return read(bytes, file);
  } catch (error) {
    if (error instanceof SyntaxError) throw reportErrors.noSavedPlan({ file });
    // Nested deeper than the stack.
    if (error instanceof RangeError) throw reportErrors.misshapenPlan({ file, where: 'a value that is nested too deep' });
    throw error;
  }
}

function read(bytes: Uint8Array, file: string): OpenedPlan {
  const members = memberSpans(bytes);
  const valueOf = (name: string): Json | undefined => {
    const span = members.get(name);
    return span && (parseSpan(bytes, span) as Json);
  };
  if (valueOf('type') !== 'func-harden-plan') throw reportErrors.noSavedPlan({ file });
  if (valueOf('schemaVersion') !== 1) throw reportErrors.planOfOtherVersion({ file });
  const head = Object.fromEntries(
    [...members].flatMap(([name, span]) => (itemSpans(bytes, span) ? [] : [[name, parseSpan(bytes, span) as Json]])),
  );
  // The first part with another structure than a plan has. It is reported only if the digest matches: the digest is the simpler reason.
  let misshapen = headMistake(head) ?? Object.keys(ITEM_CHECKS).find((name) => !members.has(name));
  const changes = new Map<string, { readonly id: string; readonly spans: Span[] }>();
  const work = new Map<string, Span>();
  const keep = (name: string, value: Json, span: Span): void => {
    const { target: id } = value as { readonly target: string };
    if (name === 'work') work.set(id.toLowerCase(), span);
    if (name !== 'changes') return;
    const known = changes.get(id.toLowerCase());
    if (known) known.spans.push(span);
    else changes.set(id.toLowerCase(), { id, spans: [span] });
  };
  const planned = new Set<string>();
  let foreign: SavedChange | undefined;
  const hash = createHash('sha256');
  let before = '{';
  for (const [name, span] of [...members].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const isSealed = !UNSEALED.includes(name);
    const text = `${before}${JSON.stringify(name)}:`;
    const check = ITEM_CHECKS[name];
    const items = itemSpans(bytes, span);
    if (check && !items) misshapen ??= name;
    if (isSealed) hash.update(text);
    if (isSealed) before = ',';
    if (!items) {
      if (isSealed) hash.update(canonicalJson(parseSpan(bytes, span) as Json));
      continue;
    }
    let index = 0;
    addItems(isSealed ? hash : undefined, items, (item) => {
      const value = parseSpan(bytes, item) as Json;
      index += 1;
      if (check?.(value) === false) {
        misshapen ??= `${name}[${index - 1}]`;
        return value;
      }
      if (name === 'work' || name === 'changes') keep(name, value, item);
      if (name === 'changes' && !isOfItsApp(value as unknown as SavedChange)) foreign ??= value as unknown as SavedChange;
      if (name === 'targets') planned.add((value as string).toLowerCase());
      return value;
    });
  }
  hash.update('}');
  if (head['digest'] !== `sha256:${hash.digest('hex')}`) throw reportErrors.editedPlan({ file });
  if (misshapen !== undefined || !hasPlanHead(head)) throw reportErrors.misshapenPlan({ file, where: misshapen ?? 'digest' });
  const unplanned = [...changes].find(([id]) => !planned.has(id) || !work.has(id))?.[1].spans[0];
  if (unplanned) foreign ??= parseSpan(bytes, unplanned) as SavedChange;
  if (foreign) throw reportErrors.foreignChange({ file, app: foreign.target, resource: foreign.resource });
  return {
    ...head,
    bytes,
    changed: [...changes.values()].map(({ id }) => id),
    targets: () => valueOf('targets') as readonly string[],
    changesOf: (id) => (changes.get(id.toLowerCase())?.spans ?? []).map((span) => parseSpan(bytes, span) as SavedChange),
    workOf: (id) => {
      const span = work.get(id.toLowerCase());
      return span && (parseSpan(bytes, span) as Work);
    },
  };
}

/** Whether the app of a change is the one that it names, and its resource one that a change of this app writes. */
function isOfItsApp({ app, target, resource }: SavedChange): boolean {
  const site = parseSiteId(target);
  return site !== undefined && sameWord(site.label, app) && isPlaceOfApp(resource, target, productionOf(target));
}

/** Adds the canonical text of a list to a hash, item by item. */
function addItems(hash: Hash | undefined, items: Iterable<Span>, valueOf: (item: Span) => Json): void {
  let before = '[';
  for (const item of items) {
    hash?.update(`${before}${canonicalJson(valueOf(item))}`);
    before = ',';
  }
  hash?.update(before === '[' ? '[]' : ']');
}
