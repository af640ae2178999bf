/** Errors about the settings file and about files that other users can change. Every command loads them. */
import { EXIT, errorCatalogue, type NoData } from '../../engine/errors.ts';

/** The data of each error. */
interface SettingsFileErrors {
  readonly settingsUnreadable: { readonly file: string; readonly why: string };
  readonly settingsInvalid: { readonly file: string; readonly mistakes: readonly string[] };
  readonly noHome: NoData;
  readonly fileOfOthers: { readonly place: string; readonly why: string; readonly remedy: string };
  readonly folderOfOthers: { readonly folder: string; readonly why: string; readonly remedy: string };
}

export const settingsFileErrors = errorCatalogue<SettingsFileErrors>('files', {
  settingsUnreadable: {
    title: 'Settings file cannot be read',
    exit: EXIT.usage,
    message: ({ file, why }) => `${file} cannot be read: ${why}.`,
    next: () => ['Check the file, then run the command again.'],
  },
  settingsInvalid: {
    title: 'Mistakes in the settings file',
    exit: EXIT.usage,
    message: ({ file, mistakes }) =>
      `${mistakes.length === 1 ? '1 mistake' : `${mistakes.length} mistakes`} in ${file}; nothing was sent.\n${mistakes.join('\n')}`,
    next: () => ['Run func-harden config to list the settings.'],
  },
  noHome: {
    title: 'No folder for the undo log',
    exit: EXIT.failed,
    message: () => 'No home folder exists for the undo log.',
    next: () => ['Choose a folder with --state DIR'],
  },
  fileOfOthers: {
    title: 'File can be changed by others',
    exit: EXIT.usage,
    message: ({ place, why }) => `${place} is not used, because it defines what is written to Azure and ${why}.`,
    next: ({ remedy }) => [remedy],
  },
  folderOfOthers: {
    title: 'Folder can be changed by others',
    exit: EXIT.failed,
    message: ({ folder, why }) => `The folder ${folder} cannot be used for the undo log, because ${why}.`,
    next: ({ remedy }) => [remedy, 'Or choose a different folder with --state DIR.'],
  },
});
