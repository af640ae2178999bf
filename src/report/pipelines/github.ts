/** The GitHub workflow: audit after a deployment, plan on a pull request that changes the answers file, apply after approval. */
import { APPROVAL_GITHUB, installTarball, result, runCommand, WORKFLOW } from './shell.ts';
import { closingSteps, OWN_PULL_REQUEST, resultStep, RUN_INPUTS } from './github-action.ts';
import { APPLY_ENVIRONMENT, MAX_AGE, PLAN_ENVIRONMENT, type CiPipelineOptions } from './pipeline-plan.ts';
import { expression, uses, yamlText, type Step } from './yaml-text.ts';

const checkout: Step = { ...uses('checkout'), with: { 'persist-credentials': false } };

const login: Step = {
  name: 'Sign in to Azure',
  ...uses('login'),
  with: {
    'client-id': expression('vars.AZURE_CLIENT_ID'),
    'tenant-id': expression('vars.AZURE_TENANT_ID'),
    'subscription-id': expression('vars.AZURE_SUBSCRIPTION_ID'),
  },
};

/** Returns the steps that run one command: the action of the repository, or the same shell script with the tool from the tarball. */
function commandSteps({ install }: CiPipelineOptions, inputs: Readonly<Record<string, string>>): Step[] {
  if (install.kind === 'repository') return [{ id: 'run', uses: `${install.repository}@${install.commit}`, with: inputs }];
  const { command = '' } = inputs;
  const env = Object.fromEntries(
    Object.entries(RUN_INPUTS).flatMap(([variable, name]) => (inputs[name] === undefined ? [] : [[variable, inputs[name]]])),
  );
  const closing = closingSteps({ isAudit: [], isPlan: [] }, expression('github.token'));
  return [
    { ...uses('node'), with: { 'node-version': 24 } },
    {
      name: 'Install func-harden',
      shell: 'bash',
      env: { FH_URL: install.url, FH_INTEGRITY: install.integrity },
      run: installTarball(WORKFLOW),
    },
    { name: 'Run func-harden', id: 'run', shell: 'bash', env, run: runCommand(WORKFLOW) },
    ...(command === 'audit' ? [closing.sarif] : command === 'plan' ? [closing.comment] : []),
    resultStep(result(WORKFLOW), { FH_COMMAND: command }),
  ];
}

/** Returns an output of the step that ran the command; the action uses the same names. */
const runOutput = (name: string): string => expression(`steps.run.outputs.${name}`);

const auditJob = (options: CiPipelineOptions): Step => ({
  if: expression(
    "contains(fromJSON('[\"schedule\", \"workflow_dispatch\"]'), github.event_name) || (github.event_name == 'workflow_run' && github.event.workflow_run.conclusion == 'success')",
  ),
  'runs-on': 'ubuntu-latest',
  permissions: { contents: 'read', 'id-token': 'write', 'security-events': 'write' },
  steps: [
    checkout,
    login,
    ...commandSteps(options, {
      command: 'audit',
      apps: options.apps.join(' '),
      ...(options.answers === undefined ? {} : { answers: options.answers }),
      'allow-unknown': String(options.allowUnknown),
    }),
  ],
});

const planJob = (options: CiPipelineOptions): Step => {
  const isOnPullRequest = options.stages.includes('plan');
  const when = [
    ...(isOnPullRequest ? [`(${OWN_PULL_REQUEST})`] : []),
    ...(options.stages.includes('apply') ? ["github.event_name == 'push'"] : []),
  ];
  return {
    if: expression(when.join(' || ')),
    'runs-on': 'ubuntu-latest',
    environment: PLAN_ENVIRONMENT,
    permissions: { contents: 'read', 'id-token': 'write', ...(isOnPullRequest ? { 'pull-requests': 'write' } : {}) },
    concurrency: { group: expression("format('func-harden-plan-{0}', github.ref)"), 'cancel-in-progress': true },
    outputs: { digest: runOutput('digest'), changes: runOutput('changes') },
    steps: [
      checkout,
      login,
      ...commandSteps(options, { command: 'plan', apps: options.apps.join(' '), answers: options.answers ?? '' }),
      {
        name: 'Upload the plan',
        if: expression("!cancelled() && steps.run.outputs.plan != ''"),
        ...uses('keep'),
        with: { name: 'func-harden-plan', path: expression("format('{0}/func-harden/plan.*', runner.temp)") },
      },
    ],
  };
};

const applyJob = (options: CiPipelineOptions): Step => ({
  needs: 'plan',
  if: expression("github.event_name == 'push' && needs.plan.outputs.digest != '' && needs.plan.outputs.changes != '0'"),
  'runs-on': 'ubuntu-latest',
  environment: APPLY_ENVIRONMENT,
  permissions: { contents: 'read', 'id-token': 'write', actions: 'read' },
  concurrency: { group: 'func-harden-apply', 'cancel-in-progress': false },
  steps: [
    {
      name: 'Approval',
      id: 'approval',
      shell: 'bash',
      env: { FH_TOKEN: expression('github.token'), FH_ENVIRONMENT: APPLY_ENVIRONMENT },
      run: APPROVAL_GITHUB,
    },
    {
      name: 'Get the plan',
      ...uses('fetch'),
      with: { name: 'func-harden-plan', path: expression("format('{0}/func-harden-plan', runner.temp)") },
    },
    login,
    ...commandSteps(options, {
      command: 'replay',
      plan: expression("format('{0}/func-harden-plan/plan.json', runner.temp)"),
      // The digest comes from the job that made the plan, as it was at approval, and not from the file.
      'require-digest': expression('needs.plan.outputs.digest'),
      'approved-by': expression('steps.approval.outputs.approved_by'),
      'max-age': MAX_AGE,
      confirm: expression('vars.FUNC_HARDEN_CONFIRM'),
      'despite-code': expression('vars.FUNC_HARDEN_DESPITE_CODE'),
      state: expression('vars.FUNC_HARDEN_STATE'),
    }),
    {
      name: 'Upload the undo log',
      if: expression("!cancelled() && vars.FUNC_HARDEN_STATE == ''"),
      ...uses('keep'),
      with: {
        name: 'func-harden-undo-log',
        path: expression("format('{0}/func-harden-state', runner.temp)"),
        'include-hidden-files': true,
        'if-no-files-found': 'ignore',
        'retention-days': 90,
      },
    },
  ],
});

export function githubWorkflow(options: CiPipelineOptions): string {
  const has = (stage: CiPipelineOptions['stages'][number]): boolean => options.stages.includes(stage);
  const { answers = '' } = options;
  const comment = [
    'Hardens Azure Function apps with func-harden.',
    ...(has('audit') ? ['audit: after each deployment and once a day. Findings are shown under Security > Code scanning.'] : []),
    ...(has('plan')
      ? [`plan: a pull request that touches ${answers} gets a comment with the changes; later pushes update the comment.`]
      : []),
    ...(has('apply')
      ? [
          `apply: a push to main that touches ${answers} is planned and waits for the approval of environment ${APPLY_ENVIRONMENT}. Only the plan with the approved digest is applied (--require-digest, --approved-by).`,
        ]
      : []),
    '',
    'Needs: app registrations with a federated credential for this repository, as variables AZURE_CLIENT_ID, AZURE_TENANT_ID and',
    'AZURE_SUBSCRIPTION_ID. No secret is stored.',
    ...(has('audit')
      ? ['- for the repository: an app registration with the role Reader on the apps; its federated credential has the entity type Branch.']
      : []),
    ...(has('plan') || has('apply')
      ? [
          `- for environment ${PLAN_ENVIRONMENT}: an app registration with the custom role for changes (func-harden steps --permissions), because a plan contains only changes that its`,
          '  account is allowed to make. Add required reviewers to the environment if not everyone who can push a branch is allowed to use this identity.',
        ]
      : []),
    ...(has('apply')
      ? [
          `- for environment ${APPLY_ENVIRONMENT}: an app registration with the same role. The environment must have required reviewers; without an approval, nothing is applied.`,
          '  Its variable FUNC_HARDEN_CONFIRM lists apps whose lock-out and one-way changes are also approved. FUNC_HARDEN_STATE is the',
          '  https URL of a container for the undo log; without it the undo log is an artifact of the run. FUNC_HARDEN_DESPITE_CODE: true',
          '  changes the values in Azure although the next deployment of the code reverts them.',
        ]
      : []),
  ];
  return yamlText(comment, {
    name: 'func-harden',
    on: {
      ...(has('audit')
        ? {
            workflow_dispatch: {},
            // The name of the workflow that deploys the apps.
            workflow_run: { workflows: ['deploy'], types: ['completed'] },
            schedule: [{ cron: '17 5 * * *' }],
          }
        : {}),
      ...(has('plan') ? { pull_request: { paths: [answers] } } : {}),
      ...(has('apply') ? { push: { branches: ['main'], paths: [answers] } } : {}),
    },
    permissions: {},
    jobs: {
      ...(has('audit') ? { audit: auditJob(options) } : {}),
      ...(has('plan') || has('apply') ? { plan: planJob(options) } : {}),
      ...(has('apply') ? { apply: applyJob(options) } : {}),
    },
  }).replace('workflows:\n', 'workflows: # The name of the workflow that deploys.\n');
}
