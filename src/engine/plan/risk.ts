import type { Risk } from '../../contract/index.ts';

/** Mildest first. */
export const RISKS: readonly Risk[] = ['safe', 'disruptive', 'lock-out', 'one-way'];

/** What can lock people out or cannot be taken back is approved by the name of the app, never by a yes alone. */
export const needsName = (risk: Risk): boolean => risk === 'lock-out' || risk === 'one-way';
