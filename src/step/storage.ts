/** What all controls on storage accounts have in common. */
import type { Context, Draft, GuardFinding, Verdict } from '../step.ts';
import { judgeEach } from './each.ts';
import type { StorageAccount } from './resources.ts';
import { accountOf, CONTENT_SHARE, HOST_STORAGE, secretIn } from './settings.ts';

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

/** Settings that sign in with a key of the account, and will still once the plan is done; a reference to a key is a key. */
function keyedSettings({ facts, planned }: Context<unknown>, account: string): string[] {
  const after = planned.appSettings.properties as Readonly<Record<string, string | null>>;
  return Object.entries(facts.appSettings.properties).flatMap(([name, value]) =>
    after[name] && accountOf(value) === account && secretIn(name, value) !== undefined ? [name] : [],
  );
}

/** Who else uses the accounts; the change holds for them too. */
export function sharers({ facts }: Context<unknown>): GuardFinding[] {
  const users = facts.storageUsers;
  const says = users.value.map(({ app, accounts }) => `${app} uses ${accounts.join(', ')} as well`);
  return [
    ...says.map((text): GuardFinding => ({ level: 'warn', says: `${text}: the change holds for it too.` })),
    ...(users.unknown > 0
      ? [{ level: 'warn' as const, says: `${users.unknown} other apps could not be looked at; one of them may use the account.` }]
      : []),
    ...(users.value.length === 0 && users.unknown === 0
      ? [{ level: 'clear' as const, says: 'No other function app of the subscription uses it.' }]
      : []),
  ];
}
/** Whether anything still signs in with a key, in this app or in another one. */
export function withoutKeys(x: Context<unknown>): GuardFinding[] {
  const others = x.facts.storageUsers.value
    .filter(({ byKey }) => byKey)
    .map(({ app, accounts }): GuardFinding => ({
      level: 'stop',
      says: `${app} signs in to ${accounts.join(', ')} with a key and would stop working.`,
    }));
  const own = x.facts.storageAccounts.value.flatMap(({ name }): GuardFinding[] => {
    const keyed = keyedSettings(x, name.toLowerCase());
    if (keyed.includes(HOST_STORAGE))
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
    return [{ level: 'clear', says: `No setting of the app holds a key of ${name}.` }];
  });
  return [...others, ...own];
}

export function withoutShare(x: Context<unknown>): GuardFinding {
  const share = accountOf((x.planned.appSettings.properties as Readonly<Record<string, string | null>>)[CONTENT_SHARE] ?? undefined);
  return share === undefined
    ? { level: 'clear', says: 'The app has no content share that needs a key.' }
    : { level: 'stop', says: `${CONTENT_SHARE} holds a key of ${share}; with keys off the app would be empty after the next scale.` };
}
