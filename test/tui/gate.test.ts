/** When a key answers a question: only if it was typed after the question was written. Tested without a terminal. */
import { PassThrough, Readable } from 'node:stream';
import { confirm } from '@inquirer/prompts';
import { afterEach, expect, test, vi } from 'vitest';
import { createAsking } from '../../src/files/prompt-gate.ts';
import { createGate, type Gate } from '../../src/hosts/tui/terminal/gate.ts';
import type { KeyEvent } from '../../src/hosts/tui/fields/key-events.ts';
import { questionOf } from '../../src/hosts/tui/keys/open-question.ts';
import { draw } from '../../src/hosts/tui/screens/index.ts';
import { flowOf } from '../../src/hosts/tui/state/derived-state.ts';
import { catalogue } from '../../steps/index.ts';
import { world } from '../helpers/world.ts';
import { pilot, type Pilot } from './helpers.ts';

const Y: KeyEvent = { type: 'character', text: 'y', alone: true };

/** A terminal with keys that are not read yet. */
class FakeTerminal {
  typed = '';
  /** `undefined` if the waiting keys are unknown. */
  tells = true;
  readonly stdin = Object.assign(new Readable({ read: () => {} }), { isTTY: true, setRawMode: () => {} }) as unknown as NodeJS.ReadStream;
  readonly stdout = new PassThrough() as unknown as NodeJS.WriteStream;
  readonly keyboard = {
    waiting: () => (this.tells ? this.take() : undefined),
    close: () => {},
  };

  /** Delivers the waiting keys, as the next turn of the event loop does. */
  comesIn(): void {
    if (this.typed !== '') this.stdin.push(this.take());
  }

  take(): Uint8Array {
    const taken = Buffer.from(this.typed);
    this.typed = '';
    return taken;
  }
}

/** The question before a disruptive change, asked and not drawn. */
async function asked(): Promise<Pilot & { readonly writes: () => Promise<number> }> {
  const here = await world();
  const wizard = await pilot(here);
  await wizard.until(({ searching }) => !searching);
  wizard.press('fn-orders', 'enter');
  await wizard.until(({ screen }) => screen.at === 'areas');
  wizard.press('home', ...Array.from({ length: catalogue.findIndex(({ id }) => id === 'remote-debugging') }, () => 'down'), 'enter');
  await wizard.until(({ screen }) => screen.at === 'area');
  wizard.press('enter');
  await wizard.until((state) => questionOf(state)?.kind === 'preview');
  return { ...wizard, writes: async () => (await here.writes()).length };
}

/** Hands chunks on as Ink does. */
function attached(wizard: Pilot, here: FakeTerminal): Gate {
  const gate = createGate({ store: wizard.store, ...here });
  here.stdin.on('data', (chunk: Buffer) => {
    gate.chunk();
    for (const text of chunk.toString()) gate.press({ type: 'character', text, alone: true });
  });
  return gate;
}
/** Ink's write of the frame with the question: of the lines that stood there before, the ends that changed. */
function writesQuestion(wizard: Pilot, gate: Gate): void {
  gate.composed(wizard.store.state());
  gate.stdout.write('this? y or N');
}
const shown = (wizard: Pilot, gate: Gate) => gate.drawn(wizard.store.state(), draw(wizard.store.state(), 0), () => Promise.resolve());
const isSent = (wizard: Pilot) => ['applying', 'done'].includes(flowOf(wizard.store.state())?.kind ?? '');

afterEach(() => vi.restoreAllMocks());

test('a y that waits in the terminal when the question is written is ignored', async () => {
  const [wizard, here] = [await asked(), new FakeTerminal()];
  const gate = attached(wizard, here);
  here.typed = 'y';
  writesQuestion(wizard, gate);
  here.comesIn();
  await shown(wizard, gate);
  await new Promise((resolve) => setImmediate(resolve));
  expect([isSent(wizard), wizard.store.state().acceptsKeys]).toEqual([false, true]);
});

test('a y that was read before the question was written is ignored', async () => {
  const [wizard, here] = [await asked(), new FakeTerminal()];
  const gate = attached(wizard, here);
  gate.press(Y);
  writesQuestion(wizard, gate);
  await shown(wizard, gate);
  expect([isSent(wizard), wizard.store.state().acceptsKeys]).toEqual([false, true]);
});

test('a y between two frames does not answer a question that only the second frame shows', async () => {
  const [wizard, here] = [await asked(), new FakeTerminal()];
  const gate = attached(wizard, here);
  gate.stdout.write('Reading current values');
  gate.press(Y);
  writesQuestion(wizard, gate);
  await shown(wizard, gate);
  expect(isSent(wizard)).toBe(false);
});

test('a y after the question was written counts, also before the frame is complete', async () => {
  const [wizard, here] = [await asked(), new FakeTerminal()];
  const gate = attached(wizard, here);
  writesQuestion(wizard, gate);
  gate.press(Y);
  await shown(wizard, gate);
  await wizard.until((state) => flowOf(state)?.kind === 'done');
  expect(await wizard.writes()).toBe(1);
});

test('a y after the first of two frames with the question counts', async () => {
  const [wizard, here] = [await asked(), new FakeTerminal()];
  const gate = attached(wizard, here);
  writesQuestion(wizard, gate);
  await Promise.resolve();
  here.typed = 'y';
  gate.stdout.write('the sketch below it has changed');
  here.comesIn();
  await shown(wizard, gate);
  await wizard.until((state) => flowOf(state)?.kind === 'done');
  expect(await wizard.writes()).toBe(1);
});

test('a y between finished lines and the frame below them, written one after the other, is ignored', async () => {
  const [wizard, here] = [await asked(), new FakeTerminal()];
  const gate = attached(wizard, here);
  gate.composed(wizard.store.state());
  gate.stdout.write('APPLIED: 1 applied');
  here.typed = 'y';
  gate.stdout.write('this? y or N');
  here.comesIn();
  await shown(wizard, gate);
  await new Promise((resolve) => setImmediate(resolve));
  expect([isSent(wizard), wizard.store.state().acceptsKeys]).toEqual([false, true]);
});

/** The question before one change over many apps, asked and not drawn. */
async function askedForMany(): Promise<Pilot> {
  const wizard = await pilot(await world());
  await wizard.until(({ searching }) => !searching);
  wizard.answer('f2');
  await wizard.until(({ findings }) => findings?.read === findings?.targets.length);
  wizard.answer('/', 'remote', 'enter', 'a');
  await wizard.until((state) => questionOf(state)?.kind === 'preview');
  return wizard;
}

const TYPED = {
  'that was read': (_: FakeTerminal, gate: Gate) => gate.press(Y),
  'that waits in the terminal': (here: FakeTerminal) => void (here.typed = 'y'),
};

// Azure may answer before a frame without the question was drawn: the next frame is equal to the one on screen and is not written.
test.each([
  ['of an area', 'that was read', asked, 'enter'],
  ['of an area', 'that waits in the terminal', asked, 'enter'],
  ['over many apps', 'that was read', askedForMany, 'a'],
  ['over many apps', 'that waits in the terminal', askedForMany, 'a'],
] as const)('a change %s: after no, a y %s is ignored when the question is repeated', async (_, typed, first, key) => {
  const [wizard, here] = [await first(), new FakeTerminal()];
  const gate = attached(wizard, here);
  writesQuestion(wizard, gate);
  await shown(wizard, gate);
  wizard.press('n', key);
  await wizard.until((state) => questionOf(state)?.kind === 'preview');
  TYPED[typed](here, gate);
  await shown(wizard, gate);
  here.comesIn();
  await new Promise((resolve) => setImmediate(resolve));
  expect([isSent(wizard), wizard.store.state().acceptsKeys]).toEqual([false, true]);
  gate.press(Y);
  expect(isSent(wizard)).toBe(true);
  await wizard.until((state) => flowOf(state)?.kind === 'done');
});

test('a stream that delivers waiting keys at once answers no question with them', async () => {
  const [wizard, here] = [await asked(), new FakeTerminal()];
  const gate = attached(wizard, here);
  here.stdin.push('x');
  await new Promise((resolve) => setImmediate(resolve));
  here.typed = 'y';
  writesQuestion(wizard, gate);
  await shown(wizard, gate);
  expect([isSent(wizard), wizard.store.state().acceptsKeys]).toEqual([false, true]);
});

test('if a terminal does not report waiting keys, keys that arrive with the question are ignored', async () => {
  const [wizard, here] = [await asked(), new FakeTerminal()];
  here.tells = false;
  const gate = attached(wizard, here);
  writesQuestion(wizard, gate);
  here.stdin.push('y');
  await shown(wizard, gate);
  expect(isSent(wizard)).toBe(false);
  gate.press(Y);
  expect(isSent(wizard)).toBe(true);
  await wizard.until((state) => flowOf(state)?.kind === 'done');
});

test.each([
  ['that waited in the terminal', true],
  ['that came with the question', false],
])('line prompts: an answer %s is ignored, and the next one counts', async (_, tells) => {
  const here = new FakeTerminal();
  here.tells = tells;
  if (tells) here.typed = 'y\r';
  const got: string[] = [];
  await createAsking({ ...here, output: here.stdout })(async ({ input, output }) => {
    input.on('data', (chunk: Buffer) => got.push(chunk.toString()));
    output.write('Send this? (y/N)');
    if (!tells) here.stdin.push('y\r');
    here.comesIn();
    for (let turns = 0; turns < 5; turns++) await new Promise((resolve) => setImmediate(resolve));
    expect(got).toEqual([]);
    here.stdin.push('n\r');
    await vi.waitUntil(() => got.length > 0, { timeout: 10_000 });
  });
  expect(got.join('')).toBe('n\r');
});

test('line prompts: Ctrl-C counts at any time', async () => {
  const here = new FakeTerminal();
  here.typed = 'y\u0003';
  const got: string[] = [];
  await createAsking({ ...here, output: here.stdout })(async ({ input, output }) => {
    input.on('data', (chunk: Buffer) => got.push(chunk.toString()));
    output.write('Send this? (y/N)');
    await vi.waitUntil(() => got.length > 0, { timeout: 10_000 });
  });
  expect(got.join('')).toBe('\u0003');
});

test.each([[['\u0004']], [['end']], [['y', '\u007F', '\u0004']]])('line prompts: %j leaves a question as Ctrl-C does', async (keys) => {
  const here = new FakeTerminal();
  const asking = createAsking({ ...here, output: here.stdout })((streams) => confirm({ message: 'Send this?' }, streams));
  const left = expect(asking).rejects.toThrow(/SIGINT/);
  await vi.waitUntil(() => here.stdin.listenerCount('data') > 0, { timeout: 10_000 });
  for (const key of keys) {
    here.stdin.push(key === 'end' ? null : key);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await left;
});
