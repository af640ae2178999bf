/** Keys that are pressed before a question answer nothing; a key after the question counts. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { between, type Passing } from '../../helpers/between.ts';
import { cases, seedOf } from '../../helpers/random-cases.ts';
import { terminal, type Terminal } from '../../helpers/terminal.ts';
import { wizard } from '../../helpers/wizard.ts';
import { world, type World } from '../../helpers/world.ts';

/** Milliseconds until an answer of Azure, and the number of key presses before the question for each. */
const TIMES = [
  [0, cases(2, 21)],
  [15, cases(2, 21)],
  [100, cases(1, 8)],
] as const;
const REMOTE = ['--app', 'fn-orders', '--step', 'remote-debugging'];

interface Link {
  readonly endpoint: string;
  /** Called for each request before its response; the returned promise is awaited. */
  heard: (request: Passing) => void | Promise<void>;
}

async function listening({ endpoint }: World): Promise<Link> {
  const link: { -readonly [Name in keyof Link]: Link[Name] } = { endpoint: '', heard: () => {} };
  link.endpoint = (await between(endpoint, { before: (request) => link.heard(request) })).endpoint;
  return link;
}

/** The request that is in flight when the key is pressed, the same in each run. */
const moments = (of: number, times: number) => fc.sample(fc.integer({ min: 1, max: of }), { numRuns: times, seed: seedOf(20261128) });

/** Presses a key while the nth request from now is in flight: before its answer, no result of it can be on the screen. */
function during(link: Link, nth: number, press: () => void): { readonly count: () => number } {
  let count = 0;
  link.heard = () => {
    count += 1;
    if (count === nth) press();
  };
  return { count: () => count };
}

/** Holds requests until it is called; then they are sent one after the other. */
function hold(link: Link): () => void {
  const held: { go: () => void; request: Passing }[] = [];
  link.heard = (request) => new Promise((go) => void held.push({ go, request }));
  return () => {
    for (const { go, request } of held) {
      void link.heard(request);
      go();
    }
  };
}

/** Reads the app again, so that there are requests to wait for. */
async function readAgain(link: Link, screen: Terminal): Promise<void> {
  const release = hold(link);
  screen.type('R');
  await screen.sees('Reading fn-orders');
  link.heard = () => {};
  release();
}

test.each(TIMES)(
  'the wizard ignores a y before "Apply this?", with answers within %i ms (cases: %i)',
  { timeout: 180_000 },
  async (latency, times) => {
    const here = await world({ latency });
    const link = await listening(here);
    const screen = wizard({ ...here, endpoint: link.endpoint }, REMOTE);
    /** Goes to the question and presses a key while its nth request is in flight; returns the number of these requests. */
    const asked = async (nth: number): Promise<number> => {
      await screen.sees(/❯ \(x\) Disable remote/);
      const release = hold(link);
      screen.type('enter');
      await screen.sees(/findings? selected/);
      screen.type('enter');
      await screen.sees('Reading current values');
      const { count } = during(link, nth, () => screen.type('y'));
      release();
      await screen.sees('Apply this?');
      return count();
    };
    const back = async (): Promise<void> => {
      await screen.sees('Apply this?');
      screen.type('n');
      await screen.sees(/findings? selected/);
      screen.type('esc');
      await screen.sees(/❯ \(x\) Disable remote/);
      await readAgain(link, screen);
    };
    // Some values are read once a minute, so only the requests of each further time are counted.
    await asked(0);
    await back();
    const all = await asked(0);
    for (const nth of moments(all, times)) {
      await back();
      expect(await asked(nth), 'a key was pressed').toBeGreaterThanOrEqual(nth);
    }
    expect(await here.writes()).toEqual([]);
    screen.type('y');
    await screen.sees('APPLIED: 1 applied');
  },
);

test.each(TIMES)(
  'the wizard ignores an app name that is typed before its question, with answers within %i ms (cases: %i)',
  { timeout: 180_000 },
  async (latency, times) => {
    const here = await world({ latency });
    const link = await listening(here);
    const screen = wizard({ ...here, endpoint: link.endpoint }, ['--app', 'fn-orders', '--step', 'access-restrictions']);
    for (let time = 0; time < times; time++) {
      await screen.sees(/❯ \(x\) Set access/);
      // No request is answered before the questions, so the rest is read with the name typed already.
      const release = hold(link);
      screen.type('enter');
      await screen.sees(/findings? selected/);
      screen.type('enter');
      await screen.sees('Question 1 of 2');
      screen.type('enter');
      await screen.sees('Question 2 of 2');
      screen.type('enter');
      await screen.sees('Reading current values');
      screen.type('enter');
      screen.type('fn-orders');
      screen.type('enter');
      link.heard = () => {};
      release();
      await screen.sees('Enter shows more');
      screen.type('esc');
      await screen.sees(/findings? selected/);
      screen.type('esc');
      await screen.sees(/❯ \(x\) Set access/);
      await readAgain(link, screen);
    }
    expect(await here.writes()).toEqual([]);
  },
);

test.each(TIMES)(
  'line prompts ignore yes and Enter before "Send this plan?", with answers within %i ms (cases: %i)',
  { timeout: 180_000 },
  async (latency, times) => {
    const here = await world({ latency });
    const link = await listening(here);
    const screen = wizard({ ...here, endpoint: link.endpoint }, ['--plain', ...REMOTE], { rows: 60 });
    const chosen = async (): Promise<void> => {
      await screen.sees(/which area\? Number(?:, or \? for the list)?\s*$/);
      screen.type('1', 'enter');
      await screen.sees(/What now\? Number\s*$/);
      screen.type('1', 'enter');
      await screen.sees(/\(Enter: .*\)\s*$/);
    };
    const asked = async (nth: number): Promise<number> => {
      await chosen();
      const { count } = during(link, nth, () => screen.type('y', 'enter', 'y', 'enter'));
      screen.type('enter');
      await screen.sees(/Send this plan\? \(y\/N\)\s*$/);
      return count();
    };
    const back = async (): Promise<void> => {
      screen.type('n', 'enter');
      await screen.sees(/Not approved\. Nothing was sent\.\n.* which area\? Number, or \? for the list\s*$/);
      screen.type('undo log', 'enter');
      await screen.sees(/The undo log is empty: no run has changed anything yet\.\n.* which area\? Number, or \? for the list\s*$/);
    };
    await asked(0);
    await back();
    const all = await asked(0);
    for (const nth of moments(all, times)) {
      link.heard = () => {};
      await back();
      expect(await asked(nth), 'keys were pressed').toBeGreaterThanOrEqual(nth);
    }
    expect(await here.writes()).toEqual([]);
  },
);

test('a replay ignores a yes that arrives before its question', async () => {
  const here = await world({ latency: 100 });
  const file = join(here.folder, 'given.yaml');
  await writeFile(file, 'version: 1\napps: { fn-orders: { steps: { remote-debugging: { decision: apply } } } }\n');
  const environment = { FUNC_HARDEN_ACCESS_TOKEN: here.accessToken, FUNC_HARDEN_ARM_ENDPOINT: here.endpoint, XDG_STATE_HOME: here.folder };
  const screen = terminal(['replay', file], { environment });
  screen.type('y', 'enter', 'y', 'enter');
  await screen.sees('Send this request?');
  screen.type('n', 'enter');
  expect(await screen.ended).toBe(1);
  expect(await here.writes()).toEqual([]);
});
