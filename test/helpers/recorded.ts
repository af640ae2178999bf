/** Real exchanges, where they are at hand. They are not part of this project. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, '..', '..', '..', 'shared', 'reference', 'recorded');

export interface Recorded {
  readonly file: string;
  /** Position in the file. */
  readonly at: number;
  readonly method: string;
  readonly url: string;
  readonly apiVersion: string;
  readonly status: number;
  readonly responseHeaders: Record<string, string>;
  readonly requestBody: unknown;
  readonly responseBody: unknown;
  readonly source: { readonly repo: string; readonly path: string };
}

/** Empty where the recordings are not at hand; the test then says that it was skipped. */
export function recordings(): Recorded[] {
  if (!existsSync(FOLDER)) return [];
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
  return files.flatMap((file) =>
    (JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Omit<Recorded, 'file' | 'at'>[]).map((one, at) => ({ ...one, file, at })),
  );
}

export const SHARED = join(FOLDER, '..', '..');
export const NO_RECORDINGS = 'skipped: the recorded exchanges are not at hand (../shared/reference/recorded)';
