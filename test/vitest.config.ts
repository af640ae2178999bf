import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { LANE, LATER } from './setup/lanes.ts';
import { LongFirst } from './setup/long-first.ts';

// Each worker loads hundreds of sources: with this, Node.js removes their types and compiles them only after they changed.
process.env['NODE_COMPILE_CACHE'] ??= join(tmpdir(), 'node-compile-cache');

export default defineConfig(({ mode }) => {
  const later = mode === 'quick' ? LATER : [];
  return {
    root: fileURLToPath(new URL('..', import.meta.url)),
    test: {
      globalSetup: ['test/setup/build.ts'],
      reporters: ['default', './test/setup/count-reporter.ts'],
      // One more than there are cores: many tests wait for a process or a file.
      maxWorkers: availableParallelism() + 1,
      // Node.js loads the files itself, because the runner of Vite looks up each imported name at each use.
      experimental: { viteModuleRunner: false, nodeLoader: false },
      // Tests create much garbage: more space for it saves a tenth of the processor time. Files run the same code one after the other:
      // code that stays compiled saves another twentieth.
      execArgv: ['--max-semi-space-size=64', '--no-flush-bytecode'],
      sequence: { sequencer: LongFirst },
      env: {
        // See helpers/random-cases.ts. The days since 1970, so that each night has its own random cases.
        TEST_DEPTH: mode,
        TEST_SEED: process.env['TEST_SEED'] ?? String(Math.floor(Date.now() / 86_400_000)),
      },
      projects: [
        {
          extends: true,
          test: {
            name: 'suite',
            include: ['test/**/*.test.{ts,tsx}'],
            exclude: [...LANE, ...later],
            setupFiles: ['test/setup/jsx.ts', 'test/setup/environment.ts'],
            globalSetup: [],
            // Files share a process and its loaded modules, because loading took as long as testing.
            isolate: false,
            testTimeout: 20_000,
            hookTimeout: 30_000,
          },
        },
        {
          extends: true,
          test: {
            name: 'package',
            include: LANE.filter((file) => !later.includes(file)),
            setupFiles: ['test/setup/jsx.ts', 'test/setup/environment.ts'],
            globalSetup: [],
            isolate: false,
            testTimeout: 20_000,
            hookTimeout: 30_000,
          },
        },
      ],
    },
  };
});
