/** Reads a line on a terminal without control sequences: characters are echoed, and nothing is drawn twice. */
interface Streams {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/** Thrown on Ctrl-C, with the name that the prompt library uses. */
class Exit extends Error {
  override readonly name = 'ExitPromptError';
}

/** Asks once and returns the text typed up to Enter. */
export function dumbLine(message: string, { input, output: screen }: Streams, signal: AbortSignal): Promise<string> {
  const keys = input as NodeJS.ReadableStream & { setRawMode?: (on: boolean) => void };
  return new Promise((resolve, reject) => {
    let typed = '';
    const end = (): void => {
      keys.off('data', take);
      keys.off('end', leave);
      signal.removeEventListener('abort', leave);
      keys.setRawMode?.(false);
    };
    const leave = (): void => {
      end();
      screen.write('\n');
      reject(new Exit('The question was canceled.'));
    };
    const take = (chunk: Buffer | string): void => {
      // Input that begins with Esc is a key without a letter.
      // eslint-disable-next-line no-control-regex
      for (const letter of String(chunk).replace(/\u001B(\[[0-9;]*[A-Za-z~]|O.|.)?/g, '')) {
        if (letter === '\u0003' || (letter === '\u0004' && typed === '')) return leave();
        if (letter === '\r' || letter === '\n') {
          end();
          screen.write('\n');
          return resolve(typed);
        }
        if (letter === '\u007F' || letter === '\b') {
          if (typed !== '') screen.write('\b \b');
          typed = [...typed].slice(0, -1).join('');
        } else if (letter >= ' ') {
          typed += letter;
          screen.write(letter);
        }
      }
    };
    if (signal.aborted) return leave();
    signal.addEventListener('abort', leave);
    keys.on('data', take);
    keys.on('end', leave);
    keys.setRawMode?.(true);
    screen.write(`${message} `);
  });
}
