/** Errors about files that a command reads or writes. */
import { EXIT, errorCatalogue } from '../../engine/errors.ts';

/** The data of each error. */
interface FileErrors {
  readonly notWritable: { readonly file: string; readonly why: string; readonly option: string };
  readonly outputNotWritable: { readonly file: string; readonly why: string };
  readonly outputIsLink: { readonly file: string };
  readonly packNotWritable: { readonly place: string; readonly why: string };
  readonly packUnreadable: { readonly place: string; readonly why: string };
  readonly codeUnreadable: { readonly path: string; readonly why: string };
  readonly tooMuchCode: { readonly folder: string; readonly files: number; readonly megabytes: number };
}

export const fileErrors = errorCatalogue<FileErrors>('files', {
  notWritable: {
    title: 'File cannot be written',
    exit: EXIT.usage,
    message: ({ file, why }) => `${file} cannot be written (${why}).`,
    next: ({ option }) => [`Choose a different file with ${option} FILE`],
  },
  outputNotWritable: {
    title: 'File cannot be written',
    exit: EXIT.failed,
    message: ({ file, why }) => `${file} cannot be written (${why}).`,
    next: () => ['Choose a different file, or check its permissions.'],
  },
  outputIsLink: {
    title: 'Output is a symbolic link',
    exit: EXIT.usage,
    message: ({ file }) => `${file} is a symbolic link. Its target would be overwritten.`,
    next: () => ['Choose the target file with --output FILE.'],
  },
  packNotWritable: {
    title: 'Evidence cannot be written',
    exit: EXIT.failed,
    message: ({ place, why }) => `${place} cannot be written (${why}).`,
    next: () => ['Choose a new file or folder with --output.'],
  },
  packUnreadable: {
    title: 'Evidence cannot be read',
    exit: EXIT.failed,
    message: ({ place, why }) => `${place} cannot be read as evidence (${why}).`,
    next: () => ['Check the path, then run the command again.'],
  },
  codeUnreadable: {
    title: 'Code cannot be read',
    exit: EXIT.failed,
    message: ({ path, why }) => `${path} cannot be read: ${why}.`,
    next: () => ['Check the path, then run the command again.'],
  },
  tooMuchCode: {
    title: 'Too much code in the folder',
    exit: EXIT.failed,
    message: ({ folder, files, megabytes }) => `${folder} contains more than ${files} files of code, or more than ${megabytes} MiB.`,
    next: () => ['Choose the folder of the infrastructure code.'],
  },
});
