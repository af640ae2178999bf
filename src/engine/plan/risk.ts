import type { Risk } from '../../contract/index.ts';

/** Risks, the mildest first. */
export const RISKS: readonly Risk[] = ['safe', 'disruptive', 'lock-out', 'one-way'];

/** Whether a change must be approved with the name of the app. For a lock-out or one-way change, a yes is not enough. */
export const needsName = (risk: Risk): boolean => risk === 'lock-out' || risk === 'one-way';
