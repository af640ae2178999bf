/** `action.yml`: audit, plan and replay as one step of a workflow. */
import { ACTION, COMMENT_GITHUB, INSTALL_ACTION, result, runCommand } from './shell.ts';
import { expression, uses, yamlText, type Step } from './yaml-text.ts';

const INPUTS = {
  command: { description: 'audit, plan or replay', required: true },
  apps: {
    description: 'Names or ids of function apps, separated by spaces; empty for every app that the account can read. Not for replay.',
  },
  answers: { description: 'Path of the answers file. Required for plan; with audit, its decisions are applied to the result.' },
  plan: { description: 'For replay: path of the saved plan.' },
  'require-digest': { description: 'For replay: the approved digest (sha256:…). A plan with a different digest is not applied.' },
  'approved-by': { description: 'For replay: name of the approver, recorded in the undo log.' },
  'max-age': { description: 'For replay: maximum age of the plan, for example 7d.' },
  confirm: { description: 'For replay: apps whose lock-out and one-way changes are also approved, separated by spaces.' },
  'despite-code': {
    description: 'For replay: true to change the values in Azure although the next deployment of the code reverts them.',
    default: 'false',
  },
  state: { description: 'For replay: location of the undo log, a folder or the https URL of a container. Default: a folder of the job.' },
  'allow-unknown': { description: 'For audit: true to pass although some values are unknown.', default: 'false' },
  'fail-on': {
    description:
      'For audit: lowest severity of a finding that fails the job (low, medium, high, critical). Default: findings do not fail the job.',
  },
  'upload-sarif': { description: 'For audit: true to upload findings to code scanning. Requires security-events: write.', default: 'true' },
  comment: {
    description:
      'For plan: true to write the plan as a comment on the pull request; later runs update the comment. Requires pull-requests: write.',
    default: 'true',
  },
  'github-token': { description: 'Token for the comment.', default: expression('github.token') },
} as const;

const OUTPUTS: readonly (readonly [name: string, from: string, description: string])[] = [
  ['exit-code', 'code', 'Exit code of func-harden. 0 and 2 do not fail the job.'],
  ['digest', 'digest', 'Digest of the plan.'],
  ['changes', 'changes', 'Requests of the plan.'],
  ['apps', 'apps', 'Apps that the plan changes.'],
  ['pass', 'pass', 'Controls that pass.'],
  ['fail', 'fail', 'Controls that fail.'],
  ['unknown', 'unknown', 'Controls that could not be read.'],
  ['run', 'run', 'Name of the run in the undo log.'],
  ['applied', 'applied', 'Changes that were applied.'],
  ['verified', 'verified', 'Changes that were verified.'],
  ['failed', 'failed', 'Changes that failed.'],
  ['plan', 'plan', 'Path of the saved plan.'],
  ['sarif', 'sarif', 'Path of the report as SARIF.'],
  ['json', 'json', 'Path of the report as JSON; for replay, its events with one JSON object per line.'],
  ['html', 'html', 'Path of the report or the plan as HTML.'],
  ['markdown', 'markdown', 'Path of the report, the plan or the result as Markdown.'],
];

const input = (name: keyof typeof INPUTS): string => expression(`inputs.${name}`);
const output = (name: string): string => expression(`steps.run.outputs.${name}`);

/** Variables of the run, with the input that provides each. */
export const RUN_INPUTS = {
  FH_COMMAND: 'command',
  FH_APPS: 'apps',
  FH_ANSWERS: 'answers',
  FH_ALLOW_UNKNOWN: 'allow-unknown',
  FH_FAIL_ON: 'fail-on',
  FH_PLAN: 'plan',
  FH_DIGEST: 'require-digest',
  FH_APPROVED_BY: 'approved-by',
  FH_MAX_AGE: 'max-age',
  FH_CONFIRM: 'confirm',
  FH_DESPITE_CODE: 'despite-code',
  FH_STATE: 'state',
} as const satisfies Readonly<Record<string, keyof typeof INPUTS>>;

/** Matches pull requests of this repository; for a pull request of a fork the token is read-only and there is no sign-in. */
export const OWN_PULL_REQUEST = "github.event_name == 'pull_request' && github.event.pull_request.head.repo.full_name == github.repository";

/** Returns the steps after the run, for the action and for a workflow that installs from a tarball. `of`: conditions to put first. */
export const closingSteps = (
  of: { readonly isAudit: readonly string[]; readonly isPlan: readonly string[] },
  token: string,
): Readonly<Record<'sarif' | 'comment', Step>> => ({
  sarif: {
    name: 'Show the findings in code scanning',
    if: expression([...of.isAudit, '!cancelled()', "steps.run.outputs.sarif != ''"].join(' && ')),
    ...uses('sarif'),
    with: { sarif_file: output('sarif'), category: 'func-harden' },
  },
  comment: {
    name: 'Comment on the pull request',
    if: expression([...of.isPlan, '!cancelled()', OWN_PULL_REQUEST].join(' && ')),
    shell: 'bash',
    env: {
      FH_TOKEN: token,
      FH_PULL_REQUEST: expression('github.event.pull_request.number'),
      FH_MARKDOWN: output('markdown'),
      FH_CODE: output('code'),
    },
    run: COMMENT_GITHUB,
  },
});

export const resultStep = (run: string, env: Readonly<Record<string, string>>): Step => ({
  name: 'Result',
  if: expression('!cancelled()'),
  shell: 'bash',
  env: { FH_CODE: output('code'), ...env },
  run,
});

export function actionText(): string {
  const closing = closingSteps(
    {
      isAudit: ["inputs.command == 'audit'", "inputs.upload-sarif == 'true'"],
      isPlan: ["inputs.command == 'plan'", "inputs.comment == 'true'"],
    },
    input('github-token'),
  );
  return yamlText(['Written by npm run docs, from src/report/pipelines. Use it at a commit: OWNER/REPO@COMMIT.'], {
    name: 'func-harden',
    description: 'Audits Azure Function apps, plans their hardening, and applies an approved plan',
    inputs: INPUTS,
    outputs: Object.fromEntries(OUTPUTS.map(([name, from, description]) => [name, { description, value: output(from) }])),
    runs: {
      using: 'composite',
      steps: [
        { name: 'Install from this checkout with its lock file', shell: 'bash', run: INSTALL_ACTION },
        {
          name: 'Run func-harden',
          id: 'run',
          shell: 'bash',
          env: Object.fromEntries(Object.entries(RUN_INPUTS).map(([variable, name]) => [variable, input(name)])),
          run: runCommand(ACTION),
        },
        closing.comment,
        closing.sarif,
        resultStep(result(ACTION), { FH_COMMAND: input('command'), FH_FAIL_ON: input('fail-on') }),
      ],
    },
  });
}
