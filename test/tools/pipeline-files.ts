/** Returns the files for pipelines of users, by path: the action, and the stage template for Azure DevOps. */
import { azureDevOpsTemplate } from '../../src/report/pipelines/azure-devops.ts';
import { actionText } from '../../src/report/pipelines/github-action.ts';

export const pipelineFiles = (): Readonly<Record<string, string>> => ({
  'action.yml': actionText(),
  '.ci/azure-devops.yml': azureDevOpsTemplate(),
});
