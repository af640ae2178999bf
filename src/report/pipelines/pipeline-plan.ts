/** Options of a generated pipeline. */
import type { InstallSource } from './install-source.ts';

export const PLATFORMS = ['github', 'azure-devops'] as const;
export type Platform = (typeof PLATFORMS)[number];

export const STAGES = ['audit', 'plan', 'apply'] as const;
export type Stage = (typeof STAGES)[number];

export interface CiPipelineOptions {
  readonly stages: readonly Stage[];
  readonly install: InstallSource;
  /** Names or ids of apps; empty for all accessible apps. */
  readonly apps: readonly string[];
  /** Path in the repository; required by plan and apply. */
  readonly answers?: string;
  /** Whether values that could not be read do not fail the audit. */
  readonly allowUnknown: boolean;
}

/** Environments that hold the identity and the approvals of the stages. */
export const PLAN_ENVIRONMENT = 'func-harden-plan';
export const APPLY_ENVIRONMENT = 'func-harden';

/** Maximum age of a plan when it is applied. */
export const MAX_AGE = '7d';
