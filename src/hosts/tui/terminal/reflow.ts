/** Removes the lines of a frame that the terminal has wrapped because its window became narrower. */
import { lineText, type Line } from '../../../text/spans.ts';
import { widthOf } from '../../../text/width.ts';

/** Returns how many more rows the lines take up after the terminal wrapped them at the new width. */
export const wrappedRows = (lines: readonly Line[], columns: number): number =>
  lines.reduce((rows, one) => rows + Math.max(0, Math.ceil(widthOf(lineText(one)) / columns) - 1), 0);

/** Terminals that cut long lines instead of wrapping them again: the rows above the frame are not part of the frame there. */
export const keepsRows = ({ XTERM_VERSION, TERM }: NodeJS.ProcessEnv): boolean => XTERM_VERSION !== undefined || TERM === 'linux';

/**
 * Ink erases as many rows as the frame had before the window became narrower. The listener erases the rows that were added, and must be
 * registered before Ink's. A row that already left the screen upwards belongs to the terminal's history and stays there.
 */
export function eraseWrappedRows(stdout: NodeJS.WriteStream, linesNow: () => readonly Line[]): () => void {
  let before = stdout.columns;
  const resized = () => {
    const { columns } = stdout;
    const added = columns < before ? wrappedRows(linesNow(), columns) : 0;
    before = columns;
    if (added > 0) stdout.write(`\u001B[2K${'\u001B[1A\u001B[2K'.repeat(added)}\r`);
  };
  stdout.on('resize', resized);
  return () => void stdout.off('resize', resized);
}
