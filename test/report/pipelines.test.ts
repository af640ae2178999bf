import { spawnSync } from 'node:child_process';
import { parse } from 'yaml';
import { expect, test } from 'vitest';
import { parse as parseCommand } from '../../src/cli/parse.ts';
import { PIPELINES, PLATFORMS } from '../../src/report/ci-pipelines.ts';

test.each(PLATFORMS)('the pipeline for %s is YAML, and every command in it is one', (platform) => {
  const text = PIPELINES[platform]({ target: '--app fn-orders', version: '1.2.3' });
  expect(parse(text)).toMatchObject(
    platform === 'github' ? { jobs: { audit: {} }, permissions: { 'security-events': 'write' } } : { steps: [{}, {}, {}, {}] },
  );
  const commands = [...text.matchAll(/npx --yes func-harden@1\.2\.3 (.*)$/gm)].map(([, words]) => words!);
  expect(commands.length).toBeGreaterThan(0);
  for (const words of commands) expect(parseCommand(words.split(' '), '1.2.3', () => {})?.command.name).toBe('audit');
  expect(text).not.toMatch(/(password|client-secret|access.?token):/i);
});

test.each(PLATFORMS)('the pipeline for %s fails on what could not be read, unless that is allowed', (platform) => {
  const text = PIPELINES[platform]({ target: '--all', version: '1.2.3' });
  const [condition = ''] = /if \[ .*fi$/m.exec(text) ?? [];
  const exitOf = (code: number) => spawnSync('sh', ['-c', `code=${code}; ${condition}`]).status;
  expect([0, 1, 2, 3, 4, 5, 6, 64].map(exitOf)).toEqual([0, 1, 0, 3, 4, 5, 6, 64]);
  expect(text).not.toContain('--allow-unknown');
  const allowing = PIPELINES[platform]({ target: '--all', version: '1.2.3', allowUnknown: true });
  expect(allowing.replaceAll(' --allow-unknown', '')).toBe(text);
  expect(allowing).not.toBe(text);
});
