/** Secrets that undo reads where they are kept: which of two keys, and whether the secret is the one from before the run. */
import type { Target } from '../../azure/index.ts';
import type { Edit } from '../../change/edit.ts';
import type { RecordedChange } from '../../change/undo-log.ts';
import { jsonOf, matchesRecorded, type Value, withSecondKey } from '../../change/value.ts';
import { ArmFailure, type ArmWriter } from '../ports.ts';
import { read } from '../run/read-deferred.ts';

interface Chosen {
  readonly edits: readonly Edit[];
  /** Values whose source differs from the value before the run, by their digests. */
  readonly rotated: readonly { readonly change: number; readonly path: string }[];
}

/**
 * Reads the source of each value. A storage account has two valid keys, and people move a setting to the second one before they regenerate
 * the first (learn.microsoft.com/azure/storage/common/storage-account-keys-manage), so the key that the setting had is restored.
 */
export async function chooseSources(
  { intent }: RecordedChange,
  edits: readonly Edit[],
  run: string,
  target: Target,
  arm: ArmWriter,
): Promise<Chosen> {
  const matches = async (value: Value, before: Value | undefined): Promise<boolean> =>
    before !== undefined && (await matchesRecorded(jsonOf(await read(value, arm, target)), before, run)) === true;
  const found = await Promise.all(
    edits.map(async (edit): Promise<readonly [Edit, isRotated: boolean]> => {
      if (edit.after.kind !== 'deferred') return [edit, false];
      const before = intent.edits.find(({ path }) => path === edit.path)?.before;
      try {
        if (await matches(edit.after, before)) return [edit, false];
        const second = withSecondKey(edit.after);
        return second && (await matches(second, before)) ? [{ ...edit, after: second }, false] : [edit, true];
      } catch (error) {
        if (!(error instanceof ArmFailure)) throw error;
        return [edit, false]; // The read before the request reports the problem.
      }
    }),
  );
  return {
    edits: found.map(([edit]) => edit),
    rotated: found.flatMap(([{ path }, isRotated]) => (isRotated ? [{ change: intent.change, path }] : [])),
  };
}
