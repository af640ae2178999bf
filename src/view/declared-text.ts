import type { DeclaredAt } from '../engine/judge/assess.ts';

const STATE = { declared: '', absent: ' (not set in code)', 'not-resolved': ' (value not resolved)', right: ' (correct in code)' } as const;

/** Returns the place in code that declares a value: `infra/main.tf:12`. */
export const declaredText = ({ file, line, state }: DeclaredAt): string => `${file}:${line}${STATE[state]}`;
