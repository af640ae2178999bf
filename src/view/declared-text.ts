import type { DeclaredAt } from '../engine/judge/assess.ts';

const STATE = { declared: '', absent: ' (not set in code)', 'not-resolved': ' (value not resolved)', right: ' (correct in code)' } as const;

/** Where code declares a value, in words: `infra/main.tf:12`. */
export const declaredText = ({ file, line, state }: DeclaredAt): string => `${file}:${line}${STATE[state]}`;
