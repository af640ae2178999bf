/** Trees of code in test/files/source, and the output of the command about them. */
import { cp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { contoso } from '../../src/emulator/samples/contoso.ts';
import { cloud } from './in-process.ts';
import { temporaryFolder } from './world.ts';

export const SAMPLES = join(import.meta.dirname, '..', 'files', 'source');

export interface Place {
  readonly app: string;
  readonly control: string;
  readonly state: 'declared' | 'absent' | 'not-resolved' | 'right';
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly address: string;
  readonly present: unknown;
  readonly wanted: unknown;
  readonly why: string | null;
}

export const placesIn = async (folder: string, ...args: readonly string[]): Promise<Place[]> => {
  const here = cloud(contoso(), await temporaryFolder());
  const { stdout, stderr, code } = await here.command('source', folder, '--json', ...args);
  if (code === 64) throw new Error(stderr);
  return (JSON.parse(stdout) as { places: Place[] }).places;
};

/** Copies a sample, so that a test can change it. */
export async function copyOf(sample: string): Promise<string> {
  const folder = join(await temporaryFolder(), sample);
  await cp(join(SAMPLES, sample), folder, { recursive: true });
  return folder;
}

export const samples = (): Promise<string[]> => readdir(SAMPLES);

/** Returns the line, from 1, that contains a text; only one line may contain it. */
export async function lineOf(sample: string, file: string, text: string): Promise<number> {
  const lines = (await readFile(join(SAMPLES, sample, file), 'utf8')).split('\n');
  const found = lines.flatMap((line, index) => (line.includes(text) ? [index + 1] : []));
  if (found.length !== 1) throw new Error(`${found.length} lines of ${sample}/${file} hold ${text}`);
  return found[0]!;
}
