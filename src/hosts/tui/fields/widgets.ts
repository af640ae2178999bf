/** Widgets that answer questions, as values: their content, the effect of a key, and the answer. They do not draw. */
import { answerProblems, type Option, type Question } from '../../../contract/index.ts';
import { byCase, type AccessRule, type Json } from '../../../azure/index.ts';
import { parseRule, ruleText, swapRules } from '../../../view/rule-text.ts';
import { editOf, insert, editedText, type Edit } from './text-edit.ts';
import { typedInto } from './text-field.ts';
import type { KeyEvent } from './key-events.ts';
import { matching, pickOf, pressPick, pressTicks, ticksOf, type Pick, type Ticks } from './widget-choose.ts';

export type Widget =
  | Pick
  | Ticks
  | { readonly kind: 'choice'; readonly options: readonly { readonly label: string; readonly value: Json }[]; readonly cursor: number }
  | { readonly kind: 'field'; readonly edit: Edit; readonly number: boolean }
  | {
      readonly kind: 'list';
      readonly itemKind: 'origins' | 'rules';
      readonly items: readonly string[];
      readonly cursor: number;
      readonly edit: Edit;
    };

type List = Extract<Widget, { kind: 'list' }>;

/** A widget's next state, and its answer or the problem with it. */
interface WidgetChange {
  readonly widget: Widget;
  readonly answer?: Json;
  readonly problem?: string;
}

export function widgetFor(question: Question, start: Json | undefined, options: readonly Option[] = []): Widget {
  switch (question.kind) {
    case 'pick':
      return pickOf(options, start);
    case 'names':
      return ticksOf(options, start);
    case 'choice': {
      const options = question.options.map((value) => ({ label: value, value }));
      return { kind: 'choice', options, cursor: Math.max(0, question.options.indexOf(String(start ?? question.preselect ?? ''))) };
    }
    case 'yesno': {
      const options = [
        { label: 'No', value: false },
        { label: 'Yes', value: true },
      ];
      return { kind: 'choice', options, cursor: (start ?? question.preselect) === true ? 1 : 0 };
    }
    case 'number':
    case 'text':
      return {
        kind: 'field',
        number: question.kind === 'number',
        edit: editOf(start === undefined || start === null ? '' : String(start)),
      };
    case 'origins':
    case 'rules': {
      const items = ((start ?? []) as readonly Json[]).map((item) =>
        typeof item === 'string' ? item : ruleText(item as unknown as AccessRule),
      );
      return { kind: 'list', itemKind: question.kind, items, cursor: items.length, edit: editOf('') };
    }
  }
}

/** Returns the answer in the widget's current state; undefined if it is not valid. */
export function answerNow(widget: Widget, question: Question): Json | undefined {
  const answer = standing(widget, question);
  return answer === undefined || answerProblems(question, answer).length > 0 ? undefined : answer;
}

function standing(widget: Widget, question: Question): Json | undefined {
  switch (widget.kind) {
    case 'choice':
      return widget.options[widget.cursor]?.value;
    case 'field': {
      const text = editedText(widget.edit).trim();
      return widget.number ? (/^\d+$/.test(text) ? Number(text) : undefined) : text;
    }
    case 'pick':
      return matching(widget)[widget.cursor]?.value ?? editedText(widget.edit).trim();
    case 'ticks':
      return widget.options.map(({ value }) => value).filter((value) => widget.ticked.includes(value));
    case 'list': {
      const items = widget.itemKind === 'origins' ? widget.items : widget.items.map(parseRule);
      return question.kind === 'rules' && items.some((item) => typeof item === 'string') ? undefined : (items as unknown as Json);
    }
  }
}

/** Returns the problem with one line of a list; undefined if the line is valid. */
export function itemProblem(itemKind: 'origins' | 'rules', item: string): string | undefined {
  if (itemKind === 'origins') return answerProblems({ kind: 'origins', label: '', help: '' }, [item])[0]?.says;
  const rule = parseRule(item);
  return typeof rule === 'string' ? rule : answerProblems({ kind: 'rules', label: '', help: '' }, [rule as unknown as Json])[0]?.says;
}

export const pressWidget = (widget: Widget, event: KeyEvent, question: Question): WidgetChange =>
  byCase('kind', widget, {
    pick: (pick) => pressPick(pick, event, question),
    ticks: (ticks) => pressTicks(ticks, event, question),
    choice: (choice) => pressChoice(choice, event),
    field: (field) => pressField(field, event, question),
    list: (list) => pressList(list, event, question),
  });

function pressChoice(widget: Extract<Widget, { kind: 'choice' }>, event: KeyEvent): WidgetChange {
  const move = (by: number): WidgetChange => ({
    widget: { ...widget, cursor: (widget.cursor + by + widget.options.length) % widget.options.length },
  });
  if (event.type === 'character') {
    if (event.text === 'j') return move(1);
    if (event.text === 'k') return move(-1);
    const index = widget.options.findIndex(({ label }) => label.toLowerCase().startsWith(event.text.toLowerCase()));
    return index >= 0 && !/^\d/.test(event.text) ? { widget: { ...widget, cursor: index } } : { widget };
  }
  if (event.type === 'paste') return { widget };
  if (event.name === 'up') return move(-1);
  if (event.name === 'down') return move(1);
  const answer = widget.options[widget.cursor]?.value;
  return event.name === 'enter' && answer !== undefined ? { widget, answer } : { widget };
}

function pressField(widget: Extract<Widget, { kind: 'field' }>, event: KeyEvent, question: Question): WidgetChange {
  if (event.type !== 'key' || event.name !== 'enter') return { widget: { ...widget, edit: typedInto(widget.edit, event) } };
  const text = editedText(widget.edit).trim();
  const answer: Json = widget.number ? (/^\d+$/.test(text) ? Number(text) : text) : text;
  const [problem] = answerProblems(question, answer);
  return problem
    ? { widget, problem: text === '' && question.kind === 'number' ? `Type a number, for example ${question.example}` : problem.says }
    : { widget, answer };
}

function pressList(widget: List, event: KeyEvent, question: Question): WidgetChange {
  const typing = widget.cursor === widget.items.length;
  const separators = widget.itemKind === 'origins' ? /[\s,;]/ : /[\r\n]/;
  // A paste without separators is inserted into the line being typed.
  if (event.type === 'paste' && typing && !separators.test(event.text.trimEnd()) && editedText(widget.edit) !== '')
    return { widget: { ...widget, edit: insert(widget.edit, event.text.trimEnd()) } };
  if (event.type === 'paste') return pasteItems(widget, event.text.split(widget.itemKind === 'origins' ? /[\s,;]+/ : /[\r\n]+/));
  if (event.type === 'character') {
    if (typing) return { widget: { ...widget, edit: insert(widget.edit, event.text) } };
    if (event.text === 'x')
      return {
        widget: { ...widget, items: widget.items.toSpliced(widget.cursor, 1), cursor: Math.min(widget.cursor, widget.items.length - 1) },
      };
    if (widget.itemKind === 'rules' && (event.text === 'J' || event.text === 'K')) return reorder(widget, event.text === 'J' ? 1 : -1);
    return event.text === 'e'
      ? editItem(widget)
      : event.text === 'j' || event.text === 'k'
        ? toward(widget, event.text === 'j' ? 1 : -1)
        : { widget };
  }
  if (event.name === 'up') return { widget: { ...widget, cursor: Math.max(0, widget.cursor - 1) } };
  if (event.name === 'down') return { widget: { ...widget, cursor: Math.min(widget.items.length, widget.cursor + 1) } };
  if (event.name === 'enter') {
    if (!typing) return editItem(widget);
    return editedText(widget.edit).trim() === '' ? submitList(widget, question) : addItems(widget, [editedText(widget.edit)]);
  }
  return typing ? { widget: { ...widget, edit: typedInto(widget.edit, event) } } : { widget };
}

const toward = (widget: List, by: number): WidgetChange => ({
  widget: { ...widget, cursor: Math.min(widget.items.length, Math.max(0, widget.cursor + by)) },
});

/** Moves a rule up or down: it swaps its place and its priority with its neighbor. */
function reorder(widget: List, by: number): WidgetChange {
  const to = widget.cursor + by;
  const items = swapRules(widget.items, widget.cursor, to);
  return { widget: items ? { ...widget, items, cursor: to } : widget };
}

/** Moves an item back into the input line to edit it. */
function editItem(widget: List): WidgetChange {
  // Text in the input line becomes an item first, so that it is not lost.
  const typed = editedText(widget.edit).trim();
  const items = [...widget.items.toSpliced(widget.cursor, 1), ...(typed === '' ? [] : [typed])];
  return { widget: { ...widget, items, cursor: items.length, edit: editOf(widget.items[widget.cursor] ?? '') } };
}

/** Sorts rules by priority, the order in which App Service evaluates them. */
function inOrder(itemKind: List['itemKind'], items: readonly string[]): readonly string[] {
  const priority = (item: string) => Number(/^\d+/.exec(item)?.[0] ?? Number.MAX_SAFE_INTEGER);
  return itemKind === 'rules' ? items.toSorted((a, b) => priority(a) - priority(b)) : items;
}

/** Adds pasted items. The first piece may complete the text in the input line. */
function pasteItems(widget: List, [first = '', ...others]: readonly string[]): WidgetChange {
  const typed = editedText(widget.edit).trim();
  const whole = editedText(insert(widget.edit, first.trim())).trim();
  const isPiece = typed !== '' && itemProblem(widget.itemKind, first.trim()) && !itemProblem(widget.itemKind, whole);
  return isPiece ? addItems({ ...widget, edit: editOf('') }, [whole, ...others]) : addItems(widget, [first, ...others]);
}

/** Adds the valid items. Text that was typed before stays in the input line, otherwise the first invalid item, with its problem. */
function addItems(widget: List, texts: readonly string[]): WidgetChange {
  const given = texts.map((text) => text.trim()).filter((text) => text !== '' && !widget.items.includes(text));
  const typed = editedText(widget.edit).trim();
  const bad = given.filter((text) => itemProblem(widget.itemKind, text) !== undefined);
  const items = inOrder(widget.itemKind, [...widget.items, ...given.filter((text) => !bad.includes(text))]);
  const next = {
    ...widget,
    items,
    cursor: items.length,
    edit: editOf(texts.some((text) => text.trim() === typed) ? (bad[0] ?? '') : typed || (bad[0] ?? '')),
  };
  const problem = bad[0] === undefined ? undefined : itemProblem(widget.itemKind, bad[0]);
  return problem === undefined
    ? { widget: next }
    : {
        widget: next,
        problem:
          bad.length > 1
            ? `${problem} (${bad.length === 2 ? '1 more item was' : `${bad.length - 1} more items were`} not accepted)`
            : problem,
      };
}

function submitList(widget: List, question: Question): WidgetChange {
  const values = widget.itemKind === 'origins' ? [...widget.items] : widget.items.map(parseRule);
  const wrong = values.find((value) => widget.itemKind === 'rules' && typeof value === 'string');
  const answer = values as unknown as Json;
  const [problem] = wrong ? [] : answerProblems(question, answer);
  if (wrong || problem)
    return {
      widget,
      problem: typeof wrong === 'string' ? wrong : `${widget.items[Number(problem?.path[0])] ?? ''}: ${problem?.says ?? ''}`,
    };
  return { widget, answer };
}
