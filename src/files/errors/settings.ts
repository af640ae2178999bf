/** Errors about the settings file and about files that other users can change. Every command loads them. */
import { EXIT, errorCatalogue, withData } from '../../engine/errors.ts';

export const settingsFileErrors = errorCatalogue('files', {
  settingsUnreadable: withData<{ readonly file: string; readonly why: string }>({
    title: 'Settings file cannot be read',
    message: ({ file, why }) => `${file} cannot be read: ${why}.`,
    next: () => ['Check the file, then run the command again.'],
  }),
  settingsInvalid: withData<{ readonly file: string; readonly mistakes: readonly string[] }>({
    title: 'Mistakes in the settings file',
    message: ({ file, mistakes }) =>
      `${mistakes.length === 1 ? '1 mistake' : `${mistakes.length} mistakes`} in ${file}; nothing was sent.\n${mistakes.join('\n')}`,
    next: () => ['Run func-harden config to list the settings.'],
  }),
  noHome: {
    title: 'No folder for the undo log',
    exit: EXIT.failed,
    message: () => 'No home folder exists for the undo log.',
    next: () => ['Choose a folder with --state DIR'],
  },
  fileOfOthers: withData<{ readonly place: string; readonly why: string; readonly remedy: string }>({
    title: 'File can be changed by other users',
    message: ({ place, why }) => `${place} is not used, because it defines what is written to Azure and ${why}.`,
    next: ({ remedy }) => [remedy],
  }),
  folderOfOthers: withData<{ readonly folder: string; readonly why: string; readonly remedy: string }>({
    title: 'Folder can be changed by other users',
    exit: EXIT.failed,
    message: ({ folder, why }) => `The folder ${folder} cannot be used for the undo log, because ${why}.`,
    next: ({ remedy }) => [remedy, 'Or choose a different folder with --state DIR.'],
  }),
});
