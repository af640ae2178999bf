/** Which apps the options choose, and words for what is not found. */
import type { Options } from '../cli/options.ts';
import type { AnswersFile } from '../engine/judge/decisions.ts';
import { EXIT, exitOf, UserError, type ExitCode } from '../engine/errors.ts';
import type { ArmFailure, Connection } from '../engine/ports.ts';
import { isSelector, keyProblem } from '../engine/fleet/selectors.ts';
import { findTargets, sharedNames, type FoundTargets, type Selection, type SharedName } from '../engine/fleet/targets.ts';
import { didYouMean } from '../text/nearest.ts';
import { plainText } from '../text/plain.ts';
import type { Target } from '../azure/index.ts';

/** Finds what the options choose, or what an answers file names. @throws UserError (exit 64) where a name fits several apps */
export async function select(connection: Connection, options: Options, named: Named = namedBy(options)): Promise<FoundTargets> {
  const found = await findTargets(connection.discovery, selectionOf(options, named));
  if (found.shared.length > 0) throw severalApps(options.app?.length ? '--app' : 'apps:', found.shared);
  return found;
}

/** A name says which app is meant only where a single app has it. */
export const severalApps = (where: '--app' | 'apps:' | '--confirm', shared: readonly SharedName[]): UserError =>
  new UserError(
    `${shared
      .map(
        ({ name, ids }) => `${where} ${plainText(name)} matches ${ids.length} apps:\n${ids.map((id) => `  ${plainText(id)}`).join('\n')}`,
      )
      .join('\n')}\nNothing was changed.`,
    EXIT.usage,
    where === '--confirm'
      ? ['Use the resource id instead of the name, with one --confirm for each app.']
      : ['Use the resource id instead of the name, or select one app with --resource-group or --subscription.'],
  );

/** Checks that each name of the answers file fits a single app of this run. @throws UserError (exit 64) with the ids of all that it fits */
export function checkAnswersNames(answers: AnswersFile | undefined, targets: readonly Target[]): void {
  const shared = sharedNames(Object.keys(answers?.apps ?? {}), targets);
  if (shared.length > 0) throw severalApps('apps:', shared);
}

function checkTags(tags: readonly string[]): readonly string[] {
  const wrong = tags.find((tag) => !/^[^=]+=/.test(tag));
  if (wrong === undefined) return tags;
  throw new UserError(`"${wrong}" is not a tag.`, EXIT.usage, ['Example: --tag env=prod']);
}

/** The tag that names who looks after an app, where `--owner-tag` does not say. */
export const OWNER_TAG = 'owner';

/** The apps of `--app`: names and resource ids, and patterns and tags, which may mean several. @throws UserError where one is neither */
export function namedBy({ app = [] }: Options): Named {
  const matching = app.filter(isSelector);
  const problem = matching.map(keyProblem).find(Boolean);
  if (problem !== undefined) throw new UserError(`--app: ${problem}.`, EXIT.usage, ["Examples: --app fn-orders, --app 'fn-*'."]);
  return { apps: app.filter((one) => !isSelector(one)), matching };
}

export const selectionOf = (
  { subscription, managementGroup, resourceGroup, slot, tag, owner, ownerTag = OWNER_TAG, presets }: Options,
  { apps, matching }: Named = { apps: [], matching: [] },
): Selection => ({
  // A resource id says which subscription is meant, whatever the person's settings are.
  subscriptions: presets?.includes('subscription') && apps.some((name) => name.startsWith('/')) ? [] : (subscription ?? []),
  ...(managementGroup?.length ? { managementGroups: managementGroup } : {}),
  apps,
  matching,
  tags: [...checkTags(tag ?? []), ...(owner === undefined ? [] : [`${ownerTag}=${owner}`])],
  ...(resourceGroup ? { resourceGroup } : {}),
  ...(slot ? { slot } : {}),
});

/** `known`: names of production apps in reach. An app that is among them lacks the slot that was asked for. */
export function missingApp(name: string, known: readonly string[], leftOut: readonly string[] = []): string {
  const isIn = (names: readonly string[], one = name) => names.some((own) => own.toLowerCase() === one.toLowerCase());
  if (isIn(leftOut)) return `"${name}" is a Logic App (workflow app), which func-harden does not support.`;
  const [app = '', slot] = name.startsWith('/') ? [] : name.split('/');
  if (!isIn(known, app)) return `Function app "${name}" was not found, or you have no permission to read it.${didYouMean(name, known)}`;
  return `Function app "${app}" has no slot ${slot === undefined ? 'with the name of --slot' : `"${slot}"`}, or you have no permission to read it.`;
}

export const MISSING_NEXT = [
  'Check the name, or choose a different subscription with --subscription.',
  'Run func-harden audit --all to list every app that you can read.',
];

/** What was asked for and is not there, or could not be listed; and the emptiness where nothing was found at all. */
export function selectionTroubles(
  found: Pick<FoundTargets, 'missing' | 'unknown' | 'failures'> & {
    known?: FoundTargets['known'];
    leftOut?: FoundTargets['leftOut'];
    targets: readonly unknown[];
  },
): { app: string; message: string; next: readonly string[]; code: ExitCode; failure?: ArmFailure }[] {
  const troubles = [
    ...found.unknown.map((name) => ({
      app: name,
      message: `Subscription "${name}" was not found, or you have no permission to read it.`,
      next: ['Run az account list to list your subscriptions.'],
      code: EXIT.failed,
    })),
    ...found.missing.map((name) => ({
      app: name,
      message: missingApp(name, found.known ?? [], found.leftOut),
      next: MISSING_NEXT,
      code: EXIT.failed,
    })),
    ...found.failures.map(({ app, what, failure }) => ({
      app,
      message: `Its ${what} could not be listed: ${failure.message}`,
      next: [failure.next],
      code: exitOf(failure),
      failure,
    })),
  ];
  if (found.targets.length > 0 || troubles.length > 0) return troubles;
  return [
    {
      app: 'selection',
      message: 'No function app matches, or you have no permission to read it.',
      next: MISSING_NEXT.slice(0, 1),
      code: EXIT.failed,
    },
  ];
}

/** Apps by their names, and what picks others: patterns and tags. */
export interface Named {
  readonly apps: readonly string[];
  readonly matching: readonly string[];
}

/** Whether the options choose apps otherwise than by name. A subscription of the person's settings narrows; it chooses nothing. */
export const isAnyChosen = ({ all, owner, tag, resourceGroup, subscription, managementGroup, presets }: Options): boolean => {
  const chosen = presets?.includes('subscription') ? undefined : subscription;
  return [all, owner, tag?.length, resourceGroup, chosen?.length, managementGroup?.length].some(Boolean);
};

/** The apps an answers file is about: those chosen by options, else those it names. @throws UserError (exit 3) where neither says */
export function appsOf(options: Options, answers: AnswersFile): Named {
  if (options.app?.length) return namedBy(options);
  const keys = Object.keys(answers.apps);
  if (isAnyChosen(options)) return { apps: [], matching: [] };
  if (keys.length > 0) return { apps: keys.filter((key) => !isSelector(key)), matching: keys.filter(isSelector) };
  throw new UserError('The answers file contains no app, and no app is selected.', EXIT.inputNeeded, [
    'Select apps with --app NAME or --all,',
    'or add to the file:  apps: { NAME: { steps: { … } } }',
  ]);
}
