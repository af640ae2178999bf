/** The release workflow, run step by step in a copy of the tree. `gh` and the attestation are stand-ins, and so are `npm ci` and `npm test`: they would fetch, and run this. */
import { spawnSync } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { beforeEach, expect, test } from 'vitest';
import { lacksTools } from './helpers/fake-az.ts';
import { runGithubJob, withPrograms, type JobResult, type PipelineStep } from './helpers/pipeline-runner.ts';
import { temporaryFolder } from './helpers/world.ts';
import { VERSION } from '../src/version.ts';

const ROOT = join(import.meta.dirname, '..');
const missing = lacksTools() || process.platform !== 'linux' || process.arch !== 'x64';
const WORKFLOW = '.github/workflows/release.yml';
const text = await readFile(join(ROOT, WORKFLOW), 'utf8');
const workflow = parse(text) as { permissions: object; jobs: { release: { permissions: object; steps: PipelineStep[] } } };
const { steps } = workflow.jobs.release;

const GH = '#!/bin/sh\nprintf "%s\\n" "$GH_TOKEN" "$@" > gh-arguments\n';
const NPM = `#!/bin/sh
case "$1" in
  ci|test) echo "npm $*" >> npm-stand-in ;;
  *) exec "$REAL_NPM" "$@" ;;
esac
`;

let folder: string;
beforeEach(async () => {
  folder = join(await temporaryFolder(), 'checkout');
  await mkdir(folder);
  for (const name of ['bin', 'docs', 'src', 'steps', 'test', 'package.json', 'tsconfig.json', 'README.md', 'CHANGELOG.md', 'LICENSE'])
    await cp(join(ROOT, name), join(folder, name), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
});

async function release(tag: string): Promise<JobResult> {
  const temporary = join(folder, '..', 'temp');
  await mkdir(temporary);
  const real = spawnSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).stdout.trim();
  return runGithubJob({
    steps,
    context: { github: { token: 'job-token' } },
    env: { ...(await withPrograms(folder, { gh: GH, npm: NPM })), REAL_NPM: real, GITHUB_REF_NAME: tag, RUNNER_TEMP: temporary },
    folder,
    actions: {},
    artifacts: join(folder, '..', 'artifacts'),
  });
}

test.skipIf(missing)('a tag is tested, built, attested and published with checksums', { timeout: 180_000 }, async () => {
  const { ok, log } = await release(`v${VERSION}`);
  expect(ok, log).toBe(true);
  const names = ['SHA256SUMS', `func-harden-${VERSION}.tgz`, 'func-harden-linux-x64'];
  const made = join(folder, 'release');
  expect((await readdir(made)).toSorted()).toEqual(names);
  expect(spawnSync('sha256sum', ['--check', '--strict', 'SHA256SUMS'], { cwd: made, encoding: 'utf8' }).stdout).toBe(
    `func-harden-${VERSION}.tgz: OK\nfunc-harden-linux-x64: OK\n`,
  );
  const listed = spawnSync('tar', ['-tzf', `func-harden-${VERSION}.tgz`], { cwd: made, encoding: 'utf8' }).stdout;
  expect(listed).toMatch(/^package\/dist\/LICENSES\.txt$/m);
  expect(listed).not.toContain('linux-x64');
  const [token, ...gh] = (await readFile(join(folder, 'gh-arguments'), 'utf8')).trim().split('\n');
  expect(token).toBe('job-token');
  expect(gh.slice(0, 6)).toEqual(['release', 'create', `v${VERSION}`, ...names.map((name) => `release/${name}`)]);
  expect(gh).toContain('--verify-tag');
  expect(await readFile(join(folder, '..', 'temp', 'notes.md'), 'utf8')).toContain('Before you update');
  expect(await readFile(join(folder, 'npm-stand-in'), 'utf8')).toBe('npm ci --no-audit --no-fund\nnpm test\n');
});

test.skipIf(missing)(
  'a tag that is not the version, or that CHANGELOG.md says nothing of, is refused before anything is built',
  async () => {
    expect(await release('v9.9.9')).toMatchObject({ ok: false, log: expect.stringContaining('::error::The tag is v9.9.9') as string });
    await writeFile(join(folder, 'CHANGELOG.md'), '# Changes\n');
    await rm(join(folder, '..', 'temp'), { recursive: true });
    const silent = await release(`v${VERSION}`);
    expect(silent).toMatchObject({ ok: false, log: expect.stringContaining('::error::CHANGELOG.md has no section') as string });
    expect(await readdir(folder)).not.toContain('release');
    expect(await readdir(folder)).not.toContain('gh-arguments');
  },
);

test('every action is pinned by its commit; all that is published is attested first, with no more rights than that takes', () => {
  const uses = steps.flatMap(({ uses }) => uses ?? []);
  for (const one of uses) expect(one).toMatch(/^actions\/[\w-]+@[0-9a-f]{40}$/);
  expect(text.match(/@[0-9a-f]{40} # v\d+\.\d+\.\d+$/gm)).toHaveLength(uses.length);
  const at = (found: (step: PipelineStep) => boolean) => steps.findIndex(found);
  const attest = at(({ uses }) => uses?.startsWith('actions/attest-build-provenance@') === true);
  expect(steps[attest]?.with).toEqual({ 'subject-path': 'release/*' });
  expect(attest).toBeGreaterThan(at(({ run }) => run?.includes('npm run --silent binary') === true));
  expect(attest).toBeLessThan(at(({ run }) => run?.includes('gh release create') === true));
  expect(at(({ run }) => run === 'npm test')).toBeLessThan(at(({ run }) => run?.includes('npm pack') === true));
  expect(workflow.permissions).toEqual({});
  expect(workflow.jobs.release.permissions).toEqual({ contents: 'write', 'id-token': 'write', attestations: 'write' });
});

test('the guide checks an attestation by this workflow and this tag, not by any workflow of the repository', async () => {
  const guide = await readFile(join(ROOT, 'docs', 'install.md'), 'utf8');
  expect(guide).toContain(`--signer-workflow OWNER/REPO/${WORKFLOW} --source-ref refs/tags/v${VERSION}`);
});
