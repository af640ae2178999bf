/** The release workflow, run step by step in a copy of the tree. `gh` and the attestation are stand-ins, and so are `npm ci` and `npm run test:long`: they would fetch, and run this. */
import { spawnSync } from 'node:child_process';
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { lacksTools } from './fake-az.ts';
import { madeOnce } from './made.ts';
import { isQuick } from './random-cases.ts';
import { runGithubJob, withPrograms, type JobResult, type PipelineStep } from './pipeline-runner.ts';
import { VERSION } from '../../src/version.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** Why no release can be made here; undefined if one can. */
export const cannotRelease =
  process.platform === 'linux' && process.arch === 'x64'
    ? lacksTools()
    : `a release is made on Linux x64, and this is ${process.platform} ${process.arch}`;
/** Why this run makes no release; undefined if it makes one. `npm test` makes none, because that takes half a minute. */
export const noRelease = isQuick ? 'npm run test:all makes a release' : cannotRelease;
export const WORKFLOW = '.github/workflows/release.yml';
export const workflowText = await readFile(join(ROOT, WORKFLOW), 'utf8');
export const workflow = parse(workflowText) as {
  permissions: object;
  jobs: { release: { permissions: object; steps: PipelineStep[] } };
};

const GH = '#!/bin/sh\nprintf "%s\\n" "$GH_TOKEN" "$@" > gh-arguments\n';
const NPM = `#!/bin/sh
case "$1 $2" in
  'ci '*|'run test:long') echo "npm $*" >> npm-stand-in ;;
  *) exec "$REAL_NPM" "$@" ;;
esac
`;

/** A copy of the tree, so that nothing is rebuilt under the feet of other tests. */
export async function checkout(folder: string): Promise<void> {
  await mkdir(folder);
  for (const name of ['bin', 'docs', 'src', 'steps', 'test', 'package.json', 'tsconfig.json', 'README.md', 'CHANGELOG.md', 'LICENSE'])
    await cp(join(ROOT, name), join(folder, name), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
}

/** Runs the workflow in the checkout; its own files are beside the checkout. */
export async function release(folder: string, tag: string): Promise<JobResult> {
  const [temporary, programs] = [join(folder, '..', 'temp'), join(folder, '..', 'programs')];
  await mkdir(temporary);
  const real = spawnSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).stdout.trim();
  return runGithubJob({
    steps: workflow.jobs.release.steps,
    context: { github: { token: 'job-token' } },
    env: { ...(await withPrograms(programs, { gh: GH, npm: NPM })), REAL_NPM: real, GITHUB_REF_NAME: tag, RUNNER_TEMP: temporary },
    folder,
    actions: {},
    artifacts: join(folder, '..', 'artifacts'),
  });
}

export const TARBALL = `func-harden-${VERSION}.tgz`;
export const SINGLE_FILE = 'func-harden-linux-x64';

/** The release of this version: made once, for all tests of what is published. */
export async function released(): Promise<{ readonly checkout: string; readonly files: string; readonly result: JobResult }> {
  const made = await madeOnce('release', async (folder) => {
    await checkout(join(folder, 'checkout'));
    await writeFile(join(folder, 'result.json'), JSON.stringify(await release(join(folder, 'checkout'), `v${VERSION}`)));
  });
  const result = JSON.parse(await readFile(join(made, 'result.json'), 'utf8')) as JobResult;
  return { checkout: join(made, 'checkout'), files: join(made, 'checkout', 'release'), result };
}
