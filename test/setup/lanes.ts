/** Which test files run beside the others, later, or first. */

/**
 * Tests that pack, install, build or draw everything: minutes on a slow disk, and not needed after each change. The mutated
 * answers are here too, because they add false secrets (such as ids) to the scrubber of their process, which would hide them in other tests.
 */
export const LANE = [
  'test/package.test.ts',
  'test/binary.test.ts',
  'test/release.test.ts',
  'test/new-area.test.ts',
  'test/scripts.test.ts',
  'test/bench.test.ts',
  'test/e2e/fuzz.test.ts',
  'test/arm/contract.test.ts',
  'test/report/sarif-validator.test.ts',
];

/** Tests that take long, and that `npm test` leaves to continuous integration: others test the same rules, with fewer cases or in one process. */
export const LATER = [
  'test/binary.test.ts',
  'test/release.test.ts',
  'test/controls.test.ts',
  'test/report/sarif-validator.test.ts',
  'test/arm/policy.test.ts',
  'test/emulator/graph.test.ts',
  'test/engine/trial-faults.test.ts',
  'test/e2e/accepted-writes.test.ts',
  'test/e2e/evidence.test.ts',
  'test/e2e/evidence-key-vault.test.ts',
  'test/e2e/fuzz.test.ts',
  'test/e2e/invalid-answers.test.ts',
  'test/e2e/kill-shared.test.ts',
  'test/e2e/network-access.test.ts',
  'test/e2e/pipelines.test.ts',
  'test/e2e/plain-output.test.ts',
  'test/e2e/propagation.test.ts',
  'test/e2e/quoted-secrets.test.ts',
  'test/e2e/record.test.ts',
  'test/e2e/shared-log.test.ts',
  'test/e2e/terminal/early-keys.test.ts',
  'test/e2e/terminal/random-walks.test.ts',
  'test/e2e/terminal/suspend.test.ts',
  'test/files/file-permissions.test.ts',
  'test/properties/any-keys.test.ts',
  'test/properties/every-area.test.ts',
  'test/properties/some-areas.test.ts',
  'test/properties/undo-logs.test.ts',
  'test/source/hostile-code.test.ts',
  'test/source/patch.test.ts',
];

/** Files that take long. Started last, one of them would run alone at the end. */
export const LONG = [
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
