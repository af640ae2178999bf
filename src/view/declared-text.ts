/** Where code declares a value, in words. */
export interface DeclaredAt {
  readonly file: string;
  readonly line: number;
  readonly state: 'declared' | 'absent' | 'not-resolved' | 'right';
}

export const declaredText = ({ file, line, state }: DeclaredAt): string =>
  `${file}:${line}${state === 'absent' ? ' (not set there)' : state === 'not-resolved' ? ' (not resolved)' : state === 'right' ? ' (right there)' : ''}`;
