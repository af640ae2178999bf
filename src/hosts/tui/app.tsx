import { Box, Static, Text, Transform, useApp, useInput, usePaste, useWindowSize } from 'ink';
import { memo, useEffect, useReducer, useSyncExternalStore, type ReactNode } from 'react';
import { ansiLine, lineText, type Colour, type Line, type Span } from '../../text/spans.ts';
import { asGlued, eventsOf, type KeyEvent } from './fields/key-events.ts';
import type { View } from './frame.ts';
import { isMouse } from './terminal/mouse.ts';
import { draw } from './screens/index.ts';
import { flowOf } from './state/derived-state.ts';
import type { WizardState } from './state/state.ts';
import type { Store } from './store.ts';
import type { Suspend } from './terminal/suspend.ts';

interface WizardProps {
  readonly store: Store;
  /** Returns whether the current input is a single key, as a keyboard sends it. */
  readonly alone?: () => boolean;
  /** Receives keys; by default the store does. */
  readonly press?: (event: KeyEvent) => void;
  /** Called while a frame is composed, right before it is written. */
  readonly composed?: (state: WizardState) => void;
  /** Called after a frame was passed to the terminal's writer. */
  readonly drawn?: (state: WizardState, view: View) => void;
  /** Handles Ctrl-Z. */
  readonly suspended?: (suspend: Suspend) => void;
  /** Returns the time, for the age of runs and the seconds of a request. */
  readonly time?: () => number;
}

/** The whole wizard: finished lines above, the live part below. It passes keys on and decides nothing. */
export function Wizard({
  store,
  alone = () => true,
  press = (event) => store.dispatch({ type: 'press', event }),
  composed,
  drawn,
  suspended,
  time = Date.now,
}: WizardProps): ReactNode {
  const state = useSyncExternalStore(store.subscribe, store.state);
  const { columns, rows } = useWindowSize();
  useEffect(() => store.dispatch({ type: 'resize', columns, rows }), [store, columns, rows]);
  const { suspendTerminal } = useApp();
  useInput((input, key) => {
    if (isMouse(input)) return;
    if (key.ctrl && input === 'c') return store.stop('SIGINT');
    if (key.ctrl && input === 'z') return suspended?.(suspendTerminal);
    const events = eventsOf(input, key);
    for (const event of alone() ? events : events.map(asGlued)) press(event);
  });
  usePaste((text) => press({ type: 'paste', text }));
  useTicking(flowOf(state)?.kind === 'applying');
  const view = draw({ ...state, columns, rows }, time());
  useEffect(() => drawn?.(state, view));
  // Ink calls it for each frame, with the state of the last commit. It returns an empty text, so nothing is drawn.
  const reportFrame = () => {
    composed?.(state);
    return '';
  };
  return (
    <>
      <Box position="absolute">
        <Transform transform={reportFrame}> </Transform>
      </Box>
      <Static items={[...state.finished]}>{(one: Line, index) => <Row key={index} text={rowText(one, state.look.colour)} />}</Static>
      {state.leaving ? null : view.lines.map((one, index) => <Row key={index} text={rowText(one, state.look.colour)} />)}
    </>
  );
}

/** A line of the frame. Most of them do not change, so they are memoized. */
const Row = memo(({ text }: { readonly text: string }): ReactNode => <Text wrap="truncate">{text}</Text>);

/** Formats a terminal link (OSC 8). Its URL is built by func-harden and percent-encoded. */
const linked = (one: Span): Span => (one.link ? { ...one, text: `\u001B]8;;${one.link}\u0007${one.text}\u001B]8;;\u0007` } : one);

/** Returns a line as one string: an element for each span would be laid out by itself. */
const rowText = (line: Line, colour: Colour): string =>
  // An empty Text has no height in Ink.
  lineText(line) === '' ? ' ' : ansiLine(colour ? line.map(linked) : line, colour);

/** Draws again every second while something runs; otherwise there is no timer. */
function useTicking(on: boolean): void {
  const [, tick] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    if (!on) return;
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, [on]);
}
