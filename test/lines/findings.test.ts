/** Line prompts: the list of findings, and the fix of one of them in several apps. */
import { expect, test } from 'vitest';
import { linePilot } from '../helpers/line-pilot.ts';
import { world } from '../helpers/world.ts';

const APP = /Which function app\? Number $/;
const APPS = /Which function apps\?.*marked \* $/;
const FINDING = /Which finding\? Number $/;
const NOW = /What now\? Number $/;
const SEND = /Send this plan\? \(y\/N\) $/;

const appsIn = (writes: readonly { readonly url: string }[]): string[] =>
  [...new Set(writes.flatMap(({ url }) => /sites\/([^/?]+)/.exec(url)?.[1] ?? []))].toSorted();

test('a finding is chosen by its number and fixed in all apps that have it, in one run', async () => {
  const here = await world();
  const lines = await linePilot(here);
  await lines.answer(APP, 'list the findings');
  await lines.answer(APPS, '');
  const list = await lines.answer(FINDING, 'filter');
  expect(list).toMatch(/\d+ findings in 6 apps: \d+ high/);
  expect(list).toMatch(/ 2\. high, disruptive, HTTPS only \(Require HTTPS\): 2 apps\n/);
  expect(list).toMatch(/21\. more findings \(\d+\)/);
  await lines.answer(/Text.*: $/, 'https only');
  expect(await lines.answer(FINDING, '1')).toMatch(/1 of \d+ controls match/);
  expect(await lines.answer(NOW, 'fix this in all')).toContain('fn-events, fn-orders: current value: off; desired value: on');
  await lines.answer(/2 changes in 2 requests on 2 apps, 2 restarts[\s\S]*Order\? Number \(1\) $/, '');
  await lines.answer(SEND, 'y');
  expect(await lines.answer(FINDING, 'clear')).toMatch(/APPLIED: 2 applied, 2 verified[\s\S]*0 of \d+ controls match "https only"/);
  await lines.answer(FINDING, 'back');
  await lines.answer(APP, 'leave');
  expect((await lines.ended).exitCode).toBe(0);
  expect(appsIn(await here.writes())).toEqual(['fn-events', 'fn-orders']);
});

test('questions are asked app by app where the answers differ, and a lock-out in several apps wants their number', async () => {
  const here = await world();
  const lines = await linePilot(here);
  await lines.answer(APP, 'list the findings');
  await lines.answer(APPS, '1 3');
  await lines.answer(FINDING, 'filter');
  await lines.answer(/Text.*: $/, 'default action (scm');
  await lines.answer(FINDING, '1');
  await lines.answer(NOW, 'fix this in all');
  await lines.answer(/How do you want to answer\? Number $/, 'app by app');
  for (const app of ['fn-events', 'fn-orders'])
    await lines.answer(new RegExp(`App \\d of 2: ${app}[\\s\\S]*Default action.*Number \\(1\\) $`), '');
  await lines.answer(/Order\? Number \(1\) $/, '');
  await lines.answer(/lock people out of 2 apps.*Type 2 apps to apply.*: $/, '2 apps');
  expect(await lines.answer(FINDING, 'back')).toContain('APPLIED: 2 applied');
  await lines.answer(APP, 'leave');
  await lines.ended;
  expect(appsIn(await here.writes())).toEqual(['fn-events', 'fn-orders']);
});

test('a control that only people can change says so, and nothing is offered', async () => {
  const here = await world();
  const lines = await linePilot(here, { app: ['fn-orders'] });
  await lines.answer(/which area\? Number $/, 'list the findings');
  await lines.answer(FINDING, 'filter');
  await lines.answer(/Text.*: $/, 'anonymous functions');
  await lines.answer(FINDING, '1');
  expect(await lines.answer(FINDING, 'back')).toMatch(/func-harden cannot change this control\. Documentation: https:/);
  await lines.answer(/which area\? Number $/, 'leave');
  await lines.ended;
  expect(await here.writes()).toEqual([]);
});
