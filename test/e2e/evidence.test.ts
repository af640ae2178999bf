/** Evidence of runs: its content, its verification, and that each byte of it counts. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { beforeEach, describe, expect, test } from 'vitest';
import { archiveOf, readPack, writePack } from '../../src/files/evidence-files.ts';
import { checkEvidence } from '../../src/app/evidence/evidence.ts';
import { manifestText } from '../../src/report/evidence/manifest.ts';
import { inside } from '../helpers/inside.ts';
import { ANSWERS, runName, temporaryFolder, world } from '../helpers/world.ts';

let pack: Uint8Array;
let run: string;
const keys = { pub: '', other: '' };
let plain: Uint8Array;

/** Made once: the packs of one run, and the keys. */
const prepared = async () => (made ??= prepare());
let made: Promise<void> | undefined;
async function prepare(): Promise<void> {
  const here = await world();
  const folder = here.folder;
  const at = (name: string) => join(folder, name);
  await writeFile(at('answers.yaml'), ANSWERS);
  const plan = await inside(here, ['plan', at('answers.yaml'), '--out', at('plan.json')]);
  expect(plan.code, plan.stderr).toBe(2);
  const { digest } = JSON.parse(await readFile(at('plan.json'), 'utf8')) as { digest: string };
  const replay = await inside(here, [
    'replay',
    '--plan',
    at('plan.json'),
    '--require-digest',
    digest,
    '--approved-by',
    'Dana Lee',
    '--yes',
    '--confirm',
    'fn-orders',
  ]);
  expect(replay.code, replay.stderr).toBe(0);
  run = runName(replay);
  for (const [name, type] of [
    ['key', 'ed25519'],
    ['other', 'ed25519'],
  ] as const) {
    execFileSync('openssl', ['genpkey', '-algorithm', type, '-out', at(name)]);
    execFileSync('openssl', ['pkey', '-in', at(name), '-pubout', '-out', at(`${name}.pub`)]);
  }
  const signed = await inside(here, ['evidence', run, '--output', at('evidence.zip'), '--sign-key', at('key')]);
  expect(signed.code, signed.stderr).toBe(0);
  const unsigned = await inside(here, ['evidence', run, '--output', at('plain.zip')]);
  expect(unsigned.code, unsigned.stderr).toBe(0);
  [pack, plain] = await Promise.all([readFile(at('evidence.zip')), readFile(at('plain.zip'))]);
  keys.pub = await readFile(at('key.pub'), 'utf8');
  keys.other = await readFile(at('other.pub'), 'utf8');
}
beforeEach(prepared);

async function checked(bytes: Uint8Array, key?: string) {
  const folder = await temporaryFolder();
  const [file, pem] = [join(folder, 'pack.zip'), join(folder, 'key.pub')];
  await writeFile(file, bytes);
  if (key !== undefined) await writeFile(pem, key);
  return checkEvidence(file, key === undefined ? undefined : pem).catch((error: Error) => ({
    flaws: [error.message],
    signature: 'none' as const,
  }));
}

test('the evidence pack has all data of a run and is valid', async () => {
  const files = unzipSync(pack);
  expect(Object.keys(files).toSorted()).toEqual([
    'manifest.json',
    'report.html',
    'report.json',
    `runs/${run}/changes.json`,
    `runs/${run}/journal.jsonl`,
    `runs/${run}/plan.json`,
  ]);
  const json = (name: string) => JSON.parse(Buffer.from(files[name]!).toString('utf8')) as Record<string, unknown>;
  const manifest = json('manifest.json') as { files: { path: string; sha256: string; bytes: number }[] };
  expect(manifest).toMatchObject({ schemaVersion: 1, runs: [run], signature: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/) });
  for (const { path, sha256, bytes } of manifest.files) {
    expect(files[path]?.length).toBe(bytes);
    expect(createHash('sha256').update(files[path]!).digest('hex')).toBe(sha256);
  }
  expect(json(`runs/${run}/changes.json`)).toMatchObject({
    run,
    plan: { approvedBy: 'Dana Lee' },
    changes: expect.arrayContaining([
      expect.objectContaining({
        edits: expect.arrayContaining([{ path: 'properties.httpsOnly', before: false, after: true }]),
        correlationId: expect.any(String),
        verified: { state: 'shown', at: expect.any(String) },
      }),
    ]),
  });
  expect(json('report.json')).toMatchObject({ apps: [{ name: 'fn-orders' }] });
  expect(await checked(pack, keys.pub)).toMatchObject({ flaws: [], signature: 'holds' });
  expect(await checked(pack)).toMatchObject({ flaws: [], signature: 'not-checked' });
  expect(await checked(plain)).toMatchObject({ flaws: [], signature: 'none' });
});

test('the evidence pack has no secret', () => {
  expect(Buffer.from(pack).toString('latin1')).not.toMatch(/canary|AccountKey=b|SharedAccessKey=b/);
});

test('a changed byte is detected anywhere in the evidence pack', async () => {
  // A prime number, so that each part of the format is changed at some time.
  const step = Math.max(1, Math.floor(pack.length / 150)) | 1;
  for (let at = 0; at < pack.length; at += step) {
    const changed = Uint8Array.from(pack);
    changed[at] = changed[at]! ^ 0x01;
    const { flaws } = await checked(changed);
    expect(flaws, `byte ${at}`).not.toEqual([]);
  }
});

describe('an evidence pack that was forged to look complete', () => {
  const altered = (change: (files: Record<string, Uint8Array>) => void, from = plain) => {
    const files = unzipSync(from);
    change(files);
    const paths = Object.keys(files).filter((path) => path !== 'manifest.json');
    const manifest = JSON.parse(Buffer.from(files['manifest.json']!).toString('utf8')) as Record<string, unknown>;
    manifest['files'] = paths.map((path) => ({
      path,
      sha256: createHash('sha256').update(files[path]!).digest('hex'),
      bytes: files[path]!.length,
    }));
    files['manifest.json'] = Buffer.from(`${JSON.stringify(manifest, undefined, 2)}\n`);
    return archiveOf(new Map(Object.entries(files)));
  };
  const edit = (path: string, from: string | RegExp, to: string) => (files: Record<string, Uint8Array>) => {
    const name = path.replace('RUN', run);
    const text = Buffer.from(files[name]!).toString('utf8');
    expect(text).not.toBe(text.replace(from, to));
    files[name] = Buffer.from(text.replace(from, to));
  };
  test.each([
    ['a line of the log', edit('runs/RUN/journal.jsonl', '"httpsOnly', '"httpsOnlx')],
    ['one line fewer', edit('runs/RUN/journal.jsonl', /\n\{[^\n]*"verified"[^\n]*(?=\n)/, '')],
    ['what was changed', edit('runs/RUN/changes.json', '"after": true', '"after": false')],
    ['the plan', edit('runs/RUN/plan.json', '"httpsOnly"', '"httpsOnlx"')],
    ['one plan fewer', (files: Record<string, Uint8Array>) => void delete files[`runs/${run}/plan.json`]],
    ['one report fewer', (files: Record<string, Uint8Array>) => void delete files['report.html']],
    [
      'a run that is not named',
      (files: Record<string, Uint8Array>) => void (files['runs/20260101T000000000Z-0000/journal.jsonl'] = Buffer.from('{}')),
    ],
  ])('%s', async (_, change) => {
    expect((await checked(altered(change))).flaws).not.toEqual([]);
  });

  test('another key, no key, and another manifest under the old signature are refused', async () => {
    expect((await checked(pack, keys.other)).flaws).toEqual([expect.stringContaining('not made with this key')]);
    expect((await checked(plain, keys.pub)).flaws).toEqual([expect.stringContaining('not signed')]);
    const forged = altered(edit('report.json', 'fn-orders', 'fn-others'), pack);
    expect((await checked(forged)).flaws).toEqual([]);
    expect((await checked(forged, keys.pub)).flaws).toEqual([expect.stringContaining('a different manifest')]);
  });

  test.each([
    ['a member twice', (text: string) => text.replace('"tool"', '"createdAt": "2020-01-01T00:00:00.000Z",\n  "tool"')],
    ['a file with two paths', (text: string) => text.replace('"path"', '"path": "other.json", "path"')],
    ['another spelling of a name', (text: string) => text.replace('"createdAt"', '"created\\u0041t"')],
    ['a byte order mark', (text: string) => `\uFEFF${text}`],
    ['one more line feed', (text: string) => `${text}\n`],
  ])('a signed manifest with %s is refused, because readers of JSON differ about it', async (_, change) => {
    const files = unzipSync(pack);
    const text = Buffer.from(files['manifest.json']!).toString('utf8');
    expect(change(text)).not.toBe(text);
    files['manifest.json'] = Buffer.from(change(text));
    const { flaws, signature } = await checked(archiveOf(new Map(Object.entries(files))), keys.pub);
    expect([flaws, signature]).toEqual([['manifest.json: it is missing or not a manifest'], 'none']);
  });
});

test('an unpacked folder is verified too, and an additional file is detected', async () => {
  const folder = join(await temporaryFolder(), 'pack');
  const { files } = await readPack(
    await (async () => {
      const file = join(await temporaryFolder(), 'pack.zip');
      await writeFile(file, pack);
      return file;
    })(),
  );
  await writePack(folder, files);
  expect((await checkEvidence(folder)).flaws).toEqual([]);
  await expect(writePack(folder, files)).rejects.toThrow('not empty');
  await writeFile(join(folder, 'notes.txt'), 'x');
  expect((await checkEvidence(folder)).flaws).toEqual(['notes.txt: the manifest does not list it']);
});

describe('a malicious evidence pack', () => {
  /** Files with the same bytes of the archive, so that together they are many times larger. */
  function overlapping(count: number, size: number): Buffer {
    const local = Buffer.alloc(31);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(20, 4);
    for (const at of [18, 22]) local.writeUInt32LE(size, at);
    local.writeUInt16LE(1, 26);
    local.write('f', 30);
    const entries = Array.from({ length: count }, (_, index) => {
      const name = Buffer.from(`f${index}`);
      const entry = Buffer.alloc(46);
      entry.writeUInt32LE(0x02014b50, 0);
      for (const at of [20, 24]) entry.writeUInt32LE(size, at);
      entry.writeUInt16LE(name.length, 28);
      return Buffer.concat([entry, name]);
    });
    const data = Buffer.concat([local, Buffer.alloc(size)]);
    const central = Buffer.concat(entries);
    const end = Buffer.alloc(22);
    end.writeUInt32LE(0x06054b50, 0);
    for (const at of [8, 10]) end.writeUInt16LE(count, at);
    end.writeUInt32LE(central.length, 12);
    end.writeUInt32LE(data.length, 16);
    return Buffer.concat([data, central, end]);
  }

  test('entries that share their bytes are not unpacked', async () => {
    expect((await checked(overlapping(2000, 1_000_000))).flaws).toEqual([expect.stringContaining('its files are larger than the archive')]);
  });

  test.each([[[]], [['x\nHOLDS: 9 files about it, as they were packed. Signed by the holder of that key.']]])(
    'evidence needs a run: %j',
    async (runs) => {
      const files = new Map([['manifest.json', Buffer.from(manifestText({ schemaVersion: 1, tool: '', createdAt: '', runs, files: [] }))]]);
      expect(await checked(archiveOf(files))).toEqual({
        flaws: ['manifest.json: it contains no valid runs'],
        signature: 'none',
      });
    },
  );
});

test('a package whose apps could not be read says so when it is packed, and its report hides a password in an address', async () => {
  const here = await world();
  const file = join(here.folder, 'answers.yaml');
  await writeFile(file, 'version: 1\napps: { fn-orders: { steps: { remote-debugging: { decision: apply } } } }\n');
  const name = runName(await inside(here, ['replay', file, '--yes']));
  const rule = { ipAddress: '0.0.0.0/0', action: 'Allow', name: 'http://bob:Hunter2secret@rule' };
  const app = '/subscriptions/d1a7c0de-0001-4f6e-8b1a-c0ffee000001/resourceGroups/rg-shop/providers/Microsoft.Web/sites/fn-orders';
  await fetch(`${here.endpoint}${app}/config/web?api-version=2024-11-01`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${here.accessToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ properties: { ipSecurityRestrictions: [rule] } }),
  });
  const hidden = join(here.folder, 'hidden');
  await inside(here, ['evidence', name, '--output', hidden]);
  const report = await readFile(join(hidden, 'report.html'), 'utf8');
  expect(report).toContain('http://bob:(sensitive value)@rule');
  expect(report).not.toContain('Hunter2');
  await here.faults([
    { method: 'GET', path: '.', times: 999, status: 401, body: { error: { code: 'Expired', message: 'The token expired' } } },
  ]);
  const packed = await inside(here, ['evidence', name, '--output', join(here.folder, 'pack.zip')]);
  expect(packed.stderr).toMatch(
    /^NOTE: The report in the package is not complete: \d+ controls could not be read: The token expired\. Sign in/m,
  );
});
