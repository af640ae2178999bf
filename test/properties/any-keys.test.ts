import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { generatedApp, type GeneratedApp } from '../helpers/generated.ts';
import { cloud } from '../helpers/in-process.ts';
import { ALL, inFolder, runs } from './holds.ts';
import { openOnly, walk } from './wizard-walk.ts';

/** What somebody does who tries everything: phrases of keys, typed words and confirmations among them. */
const area = fc.nat(ALL.length - 1).map((index) => ['escape', 'escape', 'home', ...Array.from({ length: index }, () => 'down'), 'enter']);
const confirmed = fc.constantFrom(
  ['y'],
  ['enter'],
  ['end', 'enter'],
  ['end', 'enter', 'fn-bad', 'enter'],
  ['end', 'enter', 'fn-good', 'enter'],
);
const phrase = fc.oneof(
  { weight: 5, arbitrary: area },
  { weight: 6, arbitrary: fc.constantFrom(['w'], ['enter'], ['enter', 'enter'], ['w', 'enter', 'enter', 'enter'], ['down', ' '], [' ']) },
  { weight: 3, arbitrary: confirmed },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      ['escape'],
      ['g'],
      ['s'],
      ['u'],
      ['R'],
      ['n'],
      ['p'],
      ['a', 'Dana', 'enter', 'agreed', 'enter', '2027-05-01', 'enter'],
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      ['100 Allow 203.0.113.0/24 office', 'enter', 'enter'],
      ['https://www.contoso.com', 'enter', 'enter'],
      ['5000', 'enter'],
    ),
  },
);

async function holdsAfter({ name, state }: GeneratedApp, keys: readonly string[]): Promise<void> {
  await inFolder(async (folder) => {
    const file = join(folder, 'answers.yaml');
    const here = cloud(state(), folder);
    const wizard = await walk(here);
    await openOnly(wizard);
    for (const one of keys) {
      if (wizard.left() !== undefined) break;
      await wizard.keys(one);
    }
    await wizard.finish();
    if (!existsSync(file)) return;
    const planned = await here.command('plan', file, '--json');
    expect([0, 2], planned.stderr).toContain(planned.code);
    const replay = await here.command('replay', file, '--yes', '--confirm', name);
    expect(replay.code, replay.stderr + replay.stdout).toBe(0);
    const sent = here.writes.length;
    const second = await here.command('replay', file, '--yes', '--confirm', name);
    expect([second.code, here.writes.length], second.stderr + second.stdout).toEqual([0, sent]);
  });
}

test('after any keys: the file is planned, replayed, and a second replay sends nothing, over 150 walks', { timeout: 600_000 }, async () => {
  const keys = fc.array(phrase, { minLength: 12, maxLength: 30 }).map((phrases) => phrases.flat());
  await fc.assert(fc.asyncProperty(generatedApp, keys, holdsAfter), runs(150));
});
