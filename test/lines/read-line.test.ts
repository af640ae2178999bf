/** Text typed at a prompt: nothing is drawn twice, and the text can be edited. */
import { PassThrough } from 'node:stream';
import xterm from '@xterm/headless';
import { expect, test } from 'vitest';
import { Menu, Prompts } from '../../src/hosts/lines/prompts.ts';
import { BackError, LeaveError, readLine } from '../../src/hosts/lines/read-line.ts';
import type { Asking } from '../../src/engine/ports.ts';

const COLUMNS = 40;

function asked(message: string, last = '') {
  const input = new PassThrough();
  const output = Object.assign(new PassThrough(), { columns: COLUMNS });
  const answer = readLine(message, { input, output }, new AbortController().signal, last);
  return { input, output, answer };
}

/** Returns what a terminal shows after this output. */
async function shown(written: string): Promise<string> {
  const screen = new xterm.Terminal({ cols: COLUMNS, rows: 12, allowProposedApi: true, convertEol: true });
  await new Promise<void>((resolve) => screen.write(written, resolve));
  const lines = Array.from({ length: 12 }, (_, row) => screen.buffer.active.getLine(row)?.translateToString(true) ?? '');
  screen.dispose();
  return lines.join('\n').trimEnd();
}

test('a typed letter writes only itself, without control sequences', async () => {
  const { input, output, answer } = asked('? Which app?');
  input.write('fn-ordersx\u007F\r');
  expect(await answer).toBe('fn-orders');
  expect(String(output.read())).toBe('? Which app? fn-ordersx\b \b\n');
});

test.each([
  ['fn-oders\u001B[D\u001B[D\u001B[D\u001B[Dr', 'fn-orders'],
  ['orders\u001B[Hfn-\u001B[F!', 'fn-orders!'],
  ['fnn-orders\u0001\u001B[C\u001B[3~', 'fn-orders'],
  ['nothing\u0015fn-orders', 'fn-orders'],
  ['fn orders old\u0017\u0017fn', 'fn fn'],
  ['日本語\u001B[D\u007Fx', '日x語'],
  // Longer than a row: the question is written again.
  [`${'a'.repeat(30)}\u007F\u007F\u0001b`, `b${'a'.repeat(28)}`],
  // Keys that do nothing here, as function keys and arrow up without a text before.
  ['fn\u001B[A\u001BOP\u001B[15~\u001Bx', 'fn'],
])('%j is edited to %s, and the terminal shows it', async (keys, text) => {
  const { input, output, answer } = asked('? Which app?');
  input.write(`${keys}\r`);
  expect(await answer).toBe(text);
  const screen = await shown(String(output.read()));
  expect(`${screen.replaceAll('\n', '')}`.slice(screen.replaceAll('\n', '').lastIndexOf('? Which'))).toBe(`? Which app? ${text}`);
});

test('a key that arrives in two parts is one key, and Esc alone goes back', async () => {
  const { input, answer } = asked('?');
  input.write('ab\u001B');
  input.write('[Dx\u001B[');
  input.write('Cy\r');
  expect(await answer).toBe('axby');
  const again = asked('?');
  again.input.write('ab\u001B');
  await expect(again.answer).rejects.toThrow(BackError);
});

test('Ctrl-C and a stop leave the question', async () => {
  const { input, answer } = asked('Which?');
  input.write('\u0003');
  await expect(answer).rejects.toThrow(LeaveError);
  const stopped = readLine('Which?', { input, output: new PassThrough() }, AbortSignal.abort());
  await expect(stopped).rejects.toThrow(LeaveError);
});

/** Prompts with one of these answers for each question; returns the output and the questions. */
function prompts(...answers: string[]) {
  let said = '';
  const asking = ((ask) => {
    const [input, output] = [new PassThrough(), new PassThrough()];
    output.on('data', (chunk: Buffer) => (said += String(chunk)));
    const result = ask({ input, output: output as unknown as NodeJS.WriteStream });
    input.write(`${answers.shift() ?? ''}\r`);
    return result;
  }) as Asking;
  const io = { out: (text: string) => void (said += text), outLook: { colour: false, ascii: true } as const, width: 200 };
  const made = new Prompts(io, asking, new AbortController().signal);
  return { made, since: () => [said, (said = '')][0] ?? '' };
}

const AREAS = [
  'Require HTTPS: 2 fail',
  'Function access keys: 1 fails',
  'Key Vault references: 1 fails, queued',
  'leave',
  'apply the queue',
];
const choices = (names: readonly string[]) => names.map((name) => ({ name, value: name }));

test('a menu is read out once; later only the changes, and the complete list after a question mark', async () => {
  const { made, since } = prompts('1', '2', '?', '3');
  const menu = new Menu();
  await made.choose('Which area?', choices(AREAS), { menu });
  expect(since()).toMatch(/^\n {2}1\. Require HTTPS: 2 fail\n[\s\S]*4\. leave\n  5. apply the queue\n\? Which area\? Number 1\n$/);
  const later = AREAS.with(0, 'Require HTTPS: passes');
  await made.choose('Which area?', choices(later), { menu });
  expect(since()).toBe('\nChanged:\n  1. Require HTTPS: passes\n? Which area? Number, or ? for the list 2\n');
  expect(await made.choose('Which area?', choices(later), { menu })).toBe(AREAS[2]);
  expect(since()).toMatch(
    /^\? Which area\? Number, or \? for the list \?\n {2}1\. Require HTTPS: passes\n[\s\S]*\? Which area\? Number 3\n$/,
  );
});

test('a menu with other numbers is read out completely, so that a remembered number is never wrong', async () => {
  const { made, since } = prompts('1', '1');
  const menu = new Menu();
  await made.choose('Which area?', choices(AREAS), { menu });
  since();
  await made.choose('Which area?', choices(AREAS.slice(1)), { menu });
  expect(since()).toContain('  2. Key Vault references: 1 fails, queued\n');
});

test.each([
  ['https', AREAS[0]],
  ['VAULT', AREAS[2]],
  // The beginning of a name counts more than the middle of another one.
  ['key', AREAS[2]],
  ['function access keys', AREAS[1]],
  [' 4 ', AREAS[3]],
  // A name counts more than a state behind a colon.
  ['queue', AREAS[4]],
])('%j chooses %s', async (typed, chosen) => {
  expect(await prompts(typed).made.choose('Which area?', choices(AREAS))).toBe(chosen);
});

test('a text that matches several choices lists them, and one that matches none says so', async () => {
  const { made, since } = prompts('fails', 'nothing', '6', '4');
  await made.choose('Which area?', choices(AREAS));
  const said = since();
  expect(said).toContain('> "fails" matches 2 choices: 2. Function access keys: 1 fails; 3. Key Vault references: 1 fails, queued.');
  expect(said).toContain('> "nothing" is not in the list. Type a number from 1 to 5, a part of a name, or ? for the list.');
  expect(said).toContain('> "6" is not in the list.');
});

test('a question with one choice is not asked', async () => {
  const { made, since } = prompts();
  expect(await made.choose('Which control?', choices(['FTP access']))).toBe('FTP access');
  expect(since()).toBe('Which control? FTP access is the only choice.\n');
});

test('a default is named in words, and several choices are selected by numbers or by names', async () => {
  const { made, since } = prompts('', '', 'vault, 1');
  await made.choose('Order?', choices(['All apps at once', '1 app first']), { start: 'All apps at once' });
  expect(since()).toContain('? Order? Number (Enter: 1, All apps at once) ');
  expect(await made.several('Which areas?', choices(AREAS), [AREAS[1] ?? ''])).toEqual([AREAS[1]]);
  const said = since();
  expect(said).toContain('  2. Function access keys: 1 fails, selected\n');
  expect(said).toContain('? Which areas? Numbers, all or none (Enter: the selected ones) ');
  expect(await made.several('Which areas?', choices(AREAS), [])).toEqual([AREAS[2], AREAS[0]]);
  expect(since()).toContain('(Enter: none) ');
});

test('a short refused text is removed, so that the next text is not typed after it', async () => {
  const { made } = prompts('tomorrow', '2027-03-01');
  expect(await made.line('End date:', { check: (text) => text.startsWith('2027') || 'not a date' })).toBe('2027-03-01');
});

test('a long refused text is brought back by arrow up', async () => {
  const { made, since } = prompts('203.0.113.0/33', '\u001B[A\u007F2');
  const check = (text: string) => (text.endsWith('/32') ? true : 'not a range');
  expect(await made.line('Rule:', { check, keepsText: true })).toBe('203.0.113.0/32');
  expect(since()).toContain('> not a range. Arrow up brings your text back.\n? Rule: 203.0.113.0/33\b \b2\n');
});
