/** Compares what a read after a write shows with the old and the new values of the change. */
import type { ResourceKey } from '../../azure/index.ts';
import type { Edit } from '../../change/edit.ts';
import { containsJson, equals, valueAt, type Body } from '../../change/json-paths.ts';
import { sameMeaning, showsJson } from '../../change/shown.ts';
import { isKnown, jsonOf } from '../../change/value.ts';

/** Resources that have all of their members in each answer, null where nothing is set (recorded). */
const WHOLE: ReadonlySet<ResourceKey> = new Set(['site', 'siteConfig', 'scmPolicy', 'ftpPolicy']);
/** Whether an answer says anything of a value. A member that was there before the write and is missing after it does not have its default. */
const isTold = (key: ResourceKey, { path, before, after }: Edit, body: Body | null): boolean =>
  !WHOLE.has(key) || valueAt(body, path) !== undefined || before.kind === 'absent' || after.kind === 'absent';

interface SeenValues {
  /** The edits whose new value does not show. */
  readonly hidden: readonly Edit[];
  /** Paths of hidden edits that show a third value, neither the old nor the new one. */
  readonly other: readonly string[];
  /** Whether each hidden edit shows its old value. */
  readonly isOld: boolean;
}

/** Returns the edits whose new value a read does not show. The case of a secret's value matters to the app. */
export function seenValues(key: ResourceKey, secret: boolean, edits: readonly Edit[], body: Body | null): SeenValues {
  const [isShown, isSame] = secret ? [containsJson, equals] : [showsJson, sameMeaning];
  const now = ({ path }: Edit) => valueAt(body, path) ?? null;
  const hidden = edits.filter((edit) => !isTold(key, edit, body) || !isShown(now(edit) ?? edit.absent, jsonOf(edit.after), edit.path));
  // A new resource was not there before, so its members are not compared with old ones.
  const isComparable = (edit: Edit) => edit.path !== '' && isTold(key, edit, body) && isKnown(edit.before);
  const showsOld = (edit: Edit) => isSame(now(edit) ?? edit.absent, jsonOf(edit.before) ?? edit.absent, edit.path);
  return {
    hidden,
    other: hidden.flatMap((edit) => (isComparable(edit) && !showsOld(edit) ? [edit.path] : [])),
    isOld: hidden.every((edit) => isComparable(edit) && showsOld(edit)),
  };
}
