import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Runs the longest test files first: started last, one of them would run alone at the end. */
const LONG = [
  'properties/some-areas.test.ts',
  'properties/every-area.test.ts',
  'e2e/kill.test.ts',
  'properties/any-keys.test.ts',
  'e2e/least-privilege.test.ts',
  'e2e/kill-side-by-side.test.ts',
  'package.test.ts',
  'binary.test.ts',
  'new-area.test.ts',
  'bench.test.ts',
  'e2e/pipelines.test.ts',
  'e2e/faults.test.ts',
  'tui/findings.test.ts',
];

export class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const at = LONG.findIndex((name) => moduleId.endsWith(`/test/${name}`));
      return at < 0 ? LONG.length : at;
    };
    const sorted = await super.sort(files); // oxlint-disable-line unicorn/no-array-sort
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}
