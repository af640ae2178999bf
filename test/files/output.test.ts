/** A file of `--output` is complete, or unchanged. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { open, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test, vi } from 'vitest';
import { writeFileOf } from '../../src/app/delivery.ts';
import type { Io } from '../../src/cli/invocation.ts';
import { EXIT } from '../../src/engine/errors.ts';
import { complain } from '../../src/app/complain.ts';
import { openOutput } from '../../src/files/output.ts';
import { temporaryFolder } from '../helpers/world.ts';

async function known(): Promise<{ folder: string; file: string }> {
  const folder = await temporaryFolder();
  const file = join(folder, 'report.txt');
  await writeFile(file, 'old');
  return { folder, file };
}

test('small pieces are written to the file in order', async () => {
  const { folder, file } = await known();
  const pieces = Array.from({ length: 30_000 }, (_, at) => `${at}\n`);
  await writeFileOf(file, pieces);
  expect(await readFile(file, 'utf8')).toBe(pieces.join(''));
  expect(await readdir(folder)).toEqual(['report.txt']);
});

test('a pipe without a reader and a deleted folder are no internal errors', async () => {
  const { folder, file } = await known();
  const pipe = join(folder, 'pipe');
  if (process.platform !== 'win32') {
    execFileSync('mkfifo', [pipe]);
    await expect(openOutput(pipe)).rejects.toThrow(/a pipe that nothing reads/);
  }
  const said: string[] = [];
  const gone = Object.assign(new Error('ENOENT: process.cwd failed'), { code: 'ENOENT', syscall: 'uv_cwd' });
  expect(complain(gone, { err: (text: string) => void said.push(text) } as Io)).toBe(EXIT.usage);
  expect(said.join('')).toBe(
    'ERROR: The working folder does not exist any more, so the path of a file in it is unknown.\n  Change to a different folder, then run the command again.\n',
  );
  expect(await readFile(file, 'utf8')).toBe('old');
});

test('a result that fails halfway keeps the old content and leaves no other file', async () => {
  const { folder, file } = await known();
  const result = (function* () {
    for (let at = 0; at < 20_000; at++) yield 'a line\n';
    throw new Error('no more');
  })();
  await expect(writeFileOf(file, result)).rejects.toThrow('no more');
  expect([await readdir(folder), await readFile(file, 'utf8')]).toEqual([['report.txt'], 'old']);
});

test('a process that ends during a write keeps the old content and leaves no other file and no warning of Node.js', async () => {
  const { folder, file } = await known();
  const module = JSON.stringify(join(import.meta.dirname, '..', '..', 'src', 'files', 'output.ts'));
  const script = `const { openOutput } = await import(${module}); const open = []; for (let at = 0; at < 12; at++) open.push(await openOutput(${JSON.stringify(file)})); setImmediate(() => process.exit(open.length === 12 ? 130 : 1));`;
  expect(() => execFileSync(process.execPath, ['--input-type=module', '-e', script], { stdio: 'pipe', encoding: 'utf8' })).toThrow(
    expect.objectContaining({ status: 130, stderr: '' }),
  );
  expect([await readdir(folder), await readFile(file, 'utf8')]).toEqual([['report.txt'], 'old']);
});

test('after a failed write the file is not replaced, also if the caller continues', async () => {
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

test.each(['pack.zip', 'pack'])('an evidence package that the disk has no room for is removed: %s', async (name) => {
  const place = join(await temporaryFolder(), name);
  const script = `import { writePack } from ${JSON.stringify(pathToFileURL(join(import.meta.dirname, '../../src/files/evidence-files.ts')).href)};
    await writePack(${JSON.stringify(place)}, new Map([['manifest.json', new Uint8Array(9)], ['runs/1/journal.jsonl', new Uint8Array(9000)]]));`;
  const { status, stderr } = spawnSync('sh', ['-c', 'ulimit -f 1; exec "$0" --input-type=module -e "$1"', process.execPath, script]);
  expect(status).toBe(1);
  expect(String(stderr)).toContain('it would become larger than the system allows');
  expect(existsSync(place) ? await readdir(place) : []).toEqual([]);
});
