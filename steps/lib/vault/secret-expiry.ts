/** The expiry of secrets that an app refers to, from their names and attributes; their values are never read. */
import { IN_APP_CONFIGURATION, withStringsSeen } from './reference-resolution.ts';
import type { Context, Verdict } from '../../../src/contract/index.ts';
import {
  fromAppConfiguration,
  isOn,
  sameWord,
  allValues,
  nameIn,
  type SecretEntry,
  type Reference,
  referenceOf,
} from '../../../src/azure/index.ts';

/** Days before its expiry from which a secret is reported. */
const SOON = 30;
const DAY = 86_400_000;
const dayOf = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 10);

function endOf(
  { version }: Reference,
  secret: SecretEntry | undefined,
  now: number,
): number | 'disabled' | null | { readonly unseen: string } {
  if (!secret) return { unseen: 'not in a vault of this subscription, or you have no permission to read it' };
  const { attributes, secretUriWithVersion } = secret.properties;
  // Each version has its own expiry, and ARM lists only the current version.
  if (version !== undefined && !sameWord(nameIn(secretUriWithVersion ?? ''), version))
    return {
      unseen: `the reference names version ${version}, which is not the current one or not listed; its expiry date was not checked`,
    };
  const { enabled, exp = null, nbf } = attributes ?? {};
  if (!isOn(enabled ?? true)) return 'disabled';
  if ((exp !== null && typeof exp !== 'number') || (nbf !== undefined && nbf !== null && nbf * 1000 > now))
    return {
      unseen: exp !== null && typeof exp !== 'number' ? 'its expiry date could not be read' : `not valid before ${dayOf(nbf ?? 0)}`,
    };
  return exp;
}

export const judgeExpiry = (x: Context<unknown>): Verdict => withStringsSeen(x.facts, judgeEnds(x));

function judgeEnds({ facts, today }: Context<unknown>): Verdict {
  const wanted = 'a future expiry date for each secret that a setting refers to';
  const values = allValues(facts);
  const references = Object.values(values).flatMap((value) => referenceOf(value) ?? []);
  const secrets = new Map(facts.vaultSecrets.value.map((one) => [`${one.id.split('/').at(-3) ?? ''}/${one.name}`.toLowerCase(), one]));
  const meant = new Map(references.map((one) => [`${one.vault}/${one.secret} ${one.version ?? ''}`.toLowerCase(), one]));
  const all = [...meant.values()].map((one) => {
    const name = `${one.vault}/${one.secret}`;
    return { name, end: endOf(one, secrets.get(name.toLowerCase()), Date.parse(today)) };
  });
  const bad = all.flatMap(({ name, end }) =>
    end === null
      ? [`${name}: no expiry date`]
      : end === 'disabled'
        ? [`${name}: disabled, so the reference does not resolve`]
        : typeof end === 'number' && dayOf(end) <= today
          ? [`${name}: expired on ${dayOf(end)}`]
          : [],
  );
  const unseen = [
    ...all.flatMap(({ name, end }) => (end !== null && typeof end === 'object' ? [`${name}: ${end.unseen}`] : [])),
    ...fromAppConfiguration(values).map((name) => `${name}: ${IN_APP_CONFIGURATION}`),
  ];
  const ahead = all.flatMap(({ name, end }) => (typeof end === 'number' && dayOf(end) > today ? [{ name, end }] : []));
  const lines = ahead.flatMap(({ name, end }) =>
    end * 1000 - Date.parse(today) < SOON * DAY ? [`${name} expires on ${dayOf(end)}: write a new version before that.`] : [],
  );
  if (bad.length > 0) return { state: 'fail', found: [...bad, ...unseen].join('; '), wanted, lines };
  if (unseen.length > 0) return { state: 'unknown', found: unseen.join('; '), wanted, lines };
  if (all.length === 0) return { state: 'not-applicable', found: 'no setting refers to a secret', wanted };
  return { state: 'pass', found: ahead.map(({ name, end }) => `${name}: expires on ${dayOf(end)}`).join('; '), wanted, lines };
}
