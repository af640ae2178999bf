/** Errors about answers files. */
import { EXIT, errorCatalogue, withData } from '../../engine/errors.ts';

export const answersErrors = errorCatalogue('files', {
  answersTooLarge: withData<{ readonly file: string }>({
    title: 'Answers file too large',
    message: ({ file }) => `${file} is too large for an answers file (maximum 1 MiB).`,
    next: () => ['Split the answers into several files.'],
  }),
  answersUnreadable: withData<{ readonly file: string; readonly why: string }>({
    title: 'Answers file cannot be read',
    message: ({ file, why }) => `${file} cannot be read: ${why}.`,
    next: () => ['Check the path. The wizard writes an answers file.'],
  }),
  answersInvalid: withData<{ readonly file: string; readonly mistakes: readonly string[] }>({
    title: 'Mistakes in the answers file',
    message: ({ file, mistakes }) =>
      `${mistakes.length === 1 ? '1 mistake' : `${mistakes.length} mistakes`} in ${file}. Nothing was read from Azure and nothing was sent.\n${mistakes.map((line) => `  ${line}`).join('\n')}`,
    next: () => ['Run func-harden steps AREA to see the questions of an area and the allowed answers.'],
  }),
  answersChanged: withData<{ readonly file: string; readonly mistakes: readonly string[] }>({
    title: 'Mistakes in the changed answers file',
    exit: EXIT.failed,
    message: ({ file, mistakes }) =>
      `${file} was changed since the wizard read it, and has ${mistakes.length === 1 ? '1 mistake' : `${mistakes.length} mistakes`}. The answers are not saved.\n${mistakes.map((line) => `  ${line}`).join('\n')}`,
    next: () => ['Correct the file. The wizard then adds your next decision to it.'],
  }),
  answersNotSaved: withData<{ readonly file: string; readonly why: string }>({
    title: 'Answers file cannot be written',
    exit: EXIT.failed,
    message: ({ file, why }) => `The answers cannot be saved in ${file} (${why}).`,
    next: () => ['Choose a different file with --save FILE'],
  }),
});
