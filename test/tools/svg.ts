/** Draws lines of a screen as an SVG picture. */
import { inkOf, type Ink, type Line } from '../../src/text/spans.ts';
import { widthOf } from '../../src/text/width.ts';

const CELL = { width: 8.4, height: 18 };
const THEMES = {
  dark: {
    ground: '#1e1e2e',
    text: '#cdd6f4',
    red: '#f38ba8',
    green: '#a6e3a1',
    yellow: '#f9e2af',
    blue: '#89b4fa',
    magenta: '#f5c2e7',
    cyan: '#94e2d5',
  },
  light: {
    ground: '#eff1f5',
    text: '#2c2f44',
    red: '#b3092f',
    green: '#2f7d1f',
    yellow: '#8a5a00',
    blue: '#1a56c4',
    magenta: '#a0289f',
    cyan: '#0b7a80',
  },
} as const;
const escape = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** Draws a window of `columns` by `rows` with these lines. */
export function svgOf(lines: readonly Line[], columns: number, rows: number, label: string, theme: keyof typeof THEMES = 'dark'): string {
  const palette = THEMES[theme];
  const style = (ink: Ink | undefined) =>
    ink === undefined ? '' : ink === 'bold' ? 'font-weight="bold"' : ink === 'dim' ? 'opacity="0.65"' : `fill="${palette[ink]}"`;
  const texts = lines.flatMap((line, row) => {
    let column = 0;
    return line.flatMap(({ text, tone }) => {
      const start = column + (text.length - text.trimStart().length);
      column += widthOf(text);
      // Leading blanks become a position, because not every viewer keeps them.
      if (text.trim() === '') return [];
      const [x, y] = [(start * CELL.width + 16).toFixed(1), (row + 1) * CELL.height + 26];
      return [`<text x="${x}" y="${y}" ${style(tone && inkOf(tone, theme))}>${escape(text.trim())}</text>`];
    });
  });
  const width = Math.ceil(columns * CELL.width + 32);
  const height = rows * CELL.height + 44;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escape(label)}">
<rect width="100%" height="100%" rx="8" fill="${palette.ground}"/>
<circle cx="18" cy="16" r="5" fill="${palette.red}"/><circle cx="36" cy="16" r="5" fill="${palette.yellow}"/><circle cx="54" cy="16" r="5" fill="${palette.green}"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" fill="${palette.text}" style="white-space:pre">
${texts.join('\n')}
</g>
</svg>
`;
}
