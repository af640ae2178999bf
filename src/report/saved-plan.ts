/** A plan as a file: reviewed by one person, approved by its digest, and applied unchanged by another. */
import type { Json } from '../azure/index.ts';
import { canonicalDigest, canonicalJson } from '../change/canonical.ts';
import type { Change } from '../change/change.ts';
import type { Edit } from '../change/edit.ts';
import { isRecord } from '../change/json-paths.ts';
import { digestOf } from '../change/redact.ts';
import { isMasked, secrets } from '../change/secrets.ts';
import { showValue, type Value } from '../change/value.ts';
import { areTexts, isWork } from '../change/work-shape.ts';
import type { Plan } from '../engine/plan/plan.ts';
import type { Connection } from '../engine/ports.ts';
import { planGroups } from '../view/plan-groups.ts';
import { reportErrors } from './errors.ts';
import { blockedJson, changeJson, groupJson } from './plan-json.ts';
import type { Request } from '../engine/plan/saved-plan-comparison.ts';

/** A request of a saved plan, as `plan --json` prints it; `target` is the id of its app. */
export interface SavedChange extends Request {
  readonly app: string;
  readonly target: string;
}

/** The members of a saved plan that are not lists. */
export interface PlanHead {
  readonly createdAt: string;
  readonly cloud: string;
  readonly endpoint: string;
  readonly tenant: string | null;
  readonly answersDigest: string | null;
  readonly digest: string;
}

interface PlanOrigin {
  readonly tool: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly connection: Pick<Connection, 'endpoint' | 'account' | 'reader'>;
  readonly answersDigest: string | null;
}

/** Members that say when and by whom a plan was made. They do not affect what it does, so they are not part of its digest. */
export const UNSEALED: readonly string[] = ['digest', 'createdAt', 'tool', 'account'];

/** The lists of a saved plan that have items of each app. */
const LISTS: Readonly<Record<string, (plan: Plan) => Promise<string> | string>> = {
  blocked: (plan) => itemsText(blockedJson(plan)),
  changes: async ({ changes }) => itemsText(await shownChanges(changes)),
  targets: ({ target }) => itemsText([target.id]),
  work: ({ work }) => itemsText([work]),
};

/** Checks that a saved plan can contain the answers of an app. @throws UserError where one of them would be masked, because replay would send the mask */
function checkAnswers({ target, work: { decisions, beside } }: Plan): void {
  const answers = Object.entries({ ...beside, ...decisions }).flatMap(([step, decided]) =>
    Object.entries(decided.answers).map(([question, value]) => ({ name: `${step}.${question}`, value })),
  );
  const masked = answers.find(({ value }) => isMasked(value));
  if (masked) throw reportErrors.secretInAnswers({ app: target.label, answer: masked.name });
}

/**
 * Yields the canonical text of a saved plan, app by app. Plans are sorted by app id, so that the reading order does not change the digest.
 * `digest`: left out where the text is read to compute it; then there are only the members that it is about.
 */
export async function* savedPlanPieces(
  plans: readonly Plan[],
  { tool, createdAt, connection, answersDigest }: PlanOrigin,
  digest?: string,
): AsyncGenerator<string> {
  const sorted = plans.toSorted((a, b) => order(a.target.id, b.target.id));
  const members: Readonly<Record<string, unknown>> = {
    schemaVersion: 1,
    type: 'func-harden-plan',
    tool,
    createdAt,
    ...placeOf(connection),
    account: connection.account.name,
    answersDigest,
    groups: planGroups(sorted).map((group) => groupJson(group)),
    digest,
    ...LISTS,
  };
  const names = Object.keys(members).filter((name) => digest !== undefined || !UNSEALED.includes(name));
  let before = '{';
  for (const name of names.toSorted()) {
    yield `${before}${JSON.stringify(name)}:`;
    before = ',';
    const itemsOf = LISTS[name];
    if (itemsOf === undefined) yield maskedText(members[name] as Json);
    else {
      yield '[';
      let isFirst = true;
      for (const plan of sorted) {
        if (digest !== undefined) checkAnswers(plan);
        const items = await itemsOf(plan);
        if (items === '') continue;
        yield isFirst ? items : `,${items}`;
        isFirst = false;
      }
      yield ']';
    }
  }
  yield digest === undefined ? '}' : '}\n';
}

/** Returns the canonical text of the items of a list, without its brackets. */
const itemsText = (items: readonly unknown[]): string => maskedText(items as Json).slice(1, -1);

/** Returns the cloud, endpoint and tenant of a plan, which is the only place where it can be applied. */
export const placeOf = ({ endpoint, account, reader }: PlanOrigin['connection']): Pick<PlanHead, 'cloud' | 'endpoint' | 'tenant'> => ({
  cloud: reader.cloud?.name ?? 'AzureCloud',
  endpoint,
  tenant: account.tenant,
});

export const digestOfPlan = (document: Readonly<Record<string, Json>>): Promise<string> =>
  canonicalDigest(Object.fromEntries(Object.entries(document).filter(([name]) => !UNSEALED.includes(name))));

/** Formats the changes of one app without anything that depends on the caller. */
export const savedChanges = async (changes: readonly Change[]): Promise<SavedChange[]> =>
  JSON.parse(maskedText((await shownChanges(changes)) as unknown as Json)) as SavedChange[];

/** Formats them before secrets are masked. */
const shownChanges = (changes: readonly Change[]): Promise<object[]> =>
  Promise.all(
    changes.map(async (change) => ({
      ...changeJson({ ...change, guards: change.guards.filter(({ own, level }) => !own && level !== 'clear') }),
      target: change.target.id,
      diff: await Promise.all(change.diff.map((edit) => savedEdit(edit, change))),
    })),
  );

async function savedEdit(edit: Edit, { resource }: Change): Promise<SavedChange['diff'][number]> {
  const salt = `${resource.toLowerCase()}#${edit.path}`;
  return {
    path: edit.path,
    before: await savedValue(edit.before, salt),
    after: await savedValue(edit.after, salt),
    sensitive: [edit.before, edit.after].some(({ kind }) => kind === 'secret' || kind === 'digest'),
  };
}

/** Replaces a secret by a digest salted with its place, and a deferred value by its source. */
async function savedValue(value: Value, salt: string): Promise<Json> {
  if (value.kind === 'secret') return { kind: 'digest', sha256: await digestOf(salt, value.reveal()) };
  return value.kind === 'deferred' ? { kind: 'deferred', source: showValue(value) } : showValue(value);
}

/** Returns the canonical text with secrets masked. They are masked before the digest is computed, so that the digest matches the file. */
function maskedText(value: Json): string {
  const text = canonicalJson(value);
  const masked = secrets.fromText(text);
  // A masked name changes the position of the member in canonical JSON.
  return masked === text ? text : canonicalJson(JSON.parse(masked) as Json);
}

const order = (a: string, b: string): number => (a.toLowerCase() < b.toLowerCase() ? -1 : a.toLowerCase() > b.toLowerCase() ? 1 : 0);

const hasTexts = (value: Readonly<Record<string, Json>>, names: readonly string[]): boolean =>
  names.every((name) => typeof value[name] === 'string');

/**
 * Returns the first member of a saved plan that is missing or has another type, among those that are not lists. The digest detects
 * accidental changes only: an editor can recompute it.
 */
export const headMistake = (value: Readonly<Record<string, Json>>): string | undefined =>
  ['createdAt', 'cloud', 'endpoint', 'digest'].find((name) => typeof value[name] !== 'string') ??
  (value['tenant'] === null || typeof value['tenant'] === 'string' ? undefined : 'tenant');

export const hasPlanHead = (value: Readonly<Record<string, Json>>): value is Readonly<Record<string, Json>> & PlanHead =>
  headMistake(value) === undefined;

const isSavedChange = (change: Json): boolean =>
  isRecord(change) &&
  hasTexts(change, ['app', 'target', 'resource', 'method', 'apiVersion', 'risk']) &&
  areTexts(change['controls']) &&
  Array.isArray(change['diff']) &&
  (change['diff'] as readonly Json[]).every((edit) => isRecord(edit) && hasTexts(edit, ['path']));

/** The lists that a saved plan must have, each with the check of an item. */
export const ITEM_CHECKS: Readonly<Record<string, (item: Json) => boolean>> = {
  changes: isSavedChange,
  targets: (item) => typeof item === 'string',
  work: isWork,
};
