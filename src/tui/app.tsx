import { Static, Text, useInput, usePaste, useWindowSize } from 'ink';
import { useEffect, useState, useSyncExternalStore, type ReactNode } from 'react';
import { lineText, type Line, type Tone } from '../text/spans.ts';
import { eventsOf } from './events.ts';
import { draw } from './screens/index.ts';
import { waitsForConfirmation } from './flow.ts';
import { flowOf } from './selectors.ts';
import type { View } from './frame.ts';
import { LEAST, type State } from './state.ts';
import type { Store } from './store.ts';

const COLOURS: Readonly<Record<Tone, { color?: string; dimColor?: boolean; bold?: boolean }>> = {
  good: { color: 'green' },
  bad: { color: 'red' },
  warn: { color: 'yellow' },
  info: { color: 'cyan' },
  dim: { dimColor: true },
  strong: { bold: true },
};

/** The whole wizard: finished lines above, the live part below. Keys go to the store, nothing is decided here. */
export function Wizard({ store }: { readonly store: Store }): ReactNode {
  const state = useSyncExternalStore(store.subscribe, store.state);
  const { columns, rows } = useWindowSize();
  useEffect(() => store.dispatch({ type: 'resize', columns, rows }), [store, columns, rows]);
  useInput((input, key) => {
    if (key.ctrl && input === 'c') return store.stop('SIGINT');
    for (const event of eventsOf(input, key)) store.dispatch({ type: 'press', event });
  });
  usePaste((text) => store.dispatch({ type: 'press', event: { type: 'paste', text } }));
  const now = useTicking(flowOf(state)?.kind === 'applying');
  const view = draw({ ...state, columns, rows }, now);
  // What was typed before the question was on screen must not answer it.
  useEffect(() => seen(store, state, view));
  return (
    <>
      <Static items={[...state.finished]}>{(one: Line, index) => <Row key={index} line={one} colour={state.look.colour} />}</Static>
      {state.leaving ? null : view.lines.map((one, index) => <Row key={index} line={one} colour={state.look.colour} />)}
    </>
  );
}

function Row({ line, colour }: { readonly line: Line; readonly colour: boolean }): ReactNode {
  // An empty Text has no height.
  if (lineText(line) === '') return <Text> </Text>;
  return (
    <Text wrap="truncate">
      {line.map(({ text, tone }, index) => (
        <Text key={index} {...(tone && colour ? COLOURS[tone] : {})}>
          {text}
        </Text>
      ))}
    </Text>
  );
}

/** Tells the store what a person has had on screen. */
export function seen(store: Store, state: State, { scroll, toEnd }: View): void {
  // Of something newer there will be a frame of its own.
  if (store.state() !== state || state.columns < LEAST.columns || state.rows < LEAST.rows || state.help !== undefined) return;
  const flow = flowOf(state);
  if (flow?.kind === 'preview' && (flow.scroll !== scroll || (toEnd && !flow.read && !flow.bodies)))
    store.dispatch({ type: 'read', scroll, toEnd });
  if (waitsForConfirmation(flow)) store.dispatch({ type: 'armed' });
}

/** The time, once a second while something runs; no timer when nothing moves. */
function useTicking(on: boolean): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!on) return;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [on]);
  return now;
}
