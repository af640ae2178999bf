import { secrets } from '../change/secrets.ts';
import { walled } from '../text/plain.ts';
import type { Colour } from '../text/spans.ts';
import { wrapWords } from '../text/wrap-words.ts';
import type { Io } from './invocation.ts';
import type { Options } from './options.ts';

interface Streams {
  readonly stdin: { readonly isTTY?: boolean };
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
}

const WIDTH = 80;

/** Returns the background from FUNC_HARDEN_THEME or the terminal; the default is dark. */
function background(env: Streams['env'], theme = env['FUNC_HARDEN_THEME']): 'dark' | 'light' {
  const wanted = theme;
  if (wanted === 'light' || wanted === 'dark') return wanted;
  // Terminals that report their colors set COLORFGBG to "foreground;background", numbers of the sixteen colors.
  const ground = Number(env['COLORFGBG']?.split(';').at(-1) ?? Number.NaN);
  return ground === 7 || (ground > 8 && ground <= 15) ? 'light' : 'dark';
}

/** Streams, and whether their reader has closed: stdout does not remember that, and waiting for it would never end. */
const watched = new WeakMap<NodeJS.WriteStream, { isGone: boolean }>();

/** Resolves when the stream has room again, or its reader has closed. */
function room(stream: NodeJS.WriteStream): Promise<void> {
  const known = watched.get(stream) ?? { isGone: false };
  if (!watched.has(stream)) {
    watched.set(stream, known);
    for (const event of ['close', 'error']) stream.on(event, () => void (known.isGone = true));
  }
  if (!stream.writableNeedDrain || stream.destroyed || known.isGone) return Promise.resolve();
  return new Promise((resolve) => {
    const events = ['drain', 'close', 'error'];
    const end = () => {
      // A long output waits many times, and Node reports listeners that stay as a leak.
      for (const event of events) stream.off(event, end);
      resolve();
    };
    for (const event of events) stream.on(event, end);
  });
}

/** Cleans a text for output: no control sequences, no secrets. */
export const outgoing = (text: string, draws: boolean): string => secrets.fromText(walled(text, draws));

/** Returns whether a variable turns something on. `0`, `false`, `no` and `off` turn it off. */
const isOn = (value: string | undefined): boolean => value !== undefined && !/^(|0|false|no|off)$/i.test(value.trim());

function unicode(env: Streams['env'], platform: NodeJS.Platform): boolean {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  return platform === 'win32' || platform === 'darwin' || /utf-?8/i.test(locale);
}

/** Returns how the streams of this process can be used, from the environment and the options. */
export function terminal({ stdin, stdout, stderr, env, platform }: Streams, argv: readonly string[], options: Options = {}): Io {
  const dumb = env['TERM'] === 'dumb';
  const spoken = isOn(env['ACCESSIBLE']) || env['INK_SCREEN_READER'] === 'true';
  const look = {
    ascii: options.ascii === true || dumb || env['TERM'] === 'linux' || !unicode(env, platform),
    ...(spoken ? { spoken } : {}),
  };
  const off = options.color === false || argv.includes('--no-color') || env['FORCE_COLOR'] === '0' || Boolean(env['NO_COLOR']) || dumb;
  const forced = env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '0' && !off;
  const colourOn = (stream: NodeJS.WriteStream): Colour =>
    !off && (forced || (stream.isTTY === true && !dumb)) && background(env, options.theme);
  // The only place where output is written.
  const write = (stream: NodeJS.WriteStream) => (text: string) => void stream.write(outgoing(text, stream.isTTY === true || forced));
  // Notes, errors and progress lines are wrapped after secrets are removed, because a secret on two lines is not recognized.
  const say = (text: string) =>
    void stderr.write(stderr.isTTY ? wrapWords(outgoing(text, true), stderr.columns || WIDTH) : outgoing(text, forced));
  const interactive =
    stdin.isTTY === true &&
    stdout.isTTY === true &&
    !env['CI'] &&
    options.input !== false &&
    !argv.includes('--no-input') &&
    options.json !== true;
  return {
    out: write(stdout),
    err: say,
    drained: () => room(stdout),
    redraws: stderr.isTTY === true && !dumb && options.plain !== true && !env['CI'],
    outLook: { colour: colourOn(stdout), ...look },
    errLook: { colour: colourOn(stderr), ...look },
    width: stdout.isTTY ? stdout.columns || WIDTH : WIDTH,
    piped: stdout.isTTY !== true,
    interactive,
    // Keys confirm only what was on the terminal, and stderr may be a file.
    asks: interactive && stderr.isTTY === true,
    fullScreen: interactive && !dumb && options.plain !== true && !spoken,
  };
}
