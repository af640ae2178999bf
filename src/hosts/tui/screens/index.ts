/** Draws the state as the lines of the live part. */
import { line, span, type Line } from '../../../text/spans.ts';
import { ellipsis } from '../../../text/symbols.ts';
import { fit, keyNames, wrapped, type Frame, type View } from '../frame.ts';
import { KEY_MEANINGS } from '../keys/key-meanings.ts';
import { bindings } from '../keys/keys.ts';
import { LEAST, liveRows, type Screen, type WizardState } from '../state/state.ts';
import { areaFrame } from './area.ts';
import { batchFrame } from './batch.ts';
import { campaignFrame } from './campaign.ts';
import { findingsFrame } from './findings.ts';
import { flowFrame } from './flow.ts';
import { appsFrame, fleetFrame, searchFrame } from './lists.ts';
import { cutOffFrame, runFrame, runsFrame } from './log.ts';
import { appHead, areasFrame } from './overview.ts';
import { fieldLine, messageLines } from './parts.ts';

/** Returns all lines on screen, never wider or taller than the window. */
export function draw(state: WizardState, now: number): View {
  const { columns, rows, look } = state;
  if (columns < LEAST.columns || rows < LEAST.rows) {
    const says = `This window is ${columns} by ${rows}; the wizard needs ${LEAST.columns} by ${LEAST.rows}. Enlarge the window, or press Ctrl-C and run: func-harden --plain`;
    return { lines: wrapped([line(says)], Math.max(1, columns), 0).slice(0, liveRows(state)), scroll: 0, toEnd: false };
  }
  return fit(
    state.help === undefined ? withLinks(state, frameOf(state, now)) : helpFrame(state, state.help),
    bindings(state).filter(({ shown }) => shown !== ''),
    columns,
    liveRows(state),
    look,
  );
}

const frameOf = (state: WizardState, now: number): Frame =>
  (FRAMES[state.screen.at] as (state: WizardState, screen: Screen, now: number) => Frame)(state, state.screen, now);

const FRAMES: { readonly [At in Screen['at']]: (state: WizardState, screen: Extract<Screen, { at: At }>, now: number) => Frame } = {
  apps: (state, screen) => withTop(state, notice(state, appsFrame(state, screen))),
  'cut-off': (state, screen) => withTop(state, cutOffFrame(state, screen)),
  opening: (state, { target }) =>
    withTop(state, notice(state, { head: [], body: [line(`Reading ${target.label}${ellipsis(state.look)}`), []], foot: [[]] })),
  fleet: (state, screen) => notice(state, fleetFrame(state, screen)),
  areas: (state, screen) => notice(state, areasFrame(state, screen)),
  search: (state, screen) => {
    const frame = searchFrame(state, screen);
    return { ...frame, head: [...appHead(state), ...frame.head] };
  },
  address: (state, { edit, problem }) => {
    const why =
      'func-harden uses this address to check that access rules do not lock you out. func-harden asks no internet service for it: you type the address.';
    const says = [line(span('Your public IP address', 'strong')), line(span(why, 'dim'))];
    return {
      head: [...appHead(state), [], ...wrapped(says, state.columns, 0), []],
      body: [fieldLine('', edit, state)],
      foot: [...messageLines(problem, 'bad', state.columns), []],
    };
  },
  area: areaFrame,
  queue: (state, { flow }, now) => flowFrame(state, flow, [...appHead(state), line(span('All queued changes', 'strong'))], now),
  batch: batchFrame,
  campaign: campaignFrame,
  findings: (state, screen) => notice(state, findingsFrame(state, screen)),
  runs: (state, screen, now) => notice(state, runsFrame(state, screen, now)),
  run: (state, screen) => notice(state, runFrame(state, screen)),
  undo: (state, { flow, run, only }, now) => {
    const which = only.length > 0 ? `, change ${only.join(', ')}` : '';
    return flowFrame(state, flow, [line(span(`Undo of run ${run.run}`, 'warn'), span(which, 'dim'))], now);
  },
  resume: (state, { flow, run }, now) => flowFrame(state, flow, [line(span(`Finish run ${run.run}`, 'strong'))], now),
  trouble: ({ columns }, { title, lines }) => ({ head: [line(span(title, 'bad')), []], body: wrapped(lines, columns), foot: [[]] }),
};

/** Adds the product's name, the account and the promise to the first screens. */
function withTop(state: WizardState, frame: Frame): Frame {
  const { name, tenant } = state.account;
  const who = name ? `${name}${tenant && state.columns >= 100 ? `, tenant ${tenant}` : ''}` : 'signed in';
  return {
    ...frame,
    head: [
      line(span('func-harden', 'strong'), span(` ${state.version}   ${who}`, 'dim')),
      state.isDemo
        ? line(
            span(
              state.columns < 70
                ? 'Demo: nothing is sent to Azure.'
                : 'Demo: a sample subscription on this machine. Nothing is sent to Azure.',
              'warn',
            ),
          )
        : line(span('Data is sent only to Azure.', 'dim')),
      [],
      ...frame.head,
    ],
  };
}

const notice = (state: WizardState, frame: Frame): Frame =>
  state.notice ? { ...frame, foot: [...frame.foot.slice(0, -1), ...messageLines(state.notice, 'info', state.columns)] } : frame;

/** Shows URLs in full at any width, because a part of a URL is useless. */
function withLinks({ links = [], columns }: WizardState, frame: Frame): Frame {
  const lines = links.flatMap(({ says, address }) => {
    const part = (text: string): Line => line({ text, tone: 'info', link: address });
    const text = `${says}: ${address}`;
    if (text.length <= columns) return [part(text)];
    // An address in one piece can be copied.
    const rows = Math.ceil(address.length / columns);
    return [part(`${says}:`), ...Array.from({ length: rows }, (_, index) => part(address.slice(index * columns, (index + 1) * columns)))];
  });
  return lines.length > 0 ? { ...frame, foot: [...frame.foot, ...lines] } : frame;
}

function helpFrame(state: WizardState, scroll: number): Frame {
  const { help: _, ...below } = state;
  const rows = bindings(below)
    .filter(({ command, shown }) => command !== 'help' && shown !== '')
    .map(({ shown, says }) => {
      const meaning = KEY_MEANINGS[says];
      return line(span(`  ${keyNames(shown, state.look).padEnd(12)}`, 'strong'), says, span(meaning ? `: ${meaning}` : '', 'dim'));
    });
  const more = [
    line('func-harden reads the app and shows a preview before it sends any change.'),
    line('Every change needs your confirmation: Enter, y, the name of the app or the number of apps, depending on the risk.'),
    line(
      'Every change is recorded in the undo log before it is sent. To open it, press F3 in the list of apps, or u in the list of areas.',
    ),
    line('Press Ctrl-C to stop. func-harden completes the current request first.'),
    line(`Each answer is saved in ${state.answersFile}.${state.deletesAnswers ? ' The demo deletes this file when it ends.' : ''}`),
  ];
  return {
    head: [line(span('Keys on this screen', 'strong')), []],
    body: [...wrapped(rows, state.columns, 12), [], ...wrapped(more, state.columns, 0)],
    scroll,
    foot: [[]],
  };
}
