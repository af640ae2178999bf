/** A terminal's screen as a picture, cell by cell. */
import type { Terminal } from '@xterm/headless';

const CELL = { width: 8.4, height: 18 };
const PALETTE = ['#45475a', '#f38ba8', '#a6e3a1', '#f9e2af', '#89b4fa', '#f5c2e7', '#94e2d5', '#bac2de'];
const escape = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

export function svgOf(terminal: Terminal): string {
  const { active } = terminal.buffer;
  const rows: string[] = [];
  for (let row = 0; row < terminal.rows; row++) {
    const line = active.getLine(active.viewportY + row);
    if (!line) continue;
    let column = 0;
    while (column < terminal.cols) {
      const cell = line.getCell(column);
      if (!cell) break;
      const style = styleOf(cell);
      const start = column;
      let text = '';
      while (column < terminal.cols) {
        const next = line.getCell(column);
        if (!next || styleOf(next) !== style) break;
        text += next.getChars() || (next.getWidth() === 0 ? '' : ' ');
        column += 1;
      }
      const lead = text.length - text.trimStart().length;
      // Blanks at the start are left to the position: not every viewer keeps them.
      if (text.trim() !== '')
        rows.push(
          `<text x="${((start + lead) * CELL.width + 16).toFixed(1)}" y="${(row + 1) * CELL.height + 26}" ${style}>${escape(text.trim())}</text>`,
        );
    }
  }
  const width = Math.ceil(terminal.cols * CELL.width + 32);
  const height = terminal.rows * CELL.height + 44;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="The func-harden wizard previews a change of the area Require HTTPS">
<rect width="100%" height="100%" rx="8" fill="#1e1e2e"/>
<circle cx="18" cy="16" r="5" fill="#f38ba8"/><circle cx="36" cy="16" r="5" fill="#f9e2af"/><circle cx="54" cy="16" r="5" fill="#a6e3a1"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" fill="#cdd6f4" style="white-space:pre">
${rows.join('\n')}
</g>
</svg>
`;
}

interface Cell {
  getFgColor(): number;
  isFgPalette(): boolean;
  isBold(): number;
  isDim(): number;
}

function styleOf(cell: Cell): string {
  const colour = cell.isFgPalette() ? PALETTE[cell.getFgColor() % 8] : undefined;
  return [colour ? `fill="${colour}"` : '', cell.isBold() ? 'font-weight="bold"' : '', cell.isDim() ? 'opacity="0.6"' : '']
    .filter(Boolean)
    .join(' ');
}
