import { Static, Text, useInput, usePaste, useWindowSize } from 'ink';
import { useEffect, useState, useSyncExternalStore, type ReactNode } from 'react';
import { lineText, type Line, type Tone } from '../text/spans.ts';
import { eventsOf } from './events.ts';
import { draw } from './screens/index.ts';
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
  useEffect(() => {
    // What was typed before the question was on screen must not answer it.
    if (waitsForConfirmation(state)) store.dispatch({ type: 'armed' });
  });
  useInput((input, key) => {
    if (key.ctrl && input === 'c') return store.stop('SIGINT');
    for (const event of eventsOf(input, key)) store.dispatch({ type: 'press', event });
  });
  usePaste((text) => store.dispatch({ type: 'press', event: { type: 'paste', text } }));
  const now = useTicking(isBusy(state));
  return (
    <>
      <Static items={[...state.finished]}>{(one: Line, index) => <Row key={index} line={one} colour={state.look.colour} />}</Static>
      {state.leaving
        ? null
        : draw({ ...state, columns, rows }, now).map((one, index) => <Row key={index} line={one} colour={state.look.colour} />)}
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

function waitsForConfirmation({ screen, columns, rows }: State): boolean {
  if (columns < LEAST.columns || rows < LEAST.rows) return false;
  if (screen.at === 'area' && screen.mode.kind === 'preview') return !screen.mode.preview.armed;
  return screen.at === 'undo' && screen.preview !== undefined && !screen.preview.armed;
}

const isBusy = ({ screen }: State): boolean =>
  (screen.at === 'area' && screen.mode.kind === 'applying') || (screen.at === 'undo' && screen.progress !== undefined);

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
