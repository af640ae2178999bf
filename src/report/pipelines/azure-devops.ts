/** The three stages for Azure DevOps: as a pipeline with its values, and as a template with parameters. */
import { APPROVAL_AZURE_DEVOPS, AZURE_DEVOPS, COMMENT_AZURE_DEVOPS, installCommit, installTarball, result, runCommand } from './shell.ts';
import { APPLY_ENVIRONMENT, MAX_AGE, STAGES, type CiPipelineOptions, type Stage } from './pipeline-plan.ts';
import type { InstallSource } from './install-source.ts';
import { expression, yamlText, type Step } from './yaml-text.ts';

/** Values of the stages: literal, or parameters of the template. */
interface Values {
  readonly install: InstallSource;
  readonly apps: string;
  readonly answers: string;
  readonly allowUnknown: string;
  readonly connections: Readonly<Record<Stage, string>>;
  readonly environment: string;
  readonly confirm: string;
  readonly despiteCode: string;
  readonly state: string;
}

const POOL = { vmImage: 'ubuntu-latest' };
const FOLDER = '$(Agent.TempDirectory)/func-harden';
const TOKEN = { FH_TOKEN: '$(System.AccessToken)' };
const ALWAYS = 'succeededOrFailed()';

const installSteps = ({ install }: Values): Step[] => [
  { task: 'UseNode@1', inputs: { version: '24.x' } },
  install.kind === 'repository'
    ? {
        bash: installCommit(AZURE_DEVOPS),
        displayName: 'Install func-harden',
        env: { FH_REPOSITORY: install.repository, FH_COMMIT: install.commit },
      }
    : {
        bash: installTarball(AZURE_DEVOPS),
        displayName: 'Install func-harden',
        env: { FH_URL: install.url, FH_INTEGRITY: install.integrity },
      },
];

const runStep = (connection: string, env: Readonly<Record<string, string>>): Step => ({
  task: 'AzureCLI@2',
  name: 'run',
  displayName: 'Run func-harden',
  inputs: { azureSubscription: connection, scriptType: 'bash', scriptLocation: 'inlineScript', inlineScript: runCommand(AZURE_DEVOPS) },
  env,
});

const resultStep = (command: string): Step => ({
  bash: result(AZURE_DEVOPS),
  displayName: 'Result',
  condition: ALWAYS,
  env: { FH_CODE: '$(run.code)', FH_COMMAND: command },
});

const auditStage = (values: Values): Step => ({
  stage: 'audit',
  dependsOn: [],
  condition: "in(variables['Build.Reason'], 'ResourceTrigger', 'Schedule', 'Manual')",
  jobs: [
    {
      job: 'audit',
      pool: POOL,
      steps: [
        { checkout: 'self', persistCredentials: false },
        ...installSteps(values),
        runStep(values.connections.audit, {
          FH_COMMAND: 'audit',
          FH_APPS: values.apps,
          FH_ANSWERS: values.answers,
          FH_ALLOW_UNKNOWN: values.allowUnknown,
        }),
        {
          task: 'PublishTestResults@2',
          condition: ALWAYS,
          inputs: { testResultsFormat: 'JUnit', testResultsFiles: `${FOLDER}/audit.xml`, testRunTitle: 'func-harden' },
        },
        { publish: `${FOLDER}/audit.sarif`, artifact: 'CodeAnalysisLogs', condition: ALWAYS },
        resultStep('audit'),
      ],
    },
  ],
});

const planStage = (values: Values, stages: readonly Stage[]): Step => {
  const reasons = [...(stages.includes('plan') ? ['PullRequest'] : []), ...(stages.includes('apply') ? ['IndividualCI', 'BatchedCI'] : [])];
  return {
    stage: 'plan',
    dependsOn: [],
    condition: `and(in(variables['Build.Reason'], ${reasons.map((one) => `'${one}'`).join(', ')}), ne(variables['System.PullRequest.IsFork'], 'True'))`,
    jobs: [
      {
        job: 'plan',
        pool: POOL,
        steps: [
          { checkout: 'self', persistCredentials: false },
          ...installSteps(values),
          runStep(values.connections.plan, { FH_COMMAND: 'plan', FH_APPS: values.apps, FH_ANSWERS: values.answers }),
          ...(stages.includes('plan')
            ? [
                {
                  bash: COMMENT_AZURE_DEVOPS,
                  displayName: 'Comment on the pull request',
                  condition: "and(succeededOrFailed(), eq(variables['Build.Reason'], 'PullRequest'))",
                  env: { ...TOKEN, FH_MARKDOWN: `${FOLDER}/plan.md`, FH_CODE: '$(run.code)' },
                },
              ]
            : []),
          { publish: FOLDER, artifact: 'func-harden-plan', condition: ALWAYS },
          resultStep('plan'),
        ],
      },
    ],
  };
};

const applyStage = (values: Values): Step => ({
  stage: 'apply',
  dependsOn: 'plan',
  condition:
    "and(succeeded(), in(variables['Build.Reason'], 'IndividualCI', 'BatchedCI'), ne(dependencies.plan.outputs['plan.run.digest'], ''), ne(dependencies.plan.outputs['plan.run.changes'], '0'))",
  // The digest comes from the job that made the plan, as it was at approval, and not from the file.
  variables: { approvedDigest: "$[ stageDependencies.plan.plan.outputs['run.digest'] ]" },
  jobs: [
    {
      deployment: 'apply',
      pool: POOL,
      environment: values.environment,
      strategy: {
        runOnce: {
          deploy: {
            steps: [
              { checkout: 'none' },
              { download: 'current', artifact: 'func-harden-plan' },
              {
                bash: APPROVAL_AZURE_DEVOPS,
                name: 'approval',
                displayName: 'Approval',
                env: { ...TOKEN, FH_STAGE: 'apply', FH_ENVIRONMENT: values.environment },
              },
              ...installSteps(values),
              runStep(values.connections.apply, {
                FH_COMMAND: 'replay',
                FH_PLAN: '$(Pipeline.Workspace)/func-harden-plan/plan.json',
                FH_DIGEST: '$(approvedDigest)',
                FH_APPROVED_BY: '$(approval.approved_by)',
                FH_MAX_AGE: MAX_AGE,
                FH_CONFIRM: values.confirm,
                FH_DESPITE_CODE: values.despiteCode,
                FH_STATE: values.state,
              }),
              // If the undo log is in a blob container, the folder does not exist.
              {
                publish: '$(Agent.TempDirectory)/func-harden-state',
                artifact: 'func-harden-undo-log',
                condition: ALWAYS,
                continueOnError: true,
              },
              resultStep('replay'),
            ],
          },
        },
      },
    },
  ],
});

const NEEDS = [
  'Needs: service connections with workload identity federation. audit: role Reader on the apps. plan and apply: the custom role for changes',
  '(func-harden steps --permissions), because a plan contains only changes that its account is allowed to make. Add an approval check to the service connection of stage plan',
  'if not everyone who can push a branch is allowed to use it. The environment of apply must have an approval; without it, nothing is applied.',
  'For the comment, the build service needs the permission "Contribute to pull requests".',
  'In Azure Repos, add a build validation policy with a path filter for the answers file, so that a pull request starts the pipeline.',
];

export function azureDevOpsPipeline({ stages, install, apps, answers = '', allowUnknown }: CiPipelineOptions): string {
  const has = (stage: Stage): boolean => stages.includes(stage);
  const values: Values = {
    install,
    apps: apps.join(' '),
    answers,
    allowUnknown: String(allowUnknown),
    connections: { audit: 'func-harden-reader', plan: 'func-harden-plan', apply: 'func-harden-apply' },
    environment: APPLY_ENVIRONMENT,
    confirm: '',
    despiteCode: 'false',
    state: '',
  };
  return yamlText(
    ['Hardens Azure Function apps with func-harden: audit after each deployment, plan on a pull request, apply after approval.', ...NEEDS],
    {
      trigger: has('apply') ? { branches: { include: ['main'] }, paths: { include: [answers] } } : 'none',
      pr: has('plan') ? { branches: { include: ['main'] }, paths: { include: [answers] } } : 'none',
      ...(has('audit')
        ? {
            // The name of the pipeline that deploys the apps.
            resources: { pipelines: [{ pipeline: 'deployment', source: 'deploy', trigger: true }] },
            schedules: [{ cron: '17 5 * * *', displayName: 'every morning', branches: { include: ['main'] }, always: true }],
          }
        : {}),
      stages: [
        ...(has('audit') ? [auditStage(values)] : []),
        ...(has('plan') || has('apply') ? [planStage(values, stages)] : []),
        ...(has('apply') ? [applyStage(values)] : []),
      ],
    },
  ).replace('source: deploy\n', 'source: deploy # The name of the pipeline that deploys.\n');
}

const PARAMETERS = {
  stages: { type: 'object', default: ['audit'] },
  repository: { type: 'string' },
  commit: { type: 'string' },
  apps: { type: 'string', default: '' },
  answers: { type: 'string', default: '' },
  allowUnknown: { type: 'string', default: 'false', values: ['false', 'true'] },
  auditConnection: { type: 'string', default: 'func-harden-reader' },
  planConnection: { type: 'string', default: 'func-harden-plan' },
  applyConnection: { type: 'string', default: 'func-harden-apply' },
  environment: { type: 'string', default: APPLY_ENVIRONMENT },
  confirm: { type: 'string', default: '' },
  despiteCode: { type: 'string', default: 'false', values: ['false', 'true'] },
  state: { type: 'string', default: '' },
} as const;

const parameter = (name: keyof typeof PARAMETERS): string => expression(`parameters.${name}`);

/** Returns the stages as a `template:` for a pipeline that has its own triggers. */
export function azureDevOpsTemplate(): string {
  const values: Values = {
    install: { kind: 'repository', repository: parameter('repository'), commit: parameter('commit') },
    apps: parameter('apps'),
    answers: parameter('answers'),
    allowUnknown: parameter('allowUnknown'),
    connections: { audit: parameter('auditConnection'), plan: parameter('planConnection'), apply: parameter('applyConnection') },
    environment: parameter('environment'),
    confirm: parameter('confirm'),
    despiteCode: parameter('despiteCode'),
    state: parameter('state'),
  };
  const only = (condition: string, stage: Step): Step => ({ [expression(`if ${condition}`)]: [stage] });
  const has = (stage: Stage): string => `containsValue(parameters.stages, '${stage}')`;
  return yamlText(
    [
      'Written by npm run docs, from src/report/pipelines. A template of stages for Azure DevOps.',
      'stages: audit, plan, apply. repository and commit: source of func-harden, OWNER/REPO on GitHub and 40 hexadecimal digits.',
      ...NEEDS,
    ],
    {
      parameters: Object.entries(PARAMETERS).map(([name, rest]) => ({ name, ...rest })),
      stages: [
        only(has('audit'), auditStage(values)),
        only(`or(${has('plan')}, ${has('apply')})`, planStage(values, STAGES)),
        only(has('apply'), applyStage(values)),
      ],
    },
  );
}
