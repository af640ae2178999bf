/** Milliseconds without a key before a confirmation is asked. */
const QUIET = 300;

/** Drops what was typed before the question was on screen, so that it cannot answer it. */
export async function dropTypeAhead(stdin: NodeJS.ReadStream = process.stdin): Promise<void> {
  if (!stdin.isTTY) return;
  stdin.setRawMode(true);
  await new Promise<void>((resolve) => {
    const done = () => {
      stdin.off('data', again);
      resolve();
    };
    let timer = setTimeout(done, QUIET);
    const again = (chunk: Buffer | string) => {
      clearTimeout(timer);
      // Ctrl-C is never dropped.
      if (chunk.includes('\u0003')) process.kill(process.pid, 'SIGINT');
      timer = setTimeout(done, QUIET);
    };
    stdin.on('data', again);
    stdin.resume();
  });
  stdin.pause();
  stdin.setRawMode(false);
}
