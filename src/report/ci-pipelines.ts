/** A pipeline that audits after each deployment and once a day, and hands its findings to code scanning. */
export const PLATFORMS = ['github', 'azure-devops'] as const;
export type Platform = (typeof PLATFORMS)[number];

export interface CiPipelineOptions {
  /** `--app fn-orders`, or every app in reach. */
  readonly target: string;
  readonly version: string;
}

const github = ({
  target,
  version,
}: CiPipelineOptions): string => `# Audits Azure Function apps and shows what it finds under Security > Code scanning.
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
          npx --yes func-harden@${version} audit ${target} --auth azure-cli --format sarif --output func-harden.sarif
          code=$?
          # 2 are findings: code scanning shows them. 6 is what Reader may not read. Everything else is a failure.
          if [ $code -ne 0 ] && [ $code -ne 2 ] && [ $code -ne 6 ]; then exit $code; fi
      - uses: github/codeql-action/upload-sarif@v4
        with:
          sarif_file: func-harden.sarif
          category: func-harden
`;

const azureDevOps = ({
  target,
  version,
}: CiPipelineOptions): string => `# Audits Azure Function apps, shows the result under Tests, and keeps the SARIF file.
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
        npx --yes func-harden@${version} audit ${target} --auth azure-cli --format junit --output func-harden.xml
        code=$?
        npx --yes func-harden@${version} audit ${target} --auth azure-cli --format sarif --output $(Build.ArtifactStagingDirectory)/func-harden.sarif
        # 2 are findings: the Tests page shows them. 6 is what Reader may not read. Everything else is a failure.
        if [ $code -ne 0 ] && [ $code -ne 2 ] && [ $code -ne 6 ]; then exit $code; fi
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
