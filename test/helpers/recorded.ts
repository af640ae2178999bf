/** Recorded exchanges with Azure, if they are available. They are not part of this project. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const REFERENCE = join(import.meta.dirname, '..', '..', '..', 'shared', 'reference');
/** The prefix of each set before its file names: empty for the first. `FUNC_HARDEN_RECORDINGS` names an additional folder of the same form. */
const SETS: readonly (readonly [string, string])[] = [
  ['', join(REFERENCE, 'recorded')],
  ['2-', join(REFERENCE, 'recorded-2')],
  ...(process.env['FUNC_HARDEN_RECORDINGS'] ? [['more-', process.env['FUNC_HARDEN_RECORDINGS']] as const] : []),
];

export interface Recorded {
  readonly file: string;
  /** Position in the file. The name of the file begins with its set, where that is not the first. */
  readonly at: number;
  readonly method: string;
  readonly url: string;
  readonly apiVersion: string;
  readonly status: number;
  readonly responseHeaders: Record<string, string>;
  readonly requestBody: unknown;
  readonly responseBody: unknown;
  readonly source: { readonly repo: string; readonly path: string; readonly index?: number };
  readonly note?: string;
}

/** Empty if the recordings are not available; the test then reports that it was skipped. */
export function recordings(): Recorded[] {
  return SETS.flatMap(([set, folder]) => {
    const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : [];
    return files.flatMap((name) =>
      (JSON.parse(readFileSync(join(folder, name), 'utf8')) as Omit<Recorded, 'file' | 'at'>[]).map((one, at) => ({
        ...one,
        file: `${set}${name}`,
        at,
      })),
    );
  });
}

/** `07[1]` of the first set, `2-07[1]` of the second. */
export const labelOf = ({ file, at }: Recorded): string => `${/^(?:[\w]+-)?\d\d(?=-)/.exec(file)?.[0] ?? file}[${at}]`;

export const SHARED = join(REFERENCE, '..');
export const NO_RECORDINGS = 'skipped: the recorded exchanges are not at hand (../shared/reference/recorded and recorded-2)';
