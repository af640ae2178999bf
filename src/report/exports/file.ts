import { plainText } from '../../text/plain.ts';

/** Where the changes come from, as the head of a file says. */
export interface Origin {
  readonly version: string;
  /** "run 2026…", "answers.yaml". */
  readonly from: string;
  /** What the names of further files begin with. */
  readonly base: string;
}

/** One file or several that belong together; the first one has no name of its own: it is the one that was asked for. */
export interface Exported {
  readonly files: readonly { readonly name: string; readonly text: string }[];
  /** Changes that this format cannot carry. */
  readonly left: number;
  /** Changes that stand in comments, to be carried into what declares the resource. */
  readonly byHand?: number;
}

/** Lines of a comment; what came from outside cannot end one. */
export const commented = (mark: string, lines: readonly string[]): string =>
  lines.map((line) => `${mark}${plainText(line).replace(/[\u2028\u2029]/g, ' ')}`.trimEnd()).join('\n') + '\n';
