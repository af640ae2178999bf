import { render } from 'ink';
import { EXIT, type ExitCode } from '../../engine/errors.ts';
import type { RunSummary } from '../../engine/run/run.ts';
import type { Session } from '../../engine/session.ts';
import type { Look } from '../../text/symbols.ts';
import { Wizard } from './app.tsx';
import type { Keyboard } from '../../engine/ports.ts';
import { functionKey, isOneKey } from './fields/key-events.ts';
import type { View } from './frame.ts';
import { createGate } from './terminal/gate.ts';
import { startMouse } from './terminal/mouse.ts';
import { eraseWrappedRows, keepsRows } from './terminal/reflow.ts';
import type { WizardState } from './state/state.ts';
import { createStore, type Store } from './store.ts';
import { suspension } from './terminal/suspend.ts';

/** Milliseconds after which an unfinished paste is reported. */
const PASTE_HINT = 2000;

interface MountOptions {
  readonly session: Session;
  readonly look: Look;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly keyboard: Keyboard;
  /** Whether the terminal is asked to report the mouse. */
  readonly mouse?: boolean;
  /** Fires on a signal from outside. */
  readonly signal: AbortSignal;
  /** Called to end waits between retries. */
  readonly onStop: () => void;
  /** Registers where the session reports why it waits. */
  readonly listen: (heard: (text: string) => void) => void;
}

interface Ended {
  readonly exitCode: ExitCode;
  /** How each run of this session ended, the last one last. */
  readonly endings: readonly RunSummary[];
  /** The user left while a request was in progress. */
  readonly cut: boolean;
}

/** Runs the wizard on a terminal until the user leaves. It draws inline, so that scrollback is kept. */
export async function mountWizard({
  session,
  look,
  stdin,
  stdout,
  keyboard,
  mouse: withMouse = false,
  signal,
  onStop,
  listen,
}: MountOptions): Promise<Ended> {
  let leave: (stopped: boolean) => void = () => {};
  const left = new Promise<boolean>((resolve) => {
    leave = resolve;
  });
  const store: Store = createStore({
    session,
    look,
    columns: stdout.columns || 80,
    rows: stdout.rows || 24,
    onLeave: leave,
    onStop,
    // OSC 52; terminals that do not support it ignore it.
    onCopy: (text) => void stdout.write(`\u001B]52;c;${Buffer.from(text, 'utf8').toString('base64')}\u0007`),
  });
  listen((notice) => store.dispatch({ type: 'saved', notice }));
  // Ink splits a chunk at escape sequences; only here is it visible whether the whole chunk was one key.
  let single = true;
  const gate = createGate({ store, stdin, stdout, keyboard });
  let shown: View | undefined;
  const drawn = (state: WizardState, view: View) => {
    shown = view;
    void gate.drawn(state, view, () => app.waitUntilRenderFlush());
  };
  const suspended = suspension({
    store,
    keyboard,
    mouse: () => mouse,
    input: {
      pause() {
        stdin.off('data', watch);
        stdin.pause();
        // Node stops reading at this event, which is not sent where a listener for readable was removed just before, as Ink does.
        stdin.emit('pause');
      },
      resume: () => void stdin.on('data', watch),
    },
  });
  const unwatch = keepsRows(process.env) ? () => {} : eraseWrappedRows(stdout, () => shown?.lines ?? []);
  const wizard = (
    <Wizard store={store} alone={() => single} press={gate.press} composed={gate.composed} drawn={drawn} suspended={suspended} />
  );
  const app = render(wizard, {
    stdin,
    stdout: gate.stdout,
    // The terminal was checked before; Ink shows nothing while a variable such as CI is set, even to an empty text.
    interactive: true,
    exitOnCtrlC: false,
    patchConsole: false,
    incrementalRendering: true,
    maxFps: 60,
  });
  // An unfinished paste makes Ink swallow every key, so Ctrl-C is also searched in the raw input.
  const pasting = pasteWatch();
  let hint: NodeJS.Timeout | undefined;
  const watch = (chunk: Buffer | string) => {
    const text = chunk.toString();
    single = isOneKey(text);
    gate.chunk();
    const name = functionKey(text);
    if (name) gate.press({ type: 'key', name });
    mouse?.chunk(text);
    clearTimeout(hint);
    const open = pasting(text);
    if (open && text.includes('\u0003')) store.stop('SIGINT');
    if (open && !text.endsWith('\u001B[201~'))
      hint = setTimeout(
        () =>
          store.dispatch({
            type: 'saved',
            notice: 'The terminal has not finished a paste, so keys have no effect. Press Ctrl-C to leave.',
          }),
        PASTE_HINT,
      );
  };
  const mouse = withMouse ? startMouse(store, stdout, () => shown) : undefined;
  stdin.on('data', watch);
  // A terminal that is gone sends no key any more.
  const gone = () => store.stop('SIGHUP');
  stdin.once('end', gone);
  // A shell that was killed leaves this process in the background, where its next read fails. Giving the terminal back can fail too.
  stdin.on('error', gone);
  // It may have fired before, while the screen was loaded.
  const stopBySignal = () => store.stop('SIGTERM');
  if (signal.aborted) stopBySignal();
  else signal.addEventListener('abort', stopBySignal);
  // The first frame is drawn first, because loading the modules that call Azure would delay it.
  const starting = setTimeout(() => store.start());
  const stopped = await left;
  clearTimeout(starting);
  clearTimeout(hint);
  stdin.off('data', watch);
  stdin.off('end', gone);
  mouse?.stop();
  unwatch();
  app.unmount();
  await app.waitUntilExit();
  onStop();
  const { endings, exitCode = endings.at(-1)?.exitCode ?? EXIT.ok } = store.state();
  return { exitCode: stopped ? EXIT.interrupted : exitCode, endings, cut: store.busy() };
}

/** Returns whether the input is inside a bracketed paste that has not ended. */
function pasteWatch(): (text: string) => boolean {
  let open = false;
  return (text) => {
    const start = text.lastIndexOf('\u001B[200~');
    const end = text.lastIndexOf('\u001B[201~');
    const was = open;
    if (start >= 0 || end >= 0) open = start > end;
    return was || open;
  };
}
