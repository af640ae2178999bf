/** Lines as text; wrapped where a width is given, further lines indented under their own. */
import { secrets } from '../change/secrets.ts';
import { cleanLine } from '../text/plain.ts';
import { ansiLine, lineText, type Colour, type Line } from '../text/spans.ts';
import type { Look } from '../text/symbols.ts';
import { wrapLine } from '../text/width.ts';

/** Returns a line without secrets. */
export const withoutSecrets = (one: Line): Line =>
  one.map((span) => {
    const text = secrets.fromText(span.text);
    return text === span.text ? span : { ...span, text };
  });

export function printLines(lines: readonly Line[], colour: Colour, width?: number): string {
  // Secrets are removed before the line is wrapped, because a secret on two lines is not recognized.
  lines = lines.map(withoutSecrets);
  const wrapped =
    width === undefined ? lines : lines.flatMap((one) => wrapLine(one, width, lineText(one).search(/\S|$/) + 2, { isWhole: true }));
  return wrapped.map((one) => ansiLine(cleanLine(one), colour).trimEnd()).join('\n');
}

/** Returns lines as text for stdout. In a file or a pipe nothing is wrapped. */
export const printOut = (
  lines: readonly Line[],
  { outLook, width, piped }: { readonly outLook: Look; readonly width: number; readonly piped?: boolean },
): string => printLines(lines, outLook.colour, piped ? undefined : width);
