/** Measures the time from a key press to the first byte of the next frame, in a real pseudo-terminal. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmulator } from '../../../src/emulator/server/server.ts';
import { catalogue } from '../../../steps/index.ts';
import { figureOf, type Figure } from './measure.ts';
import { BIN, DOWN, environmentOf, session, UP, type Session } from './session.ts';

async function presses(here: Session, count: number, key: (index: number) => string): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < count; index++) times.push(await here.press(key(index)));
  return times;
}

/** Keys typed into `cat`, which echoes at once: the time of the terminal itself. */
async function echo(count: number): Promise<Figure> {
  const here = session('cat', [], {});
  const times = await presses(here, count, () => 'x');
  await here.close();
  return figureOf('terminal echo (cat)', times);
}

/** `smoke`: a few of each, to check that it runs. */
export async function terminalFigures(smoke: boolean): Promise<Figure[]> {
  const count = smoke ? 4 : 200;
  const base = await echo(count);
  const baseline = { name: 'echo', median: base.median };
  const goal = 'median 16 ms, p99 50 ms';
  const judged = (name: string, times: readonly number[]): Figure => {
    const figure = figureOf(name, times, { baseline, goal });
    return { ...figure, met: figure.median <= 16 && figure.p99 <= 50 };
  };
  const folder = await mkdtemp(join(tmpdir(), 'func-harden-bench-'));
  const figures: Figure[] = [base];
  try {
    const fleet = await startEmulator({ port: 0, scenario: 'fleet', apps: 1000, latency: 0, faults: [] });
    const picker = session(process.execPath, [BIN, '--save', join(folder, 'a.yaml')], environmentOf(fleet, folder));
    await picker.sees('1000 apps');
    figures.push(judged('picker of 1,000 apps: move', await presses(picker, count, (index) => (index % 40 < 20 ? DOWN : UP))));
    figures.push(judged('picker of 1,000 apps: filter', await presses(picker, count, (index) => (index % 2 === 0 ? '0' : '\u007F'))));
    await picker.close();
    await fleet.close();

    const shop = await startEmulator({ port: 0, scenario: 'contoso', apps: 0, latency: 0, faults: [] });
    const origins = Array.from({ length: 500 }, (_, index) => `https://site-${index}.contoso.com`);
    const answers = join(folder, 'origins.yaml');
    await writeFile(
      answers,
      JSON.stringify({
        version: 1,
        apps: { 'fn-orders': { steps: { cors: { answers: { allowedOrigins: origins, supportCredentials: false } } } } },
      }),
    );
    const areas = session(process.execPath, [BIN, '--app', 'fn-orders', '--answers', answers], environmentOf(shop, folder));
    await areas.sees('Secure operation');
    figures.push(judged('overview of 25 areas: move', await presses(areas, count, (index) => (index % 40 < 20 ? DOWN : UP))));
    areas.type('\u001B[H');
    for (let index = 0; index < catalogue.findIndex(({ id }) => id === 'cors'); index++) await areas.press(DOWN);
    areas.type('\r');
    await areas.sees('findings selected');
    areas.type('\r');
    // The preview is a separate frame, which would count as the answer to the first key.
    await areas.sees(/Question 1[\s\S]*↓ \d+ more lines/);
    figures.push(judged('list of 500 origins: move', await presses(areas, count, (index) => (index % 2 === 0 ? UP : DOWN))));
    areas.type('\r');
    await areas.sees(/Apply this|applies this|Question 2/);
    figures.push(judged('diff of 500 lines: scroll', await presses(areas, count, (index) => (index % 40 < 20 ? DOWN : UP))));
    await areas.close();
    await shop.close();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return figures;
}
