/** The apps that the options select, and messages for those that are not found. */
import type { Options } from '../cli/options.ts';
import type { AnswersFile } from '../engine/judge/decisions.ts';
import { EXIT, exitOf, type UserError, type ExitCode } from '../engine/errors.ts';
import type { ArmFailure, Connection } from '../engine/ports.ts';
import { isSelector, keyProblem } from '../engine/fleet/selectors.ts';
import { findTargets, sharedNames, type FoundTargets, type Selection, type SharedName } from '../engine/fleet/targets.ts';
import { didYouMean } from '../text/nearest.ts';
import { plainMessage } from '../text/plain.ts';
import type { Target } from '../azure/index.ts';
import { untilStopped } from '../engine/until-stopped.ts';
import { OWNER_TAG } from './owner-tag.ts';
import { selectionErrors } from './errors/selection.ts';

/** Finds the apps that the options select, or that an answers file names. @throws UserError (exit 64) where a name fits several apps */
export async function findSelectedApps(
  connection: Connection,
  options: Options,
  named: Named = parseAppOption(options),
  signal?: AbortSignal,
): Promise<FoundTargets> {
  const found = await untilStopped(findTargets(connection.discovery, selectionOf(options, named)), signal);
  if (found.shared.length > 0) throw severalApps(options.app?.length ? '--app' : 'apps:', found.shared);
  return found;
}

export const severalApps = (where: '--app' | 'apps:' | '--confirm', shared: readonly SharedName[]): UserError =>
  selectionErrors.severalApps({ where, shared });

/** Checks that each name of the answers file fits a single app of this run. @throws UserError (exit 64) with the ids of all that fit */
export function checkAnswersNames(answers: AnswersFile | undefined, targets: readonly Target[]): void {
  const shared = sharedNames(Object.keys(answers?.apps ?? {}), targets);
  if (shared.length > 0) throw severalApps('apps:', shared);
}

function checkTags(tags: readonly string[]): readonly string[] {
  const wrong = tags.find((tag) => !/^[^=]+=/.test(tag));
  if (wrong === undefined) return tags;
  throw selectionErrors.noTag({ text: wrong });
}

/** Returns the apps of `--app`: names, ids, and patterns and tags, which may match several. @throws UserError for anything else */
export function parseAppOption({ app = [] }: Options): Named {
  const matching = app.filter(isSelector);
  const problem = matching.map(keyProblem).find(Boolean);
  if (problem !== undefined) throw selectionErrors.invalidApp({ problem });
  return { apps: app.filter((one) => !isSelector(one)), matching };
}

export const selectionOf = (
  { subscription, managementGroup, resourceGroup, slot, tag, owner, ownerTag = OWNER_TAG, presets }: Options,
  { apps, matching }: Named = { apps: [], matching: [] },
): Selection => ({
  // A resource id contains the subscription, so the settings of the person do not apply.
  subscriptions: presets?.includes('subscription') && apps.some((name) => name.startsWith('/')) ? [] : (subscription ?? []),
  ...(managementGroup?.length ? { managementGroups: managementGroup } : {}),
  apps,
  matching,
  tags: [...checkTags(tag ?? []), ...(owner === undefined ? [] : [`${ownerTag}=${owner}`])],
  ...(resourceGroup ? { resourceGroup } : {}),
  ...(slot ? { slot } : {}),
});

/** `known`: names of the production apps that can be read. An app among them does not have the requested slot. */
export function missingApp(name: string, known: readonly string[], leftOut: readonly string[] = []): string {
  const isIn = (names: readonly string[], one = name) => names.some((own) => own.toLowerCase() === one.toLowerCase());
  if (isIn(leftOut)) return `"${name}" is a Logic App (workflow app), which func-harden does not support.`;
  const [app = '', slot] = name.startsWith('/') ? [] : name.split('/');
  if (!isIn(known, app))
    return plainMessage(`Function app "${name}" was not found, or you have no permission to read it.${didYouMean(name, known)}`);
  return `Function app "${app}" has no slot ${slot === undefined ? 'with the name of --slot' : `"${slot}"`}, or you have no permission to read it.`;
}

export const MISSING_NEXT = [
  'Check the name and the options that select apps (--subscription, --resource-group, --tag).',
  'Run func-harden audit --all to list every app that you can read.',
];

/** Returns the given names that do not exist or could not be listed, and a failure if no app was found. */
export function selectionTroubles(
  found: Pick<FoundTargets, 'missing' | 'unknown' | 'failures'> & {
    known?: FoundTargets['known'];
    subscriptions?: FoundTargets['subscriptions'];
    leftOut?: FoundTargets['leftOut'];
    targets: readonly unknown[];
  },
): { app: string; message: string; isNamed?: true; next: readonly string[]; code: ExitCode; failure?: ArmFailure }[] {
  // Where no subscription is left, no app was looked for.
  const missing = found.unknown.length > 0 && found.subscriptions?.length === 0 ? [] : found.missing;
  const troubles = [
    ...found.unknown.map((name) => ({
      app: name,
      message: `Subscription "${name}" was not found, or you have no permission to read it.`,
      isNamed: true as const,
      next: ['Run az account list to list your subscriptions.'],
      code: EXIT.failed,
    })),
    ...missing.map((name) => ({
      app: name,
      message: missingApp(name, found.known ?? [], found.leftOut),
      isNamed: true as const,
      next: MISSING_NEXT,
      code: EXIT.failed,
    })),
    ...found.failures.map(({ app, what, failure }) => ({
      app,
      message: `The ${what} could not be listed: ${failure.message}`,
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
      isNamed: true,
      next: MISSING_NEXT.slice(0, 1),
      code: EXIT.failed,
    },
  ];
}

/** Apps by name, and patterns and tags that match further apps. */
export interface Named {
  readonly apps: readonly string[];
  readonly matching: readonly string[];
}

/** Whether the options select apps other than by name. A subscription of the user's settings only narrows a selection. */
export const isAnyChosen = ({ all, owner, tag, resourceGroup, subscription, managementGroup, presets }: Options): boolean => {
  const chosen = presets?.includes('subscription') ? undefined : subscription;
  return [all, owner, tag?.length, resourceGroup, chosen?.length, managementGroup?.length].some(Boolean);
};

/** Returns the apps of the options, else those that the answers file names. @throws UserError (exit 3) where neither gives any */
export function appsOf(options: Options, answers: AnswersFile): Named {
  if (options.app?.length) return parseAppOption(options);
  const keys = Object.keys(answers.apps);
  if (isAnyChosen(options)) return { apps: [], matching: [] };
  if (keys.length > 0) return { apps: keys.filter((key) => !isSelector(key)), matching: keys.filter(isSelector) };
  throw selectionErrors.noAppInFile();
}
