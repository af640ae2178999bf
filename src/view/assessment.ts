import { STATES, type ControlState, type State, type StepState } from '../engine/judge/assess.ts';
import { counted } from '../text/counted.ts';
import { plainText } from '../text/plain.ts';
import { declaredText } from './declared-text.ts';
import { withoutSecrets } from './print-lines.ts';
import { line, lineText, span, type Line, type Span } from '../text/spans.ts';
import { MARKS, QUEUED, symbolBefore, type Look, type Mark } from '../text/symbols.ts';
import { wrappedTable, type Column } from '../text/table.ts';

const COLUMNS: readonly Column[] = [
  { title: 'CONTROL', priority: 1, least: 26, isWrapped: true },
  { title: 'CURRENT VALUE', priority: 1, least: 9 },
  { title: 'DESIRED VALUE', priority: 2, least: 11 },
  { title: 'STATUS', priority: 1, least: 18 },
  { title: 'SEVERITY', priority: 3, least: 8 },
];

/** The columns from which a table has room for values; below, its words would be broken. */
const ROOM = 108;

/** The chapters of Microsoft's guidance. */
export const GROUP_TITLES = { operation: 'Secure operation', deployment: 'Secure deployment', network: 'Network security' } as const;

const markSpan = (mark: Mark, look: Look): Span => span(`${symbolBefore(mark, look)}${mark.word}`, mark.tone);
export const stateSpan = (state: State, look: Look): Span => markSpan(MARKS[state], look);

/** Returns the mark of a control: its state, or that it will pass when the queue is applied. */
export const markOf = ({ id, state }: Pick<ControlState, 'id' | 'state'>, queued?: ReadonlySet<string>): Mark =>
  queued?.has(id) ? QUEUED : MARKS[state];

/**
 * Returns the controls of an area as a table, in a narrow window as rows. No value is cut. `queued`: full ids of the controls to be applied.
 */
export const controlLines = ({ controls }: StepState, width: number, look: Look, queued?: ReadonlySet<string>): Line[] =>
  width >= ROOM
    ? // Secrets are removed before a cell is wrapped, because a secret on two lines is not recognized.
      wrappedTable(COLUMNS, rowsOf(controls, look, queued).map(withoutSecrets), width)
    : controls.flatMap((state) => (width < 60 ? stacked : listed)(state, look, markOf(state, queued)));

const rowsOf = (controls: readonly ControlState[], look: Look, queued?: ReadonlySet<string>): Span[][] =>
  controls.map((state) => [
    span(state.control.label),
    ...nowWanted(state),
    markSpan(markOf(state, queued), look),
    span(state.severity, 'dim'),
  ]);

const nowWanted = (state: ControlState): Span[] =>
  state.state === 'not-applicable' || state.state === 'unknown'
    ? [span('-', 'dim'), span('-', 'dim')]
    : [span(plainText(state.found)), span(plainText(state.wanted))];

function stacked(state: ControlState, look: Look, mark: Mark): Line[] {
  if (look.spoken) return [line(spokenText(state, mark))];
  const head = line(span(symbolBefore(mark, look), mark.tone), span(state.control.label));
  if (state.state === 'not-applicable' || state.state === 'unknown') return [head, line(span(`    ${mark.word}`, 'dim'))];
  // Also in words, for screen readers.
  const isOpen = state.state !== 'pass' && state.state !== 'attested';
  return [
    head,
    line(span(`    ${mark.word}${isOpen ? `, severity ${state.severity}` : ''}`, mark.tone)),
    line(span(`    current value: ${plainText(state.found)}`)),
    ...(state.state === 'pass' ? [] : [line(span(`    desired value: ${plainText(state.wanted)}`))]),
  ];
}

/** Returns a control in two lines: its state, and its values. */
function listed(state: ControlState, look: Look, mark: Mark): Line[] {
  const [head = [], word = [], current, desired] = stacked(state, look, mark);
  if (look.spoken) return [head];
  const values = [current, desired].flatMap((one) => (one ? [lineText(one).trim()] : []));
  return [
    [...head, ...word.map((one) => ({ ...one, text: one.text.replace(/^ +/, '   ') }))],
    ...(current ? [line(`    ${values.join('; ')}`)] : []),
  ];
}

/** Returns a control in one sentence. */
function spokenText({ control, state, severity, found, wanted }: ControlState, mark: Mark): string {
  const head = `${control.label}: ${mark.word}`;
  if (state === 'not-applicable' || state === 'unknown') return head;
  const isOpen = state !== 'pass' && state !== 'attested';
  const desired = state === 'pass' ? '' : `; desired value: ${plainText(wanted)}`;
  return `${head}${isOpen ? `, severity ${severity}` : ''}; current value: ${plainText(found)}${desired}`;
}

/** Returns why controls are unknown, not applicable or accepted, and the details of their verdicts. `known`: causes that were printed before. */
export function reasonLines({ controls }: Pick<StepState, 'controls'>, known: ReadonlySet<string> = new Set()): Line[] {
  return controls.flatMap((state, index) => [
    ...(state.declared && (state.state === 'fail' || state.state === 'accepted')
      ? [line(span(`${state.control.label}: `, 'dim'), plainText(`declared in ${declaredText(state.declared)}`))]
      : []),
    ...sharedReason(controls, index, known),
    ...(state.state === 'fail' || state.state.startsWith('attest')
      ? state.lines.map((text) => line(span(`${state.control.label}: `, 'dim'), plainText(text)))
      : []),
  ]);
}

/** Returns the reason of a control together with the other controls of the area that have the same one, at the first of them. */
function sharedReason(controls: readonly ControlState[], index: number, known: ReadonlySet<string>): Line[] {
  const { state, reason } = controls[index] as ControlState;
  if (!reason || (state === 'unknown' && known.has(reason))) return [];
  const same = controls.filter((one) => one.state === state && one.reason === reason);
  if (same[0] !== controls[index]) return [];
  const names = same.length > 1 && same.length === controls.length ? 'All controls' : same.map(({ control }) => control.label).join(', ');
  return [line(span(`${names}: `, 'dim'), plainText(reason))];
}

/** A reason why controls of several areas could not be read. */
interface UnknownCause {
  readonly reason: string;
  readonly controls: number;
  readonly areas: number;
  /** All unknown controls, also those with another reason or none. */
  readonly unknown: number;
}

/** Returns the reasons for unknown controls, those of most controls first. */
export function unknownCauses(steps: readonly StepState[]): UnknownCause[] {
  const unknown = count(steps).unknown ?? 0;
  const all = steps.flatMap(({ step, controls }) =>
    controls.flatMap(({ state, reason }) => (state === 'unknown' && reason ? [{ area: step.id, reason }] : [])),
  );
  return [...Map.groupBy(all, ({ reason }) => reason)]
    .map(([reason, own]) => ({ reason, controls: own.length, areas: new Set(own.map(({ area }) => area)).size, unknown }))
    .toSorted((a, b) => b.controls - a.controls);
}

/** Returns a cause in one sentence: `Unknown: 9 of 11 controls, in 3 areas. You have no permission …`. */
export function causeText({ reason, controls, areas, unknown }: UnknownCause): string {
  const inAreas = `in ${counted(areas, 'area')}`;
  const many = controls < unknown ? `${controls} of ${unknown} controls, ${inAreas}` : `${counted(controls, 'control')} ${inAreas}`;
  return `Unknown: ${many}. ${plainText(reason)}`;
}

export type Counts = Partial<Record<State, number>>;

export function count(steps: readonly StepState[]): Counts {
  const counts: Counts = {};
  for (const { state } of steps.flatMap(({ controls }) => controls)) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

/** Words after a number other than 1, where they differ. */
const PLURALS: Partial<Record<keyof Counts, string>> = { pass: 'pass', fail: 'fail', 'attestation-expired': 'attestations expired' };

/** Returns the word after a number of controls in this state: `1 fails`, `2 fail`. */
export const wordAfter = (number: number, state: keyof Counts): string => (number === 1 ? undefined : PLURALS[state]) ?? MARKS[state].word;

/** Formats `1 fails, 7 not attested, 9 pass`. */
export function countLine(counts: Counts, look: Look): Line {
  const shown = STATES.filter((state) => counts[state]);
  return shown.flatMap((state, index) => [
    ...(index > 0 ? [span(look.spoken ? ', ' : '   ')] : []),
    span(`${symbolBefore(MARKS[state], look)}${counts[state] ?? 0} ${wordAfter(counts[state] ?? 0, state)}`, MARKS[state].tone),
  ]);
}
