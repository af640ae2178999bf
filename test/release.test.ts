/** The release workflow: what it makes, what it refuses, and what it may do. */
import { spawnSync } from 'node:child_process';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { PipelineStep } from './helpers/pipeline-runner.ts';
import {
  cannotRelease,
  checkout,
  noRelease,
  release,
  released,
  SINGLE_FILE,
  TARBALL,
  WORKFLOW,
  workflow,
  workflowText,
} from './helpers/released.ts';
import { temporaryFolder } from './helpers/world.ts';
import { VERSION } from '../src/version.ts';

const { steps } = workflow.jobs.release;

if (noRelease) console.log(`skipped: ${noRelease}`);

test.skipIf(noRelease)('a tag is tested, built, attested and published with checksums', { timeout: 180_000 }, async () => {
  const {
    checkout: folder,
    files: made,
    result: { ok, log },
  } = await released();
  expect(ok, log).toBe(true);
  const names = ['SHA256SUMS', TARBALL, SINGLE_FILE];
  expect((await readdir(made)).toSorted()).toEqual(names);
  expect(spawnSync('sha256sum', ['--check', '--strict', 'SHA256SUMS'], { cwd: made, encoding: 'utf8' }).stdout).toBe(
    `${TARBALL}: OK\n${SINGLE_FILE}: OK\n`,
  );
  const listed = spawnSync('tar', ['-tzf', TARBALL], { cwd: made, encoding: 'utf8' }).stdout;
  expect(listed).toMatch(/^package\/dist\/LICENSES\.txt$/m);
  expect(listed).not.toContain('linux-x64');
  const [token, ...gh] = (await readFile(join(folder, 'gh-arguments'), 'utf8')).trim().split('\n');
  expect(token).toBe('job-token');
  expect(gh.slice(0, 6)).toEqual(['release', 'create', `v${VERSION}`, ...names.map((name) => `release/${name}`)]);
  expect(gh).toContain('--verify-tag');
  expect(await readFile(join(folder, '..', 'temp', 'notes.md'), 'utf8')).toContain('Before you update');
  expect(await readFile(join(folder, 'npm-stand-in'), 'utf8')).toBe('npm ci --no-audit --no-fund\nnpm run test:long\n');
});

test.skipIf(cannotRelease)(
  'a tag that differs from the version, or that CHANGELOG.md does not describe, is refused before the build',
  async () => {
    const folder = join(await temporaryFolder(), 'checkout');
    await checkout(folder);
    expect(await release(folder, 'v9.9.9')).toMatchObject({
      ok: false,
      log: expect.stringContaining('::error::The tag is v9.9.9') as string,
    });
    await writeFile(join(folder, 'CHANGELOG.md'), '# Changes\n');
    await rm(join(folder, '..', 'temp'), { recursive: true });
    const silent = await release(folder, `v${VERSION}`);
    expect(silent).toMatchObject({ ok: false, log: expect.stringContaining('::error::CHANGELOG.md has no section') as string });
    expect(await readdir(folder)).not.toContain('release');
    expect(await readdir(folder)).not.toContain('gh-arguments');
  },
);

test('each action is pinned by its commit; all published files are attested first, with only the permissions for that', () => {
  const uses = steps.flatMap(({ uses }) => uses ?? []);
  for (const one of uses) expect(one).toMatch(/^actions\/[\w-]+@[0-9a-f]{40}$/);
  expect(workflowText.match(/@[0-9a-f]{40} # v\d+\.\d+\.\d+$/gm)).toHaveLength(uses.length);
  const at = (found: (step: PipelineStep) => boolean) => steps.findIndex(found);
  const attest = at(({ uses }) => uses?.startsWith('actions/attest-build-provenance@') === true);
  expect(steps[attest]?.with).toEqual({ 'subject-path': 'release/*' });
  expect(attest).toBeGreaterThan(at(({ run }) => run?.includes('npm run --silent binary') === true));
  expect(attest).toBeLessThan(at(({ run }) => run?.includes('gh release create') === true));
  expect(at(({ run }) => run === 'npm run test:long')).toBeLessThan(at(({ run }) => run?.includes('npm pack') === true));
  expect(workflow.permissions).toEqual({});
  expect(workflow.jobs.release.permissions).toEqual({ contents: 'write', 'id-token': 'write', attestations: 'write' });
});

test('the guide checks an attestation for this workflow and this tag, not for any workflow of the repository', async () => {
  const guide = await readFile(join(import.meta.dirname, '..', 'docs', 'install.md'), 'utf8');
  expect(guide).toContain(`--signer-workflow OWNER/REPO/${WORKFLOW} --source-ref refs/tags/v${VERSION}`);
});
