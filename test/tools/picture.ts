/** Draws docs/wizard.svg: the real wizard, in a real pseudo-terminal, on the sample subscription. */
import { spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { svgOf } from './svg.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const [COLUMNS, ROWS] = [100, 30];

const screen = new xterm.Terminal({ cols: COLUMNS, rows: ROWS, allowProposedApi: true });
const env: Record<string, string> = {
  ...(process.env as Record<string, string>),
  LANG: 'C.UTF-8',
  TERM: 'xterm-256color',
  FORCE_COLOR: '1',
};
delete env['NO_COLOR'];
delete env['CI'];
const child = spawn(process.execPath, [join(ROOT, 'bin', 'func-harden.cjs'), 'demo', '--my-ip', '203.0.113.7'], {
  cols: COLUMNS,
  rows: ROWS,
  env,
});
let changed = () => {};
child.onData((data) => screen.write(data, () => changed()));

const text = () =>
  Array.from(
    { length: ROWS },
    (_, row) => screen.buffer.active.getLine(screen.buffer.active.viewportY + row)?.translateToString(true) ?? '',
  ).join('\n');
const sees = (what: string) =>
  new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`never saw ${what}:\n${text()}`)), 15_000);
    changed = () => {
      if (!text().includes(what)) return;
      clearTimeout(timer);
      resolve();
    };
    changed();
  });

await sees('6 apps');
child.write('\r');
await sees('Require HTTPS');
child.write('\r');
await sees('findings ticked');
child.write('\r');
await sees('Question 1');
child.write('\r');
await sees('Question 2');
child.write('\r');
await sees('Apply this?');
await writeFile(join(ROOT, 'docs', 'wizard.svg'), svgOf(screen));
child.write('\u0003');
console.log('docs/wizard.svg');
