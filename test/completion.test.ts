/** Shell completion: a script is run if its shell is installed, and all scripts have the same words. */
import { execFileSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { completionScript, SHELLS } from '../src/cli/completion.ts';
import { PLAN_FORMATS } from '../src/cli/options.ts';
import { inside } from './helpers/inside.ts';
import { world } from './helpers/world.ts';

const STEPS = ['https', 'ftp'];

/** Returns what bash offers after these words; `func-harden` is a stand-in with the names of an undo log. */
function offered(...words: string[]): string[] {
  const script = `${completionScript('bash', STEPS)}
func-harden() { case "$2$3$4" in runs--state/elsewhere) echo 20261125T000000000Z-0001 ;; runs--state*) echo "$4" ;; runs) echo 20261124T150645123Z-3f2a ;; apps) echo fn-orders; echo fn-orders/staging ;; esac; }
COMP_WORDS=(func-harden "$@"); COMP_CWORD=$#
_func_harden
printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', script, 'bash', ...words], { encoding: 'utf8' })
    .split('\n')
    .filter((word) => word !== '');
}

test('bash completes runs, steps, recent apps, and the formats of each command', { timeout: 120_000 }, () => {
  for (const command of ['undo', 'history', 'resume', 'evidence', 'export'])
    expect(offered(command, '')).toEqual(expect.arrayContaining(['last', '20261124T150645123Z-3f2a']));
  expect(offered('undo', 'la')).toEqual(['last']);
  // The undo log of the command line, from any of its options.
  for (const named of [
    ['--state', '/elsewhere'],
    ['--state', '=', '/elsewhere'],
    ['--state-dir', '/elsewhere'],
    // As zsh passes it, which does not split words at =.
    ['--state=/elsewhere'],
  ]) {
    expect(offered('undo', ...named, '2')).toEqual(['20261125T000000000Z-0001']);
  }
  expect(offered('undo', '--state', '~/log', '/')).toContain(`${process.env['HOME']}/log`);
  expect(offered('audit', '--app', '')).toEqual(['fn-orders', 'fn-orders/staging']);
  expect(offered('--app', '')).toEqual(['fn-orders', 'fn-orders/staging']);
  expect(offered('audit', '--step', 'h')).toEqual(['https']);
  expect(offered('steps', 'f')).toContain('ftp');
  expect(offered('plan', '--format', '')).toEqual([...PLAN_FORMATS]);
  expect(offered('findings', '--format', '')).toEqual(['text', 'json', 'csv']);
  expect(offered('export', '--format', '')).toEqual(['az', 'bicep', 'terraform', 'policy']);
  expect(offered('audit', '--format', 's')).toEqual(['sarif']);
  expect(offered('audit', '--format', '=', 's')).toEqual(['sarif']);
  expect(offered('audit', '--format', '=')).toContain('sarif');
  // Options without a command are options of the wizard.
  expect(offered('--pl')).toEqual(['--plain']);
  expect(offered('--v')).toEqual(['--version']);
  expect(offered('pl')).toEqual(['plan']);
  // zsh replaces the whole word.
  expect(offered('plan', '--format=m')).toEqual(['--format=markdown']);
  expect(offered('--app=')).toEqual(['--app=fn-orders', '--app=fn-orders/staging']);
  expect(offered('help', 'pl')).toEqual(['plan']);
  expect(offered('audit', '--app', 'fn-orders', '--allow')).toEqual(['--allow-unknown']);
});

test('fish completes the options of the wizard without a command, and takes --state=FOLDER as --state FOLDER', () => {
  const script = completionScript('fish', STEPS);
  expect(script).toMatch(/^complete -c func-harden -n '__func_harden_wizard' -l plain$/m);
  expect(script).toMatch(/^complete -c func-harden -n '__func_harden_wizard' -l app -x -a /m);
  expect(script).toContain("string match -qr -- '^(--state|--state-dir)=' $words[$index]");
});

test('the script of zsh loads the completion system where no setting has loaded it', () => {
  expect(completionScript('zsh', STEPS)).toMatch(
    /^\(\( \$\+functions\[compdef\] \)\) \|\| \{ autoload -Uz compinit && compinit \}\nautoload -U \+X bashcompinit/,
  );
});

test('bash does not expand a recorded name, whatever characters it has', () => {
  const script = `${completionScript('bash', STEPS)}
func-harden() { printf '%s\\n' 'fn-$(echo expanded)' 'fn-\`echo expanded\`' 'fn-*' 'a b'; }
COMP_WORDS=(func-harden audit --app fn); COMP_CWORD=3
_func_harden
printf '%s\\n' "\${COMPREPLY[@]}"`;
  expect(execFileSync('bash', ['-c', script], { encoding: 'utf8' })).toBe('fn-$(echo expanded)\nfn-`echo expanded`\nfn-*\n');
});

test.each(SHELLS)('%s: the script gets runs and apps from the undo log, and the formats of each command', (shell) => {
  const script = completionScript(shell, STEPS);
  for (const names of ['runs', 'apps'])
    expect(script).toMatch(new RegExp(`func-harden completion ${names}|_func_harden_recorded ${names}`));
  const formats = script.split('\n').filter((row) => /format/.test(row) && /\bsarif\b|\bmarkdown\b|\bbicep\b/.test(row));
  const plan = formats.find((row) => /\bplan\b/.test(row)) ?? '';
  expect(plan).toContain('markdown');
  expect(plan).not.toContain('sarif');
});

test('completion reads names from the undo log only: newest run first, each app once, no request to Azure', async () => {
  const here = await world();
  const names = (which: string, state = 'state') => inside(here, ['completion', which], { FUNC_HARDEN_STATE: join(here.folder, state) });
  const state = join(here.folder, 'state');
  for (const step of ['https', 'ftp'])
    await inside(here, ['replay', '--safe', '--step', step, '--app', 'fn-orders', '--yes', '--state', state]);
  const asked = (await here.exchanges()).length;
  const runs = (await names('runs')).stdout.trim().split('\n');
  expect(runs).toEqual(runs.toSorted().toReversed());
  expect(runs.length).toBeGreaterThan(0);
  expect((await names('apps')).stdout).toBe('fn-orders\n');
  // The option overrides the environment.
  expect((await here.cli(['completion', 'runs', '--state', state], { FUNC_HARDEN_STATE: join(here.folder, 'other') })).stdout).toBe(
    `${runs.join('\n')}\n`,
  );
  // Names in the log of another user are no options, and no shell expands them.
  const forged = join(here.folder, 'forged', 'journal');
  await mkdir(forged, { recursive: true });
  const text = await readFile(join(state, 'journal', `${runs[0]}.jsonl`), 'utf8');
  for (const [index, label] of ['--yes', '$(id)', '`id`', 'a b', '*', 'fn-fine'].entries()) {
    const run = `20261124T150645123Z-000${index}`;
    const start = (text.split('\n')[0] ?? '').replaceAll('fn-orders', label).replace(runs[0] ?? '', run);
    await writeFile(join(forged, `${run}.jsonl`), `${start}\n`, { mode: 0o600 });
  }
  await writeFile(join(forged, '$(id).jsonl'), text, { mode: 0o600 });
  expect((await names('apps', 'forged')).stdout).toBe('fn-fine\n');
  expect((await names('runs', 'forged')).stdout).not.toContain('id');
  await mkdir(join(here.folder, 'empty'));
  for (const place of ['empty', 'none']) expect(await names('runs', place)).toMatchObject({ code: 0, stdout: '' });
  expect((await inside(here, ['completion', 'runs'], { FUNC_HARDEN_STATE: 'https://account.blob.core.windows.net/c' })).stdout).toBe('');
  expect((await here.exchanges()).length).toBe(asked);
});
