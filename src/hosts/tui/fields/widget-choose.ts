/** Widgets that choose from options: one option, with a filter; or several, with check boxes. */
import { answerProblems, type Option, type Question } from '../../../contract/index.ts';
import type { Json } from '../../../azure/index.ts';
import { editOf, editedText, type Edit } from './text-edit.ts';
import { filtered, typedInto } from './text-field.ts';
import type { KeyEvent } from './key-events.ts';

export interface Pick {
  readonly kind: 'pick';
  readonly options: readonly Option[];
  /** Text that filters the options, or is a name that is not an option. */
  readonly edit: Edit;
  readonly cursor: number;
  /** A name that is not an option and that the user was asked to confirm. */
  readonly asked?: string;
}

export interface Ticks {
  readonly kind: 'ticks';
  readonly options: readonly Option[];
  readonly ticked: readonly string[];
  /** Input line after the options, for a name that is not an option. */
  readonly edit: Edit;
  readonly cursor: number;
}

interface Pressed<W> {
  readonly widget: W;
  readonly answer?: Json;
  readonly problem?: string;
}

/** Creates the widget with the previous answer selected; an answer that is not an option is put in the input line. */
export function pickOf(options: readonly Option[], start: Json | undefined): Pick {
  const index = options.findIndex(({ value }) => value === start);
  const typed = typeof start === 'string' && index < 0 ? start : '';
  return { kind: 'pick', options, edit: editOf(typed), cursor: Math.max(0, index), ...(typed === '' ? {} : { asked: typed }) };
}

export function ticksOf(options: readonly Option[], start: Json | undefined): Ticks {
  const ticked = Array.isArray(start) ? (start as readonly Json[]).filter((one): one is string => typeof one === 'string') : [];
  const others = ticked.filter((name) => !options.some(({ value }) => value === name)).map((value) => ({ value, label: value }));
  return { kind: 'ticks', options: [...options, ...others], ticked, edit: editOf(''), cursor: 0 };
}

export const matching = ({ options, edit: typed }: Pick): readonly Option[] => {
  const words = editedText(typed).toLowerCase().split(/\s+/).filter(Boolean);
  return options.filter(({ value, label }) => words.every((word) => `${label} ${value}`.toLowerCase().includes(word)));
};

export function pressPick(widget: Pick, event: KeyEvent, question: Question): Pressed<Pick> {
  const typed = (): Pressed<Pick> => {
    const { filter, cursor } = filtered(widget.edit, widget.cursor, event);
    return { widget: { ...widget, edit: filter, cursor } };
  };
  if (event.type !== 'key') return typed();
  const shown = matching(widget);
  if (event.name === 'up') return { widget: { ...widget, cursor: Math.max(0, widget.cursor - 1) } };
  if (event.name === 'down') return { widget: { ...widget, cursor: Math.max(0, Math.min(shown.length - 1, widget.cursor + 1)) } };
  if (event.name !== 'enter') return typed();
  const name = editedText(widget.edit).trim();
  if (shown.length === 0 && question.kind === 'pick' && question.mustExist && widget.options.length > 0)
    return { widget, problem: `No ${question.of} has this name. Choose an existing one.` };
  const answer = shown[widget.cursor]?.value ?? name;
  const [problem] = answerProblems(question, answer);
  // A mistyped key is not meant as a name, so a name that is not an option needs a second Enter.
  if (!problem && shown.length === 0 && widget.options.length > 0 && widget.asked !== name)
    return {
      widget: { ...widget, asked: name },
      problem: `"${name}" is not in the list. Press Enter again to use it, or Backspace to see the list.`,
    };
  return problem ? { widget, problem: answer === '' ? 'Select an entry, or type its name.' : problem.says } : { widget, answer };
}

export function pressTicks(widget: Ticks, event: KeyEvent, question: Question): Pressed<Ticks> {
  const adding = widget.cursor === widget.options.length;
  const option = widget.options[widget.cursor];
  if (event.type === 'character' && event.text === ' ' && option)
    return { widget: { ...widget, ticked: toggled(widget.ticked, option.value) } };
  if (event.type === 'paste' && adding && /[\r\n]/.test(event.text.trim())) return pasted(widget, event.text, question);
  const typedIn = (): Pressed<Ticks> => ({ widget: adding ? { ...widget, edit: typedInto(widget.edit, event) } : widget });
  if (event.type !== 'key') return typedIn();
  if (event.name === 'up') return { widget: { ...widget, cursor: Math.max(0, widget.cursor - 1) } };
  if (event.name === 'down') return { widget: { ...widget, cursor: Math.min(widget.options.length, widget.cursor + 1) } };
  if (event.name !== 'enter') return typedIn();
  const typed = editedText(widget.edit).trim();
  if (typed !== '') return added(widget, typed, question);
  const answer = widget.options.map(({ value }) => value).filter((value) => widget.ticked.includes(value));
  const [problem] = answerProblems(question, answer);
  return problem ? { widget, problem: problem.says } : { widget, answer };
}

function added(widget: Ticks, name: string, question: Question): Pressed<Ticks> {
  const [problem] = answerProblems(question, [name]);
  if (problem) return { widget, problem: problem.says };
  const options = widget.options.some(({ value }) => value === name) ? widget.options : [...widget.options, { value: name, label: name }];
  return { widget: { ...widget, options, ticked: [...new Set([...widget.ticked, name])], edit: editOf(''), cursor: options.length } };
}

/** Adds each valid line of a pasted text. The first line that is not valid stays in the input line, with its problem. */
function pasted(before: Ticks, text: string, question: Question): Pressed<Ticks> {
  let widget: Ticks = { ...before, edit: editOf('') };
  let wrong: { readonly name: string; readonly problem: string } | undefined;
  for (const name of `${editedText(before.edit)}${text}`.split(/[\r\n]+/).flatMap((one) => one.trim() || [])) {
    const { widget: after, problem } = added(widget, name, question);
    if (problem === undefined) widget = after;
    else wrong ??= { name, problem };
  }
  return wrong ? { widget: { ...widget, edit: editOf(wrong.name) }, problem: wrong.problem } : { widget };
}

export const toggled = (ticked: readonly string[], value: string): readonly string[] =>
  ticked.includes(value) ? ticked.filter((one) => one !== value) : [...ticked, value];
