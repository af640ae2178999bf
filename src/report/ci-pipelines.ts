/** A pipeline that audits after each deployment and once a day, and hands its findings to code scanning. */
export const PLATFORMS = ['github', 'azure-devops'] as const;
export type Platform = (typeof PLATFORMS)[number];

export interface CiPipelineOptions {
  /** `--app fn-orders`, or every app in reach. */
  readonly target: string;
  readonly version: string;
  /** What could not be read is no failure. */
  readonly allowUnknown?: boolean;
}

/** 4 where nothing could be read, 6 where something could not: a report that is not whole must not look like one that is. */
const verdict = (indent: string, where: string): string =>
  [
    `# 2 are findings: ${where} shows them. Everything else is a failure, also 4 (nothing could be read) and 6 (something could not).`,
    'if [ $code -ne 0 ] && [ $code -ne 2 ]; then exit $code; fi',
  ].join(`\n${indent}`);

const audit = ({ target, version, allowUnknown = false }: CiPipelineOptions): string =>
  `npx --yes func-harden@${version} audit ${target} --auth azure-cli${allowUnknown ? ' --allow-unknown' : ''}`;

const github = (options: CiPipelineOptions): string => `# Audits Azure Function apps and shows what it finds under Security > Code scanning.
# Needs: an app registration with a federated credential for this repository and the role Reader on the apps;
# its ids as the variables AZURE_CLIENT_ID, AZURE_TENANT_ID and AZURE_SUBSCRIPTION_ID.
name: func-harden
on:
  workflow_dispatch:
  workflow_run:
    # The name of the workflow that deploys.
    workflows: [deploy]
    types: [completed]
  schedule:
    - cron: "17 5 * * *"
permissions:
  contents: read
  id-token: write
  security-events: write
jobs:
  audit:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - uses: actions/setup-node@v5
        with:
          node-version: 24
      - uses: azure/login@v2
        with:
          client-id: \${{ vars.AZURE_CLIENT_ID }}
          tenant-id: \${{ vars.AZURE_TENANT_ID }}
          subscription-id: \${{ vars.AZURE_SUBSCRIPTION_ID }}
      - name: Audit
        run: |
          set +e
          ${audit(options)} --format sarif=func-harden.sarif
          code=$?
          ${verdict('          ', 'code scanning')}
      - uses: github/codeql-action/upload-sarif@v4
        if: \${{ !cancelled() && hashFiles('func-harden.sarif') != '' }}
        with:
          sarif_file: func-harden.sarif
          category: func-harden
`;

const azureDevOps = (
  options: CiPipelineOptions,
): string => `# Audits Azure Function apps, shows the result under Tests, and keeps the SARIF file.
# Needs: a service connection with the role Reader on the apps, named in the variable below.
trigger: none
schedules:
  - cron: "17 5 * * *"
    displayName: every morning
    branches:
      include: [main]
    always: true
variables:
  serviceConnection: func-harden-reader
pool:
  vmImage: ubuntu-latest
steps:
  - task: UseNode@1
    inputs:
      version: 24.x
  - task: AzureCLI@2
    displayName: Audit
    inputs:
      azureSubscription: $(serviceConnection)
      scriptType: bash
      scriptLocation: inlineScript
      inlineScript: |
        set +e
        ${audit(options)} --format junit=func-harden.xml --format sarif=$(Build.ArtifactStagingDirectory)/func-harden.sarif
        code=$?
        ${verdict('        ', 'the Tests page')}
  - task: PublishTestResults@2
    condition: succeededOrFailed()
    inputs:
      testResultsFormat: JUnit
      testResultsFiles: func-harden.xml
      testRunTitle: func-harden
  - publish: $(Build.ArtifactStagingDirectory)/func-harden.sarif
    artifact: CodeAnalysisLogs
    condition: succeededOrFailed()
`;

export const PIPELINES: Readonly<Record<Platform, (options: CiPipelineOptions) => string>> = { github, 'azure-devops': azureDevOps };
