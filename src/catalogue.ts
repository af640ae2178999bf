/** The areas that a command works with: the built-in areas, and the custom areas of `--controls`. */
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

/** Commands that read neither Azure nor the undo log. */
const NONE: readonly CommandName[] = ['config', 'emulator', 'pipeline'];

/**
 * Loads the areas before a value is read, because code that hides secrets uses their declarations. Only an audit of the built-in areas loads them
 * later: it first lists subscriptions and apps, and awaits `areas` before it reads an app. Custom areas come after the built-in areas of their
 * group. @throws UserError if custom areas cannot be used
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
  const groups = areas.map(({ group }) => group);
  const all = declareAreas<AnyStep>([...areas, ...own.areas].toSorted((a, b) => groups.indexOf(a.group) - groups.indexOf(b.group)));
  return { areas: () => Promise.resolve(all), controls: { digest: own.digest, areas: own.areas.map(({ id }) => id) } };
}
