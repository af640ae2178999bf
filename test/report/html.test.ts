/** The HTML page as people see it: in a real browser, narrow and wide, light and dark, printed, without scripts. */
import { plain } from '../../src/change/value.ts';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { htmlWriter } from '../../src/report/formats/html.ts';
import type { PastChange } from '../../src/report/past-changes.ts';
import { chromiumPath, openBrowser, type Browser } from '../helpers/chromium.ts';
import { inside } from '../helpers/inside.ts';
import { inTurn, madeUp, wholeReport } from '../helpers/reports.ts';
import type { AuditReport } from '../../src/report/audit-writers.ts';
import { ANSWERS, ORDERS, temporaryFolder, world } from '../helpers/world.ts';

const htmlOf = (report: AuditReport): string => wholeReport(htmlWriter(report), report);

const EVIL = '"><img src=x onerror=alert(1)>\u202Eevil';
const SIGNED = `version: 1
apps:
  fn-orders:
    steps:
      ftp: { decision: accept, by: Kim Roy, reason: legacy publisher, until: 2999-01-31 }
      remote-debugging: { decision: accept, by: Kim Roy, reason: support case, until: 2020-01-31 }
      data-validation: { decision: attest, by: Dana Lee, evidence: https://dev.contoso.com/reviews/1, until: 2020-05-01 }
`;

/** The text of one section. */
const sectionOf = (page: string, id: string): string =>
  (new RegExp(`<section id="${id}">([\\s\\S]*?)</section>`).exec(page)?.[1] ?? '').replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');

test('the page has changes of earlier runs, reverted changes, and the result of an earlier audit', async () => {
  const here = await world();
  const file = async (name: string, text: string) => {
    await writeFile(join(here.folder, name), text);
    return join(here.folder, name);
  };
  const page = async (...more: string[]) => (await inside(here, ['audit', '--format', 'html', ...more])).stdout;
  expect(sectionOf(await page('--app', 'fn-orders'), 'changed')).toContain('has no changes of these apps');
  const old = await file('old.json', (await inside(here, ['audit', '--app', 'fn-orders', '--json'])).stdout);
  await inside(here, ['replay', await file('answers.yaml', ANSWERS), '--yes', '--confirm', 'fn-orders']);
  const runs = JSON.parse((await inside(here, ['history', '--json'])).stdout) as { runs: { run: string }[] };
  await inside(here, ['undo', runs.runs[0]!.run, '--change', '2', '--yes', '--confirm', 'fn-orders']);
  await here.patch(ORDERS, { clientAffinityEnabled: true });

  const changed = sectionOf(await page('--app', 'fn-orders', '--compare', old, '--answers', await file('signed.yaml', SIGNED)), 'changed');
  expect(changed).toMatch(/Better .*Require HTTPS: Minimum TLS version fn-orders .* fails .* passes/);
  expect(changed).toContain('httpsOnly false → true');
  expect(changed).toMatch(/undone by \d{8}T/);
  expect(changed).toMatch(/reverts \d{8}T/);
  expect(changed).toContain('operator@contoso.example');
  // Another app has no changes, and neither has another state folder.
  expect(sectionOf(await page('--app', 'fn-ledger'), 'changed')).not.toContain('httpsOnly');
  expect(sectionOf(await page('--app', 'fn-orders', '--state-dir', join(here.folder, 'other')), 'changed')).toContain('has no change');
});

test('the page has who is responsible for an exception and until when, and marks expired exceptions', async () => {
  const here = await world();
  const signed = join(here.folder, 'signed.yaml');
  await writeFile(signed, SIGNED);
  const { stdout } = await inside(here, ['audit', '--app', 'fn-orders', '--answers', signed, '--format', 'html']);
  const said = sectionOf(stdout, 'said');
  expect(said).toMatch(/attestation expired .*Dana Lee https:\/\/dev\.contoso\.com\/reviews\/1 2020-05-01 expired fn-orders/);
  expect(said).toMatch(/fails .*Kim Roy support case 2020-01-31 expired fn-orders/);
  expect(said).toMatch(/accepted .*Kim Roy legacy publisher 2999-01-31 fn-orders/);
});

test('the score is explained, and each benchmark has its own result', () => {
  const page = htmlOf(madeUp(8, inTurn));
  expect(sectionOf(page, 'summary')).toMatch(/The score is the share of controls that pass: \d+ of \d+\. \d+ controls do not apply/);
  const compliance = sectionOf(page, 'compliance');
  for (const benchmark of [
    'Microsoft Cloud Security Benchmark',
    'CIS Microsoft Azure Foundations 3.0',
    'CIS Microsoft Azure Compute Services 2.0',
    'NIST SP 800-53 Rev. 5',
    'ISO/IEC 27001:2022',
    'Azure Policy',
  ])
    expect(compliance).toContain(benchmark);
  expect(htmlOf(madeUp(0, inTurn))).toContain('there is no score');
  expect(sectionOf(htmlOf(madeUp(1, () => 'pass')), 'summary')).toContain('100 %');
});

test('of many apps only the worst have each control, and lists end with a sentence', () => {
  const change: PastChange = {
    run: '20261127T070446531Z-bd4c',
    mode: 'replay',
    at: '2026-11-27T07:04:46.531Z',
    account: EVIL,
    app: EVIL,
    controls: ['https.https-only', EVIL],
    diff: [{ path: 'properties.httpsOnly', before: plain(EVIL), after: plain(true) }],
    state: 'applied',
  };
  const report = madeUp(450, (app, control) => (control < app % 80 ? 'fail' : 'pass'));
  const page = htmlOf({ ...report, changes: Array.from({ length: 203 }, () => change) });
  expect(page.match(/<details>/g)).toHaveLength(100);
  expect(sectionOf(page, 'evidence')).toContain('the 100 apps with the most findings, of 450 apps');
  expect(page.match(/<section id="apps">[\s\S]*?<\/section>/)![0].match(/<tr>/g)).toHaveLength(451);
  expect(page).toContain('3 older changes are not shown');
  // The apps that are left out have fewer findings than each app that is shown.
  const told = [...page.matchAll(/<summary><h3>(fn-\d+)/g)].map(([, name]) => Number(name!.slice(3)) % 80);
  expect(Math.min(...told)).toBeGreaterThan(40);
  expect(page).not.toMatch(/<img|\u202E/);
});

const path = chromiumPath();
if (!path) console.log('The page was not checked in a browser: there is no Chromium here. CHROMIUM names one.');

describe.skipIf(!path)('in Chromium', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser(path ?? '');
  });
  afterAll(() => browser?.close());

  /** The sample subscription with hostile names, as a file. */
  async function pageFile(): Promise<string> {
    const here = await world();
    const name = `${'x'.repeat(60)}${EVIL}`;
    await here.patch(`${ORDERS}/config/web`, {
      ipSecurityRestrictions: [{ name, priority: 100, action: 'Allow', ipAddress: '0.0.0.0/0' }],
    });
    const signed = join(here.folder, 'signed.yaml');
    await writeFile(signed, SIGNED);
    const answers = join(here.folder, 'answers.yaml');
    await writeFile(answers, ANSWERS);
    await inside(here, ['replay', answers, '--yes', '--confirm', 'fn-orders']);
    const { stdout } = await inside(here, ['audit', '--all', '--slot', 'all', '--answers', signed, '--format', 'html']);
    const file = join(await temporaryFolder(), 'report.html');
    await writeFile(file, stdout);
    return pathToFileURL(file).href;
  }

  test('the page loads nothing, reports no error, fits the window, and has readable text', async () => {
    const url = await pageFile();
    for (const width of [390, 1280])
      for (const scheme of ['light', 'dark'] as const) {
        const { requests, complaints } = await browser.open(url, { width, scheme });
        expect([requests, complaints], `${width} ${scheme}`).toEqual([[], []]);
        await browser.value(`document.querySelectorAll('details').forEach((one) => (one.open = true))`);
        expect(await browser.value(STICKING_OUT), `${width} ${scheme}`).toEqual([]);
        expect(await browser.value(TOO_FAINT), `${width} ${scheme}`).toEqual([]);
      }
  }, 60_000);

  test('without scripts: headings in order, links with a target, and details that open', async () => {
    const url = await pageFile();
    await browser.open(url, { width: 1280, scripts: false });
    const levels = await browser.value<number[]>(`[...document.querySelectorAll('h1,h2,h3,h4')].map((one) => Number(one.tagName[1]))`);
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    levels.forEach((level, index) => expect(level - (levels[index - 1] ?? 0)).toBeLessThanOrEqual(1));
    expect(await browser.value(`[...document.querySelectorAll('nav a')].filter((one) => !document.querySelector(one.hash)).length`)).toBe(
      0,
    );
    expect(await browser.value('document.body.innerText.includes("Findings")')).toBe(true);
    expect(await browser.value(`document.scripts.length + document.querySelectorAll('[onerror],[onload],[onclick]').length`)).toBe(0);
  }, 60_000);

  test('printed, all details are open, on white, and no wider than the page', async () => {
    const url = await pageFile();
    await browser.open(url, { width: 720, scheme: 'dark', media: 'print' });
    const hidden = `[...document.querySelectorAll('details table')].filter((one) => one.checkVisibility({ contentVisibilityAuto: true }) === false || one.getBoundingClientRect().height < 10).length`;
    expect(await browser.value(hidden)).toBe(0);
    expect(await browser.value('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)');
    expect(await browser.value(TOO_FAINT)).toEqual([]);
    expect(await browser.value('document.documentElement.scrollWidth')).toBeLessThanOrEqual(720);
    expect((await browser.pdf()).subarray(0, 5).toString()).toBe('%PDF-');
  }, 60_000);
});

/** Elements beyond the right edge. */
const STICKING_OUT = `[...document.body.querySelectorAll('*')].filter((one) => one.getBoundingClientRect().right > document.documentElement.clientWidth + 1).map((one) => one.outerHTML.slice(0, 120)).slice(0, 5)`;

/** Texts whose contrast is below 4.5 to 1, or 3 to 1 where they are large (WCAG 2.2, AA). */
const TOO_FAINT = `(() => {
  const channels = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((one) => one / 255).map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4)).reduce((sum, one, at) => sum + one * [0.2126, 0.7152, 0.0722][at], 0);
  const ground = (one) => { for (let at = one; at; at = at.parentElement) { const [r, g, b, a = 1] = channels(getComputedStyle(at).backgroundColor); if (a === 1) return [r, g, b]; } return [255, 255, 255]; };
  const faint = new Set();
  for (const one of document.body.querySelectorAll('*')) {
    if (![...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim())) continue;
    const style = getComputedStyle(one);
    const [a, b] = [light(channels(style.color)), light(ground(one))].sort((x, y) => y - x);
    const size = parseFloat(style.fontSize);
    const least = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
    if ((a + 0.05) / (b + 0.05) < least) faint.add(style.color + ' ' + one.outerHTML.slice(0, 80));
  }
  return [...faint].slice(0, 5);
})()`;
