/** A plan as a file: read by one person, approved by its digest, and applied by another as it was read. */
import type { Json } from '../azure/index.ts';
import { canonicalDigest, canonicalJson } from '../change/canonical.ts';
import type { Change } from '../change/change.ts';
import type { Edit } from '../change/edit.ts';
import { isRecord } from '../change/json-paths.ts';
import { digestOf } from '../change/redact.ts';
import { secrets } from '../change/secrets.ts';
import type { Work } from '../change/undo-log.ts';
import { shown, type Value } from '../change/value.ts';
import { areTexts, isWork } from '../change/work-shape.ts';
import type { Plan } from '../engine/plan/plan.ts';
import type { Connection } from '../engine/ports.ts';
import { planGroups } from '../view/plan-groups.ts';
import { blockedJson, changeJson, groupJson } from './plan-json.ts';
import { reportErrors } from './errors.ts';

/** A request of a saved plan, as `plan --json` prints it; `target` is the id of its app. */
export interface SavedChange {
  readonly app: string;
  readonly target: string;
  readonly controls: readonly string[];
  readonly resource: string;
  readonly method: string;
  readonly apiVersion: string;
  readonly diff: readonly { readonly path: string; readonly before: Json; readonly after: Json; readonly sensitive: boolean }[];
  readonly body: Json;
  readonly risk: string;
}

export interface SavedPlan {
  readonly schemaVersion: 1;
  readonly type: 'func-harden-plan';
  readonly tool: string;
  readonly createdAt: string;
  readonly cloud: string;
  readonly endpoint: string;
  readonly tenant: string | null;
  readonly account: string | null;
  readonly answersDigest: string | null;
  readonly targets: readonly string[];
  readonly groups: readonly Json[];
  readonly changes: readonly SavedChange[];
  readonly blocked: readonly Json[];
  readonly work: readonly Work[];
  readonly digest: string;
}

export interface PlanOrigin {
  readonly tool: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly connection: Pick<Connection, 'endpoint' | 'account' | 'reader'>;
  readonly answersDigest: string | null;
}

/** Members that say who made a plan when: they change nothing of what it does, so they are not in its digest. */
const UNSEALED = ['digest', 'createdAt', 'tool', 'account'];

/** Plans are put in the order of the ids of their apps, so that the order in which they were read does not show. */
export async function savedPlan(plans: readonly Plan[], { tool, createdAt, connection, answersDigest }: PlanOrigin): Promise<SavedPlan> {
  const sorted = plans.toSorted((a, b) => order(a.target.id, b.target.id));
  const document = masked({
    schemaVersion: 1,
    type: 'func-harden-plan',
    tool,
    createdAt,
    ...placeOf(connection),
    account: connection.account.name,
    answersDigest,
    targets: sorted.map(({ target }) => target.id),
    groups: planGroups(sorted).map((group) => groupJson(group)),
    changes: (await Promise.all(sorted.map(({ changes }) => savedChanges(changes)))).flat(),
    blocked: sorted.flatMap(blockedJson),
    work: sorted.map(({ work }) => work),
  } as unknown as Json) as Readonly<Record<string, Json>>;
  return { ...document, digest: await digestOfPlan(document) } as unknown as SavedPlan;
}

/** Where a plan was made, and so where alone it is applied. */
export const placeOf = ({ endpoint, account, reader }: PlanOrigin['connection']): Pick<SavedPlan, 'cloud' | 'endpoint' | 'tenant'> => ({
  cloud: reader.cloud?.name ?? 'AzureCloud',
  endpoint,
  tenant: account.tenant,
});

export const digestOfPlan = (document: Readonly<Record<string, Json>>): Promise<string> =>
  canonicalDigest(Object.fromEntries(Object.entries(document).filter(([name]) => !UNSEALED.includes(name))));

/** The changes of one app, without anything that depends on who looks. */
export async function savedChanges(changes: readonly Change[]): Promise<SavedChange[]> {
  const saved = await Promise.all(
    changes.map(async (change) => ({
      ...changeJson({ ...change, guards: change.guards.filter(({ own, level }) => !own && level !== 'clear') }),
      target: change.target.id,
      diff: await Promise.all(change.diff.map((edit) => savedEdit(edit, change))),
    })),
  );
  return masked(saved as unknown as Json) as unknown as SavedChange[];
}

async function savedEdit(edit: Edit, { resource }: Change): Promise<SavedChange['diff'][number]> {
  const salt = `${resource.toLowerCase()}#${edit.path}`;
  return {
    path: edit.path,
    before: await savedValue(edit.before, salt),
    after: await savedValue(edit.after, salt),
    sensitive: [edit.before, edit.after].some(({ kind }) => kind === 'secret' || kind === 'digest'),
  };
}

/** A secret is known again by a digest that is salted by its place, and a value that is read later by where it is read. */
async function savedValue(value: Value, salt: string): Promise<Json> {
  if (value.kind === 'secret') return { kind: 'digest', sha256: await digestOf(salt, value.reveal()) };
  return value.kind === 'deferred' ? { kind: 'deferred', source: shown(value) } : shown(value);
}

/** As it goes into a file: whatever quotes a secret is taken out before the digest is made, not after. */
const masked = (value: Json): Json => JSON.parse(secrets.fromText(canonicalJson(value))) as Json;

const order = (a: string, b: string): number => (a.toLowerCase() < b.toLowerCase() ? -1 : a.toLowerCase() > b.toLowerCase() ? 1 : 0);

/** One line, in the canonical form. */
export const savedPlanText = (plan: SavedPlan): string => `${canonicalJson(plan as unknown as Json)}\n`;

const hasTexts = (value: Readonly<Record<string, Json>>, names: readonly string[]): boolean =>
  names.every((name) => typeof value[name] === 'string');

/** Its digest says that a plan was not changed by mistake; whoever edits one on purpose can make the digest anew. */
const isWhole = (value: Readonly<Record<string, Json>>): boolean =>
  hasTexts(value, ['createdAt', 'cloud', 'endpoint', 'digest']) &&
  areTexts(value['targets']) &&
  ['changes', 'work'].every((name) => Array.isArray(value[name])) &&
  (value['changes'] as readonly Json[]).every(isSavedChange) &&
  (value['work'] as readonly Json[]).every(isWork);

const isSavedChange = (change: Json): boolean =>
  isRecord(change) &&
  hasTexts(change, ['app', 'target', 'resource', 'method', 'apiVersion', 'risk']) &&
  areTexts(change['controls']) &&
  Array.isArray(change['diff']) &&
  (change['diff'] as readonly Json[]).every((edit) => isRecord(edit) && hasTexts(edit, ['path']));

/** @throws UserError (exit 64) where it is no saved plan, or one that was changed since */
export async function readSavedPlan(text: string, file: string): Promise<SavedPlan> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (!isRecord(value) || value['type'] !== 'func-harden-plan') throw reportErrors.noSavedPlan({ file });
  if (value['schemaVersion'] !== 1) throw reportErrors.planOfOtherVersion({ file });
  if (!isWhole(value) || value['digest'] !== (await digestOfPlan(value).catch(() => undefined))) throw reportErrors.editedPlan({ file });
  return value as unknown as SavedPlan;
}
