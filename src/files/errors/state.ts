/** Errors about the undo log, its locks and its folder. */
import { EXIT, errorCatalogue, withData } from '../../engine/errors.ts';
import { plainText } from '../../text/plain.ts';

export const stateErrors = errorCatalogue('files', {
  logOfOtherUser: withData<{ readonly file: string }>({
    title: 'Undo log of another user',
    exit: EXIT.failed,
    message: ({ file }) => `${file} belongs to another user.`,
    next: () => ['func-harden writes values from an undo log to Azure. Use your own log, or review this file and change its owner.'],
  }),
  logNotPrivate: withData<{ readonly file: string }>({
    title: 'Undo log is not private',
    exit: EXIT.failed,
    message: ({ file }) => `${file} can be read or changed by other users.`,
    next: ({ file }) => [`Review the file, then make it private: chmod 600 ${file}`],
  }),
  logUnreadable: withData<{ readonly file: string; readonly why: string }>({
    title: 'Undo log cannot be read',
    exit: EXIT.failed,
    message: ({ file, why }) => `${file} cannot be read (${why}).`,
    next: () => ['Check the file and its permissions, then run the command again.'],
  }),
  logWithoutStart: withData<{ readonly file: string }>({
    title: 'First line of the undo log damaged',
    exit: EXIT.failed,
    message: ({ file }) => `${file}:1: the first line, which describes the run and its apps, is missing or was changed.`,
    next: () => ['Restore a copy of the file, or change the values manually. Run func-harden audit to see the current values.'],
  }),
  logNotWritable: withData<{ readonly place: string; readonly why: string }>({
    title: 'Undo log cannot be written',
    exit: EXIT.failed,
    message: ({ place, why }) => `The undo log cannot be written in ${place} (${why}).`,
    next: () => ['Nothing was sent to Azure.', 'Choose a different location with --state DIR'],
  }),
  logFull: withData<{ readonly file: string }>({
    title: 'Undo log full',
    exit: EXIT.failed,
    message: ({ file }) => `The undo log of this run is full: ${file}.`,
    next: () => ['Run the replay again: values that are already correct are not sent again, and the new run has a log of its own.'],
  }),
  logsUnreadable: withData<{ readonly why: string }>({
    title: 'Undo log cannot be read',
    exit: EXIT.failed,
    message: ({ why }) => `The undo log cannot be read (${why}).`,
    next: () => ['Check this location, or choose a different one with --state DIR'],
  }),
  logRenamed: withData<{ readonly file: string; readonly line: number; readonly run: string }>({
    title: 'Undo log renamed',
    exit: EXIT.failed,
    message: ({ file, line, run }) => `${file}:${line}: this is the undo log of run ${plainText(run)}, with a different file name.`,
    next: () => ['Restore the original file name.'],
  }),
  logOfNewerVersion: withData<{ readonly file: string; readonly tool: string | undefined }>({
    title: 'Undo log of a newer version',
    exit: EXIT.failed,
    message: ({ file, tool }) => `${file} was written by a newer func-harden${tool === undefined ? '' : ` (${plainText(tool)})`}.`,
    next: () => ['Use that version or a newer one to show or revert the run.'],
  }),
  lockNotWritable: withData<{ readonly label: string; readonly folder: string; readonly why: string }>({
    title: 'Lock cannot be written',
    exit: EXIT.failed,
    message: ({ label, folder, why }) => `The lock of ${label} cannot be written in ${folder} (${why}).`,
    next: () => ['Free disk space or make the folder writable. A new run can also use a different folder: --state DIR'],
  }),
  lockLost: withData<{ readonly label: string; readonly by: string | undefined }>({
    title: 'Lock lost',
    exit: EXIT.failed,
    message: ({ label, by }) =>
      `The lock of ${label} was lost. ${by === undefined ? 'It no longer exists or cannot be renewed' : `${by.charAt(0).toUpperCase()}${by.slice(1)} took the lock`}. No further requests are sent.`,
    next: () => ['Wait until the other run ends, then check the runs: func-harden history'],
  }),
  locked: withData<{ readonly label: string; readonly who: string; readonly file: string; readonly lease: number | undefined }>({
    title: 'App or run in use',
    exit: EXIT.failed,
    message: ({ label, who }) => `${label} is in use by ${who}.`,
    next: ({ file, lease }) => [
      lease === undefined
        ? 'Wait until it ends, then try again.'
        : `Wait until it ends, then try again. If it crashed, its lock expires ${lease} seconds after its last update.`,
      `If that process no longer runs, delete ${file}`,
    ],
  }),
});
