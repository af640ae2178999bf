/**
 * `npm run check:quick`: checks types everywhere, and lint and format of files that differ from the last commit. `npm run check` checks all
 * files.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
const BIN = join(ROOT, 'node_modules', '.bin');

const changed = (...args: string[]): string[] => {
  const { stdout, status } = spawnSync('git', [...args, '-z'], { cwd: ROOT, encoding: 'utf8' });
  return status === 0 ? stdout.split('\0').filter((name) => name !== '') : [];
};
const files = [
  ...new Set([
    ...changed('diff', '--name-only', '--diff-filter=d', 'HEAD'),
    ...changed('ls-files', '--others', '--exclude-standard', '--', ':!node_modules'),
  ]),
];
const code = files.filter((name) => /\.(ts|tsx|js|cjs|mjs)$/.test(name));

const checks: readonly (readonly [string, readonly string[]])[] = [
  ['tsc', ['--incremental', '--tsBuildInfoFile', join('.cache', 'check.tsbuildinfo')]],
  ...(code.length > 0 ? [['oxlint', ['--deny-warnings', ...code]] as const] : []),
  ...(files.length > 0 ? [['oxfmt', ['--check', '--no-error-on-unmatched-pattern', ...files]] as const] : []),
];
for (const [name, args] of checks) {
  const { status } = spawnSync(join(BIN, name), args, { cwd: ROOT, stdio: 'inherit', shell: process.platform === 'win32' });
  if (status !== 0) {
    console.error(`${name} found something; nothing was committed if this was a commit.`);
    process.exit(1);
  }
}
