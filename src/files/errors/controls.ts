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
    title: 'Own areas cannot be used',
    exit: EXIT.usage,
    message: ({ problems }) => ['The own areas cannot be used:', ...problems.map((problem) => `  ${problem}`)].join('\n'),
    next: () => ['docs/controls.md shows how an area is written.'],
  },
  areaNotLoaded: {
    title: 'Own area cannot be loaded',
    exit: EXIT.usage,
    message: ({ name, why }) => `${name} cannot be loaded: ${why}`,
    next: () => ['docs/controls.md shows how an area is written.'],
  },
  importNotAllowed: {
    title: 'Import not allowed in an own area',
    exit: EXIT.usage,
    message: ({ name, line }) => `${name}:${line}: an area imports names from 'func-harden/step' and has one default export; nothing else.`,
    next: () => ['Write what it shares with others into the same file, and use the word "import" only in that line.'],
  },
  relativeFolder: {
    title: 'Relative path in --controls',
    exit: EXIT.usage,
    message: () => '--controls takes an absolute path.',
    next: ({ absolute }) => [`Write it from the root, like --controls ${absolute}`],
  },
  invalidDigest: {
    title: 'Invalid --controls-digest',
    exit: EXIT.usage,
    message: () => '--controls-digest takes sha256: and 64 hexadecimal digits.',
    next: () => ['func-harden steps --controls DIR prints the digest of a folder.'],
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
    message: ({ folder, real }) => `${folder} leads to ${real} by a symbolic link.`,
    next: ({ real }) => [`Name the folder itself: --controls ${real}`],
  },
  noArea: {
    title: 'No area in the folder',
    exit: EXIT.usage,
    message: ({ folder }) => `${folder} has no area: a file NAME.ts, .mts, .js or .mjs.`,
    next: () => ['docs/controls.md shows how an area is written.'],
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
    message: ({ path }) => `${path} is not a file of its own.`,
    next: () => ['Copy it into the folder: links are not followed.'],
  },
  otherDigest: {
    title: 'Different --controls-digest',
    exit: EXIT.usage,
    message: ({ folder, found, wanted }) => `The areas in ${folder} have the digest ${found}, and --controls-digest asks for ${wanted}.`,
    next: () => ['Read what changed. If it is right, use the new digest.'],
  },
  placeOfOthers: {
    title: 'Folder can be changed by others',
    exit: EXIT.usage,
    message: ({ place, why }) =>
      `${place} is not used for --controls, because ${why}: it holds code that decides what is written to Azure.`,
    next: ({ remedy }) => [remedy],
  },
});
