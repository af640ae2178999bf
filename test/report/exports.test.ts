/** Files for infrastructure as code: text from outside can never be more than a text in them. */
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyText } from '../helpers/any-text.ts';
import { containsJson } from '../../src/change/json-paths.ts';
import type { RecordedRun } from '../../src/change/undo-log.ts';
import { ABSENT, plain, type Value, desiredValue } from '../../src/change/value.ts';
import { later } from '../../src/contract/index.ts';
import type { Edit } from '../../src/change/edit.ts';
import { az, quoted } from '../../src/report/exports/az.ts';
import { scriptHead } from '../../src/report/exports/az-script.ts';
import { bicep } from '../../src/report/exports/bicep.ts';
import { fromRun, type ExportedChange } from '../../src/report/exports/exported-changes.ts';
import type { Exported } from '../../src/report/exports/file.ts';
import { Identifiers, placeOf } from '../../src/report/exports/identifiers.ts';
import { BICEP, HCL } from '../../src/report/exports/literals.ts';
import { walled } from '../../src/text/plain.ts';
import { policyAz, policyBicep } from '../../src/report/exports/policy-files.ts';
import { policyPlan } from '../../src/report/exports/policy.ts';
import { terraform } from '../../src/report/exports/terraform.ts';
import type { Json } from '../../src/azure/index.ts';
import { catalogue } from '../../steps/index.ts';
import { lacksTools } from '../helpers/fake-az.ts';

const ORIGIN = { version: 'test', from: 'answers.yaml', base: 'harden' };
const SITE = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/app';
const HOSTILE = [
  `'`,
  `"`,
  '`',
  '$',
  '${',
  '%{',
  '$${',
  '$(',
  '{',
  '}',
  '\\',
  '\n',
  '\r',
  '#',
  '//',
  '/*',
  ' ',
  ';',
  '&',
  '\u2028',
  '\u202E',
  'a',
  'é',
  '😀',
  "'''",
  'EOF',
  'JSON',
];
const hostile = fc.oneof(
  fc.array(fc.constantFrom(...HOSTILE), { maxLength: 8 }).map((parts) => parts.join('')),
  anyText(12),
);

const TARGET = { id: SITE, name: 'app', label: 'app', resourceGroup: 'g', subscriptionId: 's' };
const UNKNOWN = { kind: 'digest', sha256: '' } as const;

const changeWith = (text: string): ExportedChange[] => {
  const base = {
    app: text,
    target: SITE,
    controls: [text],
    apiVersion: '2024-11-01',
    beside: [],
    risk: 'safe',
    undo: 'exact',
    restarts: false,
    waits: [text],
  } as const;
  const body = { properties: { workspaceId: text, logs: [{ category: text, [text || 'x']: [1, 1.5, true, null, text] }] } };
  return [
    {
      ...base,
      number: 1,
      key: 'siteConfig',
      resource: `${SITE}/config/web`,
      method: 'PATCH',
      does: 'set',
      sets: [{ path: 'properties.cors.allowedOrigins', before: plain([text]), after: plain([text]) }],
    },
    {
      ...base,
      number: 2,
      key: 'site',
      resource: SITE,
      method: 'PATCH',
      does: 'set',
      sets: [{ path: 'properties.clientCertExclusionPaths', before: plain(text), after: plain(text) }],
    },
    {
      ...base,
      number: 3,
      key: 'appSettings',
      resource: `${SITE}/config/appsettings`,
      method: 'PUT',
      does: 'set',
      sets: [
        { path: `properties[${JSON.stringify(text)}]`, before: UNKNOWN, after: plain(text) },
        { path: 'properties.Gone', before: UNKNOWN, after: plain(null) },
      ],
    },
    {
      ...base,
      number: 4,
      key: 'diagnosticSettings',
      resource: `${SITE}/providers/Microsoft.Insights/diagnosticSettings/${text.replaceAll('/', '') || 'x'}`,
      method: 'PUT',
      does: 'make',
      sets: [{ path: '', before: plain(null), after: plain(body) }],
    },
    { ...base, number: 5, key: 'publishingPassword', resource: `${SITE}/newpassword`, method: 'POST', does: 'call', call: text, sets: [] },
    {
      ...base,
      number: 6,
      key: 'roleAssignments',
      resource: `${SITE}/providers/Microsoft.Authorization/roleAssignments/1`,
      method: 'DELETE',
      does: 'remove',
      sets: [{ path: '', before: plain(body), after: plain(null) }],
    },
  ];
};

interface Token {
  readonly kind: 'text' | 'word' | 'sign';
  readonly value: string;
}

/** Enough of a reader for both languages: comments, texts with their escapes, words, signs; throws where something is open. */
function tokens(source: string, language: 'bicep' | 'hcl'): Token[] {
  const quote = language === 'bicep' ? "'" : '"';
  const sign = language === 'bicep' ? ['$'] : ['$', '%'];
  const list: Token[] = [];
  const open: string[] = [];
  for (let at = 0; at < source.length;) {
    const rest = source.slice(at);
    const skip = (language === 'bicep' ? /^(\s+|\/\/[^\n\r]*)/ : /^(\s+|#[^\n\r]*)/).exec(rest)?.[0];
    if (skip) {
      at += skip.length;
      continue;
    }
    if (source[at] === quote) {
      let value = '';
      for (at++; source[at] !== quote;) {
        const character = source[at];
        if (character === undefined || character === '\n' || character === '\r') throw new Error(`a text is not closed: ${value}`);
        const escape = /^\\(?:u\{([0-9a-f]+)\}|u([0-9a-f]{4})|U([0-9a-f]{8})|(.))/s.exec(source.slice(at));
        const doubled = language === 'hcl' ? /^(\$\$|%%)\{/.exec(source.slice(at)) : null;
        if (escape) {
          const [all, braced, four, eight, plain] = escape;
          const code = language === 'bicep' ? braced : (four ?? eight);
          if (code === undefined && !`\\${quote}nrt${language === 'bicep' ? '$' : ''}`.includes(plain ?? ' '))
            throw new Error(`unknown escape ${all}`);
          value += code === undefined ? ({ n: '\n', r: '\r', t: '\t' }[plain!] ?? plain) : String.fromCodePoint(Number.parseInt(code, 16));
          at += all.length;
        } else if (doubled) {
          value += `${doubled[1]![0]}{`;
          at += 3;
        } else {
          if (sign.includes(character) && source[at + 1] === '{') throw new Error('an expression inside a text');
          value += character;
          at++;
        }
      }
      at++;
      list.push({ kind: 'text', value });
      continue;
    }
    const word = /^\w+/.exec(rest)?.[0];
    const value = word ?? source[at]!;
    if (!word && !/[{}[\]().,:=@?!<>~]/.test(value)) throw new Error(`unexpected ${JSON.stringify(value)}`);
    if ('{[('.includes(value)) open.push(value);
    if ('}])'.includes(value) && open.pop() !== { '}': '{', ']': '[', ')': '(' }[value]) throw new Error(`unbalanced ${value}`);
    list.push({ kind: word ? 'word' : 'sign', value });
    at += value.length;
  }
  if (open.length > 0) throw new Error('not closed');
  return list;
}

const shape = (source: string, language: 'bicep' | 'hcl'): string =>
  tokens(source, language)
    .map(({ kind, value }) => (kind === 'sign' ? value : kind))
    // A member's name is a text or a word, as it needs.
    .join(' ')
    .replaceAll(/text|word/g, 'x');
const safe = (text: string): string => text.replaceAll(/[\uD800-\uDFFF]/gu, '\uFFFD');
const whole = ({ files }: Exported): string => files.map(({ text }) => text).join('\n');

describe.each([
  ['bicep', bicep, BICEP],
  ['hcl', terraform, HCL],
] as const)('%s', (language, write, { text: literal }) => {
  test('a text is read back unchanged', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(tokens(literal(text), language)).toEqual([{ kind: 'text', value: safe(text) }]);
      }),
    );
  });

  test('the cleaning of output changes no text', () => {
    const text = 'a\u200bb\u034fc\u{e0041}d\u202ee ##vso[task.complete]f ##[error]g';
    const code = literal(text);
    expect(walled(code, false)).toBe(code);
    expect(tokens(code, language)).toEqual([{ kind: 'text', value: text }]);
  });

  test('a file has the same structure with any names and values', () => {
    const plain = shape(whole(write(changeWith('plain'), ORIGIN)), language);
    fc.assert(
      fc.property(hostile, (any) => {
        // Terraform converts other texts, so such changes are left out.
        const text = any.normalize('NFC');
        const file = whole(write(changeWith(text || 'x'), ORIGIN));
        expect(shape(file, language)).toBe(plain);
        expect(tokens(file, language).some(({ value }) => value === safe(text || 'x'))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test('the same changes give the same file', () => {
    expect(write(changeWith('a'), ORIGIN)).toEqual(write(changeWith('a'), ORIGIN));
  });
});

const needsBash = lacksTools() ? test.skip : test;
describe('az', () => {
  needsBash(`a shell reads back every word${lacksTools() ? ` (skipped: ${lacksTools()})` : ''}`, () => {
    const texts = fc.sample(hostile, 300).map((text) => safe(text.replaceAll('\0', '')));
    const { stdout } = spawnSync('bash', ['-s'], { input: `printf '%s\\0' ${texts.map(quoted).join(' ')}`, encoding: 'utf8' });
    expect(stdout.split('\0').slice(0, -1)).toEqual(texts);
  });

  needsBash('names and values reach the functions as they are, and nothing else is run', () => {
    const samples = fc.sample(hostile, 40).map((text) => safe(text.replaceAll('\0', '')) || 'x');
    const calls = samples.map((text) => {
      const script = whole(az(changeWith(text), ORIGIN));
      return script.slice(script.indexOf('\n# 1. '), script.indexOf('\nif [ "$DRY_RUN"'));
    });
    const stub = `set -eu\nPATH=\nsay() { printf '%s\\0' "$@"; while IFS= read -r line; do :; done; }\n`;
    const names = ['patch', 'merge', 'make', 'rotate', 'remove'].map(
      (name) => `${name}() { say ${name} "$@"${name === 'remove' ? ' </dev/null' : ''}; }\n`,
    );
    const ran = spawnSync('bash', ['-s'], { input: `${stub}${names.join('')}${calls.join('\n')}`, encoding: 'utf8' });
    expect(ran.stderr).toBe('');
    const words = ran.stdout.split('\0');
    expect(words.filter((word) => ['patch', 'merge', 'make', 'rotate', 'remove'].includes(word))).toHaveLength(samples.length * 6);
    for (const text of samples)
      expect(words).toContain(`${SITE}/providers/Microsoft.Insights/diagnosticSettings/${text.replaceAll('/', '') || 'x'}`);
  });

  needsBash('its jq compares as the tool does', () => {
    const value = fc.letrec<{ value: Json }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom<Json>(null, true, 0, 'a', '/subscriptions/A/x', '/subscriptions/a/x'),
        fc.array(tie('value'), { maxLength: 2 }),
        fc.dictionary(fc.constantFrom('a', 'b'), tie('value'), { maxKeys: 2 }),
      ),
    })).value;
    const pairs = fc.sample(fc.tuple(value, value), 400).map(([have, want], index) => [index % 3 === 0 ? want : have, want] as const);
    const [, lib = ''] = /<<'JQ'\n([\s\S]*?)\nJQ\n/.exec(scriptHead({ version: '', from: '', changes: 0, left: 0 })) ?? [];
    const { stdout, stderr } = spawnSync('jq', ['-c', `${lib} map(shows(.[0]; .[1]; false))`], {
      input: JSON.stringify(pairs),
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual(pairs.map(([have, want]) => containsJson(have, want)));
  });
});

test('a run exports its applied changes; values that are only described are read again, or left out', () => {
  const intent = {
    type: 'intent',
    at: '',
    app: 'app',
    target: SITE,
    step: 's',
    controls: ['s.c'],
    instance: false,
    method: 'PUT',
    apiVersion: '2024-11-01',
    body: null,
    risk: 'safe',
    undo: 'none',
  } as const;
  const vault = '/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v/secrets/x';
  const of = (change: number, key: string, resource: string, after: Record<string, Value>) => ({
    ...intent,
    change,
    key,
    resource,
    path: resource,
    edits: Object.entries(after).map(([path, value]) => ({ path, before: ABSENT, after: value })),
  });
  const intents = [
    of(1, 'vaultSecret', vault, {
      '': desiredValue({ properties: { value: later({ from: 'setting', name: 'My.Setting' }) } }),
    }),
    of(2, 'appSettings', `${SITE}/config/appsettings`, {
      'properties.A': desiredValue(later({ from: 'vault-secret', id: vault })),
      'properties.B': plain('Production'),
    }),
    of(3, 'appSettings', `${SITE}/config/appsettings`, { 'properties.A': UNKNOWN }),
    of(4, 'brandNew', `${SITE}/new`, { 'properties.A': plain(1) }),
    of(5, 'siteConfig', `${SITE}/config/web`, { 'properties.http20Enabled': plain(true) }),
  ];
  const recorded = {
    run: 'r',
    state: 'done',
    start: { targets: [TARGET] },
    changes: intents.map((one) => ({ intent: one, state: one.change === 5 ? 'undone' : 'applied' })),
  };
  const changes = fromRun(recorded as unknown as RecordedRun);
  expect(changes.map(({ lost }) => lost)).toEqual([
    undefined,
    expect.stringContaining('the secret x'),
    expect.stringContaining('not stored anywhere'),
    expect.stringContaining('brandNew'),
  ]);
  for (const write of [az, bicep, terraform]) {
    const { left, ...file } = write(changes, ORIGIN);
    expect(left).toBe(3);
    expect(whole({ left, ...file })).toContain('Not in this file');
  }
  expect(whole(az(changes, ORIGIN))).toMatch(/keep_secret .*\n(.*\n)*.*"My\.Setting"/);
});

test('no text before a value that is read later makes a template of it, or a text of the value', () => {
  const parts = ['a$', { from: 'principal' }, '%', { from: 'tenant' }, '$'] as const;
  expect(HCL.joined(parts, ({ from }) => from)).toBe('"a\\u0024${principal}\\u0025${tenant}\\u0024"');
  expect(BICEP.joined(parts, ({ from }) => from)).toBe("'a\\$${principal}%${tenant}\\$'");
});

test('Terraform gets no text that it would convert', () => {
  const [change] = changeWith('e\u0301');
  const { left, ...file } = terraform(change ? [change] : [], ORIGIN);
  expect(left).toBe(1);
  expect(whole({ left, ...file })).toContain('Not in this file: Terraform converts its text to the Unicode form NFC');
});

test('each resource group has its own Bicep file, whatever its name', () => {
  const groups = ['prod', '_prod', '-prod', '集团', '生产', 'part', '2', '_2', 'AppSettings', 'a-b', 'a_b'];
  const changes = changeWith('x').flatMap((change) =>
    groups.map((group) => {
      const target = SITE.replace('/g/', `/${group}/`);
      return { ...change, target, resource: change.resource.replace(SITE, target) };
    }),
  );
  const names = bicep(changes, ORIGIN).files.map(({ name }) => name.toLowerCase());
  expect(new Set(names).size).toBe(groups.length + 2);
});

needsBash('the name of a setting adds no request to the script', () => {
  const vault = '/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v/secrets/x';
  const name = `A\n\u001fDELETE\u001f${SITE}\u001f2024-11-01\u001f[]`;
  const [base] = changeWith('x');
  const after = desiredValue({ properties: { value: later({ from: 'setting', name }) } });
  const change = { ...base, key: 'vaultSecret', resource: vault, method: 'PUT', does: 'make', sets: [{ path: '', before: ABSENT, after }] };
  const script = whole(az([change as ExportedChange], ORIGIN));
  const fake = `az() { echo "az $*" >>"$CALLS"; case "$*" in *list*) echo '{"properties":{}}' ;; *) echo "Not Found" >&2; return 1 ;; esac; }\n`;
  const ran = spawnSync('bash', ['-c', `CALLS=$(mktemp); ARM_ENDPOINT=http://x; DRY_RUN=1\n${fake}${script}\ncat "$CALLS"; rm "$CALLS"`], {
    encoding: 'utf8',
  });
  expect(ran.stdout, ran.stderr).toContain('--method POST');
  expect(ran.stdout).not.toContain('DELETE');
});

test('in Terraform each app is a chain of its own, and waits for another app only at a shared resource', () => {
  const change = (number: number, app: string, resource: string): ExportedChange => ({
    number,
    app,
    target: `/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/${app}`,
    controls: ['https.https-only'],
    key: resource.includes('/sites/') ? 'site' : 'storageAccounts',
    resource,
    method: 'PATCH',
    apiVersion: '2024-11-01',
    does: 'set',
    sets: [
      { path: resource.includes('/sites/') ? 'properties.httpsOnly' : 'properties.minimumTlsVersion', before: ABSENT, after: plain(true) },
    ],
    beside: [],
    risk: 'safe',
    undo: 'exact',
    restarts: false,
    waits: [],
  });
  const site = (app: string) => `/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/${app}`;
  const account = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/shared';
  const [file] = terraform(
    [change(1, 'a', site('a')), change(2, 'b', site('b')), change(3, 'a', account), change(4, 'b', account)],
    ORIGIN,
  ).files;
  const chains = [...file!.text.matchAll(/resource "\w+" "(\w+)" \{(?:(?!\n\}\n)[\s\S])*?(?:depends_on {2}= \[(.*)\])?\n\}\n/g)].map(
    ([, name, before = '']) => [name, before],
  );
  expect(chains).toEqual([
    ['sites_a', ''],
    ['sites_b', ''],
    ['storageAccounts_shared', 'azapi_update_resource.sites_a'],
    ['storageAccounts_shared_2', 'azapi_update_resource.sites_b, azapi_update_resource.storageAccounts_shared'],
  ]);
  expect(file!.text).toContain('# https_only = true\n');
});

test('in Terraform, access rules are written as Azure returns them, so that a second plan is empty', () => {
  const office = { ipAddress: '203.0.113.0/24', action: 'Allow', priority: 200, name: 'office' };
  const build = { ipAddress: '198.51.100.0/26', action: 'Allow', priority: 100, name: 'build' };
  const edit = (name: string, to: Json): Edit => ({ path: `properties.${name}`, before: ABSENT, after: plain(to) });
  const bodyOf = (...sets: readonly Edit[]): string =>
    whole(
      terraform(
        [
          {
            number: 1,
            app: 'app',
            target: SITE,
            controls: ['access-restrictions.rules'],
            key: 'siteConfig',
            resource: `${SITE}/config/web`,
            method: 'PATCH',
            apiVersion: '2024-11-01',
            does: 'set',
            sets,
            beside: [],
            risk: 'lock-out',
            undo: 'exact',
            restarts: false,
            waits: [],
          },
        ],
        ORIGIN,
      ),
    );
  const both = bodyOf(edit('ipSecurityRestrictions', [office, build]), edit('ipSecurityRestrictionsDefaultAction', 'Deny'));
  expect([...both.matchAll(/"(?:name|ipAddress)" = "(.*)"/g)].map(([, value]) => value)).toEqual([
    '198.51.100.0/26',
    'build',
    '203.0.113.0/24',
    'office',
    'Any',
    'Deny all',
  ]);
  expect(both).not.toContain('each plan shows');
  // The default action of the app is not in the file.
  const alone = bodyOf(edit('ipSecurityRestrictions', [office]));
  expect(alone).not.toContain('"Any"');
  expect(alone).toContain('each plan shows this row as a difference');
});

test('identifiers are unique, and ids of no resource are none', () => {
  fc.assert(
    fc.property(fc.array(hostile, { maxLength: 6 }), (words) => {
      const names = new Identifiers();
      const given = words.map((word) => names.nameFor('r', word));
      expect(new Set(given.map((one) => one.toLowerCase())).size).toBe(given.length);
      for (const one of given) expect(one).toMatch(/^[a-z_]\w*$/i);
    }),
  );
  expect(placeOf(`${SITE}/slots/staging/providers/Microsoft.Insights/diagnosticSettings/x`)).toEqual({
    subscription: 's',
    group: 'g',
    type: 'Microsoft.Insights/diagnosticSettings',
    names: ['x'],
    on: { type: 'Microsoft.Web/sites/slots', names: ['app', 'staging'] },
  });
  for (const wrong of ['', '/', `${SITE}/config`, '/subscriptions/s', 'https://x/subscriptions/s/providers/a/b/c'])
    expect(placeOf(wrong)).toBeUndefined();
});

describe('policy', () => {
  const named = catalogue.flatMap(({ controls }) => controls.flatMap(({ policy }) => policy ?? []));

  test('each definition has a unique id and name', () => {
    expect(named.length).toBeGreaterThan(30);
    const all = named.flatMap(({ id, slot, fix }) => [id, slot, fix?.id, fix?.slot].filter((one) => one !== undefined));
    expect(new Set(all).size).toBe(all.length);
    for (const id of all) expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(new Set(all.map((id) => id.slice(0, 8))).size, 'names of assignments').toBe(all.length);
  });

  const target = {
    id: SITE,
    name: 'app',
    label: 'app',
    resourceGroup: 'g',
    subscriptionId: 's',
    location: 'w',
    kind: 'functionapp',
    tags: {},
  };
  const accept = (reason: string, until: string) => ({ decision: 'accept', by: 'Dana', reason, until }) as const;
  const decided = (reason: string) => [
    {
      target,
      decisions: {
        https: { decision: { decision: 'apply' as const }, answers: {}, controls: {} },
        ftp: { decision: { decision: 'apply' as const }, answers: {}, controls: {} },
      },
    },
    {
      target: { ...target, id: `${SITE}/slots/staging`, slot: 'staging', label: 'app/staging' },
      decisions: {
        https: { answers: {}, controls: { 'https-only': accept(reason, '2027-01-31'), 'min-tls': accept(reason, '2020-01-31') } },
      },
    },
  ];

  test('the effect applies as far as the definition, and an exception becomes an exemption until its date', () => {
    const plan = policyPlan(catalogue, decided('legacy'), 'deny', '2026-11-24');
    const effects = Object.fromEntries(plan.assignments.map(({ definition, effect }) => [definition.slice(0, 8), effect]));
    expect(effects).toMatchObject({ '6d555dd1': 'Deny', '5e5dbe3f': 'Deny', f9d614c5: 'AuditIfNotExists', '399b2637': 'AuditIfNotExists' });
    expect(plan.exemptions).toEqual([
      expect.objectContaining({ assignment: 'func-harden-5e5dbe3f', until: '2027-01-31T23:59:59Z', why: 'Accepted by Dana: legacy' }),
    ]);
    expect(plan.notes).toEqual([expect.stringContaining('the exception has expired')]);
    expect(plan.uncovered).toContain('https.scm-min-tls');
    const repairing = policyPlan(catalogue, decided('legacy'), 'modify', '2026-11-24').assignments;
    expect(repairing.find(({ definition }) => definition.startsWith('a096cbd0'))).toMatchObject({
      effect: 'Modify',
      roles: [expect.any(String)],
    });
  });

  test('Deny names what it refuses although it cannot have the value; an audit refuses nothing', () => {
    const decisions = { https: decided('x')[0]!.decisions.https!, isolation: decided('x')[0]!.decisions.https! };
    const notesOf = (effect: 'deny' | 'audit', start: string) =>
      policyPlan(catalogue, [{ target, decisions }], effect, '2026-11-24').assignments.find(({ definition }) =>
        definition.startsWith(start),
      )?.notes;
    expect(notesOf('deny', '387140f1')?.slice(1)).toEqual([
      expect.stringMatching(/^Deny also affects Consumption: .*end-to-end encryption/),
      expect.stringMatching(/^Deny also affects Flex Consumption: /),
    ]);
    expect(notesOf('deny', '5f78d1de')?.slice(1)).toEqual([expect.stringContaining('only when it creates an app')]);
    expect(notesOf('deny', '72d04c29')?.slice(1)).toContain('This policy also applies to web apps.');
    expect(notesOf('deny', '6d555dd1')).toEqual(['https.https-only']);
    expect(notesOf('audit', '387140f1')).toEqual(['https.end-to-end']);
    const repairs = policyPlan(
      catalogue,
      [{ target, decisions: { 'private-access': decisions.https } }],
      'modify',
      '2026-11-24',
    ).assignments;
    expect(repairs.find(({ definition }) => definition.startsWith('cd794351'))?.notes.slice(1)).toEqual([
      expect.stringMatching(/^Modify can lock callers out of every resource that it changes/),
      'Modify also affects Consumption: a Consumption app cannot have a private endpoint.',
    ]);
    const text = (effect: 'deny' | 'audit') =>
      [policyBicep, policyAz].map((write) => whole(write(policyPlan(catalogue, [{ target, decisions }], effect, '2026-11-24'), ORIGIN)));
    for (const file of text('deny')) expect(file).toMatch(/effect Deny refuse each creation and each change/);
    for (const file of text('audit')) expect(file).not.toMatch(/Deny/);
  });

  test('outbound routing and local authentication of telemetry name the definitions that check the same', () => {
    const found = policyPlan(catalogue, [{ target, decisions: { isolation: decided('x')[0]!.decisions.https! } }], 'audit', '2026-11-24');
    expect(found.uncovered).not.toContain('isolation.route-all');
    expect(found.assignments.map(({ definition }) => definition.slice(0, 8))).toEqual(expect.arrayContaining(['32a913ec', '75c42c42']));
    expect(named).toContainEqual(expect.objectContaining({ id: '199d5677-e4d9-4264-9465-efe1839c06bd' }));
  });

  test('no reason can break the syntax of the files', () => {
    const plan = (reason: string) => policyPlan(catalogue, decided(reason), 'modify', '2026-11-24');
    const plain = shape(whole(policyBicep(plan('plain'), ORIGIN)), 'bicep');
    fc.assert(
      fc.property(hostile, (reason) => {
        expect(shape(whole(policyBicep(plan(reason), ORIGIN)), 'bicep')).toBe(plain);
      }),
      { numRuns: 40 },
    );
  });

  needsBash('the script gives az what it should, and no reason that az would read as a file or as an option', () => {
    const reason = `@/etc/hostname it's $(touch x) "legacy" \${HOME} x=@/etc/hostname`;
    const script = whole(policyAz(policyPlan(catalogue, decided(reason), 'modify', '2026-11-24'), ORIGIN));
    const fake = `az() { case "$1 $2" in "account show") echo s ;; *) echo "az $*" >&2; echo principal ;; esac; }\ncommand() { :; }\n`;
    const ran = spawnSync('bash', ['-s'], { input: fake + script, encoding: 'utf8' });
    expect(ran.status, ran.stderr).toBe(0);
    expect(ran.stderr).toContain(`--description=Accepted by Dana: ${reason}`);
    expect(ran.stderr).toContain('--name func-harden-a096cbd0');
    expect(ran.stdout).toMatch(/^assigned func-harden-a096cbd0$/m);
  });
});

test.each([
  ['another host', { path: '@evil.example/x', resource: '@evil.example/x' }],
  ['another path than the resource', { path: `${SITE}/config/appsettings` }],
  ['another app', { path: `${SITE}-other/config/web`, resource: `${SITE}-other/config/web` }],
  ['another place of the same app', { path: `${SITE}/config/authsettingsV2`, resource: `${SITE}/config/authsettingsV2` }],
  ['a path outside of the resource', { path: `${SITE}/../x`, resource: `${SITE}/../x` }],
  ['another subscription', { path: '/subscriptions/other/providers/x/y', resource: '/subscriptions/other/providers/x/y', instance: true }],
  [
    'the app itself, deleted',
    { key: 'site', path: SITE, resource: SITE, method: 'DELETE', edits: [{ path: '', before: plain({}), after: ABSENT }] },
  ],
  ['an invalid version', { apiVersion: '2024-11-01&x=y' }],
])('a run whose log names %s is not exported', (_, edited) => {
  const config = `${SITE}/config/web`;
  const intent = {
    change: 1,
    app: 'app',
    target: SITE,
    controls: [],
    key: 'siteConfig',
    resource: config,
    path: config,
    method: 'PATCH',
    apiVersion: '2024-11-01',
  };
  const rest = {
    instance: false,
    edits: [{ path: 'properties.http20Enabled', before: plain(false), after: plain(true) }],
    body: null,
    risk: 'safe',
    undo: 'exact',
  };
  const run = (more: object) =>
    fromRun({
      run: 'r',
      state: 'done',
      start: { targets: [TARGET] },
      changes: [{ intent: { ...intent, ...rest, ...more }, state: 'applied' }],
    } as unknown as RecordedRun);
  expect(run({})).toHaveLength(1);
  expect(() => run(edited)).toThrow(/The undo log of run r is damaged: .*Nothing was exported/);
});
