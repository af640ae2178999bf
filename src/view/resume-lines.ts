import type { Settled, Standing } from '../engine/past/resume.ts';
import { plainText } from '../text/plain.ts';
import { line, span, type Line, type Tone } from '../text/spans.ts';
import { shortResource } from './change-lines.ts';

const WORDS: Readonly<Record<Standing, { readonly says: string; readonly tone: Tone }>> = {
  done: { says: 'was done: the new values stand there', tone: 'good' },
  'not-done': { says: 'was not done: the old values stand there', tone: 'info' },
  changed: { says: 'was changed by someone else meanwhile', tone: 'warn' },
  'not-known': { says: 'cannot be known', tone: 'warn' },
};

/** What became of each request whose answer never came. */
export function settledLines(settled: readonly Settled[]): Line[] {
  if (settled.length === 0) return [];
  const lines = settled.map(({ recorded: { intent }, found, why }) =>
    line(
      span(`  ${intent.change}  `, 'strong'),
      plainText(`${intent.app}  ${shortResource(intent.resource)}  `),
      span(`${WORDS[found].says}${why ? `: ${plainText(why)}` : ''}`, WORDS[found].tone),
    ),
  );
  return [line(span('The run was cut off. Looked at what became of the last requests:', 'strong')), ...lines, []];
}
