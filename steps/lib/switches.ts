import type { At } from '../../src/azure/index.ts';

/** Members of a setting that is right in one position of a switch; where it is not set, it is in the other. */
export const turned = <A extends At>(to: 'on' | 'off', ...at: A) => {
  const set = to === 'on';
  return { at, absent: !set, expect: { equals: set }, set };
};
