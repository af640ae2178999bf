/** The scrubber: how services quote a secret, and which text must stay readable. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ArmFailure } from '../../src/engine/ports.ts';
import { Secrets, secrets, withoutCredentials } from '../../src/change/secrets.ts';
import { expectGrowthBelow } from '../helpers/growth.ts';

const KEY = 'Zq7x+Ab9/cD3eF5gH7iJ9kL1mN3oP5qR7sT9uV1w==';
const VALUES: Readonly<Record<string, string>> = {
  'a key': KEY,
  'quotes and backslashes': 'aB3"d\\e"f9Gh1',
  markup: 'x1Y<&amp>2zQ9w',
  'other letters': 'pä55wörtÜ9x!',
  'spaces around it': ' Lead1ng and trailing9 ',
  'a short one': 'p9X1z',
  digits: '471147',
  'a lower-case word': 'correcthorsebattery',
};

const SPELLINGS: Readonly<Record<string, (value: string) => string>> = {
  'as it is': (value) => value,
  JSON: (value) => JSON.stringify(value).slice(1, -1),
  'JSON in JSON': (value) => JSON.stringify(JSON.stringify(value)).slice(1, -1),
  'percent signs': encodeURIComponent,
  'a form': (value) => encodeURIComponent(value).replaceAll('%20', '+'),
  HTML: (value) => value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
  base64: (value) => Buffer.from(value).toString('base64'),
  'base64 of a URL': (value) => Buffer.from(value).toString('base64url'),
  hexadecimal: (value) => Buffer.from(value).toString('hex'),
  capitals: (value) => value.toUpperCase(),
  'small letters': (value) => value.toLowerCase(),
  backwards: (value) => [...value].toReversed().join(''),
  trimmed: (value) => value.trim(),
};

test.each(
  Object.entries(VALUES).flatMap(([name, value]) =>
    Object.entries(SPELLINGS).map(([how, spell]) => [name, how, value, spell(value)] as const),
  ),
)('%s, quoted in %s', (_, __, value, quoted) => {
  const known = new Secrets();
  known.learn(value);
  const said = known.fromQuote(`The value [${quoted}] of the setting is refused.`);
  expect(said).not.toContain(quoted.trim());
  expect(said).toMatch(/^The value .*of the setting is refused\.$/);
});

test.each([
  ['the beginning', KEY.slice(0, 12)],
  ['the end', KEY.slice(-12)],
  ['both ends', `${KEY.slice(0, 10)}…${KEY.slice(-10)}`],
  ['a part of base64 of a longer text', Buffer.from(`x${KEY}y`).toString('base64').slice(6, 40)],
])('a quote that is cut to %s', (_, cut) => {
  const known = new Secrets();
  known.learn(`DefaultEndpointsProtocol=https;AccountName=stfnorders;AccountKey=${KEY};EndpointSuffix=core.windows.net`);
  for (const part of cut.split('…')) expect(known.fromQuote(`It begins with ${cut}, says stfnorders.`)).not.toContain(part);
  expect(known.fromQuote('The account stfnorders at core.windows.net is refused.')).toBe(
    'The account stfnorders at core.windows.net is refused.',
  );
});

const entities = (value: string, spell: (code: number) => string): string => [...value].map((sign) => spell(sign.codePointAt(0)!)).join('');
const base64 = (text: string): string => Buffer.from(text, 'utf16le').toString('base64');
const pairs = (value: string): string[] => [...Buffer.from(value)].map((byte) => byte.toString(16).padStart(2, '0'));

test.each<[how: string, encode: (value: string) => string]>([
  ['decimal entities of HTML', (value) => entities(value, (code) => `&#${code};`)],
  ['hexadecimal entities of HTML', (value) => entities(value, (code) => `&#x${code.toString(16).toUpperCase()};`)],
  ['HTML in HTML', (value) => entities(value, (code) => `&amp;#${code};`)],
  ['JSON in JSON in JSON', (value) => JSON.stringify(JSON.stringify(JSON.stringify(value)))],
  ['code units of JSON', (value) => entities(value, (code) => `\\u${code.toString(16).padStart(4, '0')}`)],
  ['code points of JavaScript', (value) => entities(value, (code) => `\\u{${code.toString(16)}}`)],
  ['code units with percent signs', (value) => entities(value, (code) => `%u${code.toString(16).padStart(4, '0')}`)],
  ['code units in names of XML', (value) => entities(value, (code) => `_x${code.toString(16).padStart(4, '0')}_`)],
  ['percent signs twice', (value) => encodeURIComponent(encodeURIComponent(value))],
  [
    'percent signs of every character',
    (value) =>
      pairs(value)
        .map((pair) => `%${pair}`)
        .join(''),
  ],
  ['quoted-printable', (value) => value.replaceAll(/[^\w ]/g, (sign) => `=${pairs(sign).join('=').toUpperCase()}`)],
  ['base64 of UTF-16', base64],
  ['base64 of UTF-16 with more before it', (value) => base64(`user: ${value}`)],
  ['base64 in base64', (value) => btoa(btoa(`:${value}`))],
  ['base64 over several lines', (value) => btoa(value).replaceAll(/.{8}/g, '$&\r\n')],
  ['bytes in hexadecimal', (value) => pairs(value).join(' ')],
  [
    'bytes with 0x',
    (value) =>
      pairs(value)
        .map((pair) => `0x${pair}`)
        .join(', '),
  ],
  ['bytes in decimal', (value) => [...Buffer.from(value)].join(', ')],
  ['several lines', (value) => value.replaceAll(/.{9}/g, '$&\n    ')],
  ['parts of a text in code', (value) => value.replaceAll(/.{9}/g, '$&" +\n"')],
  ['the beginning', (value) => value.slice(0, 14)],
  ['the end', (value) => value.slice(-14)],
])('a password quoted as %s is masked', (_, encode) => {
  for (const value of ["hunter2-Tr0ub4dor&3<'x", 'correct horse battery staple', 'Zq7x+Ab9/cD3eF5gH7iJ9kL1mN3oP5']) {
    const known = new Secrets();
    known.learnAll({ password: value });
    const quoted = encode(value);
    const said = known.fromQuote(`The value '${quoted}' is refused.`);
    for (let at = 0; at + 10 <= quoted.length; at++)
      if (/\w\w/.test(quoted.slice(at, at + 10))) expect(said).not.toContain(quoted.slice(at, at + 10));
    expect(said).toMatch(/^The .*is refused\.$/s);
  }
});

test('the time to mask a message with many encodings grows in proportion to its length', () => {
  const known = new Secrets();
  for (let number = 0; number < 500; number++) known.learnAll({ password: `k${number * 7919}Q${(number * 104_729).toString(36)}Z9-x` });
  const said = (times: number) => void known.fromQuote('%2541\\u0042&#67;QUJDREVG 0x41,0x42 65, 66, 67 '.repeat(times));
  expectGrowthBelow(9, 200, 800, said);
});

test('each line of a multi-line key is masked, also on one line', () => {
  const known = new Secrets();
  const pem = `-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkq\nhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----`;
  known.learn(pem);
  for (const quoted of [pem, pem.replaceAll('\n', ' '), JSON.stringify(pem), 'line 2 is hkiG9w0BAQEFAASC'])
    expect(known.fromQuote(quoted)).not.toMatch(/MIIEvQIBADANBgkq|hkiG9w0BAQEFAASC/i);
});

test('secrets inside of URLs and JSON are masked, and the names beside them are not', () => {
  const known = new Secrets();
  known.learn('postgres://user:s3cretPw9@db.example/orders');
  known.learn('https://x.blob.core.windows.net/c?sv=2024&sig=aB3%2FdE5fG7%3D');
  known.learn(JSON.stringify({ user: 'dana', password: 'Inner9Secret' }));
  const said = known.fromQuote('db.example user s3cretPw9 x.blob.core.windows.net aB3/dE5fG7= Inner9Secret');
  expect(said).toContain('db.example user');
  expect(said).not.toMatch(/s3cretPw9|dE5fG7|Inner9Secret/);
});

test('names, words and references stay readable', () => {
  const known = new Secrets();
  for (const value of [
    'true',
    'node',
    '~4',
    'Production',
    '@Microsoft.KeyVault(SecretUri=https://kv.vault.azure.net/secrets/x)',
    'fn-orders',
  ])
    known.learn(value);
  known.permit('fn-orders');
  const text = 'fn-orders: set to true in nodes; see kv.vault.azure.net/secrets/x';
  expect(known.fromQuote(text)).toBe(text);
});

test('output keeps each name, and no key', () => {
  const known = new Secrets();
  for (const value of [KEY, 'stfnorders', 'orders-queue-01', '11111111-2222-3333-4444-555555555555', 'West Europe']) known.learn(value);
  const names = '{"a":"stfnorders","b":"orders-queue-01","c":"11111111-2222-3333-4444-555555555555","d":"West Europe"}';
  expect(known.fromText(names)).toBe(names);
  expect(known.fromText(JSON.stringify({ quoted: `the key ${KEY} is old` }))).toBe('{"quoted":"the key (sensitive value) is old"}');
});

test('an answer that arrived before its secret was read is masked when it is shown', () => {
  const early = new ArmFailure({
    kind: 'conflict',
    code: 'Early9Xq2Zz7Secret',
    message: 'bad Early9Xq2Zz7Secret',
    next: 'Mend Early9Xq2Zz7Secret',
    correlationId: 'id',
  });
  secrets.learn('Early9Xq2Zz7Secret');
  expect([early.message, early.code, early.next].join(' ')).not.toContain('Early9');
  expect(early.stack).not.toContain('Early9');
});

test('credentials are recognized by their form, also if they were never read', () => {
  const known = new Secrets();
  const said = known.fromQuote(
    'AccountKey=bm90LWEta2V5LWJ1dC1zaGFwZWQ=; Password=hunter22; ?sig=abc%2Fdef123; Bearer abcdefghijklmnop; eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.x',
  );
  expect(said).not.toMatch(/bm90|hunter22|def123|abcdefgh|eyJ/);
});

test('the password in an address is not shown, with or without a user, also if it contains an @', () => {
  for (const address of [
    'https://user:pa55word@host',
    'https://:pa55word@host:1',
    'https://user:pa55@word@host',
    'https://user:pa55/word@host',
    'https://me:pa55word@host:99999',
  ])
    expect(withoutCredentials(`"${address}" is not a URL.`)).not.toMatch(/pa55|word/);
  for (const address of ['https://host:8080/a', 'https://host:8080/a@b']) expect(withoutCredentials(address)).toBe(address);
});

test('the password in an address of Azure is in no report, and an address before another one with an @ is whole', () => {
  const known = new Secrets();
  for (const address of ['https://user:pa55word@host', 'https:&#8203;//:pa55word@&#8203;host', 'amqps://u:pa55&amp;word@host'])
    expect(known.fromText(`x,"${address}",y`)).toBe(`x,"${address.replace(/pa55.*word/, '(sensitive value)')}",y`);
  for (const text of ['http://localhost:3000,pass,team@contoso.com', '<li>http://localhost:3000</li><li>a@b</li>', 'https://h:80/a@b'])
    expect(known.fromText(text)).toBe(text);
});

test('a token is found after a word of any length, and a value without a name after spaces', () => {
  for (const before of ['', 'id-', `${'a1-'.repeat(40)}`, `eyJ-${'b'.repeat(70)}-`])
    expect(withoutCredentials(`${before}eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.x`)).not.toContain('eyJzdWIiOiIxIn0');
  const known = new Secrets();
  known.learn('Server=tcp:x; =Kx9fqwe12;Database=y');
  expect(known.fromQuote('Kx9fqwe12 is not valid')).not.toContain('Kx9');
});

test('memory stays limited, and the newest secrets are known', () => {
  const known = new Secrets();
  const value = (number: number) => `k${number}Q${(number * 7919).toString(36)}X${(number * 104_729).toString(36)}Z9`;
  for (let number = 0; number < 6000; number++) known.learn(value(number));
  expect(known.fromText(`x ${value(5999)} y`)).toBe('x (sensitive value) y');
});

const WORDS = ['shop', 'orders', 'payments', 'production', 'contoso', 'billing', 'europe', 'internal'];

test('a word in a setting stays readable inside names of resources, and is masked where it is alone', () => {
  const word = fc.constantFrom(...WORDS);
  const name = fc
    .tuple(fc.constantFrom('rg', 'fn', 'kv', 'st01'), fc.constantFrom('-', '_', '.'))
    .map(([kind, joint]) => `${kind}${joint}`);
  fc.assert(
    fc.property(word, name, fc.boolean(), (secret, prefix, isLast) => {
      const known = new Secrets();
      known.learn(secret);
      const resource = isLast ? `${prefix}${secret}` : `${secret}-${prefix}1`;
      const sentence = `It hangs together with ${resource}.`;
      expect(known.fromQuote(sentence)).toBe(sentence);
      if (secret.length > 5) expect(known.fromQuote(`The value '${secret}' is refused: ${secret}.`)).not.toContain(secret);
    }),
    { numRuns: 200, seed: 19 },
  );
});

test('a secret that is no word is masked inside other text, and so is a credential that is a word', () => {
  const letters = fc.string({
    unit: fc.constantFrom(...'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'),
    minLength: 12,
    maxLength: 40,
  });
  const around = fc.constantFrom('', '-', '_', '.', '/', 'rg-', 'x', '=');
  fc.assert(
    fc.property(letters, around, around, (random, before, after) => {
      const known = new Secrets();
      const secret = `${random}7q`;
      known.learn(secret);
      expect(known.fromQuote(`Refused: ${before}${secret}${after}`).toLowerCase()).not.toContain(secret.toLowerCase());
    }),
    { numRuns: 300, seed: 19 },
  );
  const known = new Secrets();
  known.learnAll({ db_password: 'sunflower' });
  expect(known.fromQuote('Login failed: user-sunflower.')).not.toContain('sunflower');
});

test('an answer with more secrets than can be remembered takes no more time, and is not quoted after it', () => {
  class Counted extends Secrets {
    learned = 0;
    override learn(text: string, isSure?: boolean): void {
      this.learned += 1;
      super.learn(text, isSure);
    }
  }
  const known = new Counted();
  const settings = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`S${index}`, `Password=x${index}`]));
  known.learnAll({ properties: settings });
  known.learnAll({ properties: settings });
  expect(known.learned).toBeLessThanOrEqual(2000);
  expect(known.fromQuote("The value 'x99999' is refused.")).toBe('(sensitive value)');
  expect(known.fromQuote('AuthorizationFailed')).toBe('AuthorizationFailed');
});

test('a malformed Key Vault reference hides its secrets, and no word of the platform', () => {
  const known = new Secrets();
  known.learn('@Microsoft.KeyVault(SecretUri=https://kv.vault.azure.net/secrets/pay?sig=Zq7xAb9cD3Kp2', true);
  const action = "Action: 'Microsoft.KeyVault/vaults/secrets/getSecret/action'";
  expect(known.fromText(action)).toBe(action);
  expect(known.fromQuote(action)).toBe(action);
  expect(known.fromText('it was Zq7xAb9cD3Kp2')).toBe('it was (sensitive value)');
});

test('a setting with the id of a resource or a resource type hides no ids in a report', () => {
  const id = (name: string) =>
    `/subscriptions/d1a7c0de-0001-4f6e-8b1a-c0ffee000001/resourceGroups/rg-shop/providers/Microsoft.Storage/storageAccounts/${name}`;
  const known = new Secrets();
  known.learn(id('stfnorders'));
  known.learn('Microsoft.Network/virtualNetworks/vnet-hub/subnets/apps');
  known.learn('storageAccounts');
  for (const text of [id('stfnorders'), id('stfnevents'), '/providers/Microsoft.Network/virtualNetworks/vnet-shop'])
    expect(known.fromText(text)).toBe(text);
  // As SECURITY.md says: in an id, a password cannot be distinguished from a name.
  known.learn(`${id('Passw0rd-Hunter22')}`);
  expect(known.fromText('it said Passw0rd-Hunter22')).toContain('Passw0rd-Hunter22');
  known.learn('/subscriptions/d1a7c0de-0001-4f6e-8b1a-c0ffee000001/Zq7xAb9cD3Kp2Lm5');
  expect(known.fromText('it said Zq7xAb9cD3Kp2Lm5')).not.toContain('Zq7xAb9c');
  known.learn(`${id('stfnorders')}?sig=Zq7xAb9cD3Kp2Lm4`);
  expect(known.fromText('it said Zq7xAb9cD3Kp2Lm4')).not.toContain('Zq7xAb9c');
});

test('a line that was shown before its secret was known is masked when it is shown again', () => {
  const known = new Secrets();
  known.learn('another-Secret-77-zzz');
  const line = `deployed with ${KEY}`;
  expect(known.fromText(line)).toBe(line);
  expect(known.fromText(line), 'looked at once').toBe(line);
  known.learn(KEY);
  expect(known.fromText(line)).not.toContain(KEY.slice(0, 8));
});

test('the shortest part of a secret is found anywhere in a text, after words of any length', () => {
  const scrubber = new Secrets();
  scrubber.learn('Q7xA9b2C', true);
  for (let before = 0; before < 20; before++)
    for (let word = 0; word < 9; word++)
      for (const after of ['', ' ', ' . x ', ' short', ' of many letters'])
        expect(scrubber.fromText(`${' '.repeat(before)}${'w'.repeat(word)} Q7xA9b2C${after}`)).not.toMatch(/q7xa9b2c/i);
  const apart = 'Q7xA9b2 C Q7xA 9b2C ab-cd-ef-gh';
  expect(scrubber.fromText(apart)).toBe(apart);
});

test('the time in the name of a release does not hide the name of a run, and the rest of the value is still a secret', () => {
  const known = new Secrets();
  known.learn('main-20261130T191711Z');
  known.learn('20261130T191711Z-aB3dE5fG7h');
  expect(known.fromText('Run: 20261130T191712345Z-42ae')).toBe('Run: 20261130T191712345Z-42ae');
  expect(known.fromText('x aB3dE5fG7h')).toBe('x (sensitive value)');
  expect(known.fromQuote('bad main-20261130T191711Z')).toBe('bad (sensitive value)');
});

test('a setting with several GUIDs does not hide the ids of resources, and is masked as a whole', () => {
  const [id, other] = ['d1a7c0de-0001-4f6e-8b1a-c0ffee000001', '6d6e6717-79d7-48ca-a107-b1fdbacf21e9'];
  const resource = `/subscriptions/${id}/resourceGroups/rg-shop`;
  for (const value of [`${id},${other}`, `{${id}}`, `tenants: ${id} ${other}`]) {
    const known = new Secrets();
    known.learn(value);
    expect(known.fromText(resource)).toBe(resource);
    expect(known.fromText(`"${value}"`)).toBe('"(sensitive value)"');
  }
  const mixed = new Secrets();
  mixed.learn(`${id}:aB3dE5fG7hJ9kL2m`);
  expect(mixed.fromText(`${resource} aB3dE5fG7hJ9kL2m`)).toBe(`${resource} (sensitive value)`);
});

test('IP ranges in a setting hide nothing in the forms of lists: JSON, lines, parts with names, a last comma', () => {
  const known = new Secrets();
  const lists = ['["198.51.100.0/26"]', '198.51.100.0/26,', 'agents=198.51.100.0/26;office=203.0.113.7', '2001:db8::1 | 198.51.100.0/26'];
  for (const list of [...lists, '{"agents":"198.51.100.0/26"}', '198.51.100.0/26\n203.0.113.0/24\n']) known.learn(list);
  const rules = '"198.51.100.0/26" "203.0.113.7/32" "2001:db8::1/128"';
  expect(known.fromText(rules)).toBe(rules);
  known.learn('1f2e:3d4c:5b6a:7988:1f2e:3d4c:5b6a:7989');
  expect(known.fromText('key 1f2e:3d4c:5b6a:7988:1f2e:3d4c:5b6a:7989')).toBe('key (sensitive value)');
});
