/** Moves settings into a key vault: which settings, whether it is possible, and the drafts. */
import { type Context, type Draft, type GuardFinding, type Verdict, clear, stop, warn } from '../../../src/contract/index.ts';
import {
  brokenIn,
  brokenReference,
  clearSecrets,
  CONTENT_SHARE,
  isReference,
  mustStay,
  readsPackage,
  sameWord,
  speltSetting,
  valueOf,
} from '../../../src/azure/index.ts';
import { referenceIdentity } from '../identities.ts';
import { saysRoleInstead, changesToRoles } from './vault-roles.ts';
import { moveSecret, newVault, vaultAccess, chosenVault } from './vaults.ts';

type X = Context<{ readonly vault?: string; readonly settings?: readonly string[] }>;

/** The most bytes of a secret: "a maximum size of 25 KB" (key-vault/secrets/about-secrets). */
const LONGEST_SECRET = 25_600;

/** Returns the settings of the answer, or the settings that look like secrets. */
export const toMove = ({ facts, answers }: X): readonly string[] =>
  answers.settings?.map((name) => speltSetting(facts.appSettings, name)) ??
  clearSecrets(facts.appSettings).flatMap(({ name, stays }) => (stays ? [] : [name]));
/** Returns the settings to move that still have a plain value. */
const pending = (x: X): readonly string[] =>
  toMove(x).filter((name) => {
    const value = valueOf(x.facts.appSettings, name);
    return value !== undefined && value !== '' && !isReference(value) && brokenReference(value) === undefined;
  });
/** Returns everything that should be a reference and is not: selected settings, secret-like settings, and missing settings. */
const inClear = (x: X): readonly string[] => [
  ...new Set([
    ...pending(x),
    ...pending({ ...x, answers: {} }),
    ...toMove(x).filter((name) => valueOf(x.facts.appSettings, name) === undefined),
  ]),
];

export function moveAll(x: X): Draft[] {
  // An answer without settings moves none, so it needs no vault and no role either.
  if (x.answers.settings?.length === 0) return [];
  const aim = chosenVault(x, x.answers.vault ?? '');
  const acting = referenceIdentity(x.facts.site);
  return [
    ...acting.drafts,
    ...(aim.vault ? [] : newVault(x, aim)),
    ...vaultAccess(x, aim, acting.principal),
    ...pending(x).flatMap((setting) => moveSecret(x, aim, setting)),
  ];
}

export function mayMove(x: X): GuardFinding[] {
  const { planned } = x;
  const findings = toMove(x).flatMap((name): GuardFinding[] => {
    const value = valueOf(x.facts.appSettings, name);
    if (value === undefined) return [stop(`The app has no setting ${name}. Remove the name from your answer.`)];
    const stays = mustStay(name, value);
    const broken = brokenReference(value);
    if (broken)
      return [
        stop(
          `${name} holds a Key Vault reference that App Service does not resolve (${broken}). Write only a correct reference into the setting; a move into a vault does not help.`,
        ),
      ];
    const { length } = new TextEncoder().encode(value);
    if (length > LONGEST_SECRET)
      return [
        stop(
          `${name} has ${length} bytes. A secret in a vault can have at most ${LONGEST_SECRET} bytes. Remove the name from your answer.`,
        ),
      ];
    const reads = readsPackage(planned.site, x.facts.appSettings, name);
    if (reads)
      return [
        stop(
          `The deployment package ${reads} read with the connection string in ${name}, and Azure does not document that it may be a reference. Change deployments to an identity (control managed-identity.deployment-storage), or remove the name from your answer.`,
        ),
      ];
    return stays && !isReference(value) ? [stop(`${name} must stay: ${stays}. Remove the name from your answer.`)] : [];
  });
  return findings.length > 0
    ? findings
    : [clear(`None of the selected settings is a setting that the platform itself reads, for example ${CONTENT_SHARE}.`)];
}

export function keysThatRotate(x: X): GuardFinding {
  const keyed = pending(x).filter((name) => /(Account|SharedAccess)Key\s*=/i.test(x.facts.appSettings.properties[name] ?? ''));
  return keyed.length > 0
    ? warn(`The value of ${keyed.join(', ')} contains a key. Before that key is regenerated, write the other key to the vault.`)
    : clear('No setting to move contains a key of a storage account or namespace.');
}

/** Checks whether the selected vault can be read, where it is given by its id. */
export function vaultIsKnown(x: X): GuardFinding {
  const { id, name, vault } = chosenVault(x, x.answers.vault ?? '');
  if (!vault && !sameWord(id.split('/')[2], x.facts.site.id.split('/')[2]))
    return stop(`The vault ${name} is in another subscription, where func-harden does not check it. Choose a vault in this subscription.`);
  const [tenant, own] = [vault?.properties.tenantId, x.facts.site.identity?.tenantId];
  if (tenant && own && !sameWord(tenant, own))
    return stop(
      `The vault ${name} belongs to the tenant ${tenant}, and the identity of the app to the tenant ${own}, so the vault refuses the app. After a subscription moves to another tenant, change the tenant of the vault first: az keyvault update --name ${name} --set properties.tenantId=${own}`,
    );
  if (vault && changesToRoles(x, vault)) return saysRoleInstead(x, vault);
  return clear(vault ? `The vault ${name} exists.` : `The vault ${name} is created.`);
}

/** Judges whether any secret is still in the settings. */
export function judgeClear(x: X): Verdict {
  const left = inClear(x);
  const absent = left.filter((name) => valueOf(x.facts.appSettings, name) === undefined);
  const readable = left.filter((name) => !absent.includes(name));
  const broken = brokenIn(x.facts.appSettings);
  const found = [
    ...(readable.length > 0 ? [`in plain text: ${readable.join(', ')}`] : []),
    ...(absent.length > 0 ? [`missing: ${absent.join(', ')}`] : []),
    ...(broken.length > 0 ? [`not a valid reference: ${broken.map(({ name }) => name).join(', ')}`] : []),
  ];
  return {
    state: found.length > 0 ? 'fail' : 'pass',
    found: found.join('; ') || 'none in plain text',
    wanted: 'a Key Vault reference for each',
    names: [...left, ...broken.map(({ name }) => name)],
    lines: broken.map(({ name, why }) => `${name}: ${why}`),
  };
}
