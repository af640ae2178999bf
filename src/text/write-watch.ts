/** Observes writes to a stream. */

interface WriteWatch {
  /** Called before visible text is written. */
  readonly before: () => void;
  /** Called with the text after it left this process. */
  readonly after: (text: string) => void;
}

const CONTROLS = /\u001B\[[0-9;?]*[A-Za-z]|[\u0000-\u001F]/g;

/** Wraps a stream; texts that only move the cursor or clear the screen are not reported. */
export function watchWrites<S extends NodeJS.WriteStream>(stream: S, { before, after }: WriteWatch): S {
  const write = (...args: readonly unknown[]): boolean => {
    const [chunk] = args;
    const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk as Uint8Array).toString();
    if (text.replace(CONTROLS, '').trim() === '') return Reflect.apply(stream.write, stream, args) as boolean;
    before();
    const result = Reflect.apply(stream.write, stream, args) as boolean;
    // A terminal accepts a write at once, except on systems where the write is asynchronous.
    if (stream.writableLength === 0) after(text);
    else stream.write('', () => after(text));
    return result;
  };
  return new Proxy(stream, {
    get(target, name) {
      if (name === 'write') return write;
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
}
