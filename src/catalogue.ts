/** The areas that a command works with: ours, and those of `--controls` beside them. */
import type { OwnControls } from './change/undo-log.ts';
import type { AnyStep } from './contract/index.ts';
import type { CommandName } from './cli/commands.ts';
import type { Options } from './cli/options.ts';
import { cliErrors } from './cli/errors.ts';

interface Catalogue {
  readonly areas: () => Promise<readonly AnyStep[]>;
  readonly controls?: OwnControls;
}

const loadBuiltInAreas = async (): Promise<readonly AnyStep[]> => (await import('../steps/index.ts')).catalogue;

/** Commands that read nothing of Azure and no undo log. */
const NONE: readonly CommandName[] = ['config', 'emulator', 'pipeline'];

/**
 * Loads them: what areas declare is known before a value is read. Only an audit of our own areas sends its first requests before; they list
 * subscriptions and apps, and `areas` is awaited before anything of an app is read. @throws UserError where custom areas cannot be used
 */
export async function loadCatalogue(command: CommandName, { controls: folder, controlsDigest }: Options): Promise<Catalogue> {
  const isLater = command === 'audit' && folder === undefined && controlsDigest === undefined;
  if (isLater || NONE.includes(command)) return { areas: loadBuiltInAreas };
  const areas = await loadBuiltInAreas();
  if (folder === undefined) {
    if (controlsDigest !== undefined) throw cliErrors.digestWithoutFolder();
    return { areas: loadBuiltInAreas };
  }
  const [{ loadOwnAreas }, { RESOURCES }, { declareAreas }] = await Promise.all([
    import('./files/controls/index.ts'),
    import('./arm/resource-table.ts'),
    import('./contract/index.ts'),
  ]);
  const taken = areas.map(({ id }) => id);
  const own = await loadOwnAreas(folder, controlsDigest, { keys: Object.keys(RESOURCES), taken });
  const all = declareAreas<AnyStep>([...areas, ...own.areas]);
  return { areas: () => Promise.resolve(all), controls: { digest: own.digest, areas: own.areas.map(({ id }) => id) } };
}
