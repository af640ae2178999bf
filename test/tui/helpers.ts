/** The wizard without a terminal: keys in, screens out, over the real session and emulator. */
import type { Invocation } from '../../src/cli/invocation.ts';
import { createWizardSession } from '../../src/app/wizard/wizard-session.ts';
import type { Session } from '../../src/engine/session.ts';
import type { Options } from '../../src/cli/options.ts';
import { lineText, type Line } from '../../src/text/spans.ts';
import { seen } from '../../src/hosts/tui/terminal/seen.ts';
import { draw } from '../../src/hosts/tui/screens/index.ts';
import { createStore, type Store } from '../../src/hosts/tui/store.ts';
import type { KeyEvent, KeyName } from '../../src/hosts/tui/fields/key-events.ts';
import type { WizardState } from '../../src/hosts/tui/state/state.ts';
import { catalogue } from '../../steps/index.ts';
import { join } from 'node:path';
import type { World } from '../helpers/world.ts';

export interface Pilot {
  readonly store: Store;
  screen(): string[];
  /** The same with its tones. */
  drawn(): readonly Line[];
  press(...keys: string[]): void;
  /** The same like a person who reads the screen before each key. */
  answer(...keys: string[]): void;
  paste(text: string): void;
  /** Waits until the condition holds. */
  until(ready: (state: WizardState) => boolean): Promise<WizardState>;
  readonly left: () => boolean | undefined;
}

const NAMES = new Set<string>([
  'f2',
  'f3',
  'up',
  'down',
  'pageup',
  'pagedown',
  'enter',
  'escape',
  'tab',
  'shift-tab',
  'left',
  'right',
  'home',
  'end',
  'backspace',
  'delete',
  'clear',
  'delete-rest',
  'delete-word',
]);

/** What a pilot needs of a world. */
export type Ground = Pick<World, 'connection' | 'folder' | 'clock'>;

export async function pilot(
  here: Ground,
  size: { columns?: number; rows?: number } = {},
  options: Options = {},
  change: (session: Session) => Session = (session) => session,
  onCopy?: (text: string) => void,
): Promise<Pilot> {
  const connection = await here.connection();
  const stop = new AbortController();
  const look = { colour: false, ascii: false } as const;
  const invocation: Invocation = {
    args: [],
    options: { stateDir: join(here.folder, 'state'), save: join(here.folder, 'answers.yaml'), ...options },
    io: { out: () => {}, err: () => {}, outLook: look, errLook: look, width: 80, interactive: true, asks: true, fullScreen: true },
    environment: {},
    clock: here.clock,
    version: '0.0.0',
    catalogue: () => Promise.resolve(catalogue),
    signal: stop.signal,
  };
  let left: boolean | undefined;
  const store = createStore({
    session: change(await createWizardSession(invocation, connection)),
    look,
    columns: size.columns ?? 80,
    rows: size.rows ?? 24,
    onLeave: (stopped) => (left = stopped),
    ...(onCopy ? { onCopy } : {}),
  });
  const events = (key: string): KeyEvent[] =>
    NAMES.has(key)
      ? [{ type: 'key', name: key as KeyName }]
      : [...key].map((text) => ({ type: 'character', text, alone: key.length === 1 }));
  /** Reports the frame on the screen to the store, as a terminal does. */
  const looked = () => {
    const view = draw(store.state(), Date.now());
    seen(store, store.state(), view);
    return view;
  };
  store.start();
  return {
    store,
    screen: () => looked().lines.map(lineText),
    drawn: () => looked().lines,
    press: (...keys) => keys.flatMap(events).forEach((event) => store.dispatch({ type: 'press', event })),
    answer: (...keys) =>
      keys.flatMap(events).forEach((event) => {
        looked();
        store.dispatch({ type: 'press', event });
      }),
    paste: (text) => store.dispatch({ type: 'press', event: { type: 'paste', text } }),
    until: (ready) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`never so:\n${draw(store.state(), 0).lines.map(lineText).join('\n')}`)), 10_000);
        const looked = () => {
          if (!ready(store.state())) return;
          clearTimeout(timer);
          unsubscribe();
          resolve(store.state());
        };
        const unsubscribe = store.subscribe(looked);
        looked();
      }),
    left: () => left,
  };
}
