/** Errors about the folder of `--controls` and the areas in it. */
import { errorCatalogue, withData } from '../../engine/errors.ts';

export const controlsErrors = errorCatalogue('files', {
  areasInvalid: withData<{ readonly problems: readonly string[] }>({
    title: 'Own areas cannot be used',
    message: ({ problems }) => ['The own areas cannot be used:', ...problems.map((problem) => `  ${problem}`)].join('\n'),
    next: () => ['docs/controls.md shows how an area is written.'],
  }),
  areaNotLoaded: withData<{ readonly name: string; readonly why: string }>({
    title: 'Own area cannot be loaded',
    message: ({ name, why }) => `${name} cannot be loaded: ${why}`,
    next: () => ['docs/controls.md shows how an area is written.'],
  }),
  importNotAllowed: withData<{ readonly name: string; readonly line: number }>({
    title: 'Import not allowed in an own area',
    message: ({ name, line }) => `${name}:${line}: an area imports names from 'func-harden/step' and has one default export; nothing else.`,
    next: () => ['Write what it shares with others into the same file, and use the word "import" only in that line.'],
  }),
  relativeFolder: withData<{ readonly absolute: string }>({
    title: 'Relative path in --controls',
    message: () => '--controls takes an absolute path.',
    next: ({ absolute }) => [`Write it from the root, like --controls ${absolute}`],
  }),
  invalidDigest: {
    title: 'Invalid --controls-digest',
    message: () => '--controls-digest takes sha256: and 64 hexadecimal digits.',
    next: () => ['func-harden steps --controls DIR prints the digest of a folder.'],
  },
  noFolder: withData<{ readonly folder: string }>({
    title: 'Folder of --controls missing',
    message: ({ folder }) => `The folder ${folder} does not exist, or cannot be read.`,
    next: () => ['Check the path, then run the command again.'],
  }),
  folderIsLink: withData<{ readonly folder: string; readonly real: string }>({
    title: 'Folder of --controls is a link',
    message: ({ folder, real }) => `${folder} leads to ${real} by a symbolic link.`,
    next: ({ real }) => [`Name the folder itself: --controls ${real}`],
  }),
  noArea: withData<{ readonly folder: string }>({
    title: 'No area in the folder',
    message: ({ folder }) => `${folder} has no area: a file NAME.ts, .mts, .js or .mjs.`,
    next: () => ['docs/controls.md shows how an area is written.'],
  }),
  tooManyFiles: withData<{ readonly folder: string; readonly most: number }>({
    title: 'Too many files in the folder',
    message: ({ folder, most }) => `${folder} has more than ${most} files.`,
    next: () => ['Keep only the areas in this folder.'],
  }),
  notAFile: withData<{ readonly path: string }>({
    title: 'Link in the folder of --controls',
    message: ({ path }) => `${path} is not a file of its own.`,
    next: () => ['Copy it into the folder: links are not followed.'],
  }),
  otherDigest: withData<{ readonly folder: string; readonly found: string; readonly wanted: string }>({
    title: 'Different --controls-digest',
    message: ({ folder, found, wanted }) => `The areas in ${folder} have the digest ${found}, and --controls-digest asks for ${wanted}.`,
    next: () => ['Read what changed. If it is right, use the new digest.'],
  }),
  placeOfOthers: withData<{ readonly place: string; readonly why: string; readonly remedy: string }>({
    title: 'Folder can be changed by others',
    message: ({ place, why }) =>
      `${place} is not used for --controls, because ${why}: it holds code that decides what is written to Azure.`,
    next: ({ remedy }) => [remedy],
  }),
});
