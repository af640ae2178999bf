/** Generated pipelines, run step by step against the emulator and a local API: audit, the plan as a comment, and the apply of the approved plan. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { expect, test } from 'vitest';
import { PIPELINES } from '../../src/report/ci-pipelines.ts';
import { installSource } from '../../src/report/pipelines/install-source.ts';
import { STAGES, type Platform } from '../../src/report/pipelines/pipeline-plan.ts';
import { INSTALL_ACTION } from '../../src/report/pipelines/shell.ts';
import { actionText } from '../../src/report/pipelines/github-action.ts';
import { lacksTools } from '../helpers/fake-az.ts';
import {
  fakeService,
  runAzureDevOpsJob,
  runGithubJob,
  shell,
  withPrograms,
  type FakeService,
  type JobResult,
  type PipelineStep,
} from '../helpers/pipeline-runner.ts';
import { BIN, QUICK, world, type World } from '../helpers/world.ts';

const ANSWERS = `version: 1
apps:
  fn-orders:
    steps:
      https: { decision: apply, answers: { minTls: "1.2", scmMinTls: "1.2" } }
`;
const COMMIT = '0123456789abcdef0123456789abcdef01234567';
const REPOSITORY = `contoso/func-harden@${COMMIT}`;
const MARKER = '<!-- func-harden plan -->';
const missing = lacksTools();

const pipeline = (platform: Platform, install: string, allowUnknown = false): string =>
  PIPELINES[platform]({ stages: STAGES, install: installSource(install), apps: ['fn-orders'], answers: 'answers.yaml', allowUnknown });

/** A tarball like that of `npm pack`, with the command of this project, and a server for it. */
async function tarball(folder: string): Promise<{ readonly spec: string; readonly files: FakeService }> {
  await mkdir(join(folder, 'package', 'bin'), { recursive: true });
  await writeFile(join(folder, 'package', 'bin', 'func-harden.cjs'), `require(${JSON.stringify(BIN)});\n`);
  expect(spawnSync('tar', ['-czf', 'func-harden.tgz', 'package'], { cwd: folder }).status).toBe(0);
  const bytes = await readFile(join(folder, 'func-harden.tgz'));
  const files = await fakeService((_, url) => (url === '/func-harden.tgz' ? bytes : undefined));
  return { spec: `${files.url}/func-harden.tgz#sha512-${createHash('sha512').update(bytes).digest('base64')}`, files };
}

interface Comment {
  readonly id: number;
  body: string;
  readonly user: { readonly type: string; readonly login: string };
}

/** Comments of pull request 7 and reviews of run 42, in pages as GitHub has them. */
async function github(comments: Comment[], reviews: unknown[]): Promise<FakeService> {
  return fakeService((method, url, body) => {
    const [path = '', query = ''] = url.split('?');
    if (method === 'GET' && path === '/repos/contoso/apps/issues/7/comments') {
      const page = Number(new URLSearchParams(query).get('page'));
      return comments.slice((page - 1) * 100, page * 100);
    }
    if (method === 'GET' && path === '/repos/contoso/apps/actions/runs/42/approvals') return reviews;
    const given = body ? (JSON.parse(body) as { body: string }) : undefined;
    if (method === 'POST' && path === '/repos/contoso/apps/issues/7/comments') {
      const comment = { id: 1000 + comments.length, body: given!.body, user: { type: 'Bot', login: 'github-actions[bot]' } };
      comments.push(comment);
      return comment;
    }
    const comment = comments.find(({ id }) => path === `/repos/contoso/apps/issues/comments/${id}`);
    if (method === 'PATCH' && comment) comment.body = given!.body;
    return comment;
  });
}

const approved = (name: string, environment: string) => ({
  state: 'approved',
  comment: '',
  user: { login: name },
  environments: [{ name: environment }],
});

interface Place {
  readonly here: World;
  readonly api: FakeService;
  readonly comments: Comment[];
  readonly reviews: unknown[];
  /** Runs a job of the workflow on a new runner, with a checkout that contains the answers file. */
  job(name: string, event: string, more?: Readonly<Record<string, unknown>>, env?: Readonly<Record<string, string>>): Promise<JobResult>;
}

async function onGithub(text: string): Promise<Place> {
  const here = await world();
  const [comments, reviews]: [Comment[], unknown[]] = [[], []];
  const api = await github(comments, reviews);
  const workflow = parse(text) as { jobs: Record<string, { steps: PipelineStep[] }> };
  const action = parse(actionText()) as {
    inputs: Record<string, { default?: string }>;
    outputs: Record<string, { value: string }>;
    runs: { steps: PipelineStep[] };
  };
  const token = { 'github-token': 'job-token' };
  const defaults = { ...Object.fromEntries(Object.entries(action.inputs).map(([name, input]) => [name, input.default ?? ''])), ...token };
  const outputs = Object.fromEntries(Object.entries(action.outputs).map(([name, { value }]) => [name, value]));
  let count = 0;
  return {
    here,
    api,
    comments,
    reviews,
    async job(name, event, more = {}, env = {}) {
      const folder = join(here.folder, `runner ${(count += 1)}`);
      const temporary = join(folder, 'temp');
      await mkdir(temporary, { recursive: true });
      await writeFile(join(folder, 'answers.yaml'), ANSWERS);
      return runGithubJob({
        steps: workflow.jobs[name]!.steps,
        context: {
          runner: { temp: temporary },
          vars: {},
          github: {
            event_name: event,
            token: 'job-token',
            repository: 'contoso/apps',
            event: { pull_request: { number: 7, head: { repo: { full_name: 'contoso/apps' } } } },
          },
          ...more,
        },
        env: {
          ...QUICK,
          ...(await withPrograms(folder, {})),
          FUNC_HARDEN_ACCESS_TOKEN: here.accessToken,
          FUNC_HARDEN_ARM_ENDPOINT: here.endpoint,
          GITHUB_ACTION_PATH: join(BIN, '..', '..'),
          GITHUB_API_URL: api.url,
          GITHUB_REPOSITORY: 'contoso/apps',
          GITHUB_RUN_ID: '42',
          RUNNER_TEMP: temporary,
          ...env,
        },
        folder,
        actions: { [REPOSITORY]: { steps: action.runs.steps, defaults, outputs } },
        artifacts: join(here.folder, 'artifacts'),
      });
    },
  };
}

const needs = (plan: JobResult) => ({ plan: { outputs: plan.outputs['run'] } });

test.skipIf(missing)(
  `GitHub, from a commit: audit, one comment that is updated, and apply by digest after approval`,
  { timeout: 120_000 },
  async () => {
    const place = await onGithub(pipeline('github', REPOSITORY, true));
    const { here, api, comments, reviews } = place;

    const audit = await place.job('audit', 'schedule');
    expect(audit.ok, audit.log).toBe(true);
    expect(Number(audit.outputs['run']?.['fail'])).toBeGreaterThan(0);
    expect(JSON.parse(await readFile(audit.outputs['run']!['sarif']!, 'utf8'))).toMatchObject({ version: '2.1.0' });

    expect(await readFile(join(here.folder, 'runner 1', 'summary.md'), 'utf8')).toContain('fn-orders');

    // A comment of a person with the marker, and enough comments for a page.
    for (let id = 1; id <= 100; id += 1)
      comments.push({ id, body: `${id === 1 ? MARKER : ''} talk`, user: { type: 'User', login: 'mallory' } });
    const plan = await place.job('plan', 'pull_request');
    expect(plan.ok, plan.log).toBe(true);
    expect(plan.outputs['run']?.['digest']).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(comments.length).toBe(101);
    expect(comments[100]?.body).toMatch(new RegExp(`^${MARKER}\n### func-harden plan: `));
    expect(comments[100]?.body).toContain(plan.outputs['run']!['digest']);
    const again = await place.job('plan', 'pull_request');
    expect(again.outputs['run']?.['digest']).toBe(plan.outputs['run']!['digest']);
    expect(comments.length, 'the comment is written over').toBe(101);
    expect(comments[0]?.body, 'that of a person is not').toBe(`${MARKER} talk`);
    expect(new Set(api.requests.map(({ authorization }) => authorization))).toEqual(new Set(['Bearer job-token']));

    // Without an approval, or with one for another environment, nothing is sent.
    const before = (await here.writes()).length;
    const context = { needs: needs(plan) };
    reviews.push(approved('mallory', 'func-harden-plan'));
    const alone = await place.job('apply', 'push', context);
    expect(alone.ok).toBe(false);
    expect(alone.log).toContain('::error::This run has no approval');
    expect((await here.writes()).length).toBe(before);

    reviews.push(approved('dana', 'func-harden'));
    const other = await place.job('apply', 'push', {
      needs: { plan: { outputs: { ...plan.outputs['run'], digest: `sha256:${'0'.repeat(64)}` } } },
    });
    expect(other.ok).toBe(false);
    expect(other.outputs['run']?.['exit-code']).toBe('64');
    expect((await here.writes()).length, 'another digest: nothing is sent').toBe(before);

    const applied = await place.job('apply', 'push', context);
    expect(applied.ok, applied.log).toBe(true);
    expect(applied.outputs['run']).toMatchObject({ 'exit-code': '0', failed: '0' });
    expect((await here.writes()).length).toBeGreaterThan(before);
    const run = applied.outputs['run']!['run']!;
    const log = await readFile(join(here.folder, 'artifacts', 'func-harden-undo-log', 'journal', `${run}.jsonl`), 'utf8');
    expect(JSON.parse(log.slice(0, log.indexOf('\n')))).toMatchObject({
      type: 'run-start',
      plan: { digest: plan.outputs['run']!['digest'], approvedBy: 'dana' },
    });
  },
);

test.skipIf(missing)(
  'GitHub, from a tarball: a tarball with another digest is refused before it runs; the right one audits and plans',
  { timeout: 120_000 },
  async () => {
    const folder = (await world()).folder;
    const { spec } = await tarball(folder);
    const place = await onGithub(pipeline('github', spec));
    const plan = await place.job('plan', 'pull_request');
    expect(plan.ok, plan.log).toBe(true);
    expect(place.comments.length).toBe(1);
    place.reviews.push(approved('dana', 'func-harden'));
    const applied = await place.job('apply', 'push', { needs: needs(plan) });
    expect(applied.ok, applied.log).toBe(true);

    const altered = await onGithub(pipeline('github', spec.replace(/sha512-.{4}/, 'sha512-AAAA')));
    const refused = await altered.job('plan', 'push');
    expect(refused.ok).toBe(false);
    expect(refused.log).toContain('::error::The tarball has a different integrity hash');
    expect(refused.outputs['run']).toBeUndefined();
    expect((await altered.here.exchanges()).length).toBe(0);
  },
);

test.skipIf(missing)(
  'a pipeline fails with 4 without a valid token, and its comment says that there is no plan; unreadable resources fail with 6 unless allowed',
  { timeout: 120_000 },
  async () => {
    const place = await onGithub(pipeline('github', REPOSITORY));
    const signedOut = await place.job('audit', 'schedule', {}, { FUNC_HARDEN_ACCESS_TOKEN: 'unknown' });
    expect(signedOut.ok).toBe(false);
    expect(signedOut.outputs['run']?.['exit-code']).toBe('4');
    const comment = await place.job('plan', 'pull_request', {}, { FUNC_HARDEN_ACCESS_TOKEN: 'unknown' });
    expect(comment.ok).toBe(false);
    expect(place.comments.map(({ body }) => body)).toEqual([expect.stringMatching(/could not be created\n\nExit code 4\./)]);
  },
);

test.skipIf(missing)('the action installs from its own checkout, with its lock file', async () => {
  const { folder } = await world();
  const checkout = join(folder, 'checkout');
  await mkdir(checkout, { recursive: true });
  const env = await withPrograms(folder, { npm: '#!/bin/sh\necho "$PWD: npm $*"\n' });
  const { code, log } = await shell(
    INSTALL_ACTION,
    ['--noprofile', '--norc', '-eo', 'pipefail'],
    { ...env, GITHUB_ACTION_PATH: checkout },
    folder,
  );
  expect(code).toBe(0);
  expect(log).toBe(`${checkout}: npm ci --no-audit --no-fund\n${checkout}: npm run --silent build\n`);
});

interface Thread {
  readonly id: number;
  readonly status: string;
  readonly comments: { readonly id: number; content: string }[];
}

/** Threads of pull request 7 and the approvals of build 42, as Azure DevOps has them. */
async function azureDevOps(threads: Thread[], approvals: { stage: string; name: string }[]): Promise<FakeService> {
  const records = () => [
    ...['plan', 'apply'].flatMap((stage) => [
      { id: `stage-${stage}`, parentId: null, type: 'Stage', identifier: stage },
      { id: `checkpoint-${stage}`, parentId: `stage-${stage}`, type: 'Checkpoint', name: 'Checkpoint' },
    ]),
    ...approvals.map(({ stage }, index) => ({ id: `approval-${index}`, parentId: `checkpoint-${stage}`, type: 'Checkpoint.Approval' })),
  ];
  return fakeService((method, url, body) => {
    const { pathname, searchParams } = new URL(url, 'http://localhost');
    if (pathname === '/contoso/Web%20Shop/_apis/build/builds/42/timeline') return { records: records() };
    if (pathname === '/contoso/Web%20Shop/_apis/pipelines/approvals')
      return {
        value: searchParams
          .get('approvalIds')!
          .split(',')
          .map((id) => ({
            id,
            status: 'approved',
            steps: [{ status: 'approved', actualApprover: { displayName: approvals[Number(id.split('-')[1])]!.name } }],
          })),
      };
    const base = '/contoso/Web%20Shop/_apis/git/repositories/repo-1/pullRequests/7/threads';
    const given = body ? (JSON.parse(body) as { content?: string; status?: string; comments?: { content: string }[] }) : undefined;
    if (method === 'GET' && pathname === base) return { value: threads };
    if (method === 'POST' && pathname === base) {
      const thread = { id: threads.length + 1, status: given!.status!, comments: [{ id: 1, content: given!.comments![0]!.content }] };
      threads.push(thread);
      return thread;
    }
    const [, thread, comment] = /\/threads\/(\d+)\/comments\/(\d+)$/.exec(pathname) ?? [];
    const found = threads.find(({ id }) => id === Number(thread))?.comments.find(({ id }) => id === Number(comment));
    if (method === 'PATCH' && found?.content.includes('talk')) return undefined; // A comment of another author.
    if (method === 'PATCH' && found) found.content = given!.content!;
    return found;
  });
}

/** Steps of a job, at any place in its stage. */
const stepsOf = (text: string, stage: string): PipelineStep[] => {
  interface Job {
    readonly steps?: PipelineStep[];
    readonly strategy?: { readonly runOnce: { readonly deploy: { readonly steps: PipelineStep[] } } };
  }
  const found = (parse(text) as { stages: { stage: string; jobs: Job[] }[] }).stages.find((one) => one.stage === stage)!.jobs[0]!;
  return found.steps ?? found.strategy!.runOnce.deploy.steps;
};

test.skipIf(missing)('Azure DevOps, from a commit and from a tarball, has the same three stages', { timeout: 120_000 }, async () => {
  const here = await world();
  const [threads, approvals]: [Thread[], { stage: string; name: string }[]] = [[], []];
  const api = await azureDevOps(threads, approvals);
  // A repository with the commit, which git uses instead of GitHub; npm is a stand-in.
  const origin = join(here.folder, 'origin', 'contoso', 'func-harden');
  await mkdir(join(origin, 'bin'), { recursive: true });
  await writeFile(join(origin, 'bin', 'func-harden.cjs'), `require(${JSON.stringify(BIN)});\n`);
  const git = (...args: string[]) =>
    spawnSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@example.com', ...args], { cwd: origin, encoding: 'utf8' });
  for (const args of [
    ['init', '--quiet'],
    ['add', '.'],
    ['commit', '--quiet', '-m', 'x', '--no-verify'],
  ])
    expect(git(...args).status).toBe(0);
  const commit = git('rev-parse', 'HEAD').stdout.trim();
  const { spec } = await tarball(here.folder);

  let count = 0;
  const job = async (text: string, stage: string, reason: string, more: Readonly<Record<string, string>> = {}): Promise<JobResult> => {
    const folder = join(here.folder, `agent ${(count += 1)}`);
    const temporary = join(folder, 'temp');
    await mkdir(temporary, { recursive: true });
    await writeFile(join(folder, 'answers.yaml'), ANSWERS);
    const artifacts = join(here.folder, 'workspace');
    return runAzureDevOpsJob({
      steps: stepsOf(text, stage),
      variables: {
        'Agent.TempDirectory': temporary,
        'Build.Reason': reason,
        'Pipeline.Workspace': artifacts,
        'System.AccessToken': 'job-token',
        ...more,
      },
      env: {
        ...QUICK,
        ...(await withPrograms(folder, { npm: '#!/bin/sh\necho "npm $*"\n' })),
        FUNC_HARDEN_ACCESS_TOKEN: here.accessToken,
        FUNC_HARDEN_ARM_ENDPOINT: here.endpoint,
        GIT_CONFIG_COUNT: '1',
        GIT_CONFIG_KEY_0: `url.file://${join(here.folder, 'origin')}/.insteadOf`,
        GIT_CONFIG_VALUE_0: 'https://github.com/',
        AGENT_TEMPDIRECTORY: temporary,
        BUILD_BUILDID: '42',
        BUILD_REPOSITORY_ID: 'repo-1',
        BUILD_REPOSITORY_PROVIDER: 'TfsGit',
        SYSTEM_COLLECTIONURI: `${api.url}/contoso/`,
        SYSTEM_PULLREQUEST_PULLREQUESTID: '7',
        SYSTEM_TEAMPROJECT: 'Web Shop',
      },
      folder,
      artifacts,
    });
  };

  const text = pipeline('azure-devops', `contoso/func-harden@${commit}`);
  const packed = pipeline('azure-devops', spec, true);
  const audit = await job(packed, 'audit', 'Schedule');
  expect(audit.ok, audit.log).toBe(true);

  const plan = await job(text, 'plan', 'PullRequest');
  expect(plan.ok, plan.log).toBe(true);
  expect(plan.log).toContain('npm ci --no-audit --no-fund');
  expect(threads.map(({ status, comments }) => [status, comments.length])).toEqual([['closed', 1]]);
  expect(threads[0]!.comments[0]!.content).toContain(plan.outputs['run']!['digest']);
  threads[0]!.comments[0]!.content = `${MARKER}\nold`;
  expect((await job(packed, 'plan', 'PullRequest')).outputs['run']?.['digest']).toBe(plan.outputs['run']!['digest']);
  expect(threads.length).toBe(1);
  expect(threads[0]!.comments[0]!.content).toContain('### func-harden plan');
  threads.push({ id: 2, status: 'active', comments: [{ id: 1, content: `${MARKER} talk` }] });
  expect((await job(packed, 'plan', 'PullRequest')).ok).toBe(true);
  expect(threads.map(({ comments }) => comments[0]!.content.includes('### func-harden plan'))).toEqual([true, false, true]);
  const moved = await job(pipeline('azure-devops', REPOSITORY), 'plan', 'IndividualCI');
  expect(moved.ok, 'a commit that is not there').toBe(false);

  const before = (await here.writes()).length;
  const digest = { approvedDigest: plan.outputs['run']!['digest']! };
  approvals.push({ stage: 'plan', name: 'Mallory' });
  const alone = await job(text, 'apply', 'IndividualCI', digest);
  expect(alone.ok).toBe(false);
  expect(alone.log).toContain('This run has no approval');
  approvals.push({ stage: 'apply', name: 'Dana Lee' });
  const other = await job(text, 'apply', 'IndividualCI', { approvedDigest: `sha256:${'0'.repeat(64)}` });
  expect(other.ok).toBe(false);
  expect(other.outputs['run']?.['code']).toBe('64');
  expect((await here.writes()).length).toBe(before);
  const applied = await job(text, 'apply', 'IndividualCI', digest);
  expect(applied.ok, applied.log).toBe(true);
  expect((await here.writes()).length).toBeGreaterThan(before);
  const log = await readFile(
    join(here.folder, 'workspace', 'func-harden-undo-log', 'journal', `${applied.outputs['run']!['run']!}.jsonl`),
    'utf8',
  );
  expect(JSON.parse(log.slice(0, log.indexOf('\n')))).toMatchObject({ plan: { digest: digest.approvedDigest, approvedBy: 'Dana Lee' } });
});
