import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { problemOf } from './setup/node-version.cjs';

const { engines, scripts } = JSON.parse(await readFile(join(import.meta.dirname, '..', 'package.json'), 'utf8')) as {
  engines: { node: string };
  scripts: Record<'test' | 'test:all', string>;
};

test('tests that start with an old Node.js report that first', () => {
  expect(scripts.test).toMatch(/^npm run --silent test:all /);
  expect(scripts['test:all']).toMatch(/^node test\/setup\/node-version\.cjs && /);
  for (const old of ['18.20.0', '20.20.2', '22.22.1', '23.9.0', '24.14.9', '25.1.0'])
    expect(problemOf(old, engines.node), old).toMatch(
      new RegExp(`^The tests need Node\\.js .*, and this is ${old.replaceAll('.', '\\.')}: .*\\.$`),
    );
  for (const good of ['22.22.2', '22.23.0', '24.15.0', '24.21.0', '26.0.0', '27.1.0'])
    expect(problemOf(good, engines.node), good).toBeUndefined();
});
