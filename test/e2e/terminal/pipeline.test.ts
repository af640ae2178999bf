import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { terminal } from '../../helpers/terminal.ts';
import { temporaryFolder } from '../../helpers/world.ts';

test('the pipeline command asks for the source of func-harden, and accepts no name that another person could own', async () => {
  const file = join(await temporaryFolder(), 'pipeline.yml');
  const commit = '0123456789abcdef0123456789abcdef01234567';
  const screen = terminal(['pipeline', '--for', 'github', '--output', file], { columns: 120 });
  await screen.sees('Source of func-harden');
  screen.type('func-harden', 'enter');
  // The refused text is removed from the line, and the question is asked again.
  await screen.sees(/a package name on a registry can belong to someone else[\s\S]*\n\? Source of func-harden[^\n]*:\s*$/);
  expect(existsSync(file)).toBe(false);
  screen.paste(`contoso/func-harden@${commit}`);
  screen.type('enter');
  expect(await screen.ended).toBe(0);
  expect(await readFile(file, 'utf8')).toContain(`uses: contoso/func-harden@${commit}\n`);
});
