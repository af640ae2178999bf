import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { isQuick } from './helpers/random-cases.ts';

const parts = isQuick ? ['--only', 'start', 'audit', 'terminal', 'fleet', 'upkeep', 'az'] : [];

test('the benchmark runs once with few repetitions, without checking its goals', { timeout: 120_000 }, async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    join(import.meta.dirname, 'tools', 'bench', 'index.ts'),
    '--smoke',
    ...parts,
  ]);
  expect(stdout).toMatch(/node -e 0[\s\S]*first frame of the wizard[\s\S]*diff of 500 lines[\s\S]*requests an app/);
});
