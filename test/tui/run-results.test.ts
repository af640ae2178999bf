/** The result of a run has the same words in the wizard, in line prompts and in commands, from one table. */
import { expect, test } from 'vitest';
import type { Invocation } from '../../src/cli/invocation.ts';
import { printClosing } from '../../src/app/runs/run-summary.ts';
import { outcomeOf } from '../../src/engine/run/outcome.ts';
import type { RunSummary } from '../../src/engine/run/run.ts';
import type { Job, Session } from '../../src/engine/session.ts';
import { LineLog } from '../../src/hosts/lines/line-log.ts';
import { Prompts } from '../../src/hosts/lines/prompts.ts';
import { flowOf } from '../../src/hosts/tui/state/derived-state.ts';
import { catalogue } from '../../steps/index.ts';
import { endingOf, ROWS } from '../helpers/outcomes.ts';
import { world } from '../helpers/world.ts';
import { pilot } from './helpers.ts';

const LOOK = { colour: false, ascii: false } as const;

/** The screen of the wizard after a run with this end. */
async function inWizard(ending: RunSummary): Promise<string> {
  const here = await world();
  const wizard = await pilot(here, { columns: 160, rows: 40 }, {}, (session) => ({ ...session, run: () => Promise.resolve(ending) }));
  await wizard.until(({ searching }) => !searching);
  wizard.press('fn-orders', 'enter');
  await wizard.until(({ screen }) => screen.at === 'areas');
  wizard.press('home', ...Array.from({ length: catalogue.findIndex(({ id }) => id === 'remote-debugging') }, () => 'down'), 'enter');
  await wizard.until(({ screen }) => screen.at === 'area');
  wizard.press('enter');
  await wizard.until((state) => flowOf(state)?.kind === 'preview');
  wizard.screen();
  wizard.press('y');
  await wizard.until((state) => flowOf(state)?.kind === 'done');
  return wizard.screen().join('\n');
}

/** The output of line prompts after a run with this end. */
async function byLines(ending: RunSummary): Promise<string> {
  const printed: string[] = [];
  const io = { out: (text: string) => void printed.push(text), outLook: LOOK, width: 160 };
  const prompts = new Prompts(io, {} as never, new AbortController().signal);
  prompts.line = () => Promise.resolve('y');
  prompts.choose = (() => Promise.resolve('keep')) as typeof prompts.choose;
  const session = { dryRun: false, run: () => Promise.resolve(ending) } as unknown as Session;
  const log = new LineLog(session, prompts, new AbortController().signal);
  const plan = { target: { label: 'a' }, changes: [{ risk: 'safe', target: { label: 'a' } }], blocked: [], unknown: [] };
  await log.confirmed({ do: 'apply', plan } as unknown as Job, []);
  expect(log.endings).toEqual([ending]);
  return printed.join('');
}

/** The last lines of `replay`, `undo` and `resume`. */
function byCommand(ending: RunSummary): string {
  const printed: string[] = [];
  printClosing({ options: {}, io: { out: (text: string) => void printed.push(text), outLook: LOOK } } as unknown as Invocation, ending);
  return printed.join('');
}

test.each(ROWS)('$word: $says', async (row) => {
  const ending = endingOf(row);
  const text = byCommand(ending);
  expect(text.trimEnd().split('\n').at(-1)).toMatch(new RegExp(`^${row.word}: `));
  expect(text).toMatch(/^Run: (\S+)$/m);
  expect(text.includes(`Undo: func-harden undo ${ending.run}`), 'nothing to undo where nothing was applied').toBe(ending.left > 0);
  const closing = text.trimEnd().split('\n').at(-1) ?? '';
  expect(text.includes(`func-harden resume ${ending.run}`), 'a stop says how to go on').toBe(row.word === 'STOPPED');
  expect((await byLines(ending)).trimEnd().split('\n').at(-1)).toBe(closing);
  expect(await inWizard(ending)).toContain(closing);
  expect(text).not.toMatch(/SUCCESS|WARNING|ERROR/);
  expect(outcomeOf(ending)).toBe(row.word);
});
