/** Whether only the owner can change a file that decides what is written to Azure, as ssh requires of its own files. */
import { realpathSync, statSync, type Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { settingsFileErrors } from './errors/settings.ts';

const GROUP = 0o020;
const OTHERS = 0o002;
const STICKY = 0o1000;

export interface CurrentUser {
  readonly uid: number;
  readonly gid: number;
  /** The user who ran sudo. */
  readonly sudo?: number;
}

/** Returns the current user; undefined where files have no such owners. */
export function currentUser(): CurrentUser | undefined {
  const [uid, gid, sudo] = [process.getuid?.(), process.getgid?.(), Number(process.env['SUDO_UID'] ?? Number.NaN)];
  return uid === undefined || gid === undefined ? undefined : { uid, gid, ...(Number.isNaN(sudo) ? {} : { sudo }) };
}

/** Another user or group that could have changed a file, and a description. */
interface OtherWriter {
  readonly who: 'owner' | 'group' | 'everybody';
  readonly says: string;
}

/** Returns who else could have changed a file; undefined where no one could. */
export function findOtherWriters({ uid, gid, mode }: Pick<Stats, 'uid' | 'gid' | 'mode'>, me: CurrentUser): OtherWriter | undefined {
  if (uid !== me.uid && uid !== 0 && !(me.uid === 0 && uid === me.sudo))
    return { who: 'owner', says: `it belongs to another user (${uid})` };
  // In a folder with the sticky bit, only the owner of a file can rename it.
  if ((mode & STICKY) !== 0) return undefined;
  if ((mode & OTHERS) !== 0) return { who: 'everybody', says: 'all users of this machine can change it' };
  // A private group, whose id equals the user id, has no other member.
  return (mode & GROUP) !== 0 && !(gid === me.gid && gid === me.uid) ? { who: 'group', says: `the group ${gid} can change it` } : undefined;
}

/** Returns the next step for the owner of a file. */
export const remedy = ({ who }: OtherWriter, place: string): string =>
  who === 'owner'
    ? `Review it, then copy it to a location that you own: ${place}`
    : `Review it, then run: chmod ${who === 'everybody' ? 'o' : 'g'}-w ${place}`;

/** Checks the owner of a file. @throws UserError where someone else may have written the file, or put it there */
export async function checkOwned(file: string, me = currentUser()): Promise<void> {
  if (!me) return;
  const known = statSync(file);
  // The permissions of a pipe or a device do not say who writes to it.
  if (!known.isFile() && !known.isDirectory()) return;
  // The folder of the target of a link counts too.
  for (const place of new Set([file, dirname(resolve(file)), dirname(realpathSync(file))])) {
    const why = findOtherWriters(statSync(place), me);
    if (why === undefined) continue;
    throw settingsFileErrors.fileOfOthers({ place, why: why.says, remedy: remedy(why, place) });
  }
}

/** Checks the owner of the folder with the undo logs, where it exists. @throws UserError where someone else could write there */
export async function checkFolder(folder: string, me = currentUser()): Promise<void> {
  const known = me && statOf(folder);
  const why = known && findOtherWriters(known, me);
  if (why === undefined) return;
  throw settingsFileErrors.folderOfOthers({ folder, why: why.says, remedy: remedy(why, folder) });
}

function statOf(folder: string): Stats | undefined {
  try {
    return statSync(folder);
  } catch {
    return undefined;
  }
}

/** Whether writing to this name would write to another place. Names of open streams are always links. */
export const isForeignLink = async (file: string): Promise<boolean> =>
  (await lstat(file).catch(() => undefined))?.isSymbolicLink() === true && !/^\/(dev|proc)\//.test(resolve(file));
