import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take long. Started last, one of them would run alone at the end. */
const LONG = [
  'package.test.ts',
  'release.test.ts',
  'bench.test.ts',
  'binary.test.ts',
  'new-area.test.ts',
  'properties/some-areas.test.ts',
  'e2e/terminal/random-walks.test.ts',
  'e2e/terminal/early-keys.test.ts',
  'properties/every-area.test.ts',
  'e2e/fuzz.test.ts',
  'e2e/least-privilege.test.ts',
  'e2e/terminal/random-keys.test.ts',
  'properties/any-keys.test.ts',
  'properties/undo-logs.test.ts',
  'e2e/shared-log.test.ts',
  'docs-commands.test.ts',
  'arm/sign-in.test.ts',
  'e2e/kill.test.ts',
  'controls.test.ts',
  'e2e/kill-shared.test.ts',
  'e2e/pipelines.test.ts',
  'e2e/faults.test.ts',
  'e2e/kill-parallel.test.ts',
];

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
