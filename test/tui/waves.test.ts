/** Which apps of one change go first is chosen from what their tags offer. */
import { expect, test } from 'vitest';
import { flowOf } from '../../src/hosts/tui/derived-state.ts';
import { world } from '../helpers/world.ts';
import { pilot } from './helpers.ts';

test('apps with a tag go first; the others follow only if that went well', async () => {
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
  expect(wizard.screen().join('\n')).toContain('Canary: env=test first.');
  wizard.answer('y');
  await wizard.until((state) => flowOf(state)?.kind === 'done');
  const written = (await here.writes()).map(({ url }) => /sites\/([^/?]+)/.exec(url)?.[1]);
  expect(written.length).toBeGreaterThan(0);
  expect(written.filter((name) => name === undefined || !first.includes(name))).toEqual([]);
});
