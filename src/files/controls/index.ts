/** Areas from the folder of `--controls` (docs/controls.md). */
import type { AnyStep } from '../../contract/index.ts';
import { areasOf } from './area.ts';
import { readAreaFolder } from './folder.ts';
import { openRealm } from './realm.ts';

interface OwnAreas {
  readonly digest: string;
  readonly areas: readonly AnyStep[];
}

/** Loads the areas. `keys`: resources that can be read; `taken`: ids of the areas of the catalog. @throws UserError (exit 64) */
export async function loadOwnAreas(
  folder: string,
  digest: string | undefined,
  { keys, taken }: { readonly keys: readonly string[]; readonly taken: readonly string[] },
): Promise<OwnAreas> {
  const { files, digest: found } = await readAreaFolder(folder, digest);
  return { digest: found, areas: areasOf(await openRealm(files), keys, taken) };
}
