/** Errors about files that a command reads or writes. */
import { EXIT, errorCatalogue, withData } from '../../engine/errors.ts';

export const fileErrors = errorCatalogue('files', {
  notWritable: withData<{ readonly file: string; readonly why: string; readonly option: string }>({
    title: 'File cannot be written',
    message: ({ file, why }) => `${file} cannot be written (${why}).`,
    next: ({ option }) => [`Choose a different file with ${option} FILE`],
  }),
  outputNotWritable: withData<{ readonly file: string; readonly why: string }>({
    title: 'File cannot be written',
    exit: EXIT.failed,
    message: ({ file, why }) => `${file} cannot be written (${why}).`,
    next: () => ['Choose a different file, or check its permissions.'],
  }),
  workingFolderGone: {
    title: 'Working folder does not exist',
    message: () => 'The working folder does not exist any more, so the path of a file in it is unknown.',
    next: () => ['Change to a different folder, then run the command again.'],
  },
  outputIsLink: withData<{ readonly file: string }>({
    title: 'Output is a symbolic link',
    message: ({ file }) => `${file} is a symbolic link. Its target would be overwritten.`,
    next: () => ['Choose the target file with --output FILE.'],
  }),
  packNotWritable: withData<{ readonly place: string; readonly why: string }>({
    title: 'Evidence cannot be written',
    exit: EXIT.failed,
    message: ({ place, why }) => `${place} cannot be written (${why}).`,
    next: () => ['Choose a new file or folder with --output.'],
  }),
  packUnreadable: withData<{ readonly place: string; readonly why: string }>({
    title: 'Evidence cannot be read',
    exit: EXIT.failed,
    message: ({ place, why }) => `${place} cannot be read as evidence (${why}).`,
    next: () => ['Check the path, then run the command again.'],
  }),
  codeUnreadable: withData<{ readonly path: string; readonly why: string }>({
    title: 'Code cannot be read',
    exit: EXIT.failed,
    message: ({ path, why }) => `${path} cannot be read: ${why}.`,
    next: () => ['Check the path, then run the command again.'],
  }),
  tooMuchCode: withData<{ readonly folder: string; readonly files: number; readonly megabytes: number }>({
    title: 'Too much code in the folder',
    exit: EXIT.failed,
    message: ({ folder, files, megabytes }) => `${folder} contains more than ${files} files of code, or more than ${megabytes} MiB.`,
    next: () => ['Choose the folder of the infrastructure code.'],
  }),
});
