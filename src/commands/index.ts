/** Loads the module of a command at first use. */
import type { CommandName } from '../cli/commands.ts';
import type { CommandModule } from '../cli/invocation.ts';

export const LOAD: Readonly<Record<CommandName, () => Promise<CommandModule>>> = {
  wizard: () => import('./wizard.ts'),
  audit: () => import('./audit.ts'),
  findings: () => import('./findings.ts'),
  plan: () => import('./plan.ts'),
  replay: () => import('./replay.ts'),
  history: () => import('./history.ts'),
  undo: () => import('./undo.ts'),
  resume: () => import('./resume.ts'),
  steps: () => import('./steps.ts'),
  evidence: () => import('./evidence.ts'),
  export: () => import('./export.ts'),
  source: () => import('./source.ts'),
  doctor: () => import('./doctor.ts'),
  pipeline: () => import('./pipeline.ts'),
  demo: () => import('./demo.ts'),
  emulator: () => import('./emulator.ts'),
  completion: () => import('./completion.ts'),
  config: () => import('./config.ts'),
};
