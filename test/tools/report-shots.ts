/** Takes the pictures of docs/reports.md: the report of the sample subscription after some changes. Needs Chromium. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startEmulator } from '../../src/emulator/server/server.ts';
import { chromiumPath, openBrowser, type Look } from '../helpers/chromium.ts';
import { ANSWERS, run } from '../helpers/world.ts';

const DOCS = join(import.meta.dirname, '..', '..', 'docs');
const SHOTS: readonly (Look & { readonly name: string; readonly at?: string })[] = [
  { name: 'report-desk-light', width: 1280, height: 900, scheme: 'light' },
  { name: 'report-desk-dark', width: 1280, height: 900, scheme: 'dark', at: 'changed' },
  { name: 'report-phone', width: 390, height: 844, scheme: 'light', at: 'said' },
];
const SIGNED = `version: 1
defaults:
  steps:
    data-validation: { decision: attest, by: Dana Lee, evidence: https://dev.contoso.com/reviews/1234, until: 2030-05-01 }
    error-handling: { decision: attest, by: Dana Lee, evidence: https://dev.contoso.com/reviews/1240, until: 2026-03-31 }
apps:
  fn-billing:
    steps:
      ftp: { decision: accept, by: Kim Roy, reason: legacy publisher until the migration, until: 2030-01-31 }
`;

/** Makes the page of a subscription in which one app was fixed and one change was reverted. */
async function samplePage(folder: string): Promise<string> {
  const emulator = await startEmulator({ port: 0, scenario: 'contoso', apps: 0, latency: 0, faults: [] });
  try {
    const environment = {
      FUNC_HARDEN_ACCESS_TOKEN: emulator.accessToken,
      FUNC_HARDEN_ARM_ENDPOINT: emulator.endpoint,
      XDG_STATE_HOME: folder,
    };
    const [answers, signed, old, page] = ['answers.yaml', 'signed.yaml', 'old.json', 'report.html'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
      string,
    ];
    await writeFile(answers, ANSWERS);
    await writeFile(signed, SIGNED);
    await run(['audit', '--all', '--json', '--output', old], environment);
    const done = await run(['replay', answers, '--yes', '--confirm', 'fn-orders'], environment);
    const [, name = ''] = /^Run: (\S+)$/m.exec(done.stdout) ?? [];
    await run(['undo', name, '--change', '2', '--yes', '--confirm', 'fn-orders'], environment);
    const made = await run(['audit', '--all', '--answers', signed, '--compare', old, '--format', 'html', '--output', page], environment);
    if (made.code !== 2) throw new Error(made.stderr);
    return page;
  } finally {
    await emulator.close();
  }
}

async function shoot(): Promise<void> {
  const path = chromiumPath();
  if (!path) throw new Error('There is no Chromium here; name one in CHROMIUM.');
  const folder = await mkdtemp(join(tmpdir(), 'func-harden-shots-'));
  const browser = await openBrowser(path);
  try {
    const url = pathToFileURL(await samplePage(folder)).href;
    for (const { name, at, ...look } of SHOTS) {
      await browser.open(url, look);
      if (at) await browser.value(`document.getElementById('${at}').scrollIntoView()`);
      await writeFile(join(DOCS, `${name}.png`), await browser.png());
      console.log(`docs/${name}.png`);
    }
  } finally {
    await browser.close();
    await rm(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === import.meta.filename) await shoot();
