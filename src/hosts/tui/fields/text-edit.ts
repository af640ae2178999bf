/** A line of text being typed. Positions count graphemes, so that an accent or emoji is one step. */
import { plainText } from '../../../text/plain.ts';

export interface Edit {
  readonly text: readonly string[];
  readonly cursor: number;
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const graphemes = (text: string): string[] => [...segmenter.segment(text)].map(({ segment }) => segment);

export const editOf = (text: string): Edit => ({ text: graphemes(text), cursor: graphemes(text).length });
export const editedText = ({ text }: Edit): string => text.join('');

export function insert({ text, cursor }: Edit, typed: string): Edit {
  const added = graphemes(plainText(typed));
  return { text: [...text.slice(0, cursor), ...added, ...text.slice(cursor)], cursor: cursor + added.length };
}

export type EditCommand = 'left' | 'right' | 'home' | 'end' | 'backspace' | 'delete' | 'clear' | 'delete-rest' | 'delete-word';

/** Returns the text after an editing command; other commands change nothing. */
export function edit(state: Edit, command: string): Edit {
  const { text, cursor } = state;
  switch (command) {
    case 'left':
      return { text, cursor: Math.max(0, cursor - 1) };
    case 'right':
      return { text, cursor: Math.min(text.length, cursor + 1) };
    case 'home':
      return { text, cursor: 0 };
    case 'end':
      return { text, cursor: text.length };
    case 'backspace':
      return cursor === 0 ? state : { text: text.toSpliced(cursor - 1, 1), cursor: cursor - 1 };
    case 'delete':
      return { text: text.toSpliced(cursor, 1), cursor };
    case 'clear':
      return { text: text.slice(cursor), cursor: 0 };
    case 'delete-rest':
      return { text: text.slice(0, cursor), cursor };
    case 'delete-word': {
      const before = text
        .slice(0, cursor)
        .join('')
        .replace(/\S+\s*$/, '');
      return { text: [...graphemes(before), ...text.slice(cursor)], cursor: graphemes(before).length };
    }
    default:
      return state;
  }
}
