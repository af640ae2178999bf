/** Errors about the folder of `--controls` and the areas in it. */
import { errorCatalogue, withData } from '../../engine/errors.ts';

export const controlsErrors = errorCatalogue('files', {
  areasInvalid: withData<{ readonly problems: readonly string[] }>({
    title: 'Areas of --controls cannot be used',
    message: ({ problems }) => ['The custom areas cannot be used:', ...problems.map((problem) => `  ${problem}`)].join('\n'),
    next: () => ['Read docs/controls.md, which shows how to write an area.'],
  }),
  areaNotLoaded: withData<{ readonly name: string; readonly why: string }>({
    title: 'Area cannot be loaded',
    message: ({ name, why }) => `${name} cannot be loaded: ${why}`,
    next: () => ['Read docs/controls.md, which shows how to write an area.'],
  }),
  importNotAllowed: withData<{ readonly name: string; readonly line: number }>({
    title: 'Import not allowed in an area',
    message: ({ name, line }) => `${name}:${line}: an area can import only from 'func-harden/step', and can have only one default export.`,
    next: () => ['Copy shared code into the same file. Use the word "import" only in the line that imports from func-harden/step.'],
  }),
  relativeFolder: withData<{ readonly absolute: string }>({
    title: 'Relative path in --controls',
    message: () => '--controls requires an absolute path.',
    next: ({ absolute }) => [`Write the full path: --controls ${absolute}`],
  }),
  invalidDigest: {
    title: 'Invalid --controls-digest',
    message: () => '--controls-digest requires sha256: and 64 hexadecimal digits.',
    next: () => ['Run func-harden steps --controls DIR to see the digest of a folder.'],
  },
  noFolder: withData<{ readonly folder: string }>({
    title: 'Folder of --controls missing',
    message: ({ folder }) => `The folder ${folder} does not exist, or cannot be read.`,
    next: () => ['Check the path, then run the command again.'],
  }),
  unreadable: withData<{ readonly path: string; readonly why: string }>({
    title: 'File in --controls cannot be read',
    message: ({ path, why }) => `${path} cannot be read: ${why}.`,
    next: () => ['Check the path and its permissions, then run the command again.'],
  }),
  folderIsLink: withData<{ readonly folder: string; readonly real: string }>({
    title: 'Folder of --controls is a link',
    message: ({ folder, real }) => `${folder} is a symbolic link, or is in a folder that is one. The real folder is ${real}.`,
    next: ({ real }) => [`Use the real folder: --controls ${real}`],
  }),
  noArea: withData<{ readonly folder: string }>({
    title: 'No area in the folder',
    message: ({ folder }) => `${folder} contains no area. An area is a file NAME.ts, .mts, .js or .mjs.`,
    next: () => ['Read docs/controls.md, which shows how to write an area.'],
  }),
  tooManyFiles: withData<{ readonly folder: string; readonly most: number }>({
    title: 'Too many files in the folder',
    message: ({ folder, most }) => `${folder} has more than ${most} files.`,
    next: () => ['Keep only the areas in this folder.'],
  }),
  notAFile: withData<{ readonly path: string }>({
    title: 'Link in the folder of --controls',
    message: ({ path }) => `${path} is a link or not a regular file.`,
    next: () => ['Copy the file into the folder. func-harden does not follow links.'],
  }),
  otherDigest: withData<{ readonly folder: string; readonly found: string; readonly wanted: string }>({
    title: '--controls-digest does not match',
    message: ({ folder, found, wanted }) => `The areas in ${folder} have the digest ${found}, but --controls-digest is ${wanted}.`,
    next: () => ['Review the changes. If they are correct, use the new digest.'],
  }),
  placeOfOthers: withData<{ readonly place: string; readonly why: string; readonly remedy: string }>({
    title: 'Folder can be changed by other users',
    message: ({ place, why }) => `${place} is not used for --controls, because ${why}. Its code decides which values are written to Azure.`,
    next: ({ remedy }) => [remedy],
  }),
});
