/** Line prompts: the list of findings, and the fix of one of them in several apps. */
import { expect, test } from 'vitest';
import { linePilot } from '../helpers/line-pilot.ts';
import { world } from '../helpers/world.ts';

const APP = /Which function app\? Number(?:, or \? for the list)? $/;
const APPS = /Which function apps\?.*\(Enter: .*\) $/;
const FINDING = /Which finding\? Number(?:, or \? for the list)? $/;
const NOW = /What now\? Number $/;
const SEND = /Send this plan\? \(y\/N\) $/;

const appsIn = (writes: readonly { readonly url: string }[]): string[] =>
  [...new Set(writes.flatMap(({ url }) => /sites\/([^/?]+)/.exec(url)?.[1] ?? []))].toSorted();

test('line prompts: a finding is selected by its number and fixed in all apps that have it, in one run', async () => {
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
  await lines.answer(/2 changes in 2 requests on 2 apps, 2 restarts[\s\S]*Order\? Number \(Enter: 1, .*\) $/, '');
  await lines.answer(SEND, 'y');
  expect(await lines.answer(FINDING, 'clear')).toMatch(/APPLIED: 2 applied, 2 verified[\s\S]*0 of \d+ controls match "https only"/);
  await lines.answer(FINDING, 'back');
  await lines.answer(APP, 'leave');
  expect((await lines.ended).exitCode).toBe(0);
  expect(appsIn(await here.writes())).toEqual(['fn-events', 'fn-orders']);
});

test('line prompts: questions are asked for each app if the answers differ, and a lock-out in several apps requires their number', async () => {
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
    await lines.answer(new RegExp(`App \\d of 2: ${app}[\\s\\S]*Default action.*Number \\(Enter: 1, .*\\) $`), '');
  await lines.answer(/Order\? Number \(Enter: 1, .*\) $/, '');
  await lines.answer(/lock people out of 2 apps.*Type 2 apps to apply.*: $/, '2 apps');
  expect(await lines.answer(FINDING, 'back')).toContain('APPLIED: 2 applied');
  await lines.answer(APP, 'leave');
  await lines.ended;
  expect(appsIn(await here.writes())).toEqual(['fn-events', 'fn-orders']);
});

test('line prompts: changes and apps of a plan can be left out before approval, repeatedly', async () => {
  const here = await world();
  const lines = await linePilot(here);
  await lines.answer(APP, 'apply all safe');
  await lines.answer(APPS, '1 2 3');
  await lines.answer(/Order\? Number \(Enter: 1, .*\) $/, '');
  await lines.answer(/To exclude changes or apps, type s\.[\s\S]*Send this plan\? \(y\/N\) $/, 's');
  const changes = await lines.answer(/Select the changes that must not be sent\..*\(Enter: .*\) $/, '3');
  expect(changes).toMatch(/ 3\. Managed identity \(Managed identities\): identity\.type "None" becomes .*; 3 apps, safe\n/);
  await lines.answer(/Select the apps that must not be changed\..*\(Enter: .*\) $/, '1 2');
  await lines.answer(SEND, 's');
  const again = await lines.answer(/Select the changes that must not be sent\..*\(Enter: .*\) $/, '');
  expect(again).not.toMatch(/Order\?/);
  expect(again).toMatch(/ 3\. Managed identity.*; 3 apps, safe, selected\n/);
  await lines.answer(/Select the apps that must not be changed\..*\(Enter: .*\) $/, '1');
  const plan = await lines.answer(/Order\? Number \(Enter: 1, .*\) $/, '');
  expect(plan).not.toContain('identity.type');
  await lines.answer(SEND, 'y');
  expect(await lines.answer(APP, 'leave')).toContain('APPLIED');
  await lines.ended;
  const writes = await here.writes();
  expect(writes.length).toBeGreaterThan(0);
  expect(JSON.stringify(writes)).not.toMatch(/fn-billing|SystemAssigned/);
});

test('line prompts: fixes that restart apps are a separate choice, with the number of restarts', async () => {
  const here = await world();
  const lines = await linePilot(here, { app: ['fn-orders'] });
  // The first letters of the safe fixes never choose those that restart apps.
  await lines.answer(/which area\? Number(?:, or \? for the list)? $/, 'apply safe');
  await lines.answer(/a part of a name, or [\s\S]*which area\? Number $/, 'apply disruptive');
  const plan = await lines.answer(SEND, 'n');
  expect(plan).toMatch(/: 1 app, disruptive, 1 restart/);
  expect(plan).toMatch(/Plan: \d+ changes in \d+ requests on 1 app, \d+ restarts/);
  await lines.answer(/Not approved[\s\S]*which area\? Number(?:, or \? for the list)? $/, 'leave');
  await lines.ended;
  expect(await here.writes()).toEqual([]);
});

test('line prompts: a control that only people can change says so, and no fix is offered', async () => {
  const here = await world();
  const lines = await linePilot(here, { app: ['fn-orders'] });
  await lines.answer(/which area\? Number(?:, or \? for the list)? $/, 'list the findings');
  await lines.answer(FINDING, 'filter');
  await lines.answer(/Text.*: $/, 'anonymous functions');
  await lines.answer(FINDING, '1');
  expect(await lines.answer(FINDING, 'back')).toMatch(/func-harden cannot change this control\. Documentation: https:/);
  await lines.answer(/which area\? Number(?:, or \? for the list)? $/, 'leave');
  await lines.ended;
  expect(await here.writes()).toEqual([]);
});

test('line prompts: a long list of apps is not read out; apps are selected by a part of their name or by a tag', async () => {
  const here = await world({ scenario: 'fleet', apps: 24 });
  const lines = await linePilot(here);
  const first = await lines.answer(/24 function apps\. What now\? Number $/, 'list the findings');
  expect(first).not.toContain('fn-00001');
  await lines.answer(/Which of the 24 function apps\? Enter for all: $/, 'nothing like it');
  await lines.answer(/No app matches\.[\s\S]*: $/, 'env=test');
  expect(await lines.answer(FINDING, 'back')).toMatch(/\n\d+ apps: fn-0[\s\S]*findings in \d+ apps/);
  await lines.answer(/What now\? Number, or \? for the list $/, 'open one app');
  await lines.answer(/list all: $/, '00003');
  await lines.answer(APP, 'fn-00003');
  await lines.answer(/fn-00003: which area\? Number(?:, or \? for the list)? $/, 'leave');
  await lines.ended;
});

test('line prompts: the undo log shows time and areas of a run first, and lists many changed values only on request', async () => {
  const here = await world();
  const lines = await linePilot(here, { app: ['fn-orders'] });
  await lines.answer(/which area\? Number $/, 'apply all safe');
  await lines.answer(SEND, 'y');
  await lines.answer(/APPLIED[\s\S]*which area\? Number, or \? for the list $/, 'undo log');
  expect(await lines.answer(/Which run\? Number $/, '1')).toMatch(
    / 1\. just now, .* and \d more areas, 1 app: fn-orders, applied, 6 changes: \d{8}T/,
  );
  const asked = await lines.answer(NOW, 'list the values');
  expect(asked).toMatch(/ \d\. list the values of all 6 changes\n/);
  expect(asked).not.toContain('written');
  expect(await lines.answer(NOW, 'undo the whole')).toMatch(/before +false\n +written +true/);
  await lines.answer(SEND, '');
  await lines.answer(/Not approved[\s\S]*which area\? Number, or \? for the list $/, 'leave');
  await lines.ended;
});

test('line prompts: Esc goes back from each question, says so, and keeps the lists', async () => {
  const here = await world();
  const lines = await linePilot(here);
  const esc = '\u001B';
  await lines.escape(APP);
  await lines.answer(/To leave, type leave\.\n\? Which function app\? Number, or \? for the list $/, 'fn-orders');
  await lines.answer(/which area\? Number $/, 'https');
  await lines.answer(NOW, 'fix');
  await lines.answer(/Which controls\?.*\) $/, 'minimum tls version');
  await lines.escape(/Question 1 of 1[\s\S]*Number \(Enter: 1, 1\.2\) $/);
  await lines.escape(/Back\.\n\? fn-orders: which area\? Number, or \? for the list $/);
  expect(await lines.answer(/Which function app\? Number, or \? for the list $/, 'leave')).not.toContain(esc);
  await lines.ended;
  expect(await here.writes()).toEqual([]);
});

test('line prompts: each question has its number and the total', async () => {
  const here = await world();
  const lines = await linePilot(here, { app: ['fn-orders'] });
  await lines.answer(/which area\? Number $/, 'https');
  await lines.answer(NOW, 'fix');
  await lines.answer(/Which controls\?.*\) $/, 'minimum tls version (scm, https only');
  await lines.answer(/\nQuestion 1 of 1\n[\s\S]*SCM site Number \(Enter: 1, 1\.2\) $/, '');
  await lines.answer(SEND, '');
  await lines.answer(/which area\?.*list $/, 'https');
  await lines.answer(NOW, 'fix');
  await lines.answer(/Which controls\?.*\) $/, '');
  await lines.answer(/\nQuestion 1 of 2\n[\s\S]*Number \(Enter: 1, 1\.2\) $/, '1.3');
  await lines.answer(/\nQuestion 2 of 2\n[\s\S]*Number \(Enter: 1, 1\.2\) $/, '');
  const plan = await lines.answer(SEND, '');
  expect(plan).toContain('minTlsVersion "1.0" becomes "1.3"');
  expect(plan).not.toContain('Question');
  await lines.answer(/which area\?.*list $/, 'leave');
  await lines.ended;
});

test('line prompts: of many changes the successful ones are counted, and a failing one is reported in full', async () => {
  const here = await world({ scenario: 'fleet', apps: 40 });
  const refused = { status: 409, body: { error: { code: 'Conflict', message: 'Not now.' } } };
  const lines = await linePilot(here);
  await lines.answer(/What now\? Number $/, 'list the findings');
  await lines.answer(/Enter for all: $/, '');
  await lines.answer(FINDING, 'filter');
  await lines.answer(/Text.*: $/, 'https only');
  await lines.answer(FINDING, '1');
  const [, app = ''] = /\n(fn-\d+), .*: current value/.exec(await lines.answer(NOW, 'fix this in all')) ?? [];
  await here.faults(['PATCH', 'PUT'].map((method) => ({ method, path: `sites/${app}(\\?|/)`, times: 9, ...refused })));
  await lines.answer(/Order\? Number \(Enter: 1, .*\) $/, '');
  await lines.answer(SEND, 'y');
  const said = await lines.answer(/changes are still applied\. Number $/, 'keep');
  expect(said).toMatch(/\n\d+ of \d+ changes applied and verified\.\n/);
  expect(said).toMatch(new RegExp(`failed: ${app} site: httpsOnly\\n[\\s\\S]*Not now`));
  expect(said.match(/ {3}verified/g)).toBeNull();
  await lines.answer(FINDING, 'back');
  await lines.answer(/What now\? Number.* $/, 'leave');
  await lines.ended;
});

test('line prompts: a value that another app of the run has set already is counted too', async () => {
  // All apps of the scenario share one storage account.
  const here = await world({ scenario: 'fleet', apps: 24 });
  const lines = await linePilot(here);
  await lines.answer(/What now\? Number $/, 'apply all safe');
  await lines.answer(/Enter for all: $/, '');
  await lines.answer(/Order\? Number \(Enter: 1, .*\) $/, '');
  await lines.answer(SEND, 'y');
  const said = await lines.answer(/What now\? Number.* $/, 'leave');
  expect(said).toMatch(/\n\d+ of \d+ changes applied and verified, \d+ already had these values\.\n/);
  expect(said).not.toContain('already has these values');
  await lines.ended;
});

test('line prompts: an app that cannot be read is unknown, and another app can be selected', async () => {
  const here = await world();
  const lines = await linePilot(here);
  await here.faults([
    {
      method: 'GET',
      path: 'sites/fn-orders',
      times: 500,
      status: 401,
      body: { error: { code: 'ExpiredAuthenticationToken', message: 'Expired.' } },
    },
  ]);
  await lines.answer(APP, 'fn-orders');
  expect(await lines.answer(/which area\? Number $/, 'different app')).toMatch(/\nfn-orders: \d+ unknown, \d+ not attested\n/);
  await lines.answer(/Which function app\? Number, or \? for the list $/, 'fn-ledger');
  await lines.answer(/fn-ledger: which area\? Number $/, 'leave');
  expect((await lines.ended).exitCode).toBe(0);
});

test('line prompts: a skipped area, no control, a queue without effect and a question for names are each reported', async () => {
  const here = await world();
  const lines = await linePilot(here, { app: ['fn-orders'] });
  const AREA = /which area\? Number(?:, or \? for the list)? $/;
  await lines.answer(AREA, 'https');
  await lines.answer(NOW, 'skip');
  expect(await lines.answer(AREA, 'https')).toMatch(/Skipped\.[\s\S]*Changed:\n +3\. Require HTTPS: .*, skipped\n/);
  await lines.answer(NOW, 'fix');
  await lines.answer(/Which controls\?.*\) $/, 'none');
  expect(await lines.answer(AREA, 'user management')).toContain('No control is selected.\n?');
  await lines.answer(NOW, 'queue');
  await lines.answer(/Which controls\?.*\) $/, '');
  await lines.answer(/Which direct assignments.*\(Enter: none\) $/, '');
  await lines.answer(/More names .*: $/, '');
  expect(await lines.answer(AREA, 'authentication')).toContain('Nothing is queued.\n?');
  await lines.answer(NOW, 'fix');
  await lines.answer(/Which controls\?.*\) $/, '');
  await lines.answer(/client\) id.*: $/, '11111111-2222-3333-4444-555555555555');
  await lines.answer(/Issuer.*: $/, 'https://login.microsoftonline.com/72f0c1de-5a4b-4c3d-9e21-7b6a5f4e3d2c/v2.0');
  await lines.answer(/client secret: $/, '');
  await lines.escape(/\? Which token audiences are allowed\? \(names, separate them with spaces; Enter for none\): $/);
  await lines.answer(AREA, 'leave');
  await lines.ended;
});

test('line prompts: the list of apps says which apps have queued changes, until a run applies them', async () => {
  const here = await world();
  const lines = await linePilot(here);
  const AREA = /which area\? Number(?:, or \? for the list)? $/;
  await lines.answer(APP, 'fn-orders');
  await lines.answer(AREA, 'usage quotas');
  await lines.answer(NOW, 'queue');
  await lines.answer(/Which controls\?.*\) $/, '');
  await lines.answer(/Daily quota.*: $/, '13000');
  await lines.answer(AREA, 'different app');
  expect(await lines.answer(APP, 'fn-orders')).toMatch(/Changed:\n +1\. fn-orders, resource group rg-shop, 1 queued\n/);
  await lines.answer(AREA, 'apply the queue');
  await lines.answer(SEND, 'y');
  await lines.answer(AREA, 'different app');
  expect(await lines.answer(APP, 'leave')).toMatch(/Changed:\n +1\. fn-orders, resource group rg-shop\n/);
  await lines.ended;
});

test('line prompts: before the choices for a long list of apps, those with queued changes are named', async () => {
  const here = await world({ scenario: 'fleet', apps: 24 });
  const lines = await linePilot(here);
  const AREA = /which area\? Number(?:, or \? for the list)? $/;
  const MANY = /24 function apps\. What now\? Number(?:, or \? for the list)? $/;
  await lines.answer(MANY, 'open one');
  await lines.answer(/Type a part of its name.*: $/, '001');
  await lines.answer(APP, '1');
  await lines.answer(AREA, 'managed identities');
  await lines.answer(NOW, 'queue');
  await lines.answer(/Which controls\?.*\) $/, '');
  await lines.answer(AREA, 'different app');
  expect(await lines.answer(MANY, 'leave')).toMatch(/Apps with queued changes: fn-\S+\n/);
  await lines.ended;
});
