/** Errors about answers files. */
import { EXIT, errorCatalogue } from '../../engine/errors.ts';

/** The data of each error. */
interface AnswersErrors {
  readonly answersTooLarge: { readonly file: string };
  readonly answersUnreadable: { readonly file: string; readonly why: string };
  readonly answersInvalid: { readonly file: string; readonly mistakes: readonly string[] };
  readonly answersNotSaved: { readonly file: string; readonly why: string };
}

export const answersErrors = errorCatalogue<AnswersErrors>('files', {
  answersTooLarge: {
    title: 'Answers file too large',
    exit: EXIT.usage,
    message: ({ file }) => `${file} is too large for an answers file (maximum 1 MiB).`,
    next: () => ['Split the answers into several files.'],
  },
  answersUnreadable: {
    title: 'Answers file cannot be read',
    exit: EXIT.usage,
    message: ({ file, why }) => `${file} cannot be read: ${why}.`,
    next: () => ['Check the path. The wizard writes an answers file.'],
  },
  answersInvalid: {
    title: 'Mistakes in the answers file',
    exit: EXIT.usage,
    message: ({ file, mistakes }) =>
      `${mistakes.length === 1 ? '1 mistake' : `${mistakes.length} mistakes`} in ${file}. Nothing was read from Azure and nothing was sent.\n${mistakes.map((line) => `  ${line}`).join('\n')}`,
    next: () => ['Run func-harden steps STEP to see the answers of an area.'],
  },
  answersNotSaved: {
    title: 'Answers file cannot be written',
    exit: EXIT.failed,
    message: ({ file, why }) => `The answers cannot be saved in ${file} (${why}).`,
    next: () => ['Nothing was sent.', 'Choose a different file with --save FILE'],
  },
});
