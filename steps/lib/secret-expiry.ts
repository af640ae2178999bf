/** When the secrets that an app refers to expire: by their names and attributes, never their values. */
import type { Context, Verdict } from '../../src/contract/index.ts';
import { referenceOf } from '../../src/azure/index.ts';

/** Days before its end from which a secret is told of. */
const SOON = 30;
const DAY = 86_400_000;
const dayOf = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 10);

export function judgeExpiry({ facts, today }: Context<unknown>): Verdict {
  const wanted = 'an expiry date that is ahead, for each secret that a setting names';
  const named = Object.values(facts.appSettings.properties).flatMap((value) => {
    const { vault = '', secret = '' } = referenceOf(value) ?? {};
    return secret === '' ? [] : [`${vault}/${secret}`];
  });
  const secrets = new Map(
    facts.vaultSecrets.value.map(({ id, name, properties }): [string, number | null | undefined] => [
      `${id.split('/').at(-3) ?? ''}/${name}`.toLowerCase(),
      properties.attributes?.exp ?? null,
    ]),
  );
  const all = [...new Set(named)].map((name) => ({ name, exp: secrets.get(name.toLowerCase()) }));
  const bad = all.flatMap(({ name, exp }) =>
    exp === null ? [`${name}: never`] : exp !== undefined && dayOf(exp) <= today ? [`${name}: expired on ${dayOf(exp)}`] : [],
  );
  const unseen = all.flatMap(({ name, exp }) =>
    exp === undefined ? [`${name}: not in a vault of this subscription, or you may not see it`] : [],
  );
  const soon = all.flatMap(({ name, exp }) =>
    exp && dayOf(exp) > today && exp * 1000 - Date.parse(today) < SOON * DAY
      ? [`${name} expires on ${dayOf(exp)}: write a new version before that.`]
      : [],
  );
  if (bad.length > 0) return { state: 'fail', found: [...bad, ...unseen].join('; '), wanted, lines: soon };
  if (unseen.length > 0) return { state: 'unknown', found: unseen.join('; '), wanted, lines: soon };
  if (all.length === 0) return { state: 'not-applicable', found: 'no setting refers to a secret', wanted };
  const ends = all.map(({ name, exp }) => `${name}: ${dayOf(exp ?? 0)}`);
  return { state: 'pass', found: ends.join('; '), wanted, lines: soon };
}
