import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inside } from '../helpers/inside.ts';
import { ORDERS, world } from '../helpers/world.ts';

test('a comparison has improved and worse controls, and apps that are gone', async () => {
  const here = await world();
  const audit = (...more: string[]) => inside(here, ['audit', ...more]);
  const old = join(here.folder, 'old.json');
  const report = JSON.parse((await audit('--all', '--json')).stdout) as { apps: { id: string; name: string }[] };
  const ledger = report.apps.find(({ name }) => name === 'fn-ledger')!;
  const gone = { ...ledger, id: `${ledger.id}-2`, name: 'fn-ledger-2' };
  await writeFile(old, JSON.stringify({ ...report, apps: [...report.apps, gone] }));
  expect((await audit('--app', 'fn-orders', '--app', 'fn-ledger', '--compare', old)).stdout).toContain('no changes');
  await here.patch(`${ORDERS}/config/web`, { remoteDebuggingEnabled: false, minTlsVersion: '1.2' });
  await here.patch(ORDERS, { clientAffinityEnabled: true });
  const { stdout } = await audit('--all', '--compare', old, '--json');
  const { shifts } = (JSON.parse(stdout) as { comparison: { shifts: { trend: string; app: string; control: string }[] } }).comparison;
  const of = (trend: string) => shifts.filter((shift) => shift.trend === trend).map(({ app, control }) => `${app} ${control}`);
  expect(of('better')).toEqual(['fn-orders https.min-tls', 'fn-orders remote-debugging.off']);
  expect(of('worse')).toEqual([]);
  expect(new Set(of('gone').map((text) => text.split(' ')[0]))).toEqual(new Set(['fn-ledger-2']));
  const text = (await audit('--app', 'fn-orders', '--compare', old)).stdout;
  expect(text).toMatch(/better +fn-orders +https\.min-tls +fail to pass/);
});

test.each(['{}', 'nonsense', '[1]'])('%s is refused as an earlier report before anything is read', async (content) => {
  const here = await world();
  const old = join(here.folder, 'old.json');
  await writeFile(old, content);
  const { code, stderr } = await inside(here, ['audit', '--app', 'fn-orders', '--compare', old]);
  expect([code, stderr]).toEqual([64, expect.stringContaining('is not a report of "func-harden audit --json"')]);
  expect(await here.exchanges()).toEqual([]);
});
