/** From the state to the lines of the live part. */
import { line, span, type Line } from '../../text/spans.ts';
import { undoPlanLines } from '../../view/undo.ts';
import { fit, wrapped, type Frame } from '../frame.ts';
import { bindings } from '../keys.ts';
import { LEAST, liveRows, type State } from '../state.ts';
import { ellipsis } from '../../text/symbols.ts';
import { areaFrame, previewFrame, progressFrame } from './area.ts';
import { appsFrame, areasFrame, runsFrame } from './lists.ts';

/** Every line that is on screen now; never wider or taller than the window allows. */
export function draw(state: State, now: number): Line[] {
  const { columns, rows, look } = state;
  if (columns < LEAST.columns || rows < LEAST.rows) {
    const says = `This window is ${columns} by ${rows}; the wizard needs ${LEAST.columns} by ${LEAST.rows}. Make it larger, or use: func-harden --plain`;
    return wrapped([line(says)], Math.max(1, columns), 0).slice(0, liveRows(state));
  }
  return fit(state.help ? helpFrame(state) : frameOf(state, now), bindings(state), columns, liveRows(state), look);
}

function frameOf(state: State, now: number): Frame {
  const { screen, look } = state;
  switch (screen.at) {
    case 'apps':
      return withTop(state, appsFrame(state, screen));
    case 'opening':
      return withTop(state, { head: [], body: [line(`Reading ${screen.label}${ellipsis(look)}`)], foot: [[]] });
    case 'areas':
      return notice(state, areasFrame(state, screen));
    case 'area':
      return areaFrame(state, screen, now);
    case 'runs':
      return runsFrame(state, screen);
    case 'undo': {
      const head = [line(span('Undo', 'strong'), span(`   run ${screen.run.run}`, 'dim'))];
      if (screen.done) return { head: [...head, []], body: wrapped(screen.done, state.columns), foot: [[]] };
      if (screen.progress) return progressFrame(state, screen.progress, head, now);
      if (!screen.plan || !screen.preview)
        return { head, body: [line(span(`Comparing with what stands there now${ellipsis(look)}`, 'dim'))], foot: [[]] };
      return previewFrame(state, screen.preview, head, undoPlanLines(screen.run.run, screen.plan, look).slice(2));
    }
    case 'trouble':
      return { head: [line(span(screen.title, 'bad')), []], body: wrapped(screen.lines, state.columns), foot: [[]] };
  }
}

/** Name, account and promise, on the first screens. */
function withTop(state: State, frame: Frame): Frame {
  const { name, tenant } = state.account;
  const who = name ? `${name}${tenant && state.columns >= 100 ? `, tenant ${tenant}` : ''}` : 'signed in';
  return {
    ...frame,
    head: [
      line(span('func-harden', 'strong'), span(` ${state.version}   ${who}`, 'dim')),
      line(span('Nothing is sent anywhere but to Azure.', 'dim')),
      [],
      ...frame.head,
    ],
  };
}

const notice = (state: State, frame: Frame): Frame =>
  state.notice ? { ...frame, foot: [...frame.foot.slice(0, -1), line(span(state.notice, 'info'))] } : frame;

function helpFrame(state: State): Frame {
  const keys = bindings({ ...state, help: false });
  const rows = keys.map(({ keys: names, says }) => line(span(`  ${names.padEnd(10)}`, 'strong'), says));
  const more = [
    line('An area is read, judged and previewed before anything is sent.'),
    line('Nothing is sent without your Enter, y, or the name of the app, by risk.'),
    line('Everything sent is in the undo log first; u takes it back.'),
    line('Ctrl-C stops; during a change the request in flight is finished first.'),
  ];
  return { head: [line(span('Keys here', 'strong')), []], body: [...rows, [], ...wrapped(more, state.columns, 0)], foot: [[]] };
}
