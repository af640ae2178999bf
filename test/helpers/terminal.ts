/** The real command in a real pseudo-terminal; `screen()` is what a person sees. */
import * as pty from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { onTestFinished } from 'vitest';
import { BIN } from './world.ts';

export const KEYS = {
  up: '\u001B[A',
  down: '\u001B[B',
  enter: '\r',
  esc: '\u001B',
  home: '\u001B[H',
  end: '\u001B[F',
  tab: '\t',
  ctrlC: '\u0003',
  backspace: '\u007F',
};

export interface Terminal {
  screen(): string;
  /** The complete output of the terminal, with its scrollback. */
  history(): string;
  type(...keys: (keyof typeof KEYS | (string & {}))[]): void;
  paste(text: string): void;
  resize(columns: number, rows: number): void;
  /** Sends a signal to the command. */
  signal(name: string): void;
  /** Closes the terminal, as a lost connection does. */
  hangUp(): void;
  /** Waits until the screen shows it. */
  sees(what: string | RegExp): Promise<string>;
  /** Waits until the screen shows something else. */
  changes(from: string): Promise<string>;
  /** Presses a key until the screen changes, like a person: a key in one chunk with another key confirms nothing. */
  changesBy(key: keyof typeof KEYS, from: string): Promise<string>;
  readonly raw: () => string;
  readonly ended: Promise<number>;
}

export interface TerminalOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly environment?: Record<string, string>;
  /** A command that the shell runs in the same terminal after the wizard. */
  readonly after?: string;
  /** The program to start; by default the command of this tree. */
  readonly program?: readonly string[];
}

const DEADLINE = 15_000;

export function terminal(
  args: readonly string[],
  { columns = 80, rows = 24, environment = {}, after, program = [process.execPath, BIN] }: TerminalOptions = {},
): Terminal {
  const env: Record<string, string> = { LANG: 'C.UTF-8', TERM: 'xterm-256color', ...environment };
  for (const name of ['PATH', 'HOME', 'TMPDIR']) if (process.env[name]) env[name] ??= process.env[name];
  // A Ctrl-C while the wizard is suspended goes to the shell too.
  const [file, ...words] = after
    ? ['/bin/sh', '-c', `trap : INT; "$0" "$@"; code=$?; ${after}; exit $code`, ...program, ...args]
    : [...program, ...args];
  const child = pty.spawn(file!, words, { name: env['TERM'] ?? 'xterm-256color', cols: columns, rows, env });
  const screenOf = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 5000 });
  let raw = '';
  let drawn = 0;
  let changed: () => void = () => {};
  // Answers of a terminal to queries, for example the position of its cursor.
  screenOf.onData((data) => child.write(data));
  child.onData((data) => {
    raw += data;
    screenOf.write(data, () => {
      drawn += data.length;
      changed();
    });
  });
  // It counts as ended when all of its output is on the screen.
  const ended = new Promise<number>((resolve) =>
    child.onExit(({ exitCode, signal }) => screenOf.write('', () => resolve(signal ? 128 + signal : exitCode))),
  );
  onTestFinished(() => {
    try {
      child.kill('SIGKILL');
    } catch {
      // It has ended already.
    }
    screenOf.dispose();
  });
  const lines = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => screenOf.buffer.active.getLine(from + index)?.translateToString(true) ?? '')
      .join('\n')
      .trimEnd();
  const screen = () => lines(screenOf.buffer.active.viewportY, screenOf.buffer.active.viewportY + screenOf.rows);
  // Half a frame is no screen: a key sent for it would meet the other half (synchronized output, mode 2026).
  const whole = () => raw.lastIndexOf('\u001B[?2026h', drawn) <= raw.lastIndexOf('\u001B[?2026l', drawn);
  const until = (found: () => boolean, what: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`the screen never ${what}:\n${screen()}`)), DEADLINE);
      changed = () => {
        if (!whole() || !found()) return;
        clearTimeout(timer);
        changed = () => {};
        resolve(screen());
      };
      changed();
    });
  return {
    screen,
    history: () => lines(0, screenOf.buffer.active.length),
    type: (...keys) => child.write(keys.map((key) => (key in KEYS ? KEYS[key as keyof typeof KEYS] : key)).join('')),
    paste: (text) => child.write(`\u001B[200~${text}\u001B[201~`),
    signal: (name) => child.kill(name),
    // Its own way to close sends a second signal.
    hangUp: () => (Reflect.get(child, '_socket') as { destroy(): void }).destroy(),
    resize(newColumns, newRows) {
      screenOf.resize(newColumns, newRows);
      child.resize(newColumns, newRows);
    },
    sees: (what) => until(() => (typeof what === 'string' ? screen().includes(what) : what.test(screen())), `showed ${String(what)}`),
    changes: (from) => until(() => screen() !== from, 'changed'),
    async changesBy(key, from) {
      child.write(KEYS[key]);
      const again = setInterval(() => child.write(KEYS[key]), DEADLINE / 5);
      return until(() => screen() !== from, 'changed').finally(() => clearInterval(again));
    },
    raw: () => raw,
    ended,
  };
}
