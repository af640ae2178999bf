import { plainText } from '../../text/plain.ts';

/** The origin of the changes, for the head of a file. */
export interface Origin {
  readonly version: string;
  /** "run 2026…", "answers.yaml". */
  readonly from: string;
  /** Prefix of the names of further files. */
  readonly base: string;
}

/** One or several files that belong together. The first has no name: it is written to the requested path. */
export interface Exported {
  readonly files: readonly { readonly name: string; readonly text: string }[];
  /** Number of changes that this format cannot express. */
  readonly left: number;
  /** Number of changes that are only comments, to be added by hand to the code that declares the resource. */
  readonly byHand?: number;
}

/** Formats lines as comments; line breaks in external text cannot end a comment. */
export const commented = (mark: string, lines: readonly string[]): string =>
  lines.map((line) => `${mark}${plainText(line).replace(/[\u2028\u2029]/g, ' ')}`.trimEnd()).join('\n') + '\n';
