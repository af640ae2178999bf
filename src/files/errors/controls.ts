/** Errors about the folder of `--controls` and the areas in it. */
import { EXIT, errorCatalogue, type NoData } from '../../engine/errors.ts';

/** The data of each error. */
interface ControlsErrors {
  readonly areasInvalid: { readonly problems: readonly string[] };
  readonly areaNotLoaded: { readonly name: string; readonly why: string };
  readonly importNotAllowed: { readonly name: string; readonly line: number };
  readonly relativeFolder: { readonly absolute: string };
  readonly invalidDigest: NoData;
  readonly noFolder: { readonly folder: string };
  readonly folderIsLink: { readonly folder: string; readonly real: string };
  readonly noArea: { readonly folder: string };
  readonly tooManyFiles: { readonly folder: string; readonly most: number };
  readonly notAFile: { readonly path: string };
  readonly otherDigest: { readonly folder: string; readonly found: string; readonly wanted: string };
  readonly placeOfOthers: { readonly place: string; readonly why: string; readonly remedy: string };
}

export const controlsErrors = errorCatalogue<ControlsErrors>('files', {
  areasInvalid: {
    title: 'Areas of --controls cannot be used',
    exit: EXIT.usage,
    message: ({ problems }) => ['Your own areas cannot be used:', ...problems.map((problem) => `  ${problem}`)].join('\n'),
    next: () => ['Read docs/controls.md, which shows how to write an area.'],
  },
  areaNotLoaded: {
    title: 'Area cannot be loaded',
    exit: EXIT.usage,
    message: ({ name, why }) => `${name} cannot be loaded: ${why}`,
    next: () => ['Read docs/controls.md, which shows how to write an area.'],
  },
  importNotAllowed: {
    title: 'Import not allowed in an area',
    exit: EXIT.usage,
    message: ({ name, line }) => `${name}:${line}: an area can import only from 'func-harden/step', and can have only one default export.`,
    next: () => ['Copy shared code into the same file. Use the word "import" only in the line that imports from func-harden/step.'],
  },
  relativeFolder: {
    title: 'Relative path in --controls',
    exit: EXIT.usage,
    message: () => '--controls requires an absolute path.',
    next: ({ absolute }) => [`Write the full path: --controls ${absolute}`],
  },
  invalidDigest: {
    title: 'Invalid --controls-digest',
    exit: EXIT.usage,
    message: () => '--controls-digest requires sha256: and 64 hexadecimal digits.',
    next: () => ['Run func-harden steps --controls DIR to see the digest of a folder.'],
  },
  noFolder: {
    title: 'Folder of --controls missing',
    exit: EXIT.usage,
    message: ({ folder }) => `The folder ${folder} does not exist, or cannot be read.`,
    next: () => ['Check the path, then run the command again.'],
  },
  folderIsLink: {
    title: 'Folder of --controls is a link',
    exit: EXIT.usage,
    message: ({ folder, real }) => `${folder} is a symbolic link, or is in a folder that is one. The real folder is ${real}.`,
    next: ({ real }) => [`Use the real folder: --controls ${real}`],
  },
  noArea: {
    title: 'No area in the folder',
    exit: EXIT.usage,
    message: ({ folder }) => `${folder} contains no area. An area is a file NAME.ts, .mts, .js or .mjs.`,
    next: () => ['Read docs/controls.md, which shows how to write an area.'],
  },
  tooManyFiles: {
    title: 'Too many files in the folder',
    exit: EXIT.usage,
    message: ({ folder, most }) => `${folder} has more than ${most} files.`,
    next: () => ['Keep only the areas in this folder.'],
  },
  notAFile: {
    title: 'Link in the folder of --controls',
    exit: EXIT.usage,
    message: ({ path }) => `${path} is a link or not a regular file.`,
    next: () => ['Copy the file into the folder. func-harden does not follow links.'],
  },
  otherDigest: {
    title: 'Different --controls-digest',
    exit: EXIT.usage,
    message: ({ folder, found, wanted }) => `The areas in ${folder} have the digest ${found}, but --controls-digest is ${wanted}.`,
    next: () => ['Review the changes. If they are correct, use the new digest.'],
  },
  placeOfOthers: {
    title: 'Folder can be changed by others',
    exit: EXIT.usage,
    message: ({ place, why }) => `${place} is not used for --controls, because ${why}. Its code decides which values are written to Azure.`,
    next: ({ remedy }) => [remedy],
  },
});
