/** Resource ids are parsed and built; text that only resembles an id is refused. */
import { expect, test } from 'vitest';
import { parseArmId, parseId, soundPath } from '../../src/azure/index.ts';
import type { Target } from '../../src/azure/index.ts';
import { parseSiteId } from '../../src/engine/fleet/targets.ts';
import { problemOfStart } from '../../src/engine/past/record-check.ts';
import { runStart } from '../helpers/journal.ts';

const SITE = '/subscriptions/s/resourceGroups/rg-ü (1)/providers/Microsoft.Web/sites/fn-orders';

test('an id is parsed into its parts', () => {
  expect(parseArmId(`${SITE}/config/web`)).toEqual({ id: `${SITE}/config/web`, subscription: 's', type: 'Microsoft.Web/sites/config' });
  expect(parseArmId(`${SITE}/providers/Microsoft.Authorization/locks/l`)).toMatchObject({ type: 'Microsoft.Authorization/locks' });
  expect(parseArmId('/providers/Microsoft.Authorization/policyDefinitions/p')).toMatchObject({ subscription: undefined });
});

/** Names that a URL, a person or a terminal would read as another name. */
const ODD = ['?', '#', '%2e%2e', '%6f', '%20', '\\', '/', '/..', '/.', '\t', '\n', '\u0000', '\u200b', '\u202e', '\u2028', '\u00a0', ' '];
const NAMES = ['', '.', '..', ...ODD.flatMap((odd) => [`fn-orders${odd}`, `x${odd}fn-orders`, `..${odd}fn-orders`])].filter(
  (name) => name !== 'x fn-orders' && name !== '.. fn-orders',
);

test.each(NAMES)('%j is refused as an app name', (name) => {
  const id = SITE.replace('fn-orders', name);
  expect(parseSiteId(id)).toBeUndefined();
  // A slash makes two names; if the result is a valid path, it is that path.
  if (!name.includes('/') && name !== 'fn-orders?') expect(soundPath(id)).toBeUndefined();
});

test('a valid path has the same meaning after it became a URL', () => {
  const path = `${SITE}/config/web?$filter=atScope()`;
  const url = new URL(soundPath(path) ?? '', 'https://management.azure.com');
  expect(decodeURIComponent(url.pathname)).toBe(`${SITE}/config/web`);
  expect(url.search).toBe('?$filter=atScope()');
  expect(soundPath('https://evil.example/x')).toBeUndefined();
  expect(soundPath('//evil.example/x')).toBeUndefined();
});

test.each(['rg-กลุ่ม', 'rg-e\u0301', 'rg_‿', '(rg)', '-rg', 'it’s', "it's [all] & more", 'rg-😀', '.rg', 'rg.'])(
  'an app in the group %j is changed only if the undo log accepts its id',
  (group) => {
    const id = SITE.replace('rg-ü (1)', group);
    const site = parseSiteId(id);
    expect(site === undefined, 'a dot at an end is not taken').toBe(group.startsWith('.') || group.endsWith('.'));
    const start = { ...runStart('r', { ...site, location: '', kind: '', tags: {} } as Target), work: [] };
    if (site) expect(problemOfStart(start)).toBeUndefined();
    expect(parseId(id) === undefined).toBe(site === undefined);
  },
);
