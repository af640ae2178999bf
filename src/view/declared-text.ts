import type { DeclaredAt } from '../engine/judge/assess.ts';

const STATE = {
  declared: '',
  absent: ' (not set in the code)',
  'not-resolved': ' (value not resolved)',
  right: ' (already correct in the code)',
} as const;

/** Returns the place in code that declares a value: `infra/main.tf:12`. */
export const declaredText = ({ file, line, state }: DeclaredAt): string => `${file}:${line}${STATE[state]}`;
