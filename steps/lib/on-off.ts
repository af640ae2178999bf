import type { At } from '../../src/azure/index.ts';

/** Returns the members of a setting that must be on or off. "Not set" is the other position. */
export const switchedTo = <A extends At>(to: 'on' | 'off', ...at: A) => {
  const set = to === 'on';
  return { at, absent: !set, expect: { equals: set }, set };
};
