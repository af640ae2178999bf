/** What all controls on storage accounts have in common. */
import type { Context, Draft, GuardFinding, Verdict } from '../step.ts';
import { includesWord } from './any-case.ts';
import { judgeEach } from './each.ts';
import type { StorageAccount } from './resources.ts';
import { listed, lookedAt, NOBODY_LOOKED_AT, usersOf, usesOf } from './neighbours.ts';
import { DEPLOYS_BY_KEY, deploysByKey } from './packages.ts';
import { accountOf, CONTENT_SHARE, HOST_STORAGE } from './settings.ts';

/** One verdict on all accounts that the app names. */
export const judgeAccounts = (
  { facts }: Context<unknown>,
  wrong: (properties: StorageAccount['properties']) => string | undefined,
  wanted: string,
): Verdict => {
  const { value, missing } = facts.storageAccounts;
  if (missing.length > 0)
    return { state: 'unknown', found: `${missing.join(', ')} is not in this subscription, or you may not see it`, wanted };
  return judgeEach(value, ({ properties }) => wrong(properties), wanted, 'the app names no storage account of this subscription');
};

/** What has to be set on each account that is not as it should be. */
export const onAccounts = (
  x: Context<unknown>,
  wrong: (properties: StorageAccount['properties']) => string | undefined,
  draft: (account: StorageAccount) => Draft,
): Draft[] => x.facts.storageAccounts.value.filter(({ properties }) => wrong(properties) !== undefined).map(draft);

/** Settings and connection strings that sign in with a key of the account, and will still once the plan is done; a reference to a key is a key. */
function keyedSettings({ facts, planned }: Context<unknown>, account: string): string[] {
  const after = planned.appSettings.properties as Readonly<Record<string, string | null>>;
  const settings = Object.fromEntries(Object.entries(facts.appSettings.properties).filter(([name]) => after[name]));
  return usesOf({ settings, connectionStrings: facts.connectionStrings.properties }).accounts.flatMap((use) =>
    use.of === account && use.byKey ? use.keyed : [],
  );
}

const namesOf = ({ facts }: Context<unknown>): string[] => facts.storageAccounts.value.map(({ name }) => name.toLowerCase());

/** Who else uses the accounts; the change holds for them too. */
export function sharers(x: Context<unknown>): readonly GuardFinding[] {
  const neighbours = x.facts.maybe('neighbours');
  if (!neighbours) return NOBODY_LOOKED_AT;
  const found = usersOf(neighbours, 'accounts', namesOf(x)).map(({ neighbour, use }): GuardFinding => ({
    level: 'warn',
    says: `${neighbour.name} uses ${use.of} as well (${listed(use.settings)}): the change holds for it too.`,
  }));
  return lookedAt(neighbours, found, namesOf(x).join(' and '), true);
}

/** Whether another app still signs in with a key; that none could be looked at, `sharers` says. */
export function othersWithoutKeys(x: Context<unknown>): GuardFinding[] {
  const neighbours = x.facts.maybe('neighbours');
  const users = neighbours ? usersOf(neighbours, 'accounts', namesOf(x)) : [];
  return users
    .filter(({ use }) => use.byKey)
    .map(({ neighbour, use }) => ({
      level: 'stop',
      says: `${neighbour.name} signs in to ${use.of} with a key (${listed(use.keyed)}) and would stop working.`,
    }));
}

/** Whether anything in the app itself still signs in with a key. */
export function withoutKeys(x: Context<unknown>): GuardFinding[] {
  const hidden = hiddenSettings(x);
  return x.facts.storageAccounts.value.flatMap(({ name }): GuardFinding[] => {
    const keyed = keyedSettings(x, name.toLowerCase());
    if (includesWord(keyed, HOST_STORAGE))
      return [
        {
          level: 'stop',
          says: `The host signs in to ${name} with a key (${HOST_STORAGE}) and would not start; area managed-identity changes that first.`,
        },
      ];
    const deployment = x.planned.site.properties.functionAppConfig?.deployment?.storage;
    if (accountOf(deployment?.value) === name.toLowerCase() && /connectionstring/i.test(deployment?.authentication?.type ?? ''))
      return [
        {
          level: 'stop',
          says: `Deployments are kept in ${name} and signed in to with a connection string; area managed-identity changes that first.`,
        },
      ];
    if (keyed.length > 0)
      return [{ level: 'stop', says: `${keyed.join(', ')} still sign in to ${name} with a key; give them an identity first.` }];
    return hidden.length > 0
      ? [
          {
            level: 'warn',
            says: `${listed(hidden)} come from a vault or configuration store; whether one of them is a key of ${name} was not looked at.`,
          },
        ]
      : [
          {
            level: 'clear',
            says: `No app setting and no connection string of the app holds a key of ${name}. Mounted shares were not looked at.`,
          },
        ];
  });
}

/** Settings that stay references: what is behind them may be a key. */
function hiddenSettings({ facts, planned }: Context<unknown>): string[] {
  const after = planned.appSettings.properties as Readonly<Record<string, string | null>>;
  const settings = Object.fromEntries(Object.entries(facts.appSettings.properties).filter(([name]) => after[name]));
  return [...usesOf({ settings, connectionStrings: facts.connectionStrings.properties }).hidden];
}

/** What needs a key besides the settings: the content share, and on Linux Consumption the tools that deploy. */
export function withoutShare(x: Context<unknown>): GuardFinding {
  const share = accountOf((x.planned.appSettings.properties as Readonly<Record<string, string | null>>)[CONTENT_SHARE] ?? undefined);
  if (share !== undefined)
    return { level: 'stop', says: `${CONTENT_SHARE} holds a key of ${share}; with keys off the app would be empty after the next scale.` };
  return deploysByKey(x.app)
    ? DEPLOYS_BY_KEY
    : { level: 'clear', says: `The app has no setting ${CONTENT_SHARE}, so no content share needs a key.` };
}
