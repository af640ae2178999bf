import { line, span, type Line, type Span } from './spans.ts';
import { cut, padEnd, widthOf, wrap } from './width.ts';

export interface Column {
  readonly title: string;
  /** Columns of priority 1 always stay; higher numbers are dropped first when there is less room. */
  readonly priority: 1 | 2 | 3;
  /** The minimum width of the column. */
  readonly least: number;
  /** Whether the cells are wrapped at words instead of cut, because they tell the rows apart. */
  readonly isWrapped?: true;
}

const GAP = '   ';

/** Formats rows below upper-case column names. Columns are dropped by priority and cut until the table fits `width`. */
export function table(columns: readonly Column[], rows: readonly (readonly Span[])[], width: number, mark = '…'): Line[] {
  const widths = widthsOf(columns, rows, width);
  const fitted = (text: string, index: number) => {
    const most = widths.get(index) ?? 0;
    return columns[index]?.isWrapped && widthOf(text) > most ? wrap(text, most) : [cut(text, most, mark)];
  };
  return [titlesOf(columns), ...rows].flatMap((row) => rowLines(row, widths, fitted));
}

/** Formats the same table with the cells wrapped at words instead of cut. */
export function wrappedTable(columns: readonly Column[], rows: readonly (readonly Span[])[], width: number): Line[] {
  const widths = widthsOf(columns, rows, width);
  const fitted = (text: string, index: number) => wrap(text, widths.get(index) ?? 0);
  return [titlesOf(columns), ...rows].flatMap((row) => rowLines(row, widths, fitted));
}

type Widths = ReadonlyMap<number, number>;

const titlesOf = (columns: readonly Column[]): readonly Span[] => columns.map(({ title }) => span(title, 'strong'));

/** Returns the lines of one row; a cell of several lines continues under itself. */
function rowLines(row: readonly Span[], widths: Widths, fitted: (text: string, index: number) => readonly string[]): Line[] {
  const cells = [...widths].map(([index, width]) => ({ own: row[index], width, parts: fitted(row[index]?.text ?? '', index) }));
  const height = Math.max(1, ...cells.map(({ parts }) => parts.length));
  return Array.from({ length: height }, (_, at) =>
    line(
      ...cells.map(({ own, width, parts }, index) => {
        const text = parts[at] ?? '';
        return { ...own, text: index === cells.length - 1 ? text : padEnd(text, width) + GAP };
      }),
    ),
  );
}

/** Returns the width of each column that is shown. */
function widthsOf(columns: readonly Column[], rows: readonly (readonly Span[])[], width: number): Map<number, number> {
  let shown = columns.map((_, index) => index);
  const natural = columns.map(({ title }, index) =>
    rows.reduce((most, row) => Math.max(most, widthOf(row[index]?.text ?? '')), widthOf(title)),
  );
  const least = (index: number) => Math.min(natural[index] ?? 0, columns[index]?.least ?? 0);
  const total = (widths: (index: number) => number) =>
    shown.reduce((sum, index) => sum + widths(index), 0) + GAP.length * Math.max(0, shown.length - 1);
  for (const priority of [3, 2] as const) {
    if (total(least) <= width) break;
    shown = shown.filter((index) => columns[index]?.priority !== priority);
  }
  const widths = new Map(shown.map((index) => [index, natural[index] ?? 0]));
  for (let over = total((index) => widths.get(index) ?? 0) - width; over > 0; over--) {
    const order = (index: number) => widths.get(index) ?? 0;
    const widest = shown.filter((index) => (widths.get(index) ?? 0) > least(index)).toSorted((a, b) => order(b) - order(a))[0];
    if (widest === undefined) break;
    widths.set(widest, (widths.get(widest) ?? 0) - 1);
  }
  return widths;
}
