/** The places in code that declare the values of audited apps. Code is read only where an option names it. */
import type { Invocation } from '../cli/invocation.ts';
import type { Target } from '../azure/index.ts';
import type { AnyStep } from '../contract/index.ts';
import type { DeclaredAt, StepState } from '../engine/judge/assess.ts';
import { optionErrors } from './errors/options.ts';
import type { AnswersFile } from '../engine/judge/decisions.ts';

/** Returns the places that declare the values of an app, by control. */
export type DeclaredFor = (target: Target) => ReadonlyMap<string, DeclaredAt>;

export async function findDeclaredPlaces(
  invocation: Invocation,
  steps: readonly AnyStep[],
  answers: AnswersFile | undefined,
): Promise<DeclaredFor | undefined> {
  const { source = answers?.source, template, terraformState, parameters } = invocation.options;
  if (source === undefined && template === undefined) {
    if (terraformState !== undefined) throw optionErrors.withoutCode({ option: '--terraform-state', code: '--source DIR' });
    if (parameters !== undefined) throw optionErrors.withoutCode({ option: '--parameters', code: '--template FILE' });
    return undefined;
  }
  return (await import('./source-code.ts')).declaredPlaces(invocation, source, steps, answers);
}

export const addDeclaredPlaces = (steps: readonly StepState[], places: ReadonlyMap<string, DeclaredAt>): StepState[] =>
  steps.map((step) => ({
    ...step,
    controls: step.controls.map((control) => {
      const declared = places.get(control.id);
      return declared ? { ...control, declared } : control;
    }),
  }));
