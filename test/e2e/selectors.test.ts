/** Answers files that select apps by patterns and tags, through the command. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inside } from '../helpers/inside.ts';
import { world, type World } from '../helpers/world.ts';

const FTP = 'steps: { deployment-credentials: { controls: { ftp: { decision: apply } } } }';

async function planned(here: World, apps: string, ...more: string[]) {
  const file = join(here.folder, 'answers.yaml');
  await writeFile(file, `version: 1\napps:\n${apps.replace(/^/gm, '  ')}\n`);
  const { code, stdout, stderr } = await inside(here, ['plan', file, '--json', ...more]);
  const { changes } = JSON.parse(stdout || '{"changes":[]}') as { changes: { app: string }[] };
  return { code, stderr, apps: [...new Set(changes.map(({ app }) => app))] };
}

test('an answers file with patterns and tags only selects the matching apps', async () => {
  const here = await world();
  expect((await planned(here, `fn-b*: { ${FTP} }\nfn-*/staging: { ${FTP} }`)).apps).toEqual(['fn-billing/staging']);
  const tagged = await planned(here, `tag:env=prod,team=events: { ${FTP} }\nfn-intake: { ${FTP} }`);
  expect([tagged.apps, tagged.stderr]).toEqual([['fn-events', 'fn-intake'], '']);
});

test('a pattern without a match is a note; a name without a match is an error', async () => {
  const here = await world();
  const { code, stderr, apps } = await planned(here, `fn-i*: { ${FTP} }\nfn-x*: { ${FTP} }\ntag:env=qa: { ${FTP} }`, '--all');
  expect([code, apps]).toEqual([2, ['fn-intake']]);
  expect(stderr).toBe(
    'NOTE: The entry "fn-x*" under "apps:" of the answers file matches no app of this run.\nNOTE: The entry "tag:env=qa" under "apps:" of the answers file matches no app of this run.\n',
  );
  const named = await planned(here, `fn-i*: { ${FTP} }\nfn-xyz: { ${FTP} }`);
  expect([named.code, named.apps]).toEqual([1, ['fn-intake']]);
  expect(named.stderr).toContain('Function app "fn-xyz" was not found');
  const none = await planned(here, `fn-x*: { ${FTP} }`);
  expect(none.code).toBe(1);
  expect(none.stderr).toContain('No function app matches, or you have no permission to read it.');
});

test('answers from several keys are combined and checked for each app, before anything is sent', async () => {
  const here = await world();
  const scm = (answers: string) => `steps: { scm: { decision: apply, answers: { ${answers} } } }`;
  const { code, stderr } = await planned(
    here,
    `tag:env=prod: { ${scm('sameAsMain: true')} }\nfn-events: { ${scm('rules: [{ name: office, priority: 100, action: Allow, ip: 203.0.113.0/24 }]')} }`,
  );
  expect(code).toBe(64);
  expect(stderr).toMatch(
    /contains contradictions\. Nothing was sent\.\n.*answers\.yaml:4:\d+: fn-events: scm: cannot be combined with sameAsMain: true/,
  );
});

test('areas from different keys that want different values for one property are refused, with both places', async () => {
  const here = await world();
  const office = 'rules: [{ name: office, priority: 100, action: Allow, ip: 203.0.113.0/24 }], defaultAction: Allow';
  const { code, stderr } = await planned(
    here,
    `tag:env=prod: { steps: { access-restrictions: { decision: apply, answers: { ${office} } } } }
fn-events: { steps: { gateway: { decision: apply, answers: { frontDoorId: 6c1b1f9e-2f0a-4f55-9d3e-8a7f3b0c2d11 } } } }`,
  );
  expect(code).toBe(64);
  expect(stderr).toMatch(/answers\.yaml:3:\d+: fn-events: access-restrictions: contradicts the answer frontDoorId of area gateway/);
  expect(stderr).toMatch(/answers\.yaml:4:\d+: fn-events: gateway: contradicts the answer defaultAction of area access-restrictions/);
});
