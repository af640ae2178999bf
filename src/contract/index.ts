/** The contract of an area: the types of a step, its questions, and values that are read later. No I/O, no terminal. */
export * from './access-rule-problems.ts';
export type * from './decisions.ts';
export * from './declared.ts';
export * from './deferred.ts';
export * from './draft.ts';
export * from './initiatives.ts';
export * from './policy.ts';
export type * from './problem.ts';
export * from './questions.ts';
export * from './step.ts';
