/** The first apps of a change are chosen from the values of their tags. */
import { expect, test } from 'vitest';
import { flowOf } from '../../src/hosts/tui/state/derived-state.ts';
import { world } from '../helpers/world.ts';
import { sortByName } from '../../src/engine/findings/batch.ts';
import type { Target } from '../../src/azure/index.ts';
import { pilot } from './helpers.ts';

test('apps with a tag are changed first; the others follow only if that succeeded', async () => {
  const here = await world({ scenario: 'fleet', apps: 6 });
  const sites = Object.values((await here.state()).sites);
  const first = sites.filter(({ tags }) => tags?.['env'] === 'test').map(({ name }) => name);
  await here.faults(
    first.flatMap((name) =>
      ['PATCH', 'PUT'].map((method) => ({
        method,
        path: `sites/${name}(\\?|/)`,
        times: 9,
        status: 409,
        body: { error: { code: 'Conflict', message: 'Not now.' } },
      })),
    ),
  );
  const wizard = await pilot(here, { columns: 120, rows: 40 });
  await wizard.until(({ searching }) => !searching);
  wizard.answer('shift-tab', 'f2');
  await wizard.until(({ findings }) => findings !== undefined && findings.read === findings.targets.length && findings.read === 6);
  wizard.answer('/', 'https', ' ', 'only', 'enter', 'a');
  await wizard.until(({ screen }) => screen.at === 'batch' && screen.isRead);
  wizard.answer('w');
  const choices = wizard.screen().filter((line) => / first|^. In waves|All apps/.test(line));
  expect(choices.join('\n')).toMatch(
    /env=prod first \(\d apps?\)[\s\S]*env=test first \(\d apps?\)[\s\S]*In waves by env: prod, then test/,
  );
  const at = wizard.screen().findIndex((line) => line.includes('env=test first'));
  const from = wizard.screen().findIndex((line) => line.includes('❯'));
  wizard.answer(...Array.from({ length: at - from }, () => 'down'), 'enter');
  expect(wizard.screen().join('\n')).toContain('Change first: env=test.');
  wizard.answer('y');
  await wizard.until((state) => flowOf(state)?.kind === 'done');
  const written = (await here.writes()).map(({ url }) => /sites\/([^/?]+)/.exec(url)?.[1]);
  expect(written.length).toBeGreaterThan(0);
  expect(written.filter((name) => name === undefined || !first.includes(name))).toEqual([]);
});

test('apps are listed and changed in the order of their names, however they were planned', async () => {
  const here = await world({ scenario: 'fleet', apps: 6 });
  const wizard = await pilot(here, { columns: 120, rows: 40 }, {}, (session) => ({
    ...session,
    async planBatch(work, { each, ...apps }) {
      const planned: Parameters<typeof each>[0][] = [];
      await session.planBatch(work, { ...apps, each: (app) => void planned.push(app) });
      planned.toSorted((a, b) => b.target.label.localeCompare(a.target.label)).forEach(each);
    },
  }));
  await wizard.until(({ searching }) => !searching);
  wizard.answer('shift-tab', 'f2');
  await wizard.until(({ findings }) => findings?.read === 6);
  wizard.answer('/', 'home', ' ', 'page', 'enter', 'a');
  await wizard.until(({ screen }) => screen.at === 'batch' && screen.isRead);
  wizard.answer('enter');
  const names = wizard.screen().flatMap((line) => /^ +\[\*?x?\] (fn-\S+)/.exec(line)?.[1] ?? []);
  expect(names.length).toBeGreaterThan(2);
  expect(names).toEqual(names.toSorted());
  wizard.answer('w', 'enter');
  expect(wizard.screen().join('\n')).toContain('Change first: 1 app.');
  wizard.answer('y');
  await wizard.until((state) => flowOf(state)?.kind === 'done');
  const written = (await here.writes()).map(({ url }) => /sites\/([^/?]+)/.exec(url)?.[1]);
  expect(written[0]).toBe(names[0]);
});

test('a question with different answers is asked for each app, and one app can get other answers afterward', async () => {
  const here = await world();
  const wizard = await pilot(here, { columns: 120, rows: 40 });
  await wizard.until(({ searching }) => !searching);
  wizard.answer('tab', 'down', 'tab', 'f2');
  await wizard.until(({ findings }) => findings !== undefined && findings.read === 2);
  wizard.answer('/', 'quota', 'enter', 'a');
  await wizard.until(({ screen }) => screen.at === 'campaign');
  expect(wizard.screen().join('\n')).toContain('Tab answer app by app');
  wizard.answer('tab');
  const asked = (): string => wizard.screen().join('\n');
  expect(asked()).toMatch(/app 1 of 2\. Question 1 of 1/);
  const [first, second] = ['11', '22'];
  wizard.answer('clear', first, 'enter');
  expect(asked()).toMatch(/app 2 of 2\. Question 1 of 1/);
  wizard.answer('escape');
  expect(asked(), 'going back loses nothing').toMatch(/app 1 of 2[\s\S]*11/);
  wizard.answer('enter', 'clear', second, 'enter');
  const planned = await wizard.until(({ screen }) => screen.at === 'batch' && screen.isRead);
  const quotas = (): string[] => {
    const { screen } = wizard.store.state();
    return screen.at === 'batch' && screen.work.kind === 'controls'
      ? Object.values(screen.work.own ?? {}).map((one) => JSON.stringify(one))
      : [];
  };
  expect(planned.screen.at === 'batch' && planned.screen.targets.length).toBe(2);
  expect(quotas().join()).toMatch(/11.*22/);
  // Each app is sent its own answer.
  const apps = planned.screen.at === 'batch' ? planned.screen.apps : [];
  const own = planned.screen.at === 'batch' && planned.screen.work.kind === 'controls' ? planned.screen.work.own : undefined;
  const changed = apps.flatMap((app) => ('plan' in app && app.plan.changes.length > 0 ? [app] : []));
  expect(changed.length).toBeGreaterThan(0);
  for (const { target, plan } of changed)
    expect(JSON.stringify(plan.changes.map(({ diff }) => diff))).toContain(String(Object.values(own?.[target.id] ?? {})[0]));
  wizard.answer('enter', 'down', 'e');
  expect(asked()).toMatch(/app 1 of 1/);
  wizard.answer('clear', '33', 'enter');
  await wizard.until(({ screen }) => screen.at === 'batch' && screen.isRead);
  expect(quotas().join()).toMatch(/33.*22|11.*33/);
});

test('the undo of one change on many apps names the change once, and counts the restarts of all apps', async () => {
  const here = await world({ scenario: 'fleet', apps: 40 });
  const wizard = await pilot(here, { columns: 120, rows: 40 });
  await wizard.until(({ searching }) => !searching);
  wizard.answer('shift-tab', 'f2');
  await wizard.until(({ findings }) => findings?.read === 40);
  wizard.answer('/', 'https', ' ', 'only', 'enter', 'a');
  await wizard.until(({ screen }) => screen.at === 'batch' && screen.isRead);
  wizard.answer('y');
  await wizard.until((state) => flowOf(state)?.kind === 'done');
  wizard.answer('b');
  await wizard.until((state) => flowOf(state)?.kind === 'preview');
  const screen = wizard.screen().join('\n');
  const [, apps] = /(\d+) apps: fn-\d+(?:, fn-\d+){4} and \d+ more\n/.exec(screen) ?? [];
  expect(Number(apps)).toBeGreaterThan(10);
  expect(screen.match(/httpsOnly/g)).toHaveLength(1);
  expect(screen).toMatch(/~ sites\/\* +api-version=/);
  expect(screen).toContain(`(!) ${apps} restarts on ${apps} apps.`);
});

test('the cursor stays on its app while other apps are planned', async () => {
  const here = await world({ scenario: 'fleet', apps: 6 });
  const release: (() => void)[] = [];
  const wizard = await pilot(here, { columns: 120, rows: 40 }, {}, (session) => ({
    ...session,
    async planBatch(work, { each, ...apps }) {
      const planned: Parameters<typeof each>[0][] = [];
      await session.planBatch(work, { ...apps, each: (app) => void planned.push(app) });
      const ordered = planned.toSorted((a, b) => b.target.label.localeCompare(a.target.label));
      const shown = (some: typeof ordered, isRead: boolean) => wizard.store.dispatch({ type: 'batched', work, apps: some, isRead });
      shown(ordered.slice(0, 3), false);
      await new Promise<void>((resolve) => release.push(resolve));
      shown(ordered.slice(3), false);
      ordered.forEach(each);
    },
  }));
  await wizard.until(({ searching }) => !searching);
  wizard.answer('shift-tab', 'f2');
  await wizard.until(({ findings }) => findings?.read === 6);
  wizard.answer('/', 'home', ' ', 'page', 'enter', 'a');
  await wizard.until(({ screen }) => screen.at === 'batch' && screen.apps.length === 3);
  wizard.answer('enter', 'down', 'down');
  const marked = () =>
    wizard
      .screen()
      .find((line) => line.startsWith('❯'))
      ?.trim();
  const before = marked();
  expect(before).toMatch(/fn-/);
  release[0]?.();
  await wizard.until(({ screen }) => screen.at === 'batch' && screen.isRead);
  expect(marked()).toBe(before);
});

test('apps with the same name, and names with capitals, have the order of the other lists', () => {
  const app = (label: string, group: string) => ({ target: { label, id: `/${group}/${label}` } as Target, why: '' });
  const [b, a, other, capital] = [app('fn-b', 'g'), app('fn-a', 'g2'), app('fn-a', 'g1'), app('Fn-ab', 'g')];
  expect(sortByName([b, a, other, capital])).toEqual([other, a, capital, b]);
});
