/** Parts that several screens draw. */
import { line, lineText, span, type Line, type Span, type Tone } from '../../../text/spans.ts';
import { TICKED, ellipsis } from '../../../text/symbols.ts';
import { plainText } from '../../../text/plain.ts';
import { cut, widthOf } from '../../../text/width.ts';
import { editedText, type Edit } from '../fields/text-edit.ts';
import { wrapped } from '../frame.ts';
import type { WizardState } from '../state/state.ts';
import { type Widget, itemProblem } from '../fields/widgets.ts';
import { matching } from '../fields/widget-choose.ts';

export const pointer = ({ look }: Pick<WizardState, 'look'>, on: boolean): string => (on ? (look.ascii ? '> ' : '❯ ') : '  ');

/** Marks a line as a row of its list, so that a click on it moves the cursor there. */
export const atRow = (one: Line, row: number): Line => one.map((part, index) => (index === 0 ? { ...part, row } : part));

/** Draws an input line with its cursor, scrolled so that the cursor is in view. */
export function fieldLine(label: string, { text, cursor }: Edit, state: Pick<WizardState, 'columns' | 'look'>): Line {
  const room = Math.max(8, state.columns - widthOf(label) - 5);
  const before = text.slice(0, cursor).join('');
  const start = widthOf(before) < room ? 0 : text.length - Math.max(1, room - 2) > 0 ? Math.max(0, cursor - room + 2) : 0;
  const shownBefore = text.slice(start, cursor).join('');
  const after = text.slice(cursor + 1).join('');
  const bar = text[cursor] ?? (state.look.ascii ? '_' : '▏');
  return line(
    span(`${label} `, 'dim'),
    span(state.look.ascii ? '> ' : '❯ ', 'info'),
    shownBefore,
    span(bar, 'info'),
    cut(after, Math.max(0, room - widthOf(shownBefore) - 1), ellipsis(state.look)),
  );
}

/** Draws the row under the cursor in full, on as many lines as needed. */
const focused = (before: readonly Span[], label: string, columns: number): Line[] =>
  wrapped([line(...before, span(plainText(label), 'strong'))], columns, 6);

export function widgetLines(widget: Widget, state: WizardState): { readonly lines: readonly Line[]; readonly focus: number } {
  const mark = (on: boolean): Span => span(on ? (state.look.ascii ? '> ' : '❯ ') : '  ', 'info');
  const room = Math.max(10, state.columns - 8);
  const short = (text: string): string => cut(plainText(text), room, ellipsis(state.look));
  switch (widget.kind) {
    case 'pick': {
      const shown = matching(widget);
      const typed = widget.edit.text.length > 0;
      const none = widget.options.length === 0 ? 'None found. Type a name or resource id.' : 'No match. Press Enter to use the typed text.';
      return {
        lines: [
          fieldLine(typed || shown.length > 0 ? 'find' : 'name', widget.edit, state),
          ...shown.flatMap(({ label }, index) =>
            index === widget.cursor ? focused([mark(true)], label, state.columns) : [line(mark(false), span(short(label)))],
          ),
          ...(shown.length === 0 ? [line(span(`  ${none}`, 'dim'))] : []),
        ],
        focus: shown.length === 0 ? 0 : widget.cursor + 1,
      };
    }
    case 'ticks': {
      const box = (value: string) => (widget.ticked.includes(value) ? TICKED : '[ ] ');
      return {
        lines: [
          ...widget.options.flatMap(({ value, label }, index) =>
            index === widget.cursor
              ? focused([mark(true), span(box(value))], label, state.columns)
              : [line(mark(false), span(box(value)), span(short(label)))],
          ),
          widget.cursor === widget.options.length ? fieldLine('add', widget.edit, state) : line(span('  add another by name', 'dim')),
        ],
        focus: widget.cursor,
      };
    }
    case 'choice':
      return {
        lines: widget.options.map(({ label }, index) =>
          line(mark(index === widget.cursor), span(label, index === widget.cursor ? 'strong' : undefined)),
        ),
        focus: widget.cursor,
      };
    case 'field':
      return { lines: [fieldLine('', widget.edit, state)], focus: 0 };
    case 'list': {
      const items = widget.items.map((item, index) => {
        const wrong = itemProblem(widget.itemKind, item);
        return line(
          mark(index === widget.cursor),
          span(item, wrong ? 'bad' : index === widget.cursor ? 'strong' : undefined),
          ...(wrong ? [span(`   ${wrong}`, 'bad')] : []),
        );
      });
      const typing = widget.cursor === widget.items.length;
      const text = editedText(widget.edit).trim();
      // The problem, or that there is none, is shown while the user types.
      const wrong = text === '' ? undefined : itemProblem(widget.itemKind, text);
      const hint = !typing || text === '' ? [] : [line(span(wrong ? `      ${wrong}` : '      Enter adds it', wrong ? 'dim' : 'good'))];
      const empty = widget.items.length === 0 && widget.edit.text.length === 0 ? [line(span('  (none yet)', 'dim'))] : [];
      return {
        lines: [...empty, ...items, typing ? fieldLine('add', widget.edit, state) : line(span('  add another', 'dim')), ...hint],
        focus: empty.length + widget.cursor,
      };
    }
  }
}

/** Returns a message in full, whatever the width of the window; nothing where there is none. */
export const messageLines = (text: string | undefined, tone: Tone | undefined, columns: number): Line[] =>
  text === undefined ? [] : wrapped([line(span(plainText(text), tone))], columns, 0);

/** Returns the lines of a question without a hint that repeats the problem shown below them. */
export const withoutHint = (lines: readonly Line[], problem: string | undefined): readonly Line[] =>
  problem === undefined ? lines : lines.filter((one) => lineText(one).trim() !== problem.trim());
