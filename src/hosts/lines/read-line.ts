/**
 * Reads a line without control sequences. A screen reader reads again whatever is drawn again, so a key only adds what it types; the question
 * is written again only if the edited text is on more than one row.
 */
import { widthOf } from '../../text/width.ts';

interface Streams {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/** Thrown on Ctrl-C and if the input ends. */
export class LeaveError extends Error {
  override readonly name = 'LeaveError';
}

/** Thrown on Esc. */
export class BackError extends Error {
  override readonly name = 'BackError';
}

/** Milliseconds after which Esc counts as the Esc key, and not as the beginning of another key. */
const ESC_DELAY = 50;

// eslint-disable-next-line no-control-regex
const KEY = /\u001B(?:\[[0-9;]*[A-Za-z~]|O[A-Za-z]|[^[O])|[^\u001B]/gsu;
// eslint-disable-next-line no-control-regex
const UNFINISHED = /\u001B(?:\[[0-9;]*|O)?$/;
const ESC = '\u001B';
/** Writes the question and the typed text again. */
const AGAIN = '\u0012';

const MOVES = new Map<string, 'left' | 'right' | 'home' | 'end' | 'delete' | 'up'>([
  ['\u001B[D', 'left'],
  ['\u001BOD', 'left'],
  ['\u0002', 'left'],
  ['\u001B[C', 'right'],
  ['\u001BOC', 'right'],
  ['\u0006', 'right'],
  ['\u001B[H', 'home'],
  ['\u001BOH', 'home'],
  ['\u001B[1~', 'home'],
  ['\u0001', 'home'],
  ['\u001B[F', 'end'],
  ['\u001BOF', 'end'],
  ['\u001B[4~', 'end'],
  ['\u0005', 'end'],
  ['\u001B[3~', 'delete'],
  ['\u001B[A', 'up'],
  ['\u001BOA', 'up'],
]);

/** Asks once and returns the text typed up to Enter. `last`: the text that arrow up brings back. */
export function readLine(message: string, { input, output: screen }: Streams, signal: AbortSignal, last = ''): Promise<string> {
  const keys = input as NodeJS.ReadableStream & { setRawMode?: (on: boolean) => void };
  const { columns = 80 } = screen as { columns?: number };
  return new Promise((resolve, reject) => {
    /** Characters before and after the cursor. */
    let before: string[] = [];
    let after: string[] = [];
    let esc: NodeJS.Timeout | undefined;
    let rest = '';
    const end = (): void => {
      clearTimeout(esc);
      keys.off('data', take);
      keys.off('end', leave);
      keys.off('continued', again);
      signal.removeEventListener('abort', leave);
      keys.setRawMode?.(false);
      screen.write('\n');
    };
    const fail = (error: Error): void => {
      end();
      reject(error);
    };
    const leave = (): void => fail(new LeaveError('The question was canceled.'));
    const rowOf = (text: readonly string[]): number => Math.floor((widthOf(message) + 1 + widthOf(text.join(''))) / columns);
    const stepsOver = (text: readonly string[]): string => '\b'.repeat(widthOf(text.join('')));
    const again = (): void => void screen.write(`\n${message} ${before.join('')}${after.join('')}${stepsOver(after)}`);
    /** Replaces the text on the screen. */
    const edit = (newBefore: readonly string[], newAfter: readonly string[]): void => {
      const oldAll = [...before, ...after];
      const all = [...newBefore, ...newAfter];
      const same = oldAll.findIndex((letter, index) => letter !== all[index]);
      const kept = same < 0 ? oldAll.length : same;
      const isOneRow = rowOf(oldAll) === rowOf([]) && rowOf(all) === rowOf([]);
      const isTyping = kept === oldAll.length && before.length === oldAll.length && newAfter.length === 0;
      if (kept === all.length && kept === oldAll.length && before.length === newBefore.length) return;
      if (isTyping) screen.write(all.slice(kept).join(''));
      else if (!isOneRow) screen.write(`\n${message} ${all.join('')}${stepsOver(newAfter)}`);
      else {
        const from = Math.min(kept, before.length, newBefore.length);
        const gone = Math.max(0, widthOf(oldAll.slice(from).join('')) - widthOf(all.slice(from).join('')));
        screen.write(
          `${stepsOver(before.slice(from))}${all.slice(from).join('')}${' '.repeat(gone)}${'\b'.repeat(gone)}${stepsOver(newAfter)}`,
        );
      }
      before = [...newBefore];
      after = [...newAfter];
    };
    const press = (key: string): boolean => {
      if (key === '\u0003' || (key === '\u0004' && before.length + after.length === 0)) return (leave(), true);
      if (key === '\r' || key === '\n') {
        end();
        resolve([...before, ...after].join(''));
        return true;
      }
      if (key === AGAIN) return (again(), false);
      const move = MOVES.get(key);
      if (move === 'left') edit(before.slice(0, -1), [...before.slice(-1), ...after]);
      else if (move === 'right') edit([...before, ...after.slice(0, 1)], after.slice(1));
      else if (move === 'home') edit([], [...before, ...after]);
      else if (move === 'end') edit([...before, ...after], []);
      else if (move === 'up') edit(last === '' ? before : [...last], last === '' ? after : []);
      else if (move === 'delete') edit(before, after.slice(1));
      else if (key === '\u007F' || key === '\b') edit(before.slice(0, -1), after);
      else if (key === '\u0015') edit([], after);
      else if (key === '\u0017') edit([...before.join('').replace(/\S+\s*$/, '')], after);
      else if (key >= ' ' && !key.startsWith('\u001B')) edit([...before, key], after);
      return false;
    };
    const take = (chunk: Buffer | string): void => {
      clearTimeout(esc);
      const text = rest + String(chunk);
      rest = UNFINISHED.exec(text)?.[0] ?? '';
      for (const [key] of text.slice(0, text.length - rest.length).matchAll(KEY)) if (press(key)) return;
      if (rest === ESC) esc = setTimeout(() => fail(new BackError('The person went back.')), ESC_DELAY);
    };
    if (signal.aborted) return reject(new LeaveError('The question was canceled.'));
    signal.addEventListener('abort', leave);
    keys.on('data', take);
    keys.on('end', leave);
    keys.on('continued', again);
    keys.setRawMode?.(true);
    screen.write(`${message} `);
  });
}
