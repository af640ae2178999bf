/** Which writes are proven by a recording: the table matches the recordings, and the preview shows it. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RESOURCES } from '../../src/arm/resource-table.ts';
import { kindsOf, WRITE_KINDS, type WriteKind } from '../../src/arm/writes/write-proofs.ts';
import { KINDS } from '../../src/azure/index.ts';
import type { ResourceKey } from '../../src/azure/index.ts';
import { inside } from '../helpers/inside.ts';
import { NO_RECORDINGS, recordings, type Recorded } from '../helpers/recorded.ts';
import { strictAnswers } from '../helpers/strict.ts';
import { world } from '../helpers/world.ts';
import { withTable } from '../tools/first-contact.ts';
import { formatted } from '../tools/formatted.ts';

const all = recordings();
const when = test.skipIf(all.length === 0);
const SITE = String.raw`/Microsoft\.Web/sites/[^/]+(?:/slots/[^/]+)?`;

function placeOf({ key, member = '' }: WriteKind): RegExp {
  const { below, type = '' } = KINDS[key]!;
  if (key === 'accessKey') return new RegExp(`${SITE}/(?:host/default/\\w+keys|functions/[^/]+/keys)/[^/]+$`, 'i');
  const [namespace, ...types] = type.split('/');
  const at = below === undefined ? `/${namespace}/${types.map((one) => `${one}/[^/]+`).join('/')}` : `${SITE}${below}`;
  return new RegExp(`${at}${member.startsWith('accessPolicies/') ? `/${member}` : ''}$`, 'i');
}
const isSlot = ({ url }: Recorded) => /\/slots\//i.test(url);
const sets = ({ requestBody }: Recorded, member: string) => {
  const body = (requestBody ?? {}) as Record<string, Record<string, unknown> | null>;
  const value = member === 'identity' ? body['identity'] : body['properties']?.[member];
  return value !== undefined && value !== null;
};
/** Whether Azure accepted such a write in this exchange. */
const shows = (one: Recorded, kind: WriteKind): boolean =>
  one.method === kind.method &&
  one.status < 300 &&
  placeOf(kind).test(new URL(one.url).pathname) &&
  (kind.member === undefined || kind.member.includes('/') || sets(one, kind.member));

when(`each source is a recorded exchange in which Azure took such a write ${all.length === 0 ? NO_RECORDINGS : ''}`, () => {
  for (const kind of WRITE_KINDS)
    for (const { repo, path, index, apiVersion, slot, commit } of kind.sources) {
      const found = all.filter(
        ({ source }) => source.repo === repo && source.path === path && (index === undefined || source.index === index),
      );
      // A source that was compared with its repository is compared again if its recording is available.
      if (commit !== undefined && found.length === 0) continue;
      const fit = found.filter((one) => one.apiVersion === apiVersion && isSlot(one) === (slot === true) && shows(one, kind));
      expect(fit.length, `${kind.key} ${kind.method} ${kind.member ?? ''}: ${path} [${index}]`).toBeGreaterThan(0);
    }
});

when(`nothing that a recording shows is called unproven ${all.length === 0 ? NO_RECORDINGS : ''}`, () => {
  // A recorder without bodies shows only that there was a write.
  const missed = WRITE_KINDS.filter(({ sources }) => sources.length === 0).flatMap((kind) =>
    all.filter((one) => shows(one, kind)).map(({ file, at }) => `${kind.key} ${kind.method} ${kind.member ?? ''}: ${file} [${at}]`),
  );
  expect(missed).toEqual([]);
});

test('each resource kind that is written has one row in the table of proofs', () => {
  const written = (Object.keys(RESOURCES) as ResourceKey[]).filter((key) => RESOURCES[key].write !== null);
  for (const key of written) {
    const whole = RESOURCES[key].write!;
    expect(
      kindsOf({ method: whole, path: '' }, key, ['properties.x']).length +
        WRITE_KINDS.filter((one) => one.key === key || /^(siteIdentity|identityRoles)$/.test(key)).length,
      key,
    ).toBeGreaterThan(0);
  }
  const names = WRITE_KINDS.map(({ key, method, member }) => `${key} ${method} ${member ?? ''}`);
  expect(new Set(names).size).toBe(names.length);
});

test('each change of the sample subscription has a listed kind; JSON has the evidence for it', { timeout: 60_000 }, async () => {
  const here = await world();
  const file = join(here.folder, 'answers.json');
  await writeFile(file, strictAnswers(await here.state()));
  const { stdout } = await inside(here, ['plan', file, '--json']);
  const { changes } = JSON.parse(stdout) as {
    changes: { method: string; resource: string; evidence: string; diff: { path: string }[] }[];
  };
  expect(changes.length).toBeGreaterThan(50);
  const none = changes.filter(({ evidence }) => evidence === 'none');
  for (const { resource, diff } of none)
    expect(`${resource} ${diff.map(({ path }) => path).join(' ')}`).toMatch(/functionsRuntimeAdminIsolationEnabled|configreferences/);
  const evidenceAt = (pattern: RegExp, path: string) =>
    changes
      .filter(({ resource, diff }) => pattern.test(resource) && diff.length === 1 && diff[0]?.path === path)
      .map(({ evidence }) => evidence);
  expect(new Set(evidenceAt(/basicPublishingCredentialsPolicies/, 'properties.allow'))).toEqual(new Set(['schema']));
  expect(new Set(changes.filter(({ resource }) => resource.endsWith('config/appsettings')).map(({ evidence }) => evidence))).toEqual(
    new Set(['recording']),
  );
});

test('the preview marks an unproven write with one word, explains the word once, and marks no other write', async () => {
  const here = await world();
  const file = join(here.folder, 'answers.yaml');
  await writeFile(
    file,
    'version: 1\napps:\n  fn-orders:\n    steps:\n      remote-debugging: { decision: apply }\n      deployment-credentials: { decision: apply }\n',
  );
  const { stdout } = await inside(here, ['plan', file, '--app', 'fn-orders'], {}, 120);
  expect(stdout).toMatch(/sites\/fn-orders\/config\/web {2}api-version=[\d-]+$/m);
  expect(stdout).toMatch(/basicPublishingCredentialsPolicies\/scm {2}api-version=[\d-]+ {2}unproven$/m);
  expect(stdout.match(/unproven: this request is not tested on Azure yet/g)).toHaveLength(1);
});

test('docs/first-contact.md has the table of unproven writes', async () => {
  const page = await readFile(join(import.meta.dirname, '..', '..', 'docs', 'first-contact.md'), 'utf8');
  const squeezed = (text: string) => text.replaceAll(/ +/g, ' ').replaceAll(/-{3,}/g, '---');
  expect(squeezed(page)).toBe(squeezed(await formatted('first-contact.md', withTable(page))));
});
