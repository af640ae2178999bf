/** The state of an app's Key Vault references, from Azure's own list. */
import { brokenReference, fromElsewhere, sameWord, isReference, ownMember, referenceOf } from '../../../src/azure/index.ts';
import type { Held, Verdict } from '../../../src/contract/index.ts';
import type { ConfigReference, Facts, Reference } from '../../../src/azure/index.ts';

/** The reason why it is unknown whether a reference to App Configuration refers to a vault. */
export const IN_APP_CONFIGURATION = 'a reference to App Configuration, whose value may be a reference to a vault; it was not checked';

/** Milliseconds within which App Service may not know a new identity, vault or secret yet. */
const TOO_EARLY = 60_000;

/** Whether a reference resolves, by its status. A new vault or secret may be reported missing at first. */
export function resolution(status: string | undefined): Held {
  if (sameWord(status, 'Resolved')) return true;
  const why = `Azure reports ${status}.`;
  if (/^InvalidSyntax$/i.test(status ?? '')) return why;
  return /^(MSINotEnabled|VaultNotFound|SecretNotFound|SecretVersionNotFound)$/i.test(status ?? '') ? { why, within: TOO_EARLY } : false;
}

/** The next step for a reference that does not resolve, by its status. */
const CURES: Readonly<Record<string, string>> = {
  MSINotEnabled: ': the app has no identity; area managed-identity adds one',
  AccessToKeyVaultDenied: ': assign the identity Key Vault Secrets User on the vault, and allow its network',
  VaultNotFound: ': Azure does not find this vault',
  SecretNotFound: ': Azure does not find this secret',
  InvalidSyntax: ': the syntax of the reference is wrong',
};

const lineOf = ({ name, properties }: ConfigReference): string =>
  `${name}: ${properties.status ?? 'not known'} (vault ${properties.vaultName ?? '?'}, secret ${properties.secretName ?? '?'})${ownMember(CURES, properties.status ?? '') ?? ''}`;
/** Whether Azure has not evaluated the reference yet. */
const isPending = ({ properties }: ConfigReference): boolean => /^(Initialized)?$/i.test(properties.status ?? '');

/** Whether a row of Azure's list is about this reference. After a change, the list can still have the state of the earlier one. */
export function isAbout({ properties }: ConfigReference, reference: Reference | undefined): boolean {
  if (reference === undefined) return true;
  const evaluated = referenceOf(properties.reference);
  const vault = evaluated?.vault ?? properties.vaultName;
  const secret = evaluated?.secret ?? properties.secretName;
  return (!vault || sameWord(vault, reference.vault)) && (!secret || sameWord(secret, reference.secret));
}

const valueOf = (facts: Facts, row: ConfigReference): string | undefined =>
  Object.entries(facts.maybe('appSettings')?.properties ?? {}).find(([name]) => sameWord(name, row.name))?.[1];

/** Returns whether the row of a setting is about another reference than the setting has now. */
const isOutdated =
  (facts: Facts) =>
  (row: ConfigReference): boolean =>
    !isAbout(row, referenceOf(valueOf(facts, row)));

/**
 * Lists Azure's rows for the settings that are references. Azure may keep the row of a setting that was deleted, or that
 * has plain text now (github.com/Azure/azure-dev 2631, github.com/Azure/azure-cli 21634).
 */
function rowsOfReferences(facts: Facts): readonly ConfigReference[] {
  const rows = facts.references.value;
  if (facts.maybe('appSettings') === undefined) return rows;
  return rows.filter((row) => {
    const value = valueOf(facts, row);
    return isReference(value) || brokenReference(value) !== undefined;
  });
}

/** Judges whether the references that Azure lists resolve. A value that only resembles a reference is judged with the settings. */
export function judgeResolution(facts: Facts): Verdict {
  const listed = rowsOfReferences(facts);
  const outdated = new Set(listed.filter(isOutdated(facts)));
  const isOpen = (one: ConfigReference): boolean => isPending(one) || outdated.has(one);
  const bad = listed.filter((one) => !sameWord(one.properties.status, 'Resolved') && !isOpen(one));
  const pending = listed.filter(isOpen).map(({ name }) => name);
  const wanted = 'all references resolve';
  const lines = [...bad.map(lineOf), ...pending.map((name) => `${name}: Azure has not resolved it yet`)];
  const all = listed.length;
  if (bad.length > 0) return { state: 'fail', found: `not resolved: ${bad.map(({ name }) => name).join(', ')}`, wanted, lines };
  if (pending.length > 0) return { state: 'unknown', found: `Azure has not resolved ${pending.join(', ')} yet`, wanted, lines };
  const inStrings = Object.entries(facts.connectionStrings.properties).flatMap(([name, { value }]) => (isReference(value) ? [name] : []));
  // Azure evaluates references one by one: a reference that is missing in its list was not checked.
  const unlisted = fromElsewhere(facts.appSettings).filter((name) => !listed.some((one) => sameWord(one.name, name)));
  if (unlisted.length > 0) return { state: 'unknown', found: `Azure does not list the state of ${unlisted.join(', ')}`, wanted, lines };
  if (inStrings.length > 0)
    return {
      state: 'unknown',
      found: `references in connection strings were not checked: ${inStrings.join(', ')}`,
      wanted,
      lines,
    };
  return {
    state: 'pass',
    found: all === 0 ? 'no references' : all === 1 ? '1 reference resolves' : `all ${all} references resolve`,
    wanted,
    lines,
  };
}

/** Returns a verdict on what an app refers to. @throws where nothing wrong was read and the connection strings could not be read */
export function withStringsSeen(facts: Facts, verdict: Verdict): Verdict {
  if (verdict.state !== 'fail') void facts.connectionStrings.properties;
  return verdict;
}
