/** Pipelines for the user's repository: audit after a deployment, plan on a pull request, apply after approval. */
import { azureDevOpsPipeline } from './pipelines/azure-devops.ts';
import { githubWorkflow } from './pipelines/github.ts';
import type { CiPipelineOptions, Platform } from './pipelines/pipeline-plan.ts';

export const PIPELINES: Readonly<Record<Platform, (options: CiPipelineOptions) => string>> = {
  github: githubWorkflow,
  'azure-devops': azureDevOpsPipeline,
};
