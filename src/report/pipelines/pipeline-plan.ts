/** What a pipeline is asked to do. */
import type { InstallSource } from './install-source.ts';

export const PLATFORMS = ['github', 'azure-devops'] as const;
export type Platform = (typeof PLATFORMS)[number];

export const STAGES = ['audit', 'plan', 'apply'] as const;
export type Stage = (typeof STAGES)[number];

export interface CiPipelineOptions {
  readonly stages: readonly Stage[];
  readonly install: InstallSource;
  /** Names or ids of apps; none for every app in reach. */
  readonly apps: readonly string[];
  /** Path in the repository; plan and apply have one. */
  readonly answers?: string;
  /** A value that could not be read does not fail the audit. */
  readonly allowUnknown: boolean;
}

/** The environments whose identity and approvals the stages have. */
export const PLAN_ENVIRONMENT = 'func-harden-plan';
export const APPLY_ENVIRONMENT = 'func-harden';

/** How long a plan may wait for its approval. */
export const MAX_AGE = '7d';
