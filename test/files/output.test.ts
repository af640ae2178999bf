/** A file of `--output` is complete, or as it was. */
import { open, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { writeFileOf } from '../../src/app/delivery.ts';
import { openOutput } from '../../src/files/output.ts';
import { temporaryFolder } from '../helpers/world.ts';

async function known(): Promise<{ folder: string; file: string }> {
  const folder = await temporaryFolder();
  const file = join(folder, 'report.txt');
  await writeFile(file, 'old');
  return { folder, file };
}

test('small pieces are in the file in their order', async () => {
  const { folder, file } = await known();
  const pieces = Array.from({ length: 30_000 }, (_, at) => `${at}\n`);
  await writeFileOf(file, pieces);
  expect(await readFile(file, 'utf8')).toBe(pieces.join(''));
  expect(await readdir(folder)).toEqual(['report.txt']);
});

test('a result that fails halfway leaves the old content and no other file', async () => {
  const { folder, file } = await known();
  const result = (function* () {
    for (let at = 0; at < 20_000; at++) yield 'a line\n';
    throw new Error('no more');
  })();
  await expect(writeFileOf(file, result)).rejects.toThrow('no more');
  expect([await readdir(folder), await readFile(file, 'utf8')]).toEqual([['report.txt'], 'old']);
});

test('after a failed write nothing is put in place, also where the caller goes on', async () => {
  const { folder, file } = await known();
  const out = await openOutput(file);
  const probe = await open(file);
  const full = Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
  const append = vi.spyOn(Object.getPrototypeOf(probe) as typeof probe, 'appendFile').mockRejectedValueOnce(full);
  await probe.close();
  await expect(out.write('a'.repeat(70_000))).rejects.toThrow(/the disk is full/);
  append.mockRestore();
  await expect(out.end()).rejects.toThrow(/already closed/);
  expect([await readdir(folder), await readFile(file, 'utf8')]).toEqual([['report.txt'], 'old']);
});
