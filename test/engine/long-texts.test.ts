/** Long texts from outside: the time for names, settings and messages of a megabyte grows in proportion to their length. */
import { test } from 'vitest';
import { conflictOf } from '../../src/arm/http/conflicts.ts';
import { messageWithDetails } from '../../src/arm/failures/error-messages.ts';
import { isReference } from '../../src/azure/settings/references.ts';
import { secretIn } from '../../src/azure/settings/settings.ts';
import { isPlainSetting } from '../../src/contract/index.ts';
import { Secrets, withoutCredentials } from '../../src/change/secrets.ts';
import { assignmentsIn } from '../../src/arm/failures/policy-violations.ts';
import { HCL } from '../../src/report/exports/literals.ts';
import { parseRule } from '../../src/view/rule-text.ts';
import { expectGrowthBelow } from '../helpers/growth.ts';
import '../../src/catalogue.ts';

const learned = (text: string): Secrets => {
  const known = new Secrets();
  known.learn(text, true);
  return known;
};

/** The work, the repeated part, and the length at which a square growth becomes visible. */
test.each<[what: string, part: string, length: number, work: (text: string) => unknown]>([
  ['a connection string with many spaces', ' ', 200, (text) => learned(`a=b;${text};x`)],
  ['the id of a resource with many providers', '/providers/a.b/c/d e', 60, (text) => learned(`/subscriptions/${'0'.repeat(36)}${text}!`)],
  ['words that begin as a token', '-eyJaaaaaaaaaa', 10_000, withoutCredentials],
  ['a word with many runs of a secret', '-eyJaaaaaaaaaa', 5000, (text) => learned(text).fromText(text)],
  ['a message that repeats the end of a secret', ' Zq7x+Ab9/cD3eF5g', 4000, (text) => learned('Zq7x+Ab9/cD3eF5g').fromQuote(text)],
  ['a reference with many spaces', ' ', 200, (text) => isReference(`@Microsoft.KeyVault(${text})`)],
  ['an incomplete shared access signature', 'sv=2020-01-01&', 6000, (text) => secretIn('a', text)],
  ['the name of a setting with many digits', '0', 20_000, (text) => secretIn(`${text}x`, 'a')],
  ['the name of a setting with many underscores', '_', 20_000, (text) => isPlainSetting(`a${text}`)],
  ['a message with many line feeds', '\n', 200, (text) => messageWithDetails(`a${text}b`, [])],
  ['a message with many policies', "Policy identifiers: '[", 100_000, (text) => assignmentsIn({ message: text })],
  ['the message of a conflict', 'a', 10_000, (text) => conflictOf('', text)],
  ['a value of Terraform', '$', 20_000, (text) => HCL.text(text)],
  ['the description of a rule', ' ', 20_000, (text) => parseRule(`100 Allow 192.0.2.1 a${text}b`)],
])('the time for %s grows in proportion to its length', (_, part, length, work) => {
  const text = (times: number) => part.repeat(Math.ceil((length * times) / part.length));
  expectGrowthBelow(24, text(1), text(8), (size) => void work(size));
});
