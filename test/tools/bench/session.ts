/** A program in a real pseudo-terminal, with its keys, its frames, and its use of resources. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as pty from '@lydell/node-pty';
import xterm from '@xterm/headless';

export const BIN = join(import.meta.dirname, '..', '..', '..', 'bin', 'func-harden.cjs');
const [COLUMNS, ROWS] = [120, 40];
export const DOWN = '\u001B[B';
export const UP = '\u001B[A';
/** Milliseconds between two keys: a held key repeats about 30 times a second. */
const BETWEEN = 33;

export interface Session {
  /** Resolves when the screen shows the text. */
  sees(what: string | RegExp, deadline?: number): Promise<void>;
  type(text: string): void;
  /** Milliseconds from the key to the first byte of output. */
  press(key: string): Promise<number>;
  /** Number of bytes received so far. */
  bytes(): number;
  /** Resources that the process has used, on Linux only. */
  taken(): { readonly cpuMilliseconds: number; readonly residentMegabytes: number };
  hasEnded(): boolean;
  close(): Promise<void>;
}

export function session(file: string, args: readonly string[], environment: Record<string, string>): Session {
  const env: Record<string, string> = {
    PATH: process.env['PATH'] ?? '',
    HOME: process.env['HOME'] ?? '/',
    LANG: 'C.UTF-8',
    TERM: 'xterm-256color',
    ...environment,
  };
  const child = pty.spawn(file, [...args], { cols: COLUMNS, rows: ROWS, env });
  const terminal = new xterm.Terminal({ cols: COLUMNS, rows: ROWS, allowProposedApi: true });
  let heard: () => void = () => {};
  let drawn: () => void = () => {};
  let bytes = 0;
  let over = false;
  child.onData((data) => {
    bytes += Buffer.byteLength(data);
    heard();
    terminal.write(data, () => drawn());
  });
  const ended = new Promise<void>((resolve) => {
    child.onExit(() => {
      over = true;
      resolve();
    });
  });
  const text = () =>
    Array.from(
      { length: ROWS },
      (_, row) => terminal.buffer.active.getLine(terminal.buffer.active.viewportY + row)?.translateToString(true) ?? '',
    ).join('\n');
  return {
    sees: (what, deadline = 30_000) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`never saw ${String(what)}:\n${text()}`)), deadline);
        drawn = () => {
          if (!(typeof what === 'string' ? text().includes(what) : what.test(text()))) return;
          clearTimeout(timer);
          drawn = () => {};
          resolve();
        };
        drawn();
      }),
    type: (keys) => child.write(keys),
    bytes: () => bytes,
    taken: () => takenBy(child.pid),
    hasEnded: () => over,
    async press(key) {
      await new Promise((resolve) => setTimeout(resolve, BETWEEN));
      const start = performance.now();
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`no frame came for ${JSON.stringify(key)}:\n${text()}`)), 20_000);
        heard = () => {
          clearTimeout(timer);
          resolve();
        };
        child.write(key);
      });
      heard = () => {};
      return performance.now() - start;
    },
    async close() {
      child.kill('SIGKILL');
      await ended;
      terminal.dispose();
    },
  };
}

/** Clock ticks of Linux are hundredths of a second. */
const TICK = 10;

function takenBy(pid: number): ReturnType<Session['taken']> {
  // The name of the program may contain spaces; the fields after its bracket do not.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
  const resident = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return { cpuMilliseconds: (Number(fields[11]) + Number(fields[12])) * TICK, residentMegabytes: Number(resident) / 1024 };
}

export const environmentOf = (
  { accessToken, endpoint }: { accessToken: string; endpoint: string },
  folder: string,
): Record<string, string> => ({
  FUNC_HARDEN_ACCESS_TOKEN: accessToken,
  FUNC_HARDEN_ARM_ENDPOINT: endpoint,
  XDG_STATE_HOME: folder,
});
