/** The same stream; `written` is called with each text once it left this process, before anything else happens. */
export function watchWrites<S extends NodeJS.WriteStream>(stream: S, written: (text: string) => void): S {
  const write = (...args: readonly unknown[]): boolean => {
    const result = Reflect.apply(stream.write, stream, args) as boolean;
    const [chunk] = args;
    const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk as Uint8Array).toString();
    // A terminal takes it at once, except where the system writes in its own time.
    if (stream.writableLength === 0) written(text);
    else stream.write('', () => written(text));
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
