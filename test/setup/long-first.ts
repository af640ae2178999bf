import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { LONG } from './lanes.ts';

export class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId, project }: TestSpecification) => {
      const at = LONG.findIndex((name) => moduleId.endsWith(`/test/${name}`));
      // One project after the other: workers that change the project start and load everything again.
      return (at < 0 ? LONG.length : at) - (project.name === 'package' ? 2 * LONG.length : 0);
    };
    const sorted = await super.sort(files); // oxlint-disable-line unicorn/no-array-sort
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}
