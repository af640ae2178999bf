/** The text of pipelines and of the action: nothing can be taken over or injected, and each job has only the permissions it needs. */
import { spawnSync } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { expect, test } from 'vitest';
import { UserError } from '../../src/engine/errors.ts';
import { PIPELINES } from '../../src/report/ci-pipelines.ts';
import { installSource } from '../../src/report/pipelines/install-source.ts';
import { PLATFORMS, STAGES, type CiPipelineOptions, type Platform } from '../../src/report/pipelines/pipeline-plan.ts';
import { ACTION, AZURE_DEVOPS, result } from '../../src/report/pipelines/shell.ts';
import { PINNED } from '../../src/report/pipelines/yaml-text.ts';
import { inside } from '../helpers/inside.ts';
import { world } from '../helpers/world.ts';
import { pipelineFiles } from '../tools/pipeline-files.ts';

const COMMIT = '0123456789abcdef0123456789abcdef01234567';
const REPOSITORY = `contoso/func-harden@${COMMIT}`;
const TARBALL = `https://files.contoso.example/func-harden-1.2.3.tgz#sha512-${'A'.repeat(86)}==`;
const ROOT = join(import.meta.dirname, '..', '..');

const pipeline = (platform: Platform, install: string, more: Partial<CiPipelineOptions> = {}): string =>
  PIPELINES[platform]({
    stages: STAGES,
    install: installSource(install),
    apps: ['fn-orders'],
    answers: 'answers.yaml',
    allowUnknown: false,
    ...more,
  });

/** Every text that runs in a shell. */
function scriptsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(scriptsOf);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]) =>
    ['run', 'bash', 'inlineScript'].includes(name) && typeof inner === 'string' ? [inner] : scriptsOf(inner),
  );
}

const usesIn = (text: string): string[] => [...text.matchAll(/^\s*(?:- )?uses: (\S+)/gm)].map(([, one]) => one!);

const files: readonly (readonly [name: string, text: string])[] = [
  ...PLATFORMS.flatMap((platform) => [
    [`${platform} from a commit`, pipeline(platform, REPOSITORY)] as const,
    [`${platform} from a tarball`, pipeline(platform, TARBALL)] as const,
  ]),
  ...Object.entries(pipelineFiles()),
];

test.each(files)(
  '%s: third-party actions are pinned by commit, no package is installed by name from a registry, no value is inserted into a script',
  (name, text) => {
    for (const one of usesIn(text)) expect(one).toMatch(/^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/);
    expect(text).not.toMatch(/\bnpx\b|npm (i|install|exec)\b|pull_request_target|password|client-secret|secrets\./i);
    const scripts = scriptsOf(parse(text));
    if (!name.endsWith(' from a commit')) expect(scripts.length).toBeGreaterThan(2);
    for (const script of scripts) {
      // Neither an expression of GitHub or of a template, nor a variable of Azure DevOps: both would be read as shell.
      expect(script).not.toMatch(/\$\{\{/);
      expect(script).not.toMatch(/\$\((?:[A-Z]\w*\.)+\w+\)/);
      expect(spawnSync('bash', ['-n'], { input: script, encoding: 'utf8' }).stderr).toBe('');
    }
    const owners = [...text.matchAll(/github\.event\.[\w.]+/g)].map(([one]) => one);
    expect(
      new Set(
        owners.filter((one) => !/^github\.event\.(pull_request\.(number|head\.repo\.full_name)|workflow_run\.conclusion)$/.test(one)),
      ),
    ).toEqual(new Set());
  },
);

test('action.yml and the Azure DevOps template match the declarations (npm run docs writes them)', async () => {
  for (const [path, text] of Object.entries(pipelineFiles())) expect(await readFile(join(ROOT, path), 'utf8'), path).toBe(text);
});

test('releases of pinned actions are named beside their commits', () => {
  for (const { action, release } of Object.values(PINNED)) {
    const text = `${pipeline('github', TARBALL)}${pipelineFiles()['action.yml']}`;
    expect(text).toContain(`uses: ${action} # ${release}\n`);
  }
});

interface Workflow {
  readonly on: Readonly<Record<string, { readonly paths?: readonly string[] }>>;
  readonly permissions: unknown;
  readonly jobs: Readonly<
    Record<string, { readonly if: string; readonly permissions: unknown; readonly environment?: string; readonly needs?: string }>
  >;
}

test.each([REPOSITORY, TARBALL])('GitHub, from %s: each job has the permissions it needs, and forks have none', (install) => {
  const { on, permissions, jobs } = parse(pipeline('github', install)) as Workflow;
  expect(permissions).toEqual({});
  expect(Object.fromEntries(Object.entries(jobs).map(([name, job]) => [name, job.permissions]))).toEqual({
    audit: { contents: 'read', 'id-token': 'write', 'security-events': 'write' },
    plan: { contents: 'read', 'id-token': 'write', 'pull-requests': 'write' },
    apply: { contents: 'read', 'id-token': 'write', actions: 'read' },
  });
  expect(on['pull_request']?.paths).toEqual(['answers.yaml']);
  expect(on['push']?.paths).toEqual(['answers.yaml']);
  expect(on['workflow_run']).toMatchObject({ types: ['completed'] });
  expect(jobs['plan']?.if).toContain('github.event.pull_request.head.repo.full_name == github.repository');
  expect(jobs['apply']).toMatchObject({ needs: 'plan', environment: 'func-harden' });
  expect(jobs['audit']?.environment).toBeUndefined();
});

test.each(PLATFORMS)('%s: a pipeline has the requested stages, and a plan before it applies', (platform) => {
  const jobsOf = (stages: CiPipelineOptions['stages']): string[] => {
    const file = parse(pipeline(platform, REPOSITORY, { stages })) as { jobs?: object; stages?: { stage: string }[] };
    return file.jobs ? Object.keys(file.jobs) : file.stages!.map(({ stage }) => stage);
  };
  expect(jobsOf(['audit'])).toEqual(['audit']);
  expect(jobsOf(['plan'])).toEqual(['plan']);
  expect(jobsOf(['apply'])).toEqual(['plan', 'apply']);
  expect(jobsOf(STAGES)).toEqual(['audit', 'plan', 'apply']);
});

test.each([ACTION, AZURE_DEVOPS].map((host) => [host]))(
  'findings and changes succeed; unreadable resources and each failure do not',
  { timeout: 120_000 },
  (host) => {
    const exitOf = (env: Record<string, string>) => spawnSync('bash', ['-c', result(host)], { env: { ...process.env, ...env } }).status;
    const codes = [0, 1, 2, 3, 4, 5, 6, 64];
    expect(codes.map((code) => exitOf({ FH_CODE: String(code), FH_COMMAND: 'audit' }))).toEqual([0, 1, 0, 3, 4, 5, 6, 64]);
    expect(codes.map((code) => exitOf({ FH_CODE: String(code), FH_COMMAND: 'plan', FH_FAIL_ON: 'high' }))).toEqual([
      0, 1, 0, 3, 4, 5, 6, 64,
    ]);
    expect(exitOf({ FH_CODE: '2', FH_COMMAND: 'audit', FH_FAIL_ON: 'high' })).toBe(2);
    expect(exitOf({ FH_CODE: '', FH_COMMAND: 'audit' })).toBe(1);
    expect(exitOf({ FH_CODE: '$(run.code)', FH_COMMAND: 'audit' })).toBe(1);
  },
);

test.each([
  'func-harden',
  'func-harden@1.2.3',
  'contoso/func-harden',
  'contoso/func-harden@main',
  `contoso/func-harden@${COMMIT.slice(1)}`,
  `contoso/func-harden@${COMMIT}0`,
  `contoso/..@${COMMIT}`,
  `contoso/x$(id)@${COMMIT}`,
  'https://files.contoso.example/func-harden.tgz',
  'https://files.contoso.example/func-harden.tgz#sha512-short',
  `https://files.contoso.example/func-harden.tgz#sha256-${'A'.repeat(43)}=`,
  `http://files.contoso.example/func-harden.tgz#sha512-${'A'.repeat(86)}==`,
  `https://files.contoso.example/$(id).tgz#sha512-${'A'.repeat(86)}==`,
])('%j is refused as a source to install from', (spec) => {
  expect(() => installSource(spec)).toThrow(UserError);
});

test('without --install no file is written: exit code 3 without a terminal, 64 with --no-input, with all missing options at once', async () => {
  const here = await world();
  const file = join(here.folder, 'pipeline.yml');
  const given = ['pipeline', '--for', 'github', '--output', file];
  const asked = await inside(here, given);
  expect(asked, asked.stderr).toMatchObject({ code: 3, stdout: '' });
  const refused = await inside(here, [...given, '--no-input', '--stages', 'plan,apply']);
  expect(refused).toMatchObject({ code: 64, stdout: '' });
  expect(refused.stderr).toMatch(/--install SPEC[^]*--answers FILE/);
  expect((await inside(here, [...given, '--install', 'func-harden', '--no-input'])).code).toBe(64);
  expect((await inside(here, [...given, '--install', REPOSITORY, '--stages', 'deploy'])).code).toBe(64);
  expect((await inside(here, [...given, '--install', REPOSITORY, '--app', '--yes;id'])).code).toBe(64);
  for (const answers of ['/etc/answers.yaml', '../answers.yaml', 'a b.yaml', '$(id).yaml'])
    expect((await inside(here, [...given, '--install', REPOSITORY, '--stages', 'plan', '--answers', answers])).code, answers).toBe(64);
  expect((await readdir(here.folder)).includes('pipeline.yml')).toBe(false);
  const written = await inside(here, [
    ...given,
    '--install',
    REPOSITORY,
    '--stages',
    'audit',
    'plan',
    '--answers',
    'a/answers.yaml',
    '--allow-unknown',
  ]);
  expect(written, written.stderr).toMatchObject({ code: 0 });
  expect(await readFile(file, 'utf8')).toContain('allow-unknown: "true"');
});
