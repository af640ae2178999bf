/** The reasons of the operating system in plain words. */
const PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'the file does not exist',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is not a folder',
  EACCES: 'you have no permission',
  EPERM: 'you have no permission',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  ENAMETOOLONG: 'the name is too long',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'it would become larger than the system allows',
  ENXIO: 'it is a socket, a pipe that nothing reads, or a device that does not exist',
  ELOOP: 'its symbolic links form a circle',
};

/** Returns why a file could not be read, without the terms of the operating system where there are plain words. */
export const fileProblem = (error: unknown): string =>
  PROBLEMS[(error as NodeJS.ErrnoException).code ?? ''] ?? (error instanceof Error ? error.message : String(error));

/** Returns why a file could not be written. A new file does not exist, so the missing path is its folder. */
export const writeProblem = (error: unknown): string =>
  (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'its folder does not exist' : fileProblem(error);
