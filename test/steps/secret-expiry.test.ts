/** When the secrets that an app refers to expire, judged from what ARM lists of them. */
import { expect, test } from 'vitest';
import { judgeExpiry } from '../../steps/lib/vault/secret-expiry.ts';
import type { Context } from '../../src/contract/index.ts';

const VAULTS = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.KeyVault/vaults';
const at = (day: string): number => Date.parse(day) / 1000;

type Secrets = Readonly<Record<string, number | null | undefined>>;
const judged = (secrets: Secrets, ...settings: readonly string[]) => judgedWith(secrets, settings, []);
const strung = (strings: readonly string[]) => ({
  properties: Object.fromEntries(strings.map((value, index) => [`C${index}`, { value }])),
});
/** `strings`: values of connection strings; null where they cannot be read. */
const judgedWith = (secrets: Secrets, settings: readonly string[], strings: readonly string[] | null) =>
  judgeExpiry({
    today: '2026-11-28',
    facts: {
      maybe: () => strings && strung(strings),
      get connectionStrings() {
        if (!strings) throw new Error('not read');
        return strung(strings);
      },
      appSettings: { properties: Object.fromEntries(settings.map((value, index) => [`S${index}`, value])) },
      vaultSecrets: {
        value: Object.entries(secrets).map(([name, exp]) => ({
          id: `${VAULTS}/kv/secrets/${name}`,
          name,
          properties: {
            secretUriWithVersion: `https://kv.vault.azure.net/secrets/${name}/c0ffee`,
            ...(exp === undefined ? {} : { attributes: { exp } }),
          },
        })),
      },
    },
  } as unknown as Context<unknown>);
const PAYMENT = '@Microsoft.KeyVault(VaultName=kv;SecretName=payment)';

test.each<[string, number | null | undefined, string, string]>([
  ['an expiry in the future', at('2027-11-28'), 'pass', 'kv/payment: expires on 2027-11-28'],
  ['no end', null, 'fail', 'kv/payment: no expiry date'],
  ['no attributes', undefined, 'fail', 'kv/payment: no expiry date'],
  ['an expiry in the past', at('2026-11-01'), 'fail', 'expired on 2026-11-01'],
  ['an expiry today', at('2026-11-28'), 'fail', 'expired on 2026-11-28'],
])('%s', (_, exp, state, found) => {
  const verdict = judged({ payment: exp }, PAYMENT);
  expect([verdict.state, verdict.found]).toEqual([state, expect.stringContaining(found)]);
});

test('a secret that expires soon passes with a note', () => {
  expect(judged({ payment: at('2026-12-10') }, PAYMENT)).toMatchObject({
    state: 'pass',
    lines: ['kv/payment expires on 2026-12-10: write a new version before that.'],
  });
});

test('names are the same in any case, and a secret is read once', () => {
  const verdict = judged(
    { Payment: at('2027-11-28') },
    PAYMENT,
    '@Microsoft.KeyVault(SecretUri=https://KV.vault.azure.net/secrets/payment/)',
  );
  expect(verdict).toMatchObject({ state: 'pass', found: 'kv/payment: expires on 2027-11-28' });
});

test('a secret that could not be read is unknown, also beside a secret without expiry, which is reported', () => {
  const other = '@Microsoft.KeyVault(VaultName=kv-elsewhere;SecretName=other)';
  expect(judged({ payment: at('2027-11-28') }, PAYMENT, other).state).toBe('unknown');
  expect(judged({ payment: null }, PAYMENT, other)).toMatchObject({ state: 'fail', found: expect.stringContaining('kv-elsewhere/other') });
});

test('an app without references has no secret that can expire', () => {
  expect(judged({ payment: null }, 'plain text')).toMatchObject({ state: 'not-applicable', found: 'no setting refers to a secret' });
});

test('references in connection strings count too, and do not count as none if they cannot be read', () => {
  expect(judgedWith({ payment: at('2026-11-01') }, [], [PAYMENT])).toMatchObject({
    state: 'fail',
    found: 'kv/payment: expired on 2026-11-01',
  });
  expect(() => judgedWith({ payment: at('2027-11-28') }, [PAYMENT], null)).toThrow('not read');
  expect(judgedWith({ payment: null }, [PAYMENT], null).state).toBe('fail');
});

test.each([
  ['the current version', 'C0FFEE', 'pass', '2027-11-28'],
  ['an older version', 'bad', 'unknown', 'names version bad'],
])('%s in a reference', (_, version, state, found) => {
  for (const reference of [
    `@Microsoft.KeyVault(SecretUri=https://kv.vault.azure.net/secrets/payment/${version})`,
    `@Microsoft.KeyVault(VaultName=kv;SecretName=payment;SecretVersion=${version})`,
  ])
    expect(judged({ payment: at('2027-11-28') }, reference)).toMatchObject({ state, found: expect.stringContaining(found) });
});
