/** The list of findings in the wizard, and one change over many apps: the screens, and the number of keys. */
import { expect, test } from 'vitest';
import { scenario } from '../../src/emulator/samples/seeds.ts';
import type { WizardState } from '../../src/hosts/tui/state/state.ts';
import { flowOf } from '../../src/hosts/tui/state/derived-state.ts';
import { cloud } from '../helpers/in-process.ts';
import { ORDERS, temporaryFolder, world } from '../helpers/world.ts';
import { pilot, type Pilot } from './helpers.ts';
import { expectGrowthBelow } from '../helpers/growth.ts';

const found = (state: WizardState) => !state.searching;
const at = (screen: WizardState['screen']['at']) => (state: WizardState) => state.screen.at === screen;
const planned = (state: WizardState) => state.screen.at === 'batch' && state.screen.isRead;
const done = (state: WizardState) => flowOf(state)?.kind === 'done';
const read = ({ findings }: WizardState) => findings !== undefined && findings.read + findings.failed === findings.targets.length;
const pointed = (wizard: Pilot): string => wizard.screen().find((line) => line.startsWith('❯ '))!;

function counted(wizard: Pilot): { keys: () => number; press: (...keys: string[]) => void } {
  let keys = 0;
  return {
    keys: () => keys,
    press(...all) {
      keys += all.length;
      wizard.answer(...all);
    },
  };
}

test('a list of findings says how many controls are unknown, and no wait is shown after the last app', async () => {
  const here = await world();
  await here.faults([{ method: 'GET', path: 'fn-orders/config/web', times: 999, status: 403 }]);
  const wizard = await pilot(here, { columns: 120, rows: 30 });
  await wizard.until(found);
  wizard.answer('f2');
  wizard.store.dispatch({ type: 'saved', notice: 'Azure had a server error; waiting 2 s, until 12:00:00' });
  expect(wizard.screen().join('\n')).toContain('waiting 2 s');
  await wizard.until(read);
  expect(wizard.screen()[0]).toMatch(/^\d+ findings in 6 apps {3}\d+ controls unknown {3}sorted by severity$/);
  expect(wizard.screen().join('\n')).not.toContain('waiting 2 s');
});

test('findings are one line each, the worst first; sorted, filtered, searched; Enter leads to its area and Esc back', async () => {
  const wizard = await pilot(await world(), { columns: 120, rows: 30 });
  await wizard.until(found);
  wizard.answer('f2');
  await wizard.until(read);
  expect(wizard.screen()[0]).toMatch(/^\d+ findings in 6 apps +sorted by severity$/);
  expect(wizard.screen()[1]).toMatch(/SEVERITY +RISK +CONTROL +APP +CURRENT VALUE/);
  expect(pointed(wizard)).toMatch(/❯ high +disruptive +\S.* fn-\w+ +\S/);
  wizard.answer('s');
  expect(wizard.screen()[0]).toContain('sorted by risk');
  expect(pointed(wizard)).toMatch(/ safe /);
  wizard.answer('s', 's', 's', 's');
  expect(wizard.screen().join('\n')).toMatch(/sorted by subscription[\s\S]*\nSubscription: Contoso Production\n/);
  wizard.answer('s');
  expect(wizard.screen()[0]).toContain('sorted by owner tag');
  expect(wizard.screen().join('\n')).toMatch(/\nOwner: \S+/);
  wizard.answer('s');
  expect(wizard.screen().join('\n')).toMatch(/sorted by tags[\s\S]*\nTags: /);
  wizard.answer('s', 's');
  wizard.answer('e', 'e', 'r', 'r', 'r', 'r');
  expect(pointed(wizard)).toMatch(/❯ medium +by hand/);
  // Keys without effect are not offered, and say so if they are pressed all the same.
  // The fixes of all safe findings would not stop at the filter.
  expect(wizard.screen().at(-1)).toMatch(/^Enter open {3}o documentation {3}\/ filter/);
  wizard.answer('x');
  expect(wizard.screen().join('\n')).toMatch(/func-harden cannot change this control/);
  wizard.answer('escape', '/', 'remote', ' ', 'orders', 'enter');
  expect(wizard.screen()[0]).toMatch(/^\d of \d+ findings/);
  expect(pointed(wizard)).toMatch(/Remote debugging .* fn-orders +on$/);
  wizard.answer('enter');
  const state = await wizard.until(at('area'));
  expect([state.open?.target.label, state.screen.at === 'area' && state.screen.step]).toEqual(['fn-orders', 'remote-debugging']);
  wizard.answer('escape');
  await wizard.until(at('findings'));
  expect(pointed(wizard)).toMatch(/Remote debugging/);
});

test('apps that are read later are added to the list of findings, and reading one app again stops no other reading', async () => {
  let goOn = () => {};
  const others = new Promise<void>((resolve) => (goOn = resolve));
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  const wizard = await pilot(await world(), { columns: 120 }, {}, (session) => ({
    ...session,
    async *apps() {
      let isFirst = true;
      for await (const target of session.apps()) {
        yield target;
        if (isFirst) await others;
        isFirst = false;
      }
    },
    async survey(target) {
      if (target.label !== wizard.store.state().apps[0]?.label) await held;
      return session.survey(target);
    },
  }));
  await wizard.until(({ apps }) => apps.length === 1);
  wizard.answer('f2');
  await wizard.until(read);
  expect(wizard.screen()[0]).toMatch(/ 1 of 1 app read, more are being found…/);
  wizard.answer('down', 'down');
  const control = /(HTTPS only|Minimum TLS version)/.exec(pointed(wizard))?.[0] ?? 'no other control is so bad';
  goOn();
  await wizard.until((state) => found(state) && state.findings?.targets.length === 6);
  expect(wizard.screen()[0]).toMatch(/ 1 of 6 apps read…/);
  wizard.answer('enter');
  await wizard.until(at('area'));
  wizard.answer('escape');
  await wizard.until(at('findings'));
  release();
  await wizard.until(read);
  expect(wizard.screen()[0]).toMatch(/findings in 6 apps/);
  expect(pointed(wizard), 'the cursor stays on its finding').toMatch(new RegExp(`${control} .*fn-orders`));
});

test('f plans all apps of the list, also those that are not read yet', async () => {
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  let first: string | undefined;
  const wizard = await pilot(await world(), { columns: 120 }, {}, (session) => ({
    ...session,
    async survey(target) {
      first ??= target.label;
      if (target.label !== first) await held;
      return session.survey(target);
    },
  }));
  await wizard.until(found);
  wizard.answer('f2');
  await wizard.until(({ findings }) => findings?.read === 1);
  wizard.answer('f');
  await wizard.until(at('batch'));
  expect(wizard.screen()[0]).toBe('All safe fixes   6 apps');
  release();
});

test('o shows both addresses in full, c and C copy only after the key, . opens the last run', async () => {
  const here = await world();
  const copied: string[] = [];
  const wizard = await pilot(here, { columns: 60, rows: 30 }, {}, undefined, (text) => copied.push(text));
  await wizard.until(found);
  wizard.answer('f2');
  await wizard.until(read);
  wizard.answer('/', 'remote', 'enter', 'o');
  const text = wizard.screen().join('');
  expect(text).toContain(`https://portal.azure.com/#@${here.tenantId}/resource${ORDERS}`);
  expect(text).toMatch(/Microsoft Learn: ?https:\/\/learn\.microsoft\.com\//);
  // At each width, an address that fits into a line is not broken.
  for (let columns = 60; columns < 130; columns++) {
    wizard.store.dispatch({ type: 'resize', columns, rows: 30 });
    const { links = [] } = wizard.store.state();
    expect(links).toHaveLength(2);
    const whole = links.filter(({ address }) => address.length <= columns).map(({ address }) => address);
    expect(whole.filter((address) => !wizard.screen().some((line) => line.includes(address)))).toEqual([]);
  }
  expect(copied).toEqual([]);
  wizard.answer('c', 'C');
  expect(copied).toEqual(['on', expect.stringContaining('/sites/fn-orders')]);
  wizard.answer('.');
  await wizard.until(({ notice }) => notice === 'The undo log is empty: no run has changed anything yet.');
  wizard.answer('x');
  await wizard.until(planned);
  wizard.answer('y');
  await wizard.until(done);
  wizard.answer('enter');
  await wizard.until(at('findings'));
  wizard.answer('.');
  await wizard.until(({ screen }) => screen.at === 'run' && screen.rows !== undefined);
  expect(wizard.screen().join('\n')).toContain('fn-orders');
});

test('one finding is fixed with at most 8 keys', async () => {
  const here = await world();
  const wizard = await pilot(here);
  const { keys, press } = counted(wizard);
  await wizard.until(found);
  press('f2');
  await wizard.until(read);
  // In 80 columns, what tells findings apart is whole, and values are cut first.
  expect(wizard.screen().join('\n')).toMatch(/ Basic authentication \(SCM site\) +fn-\w+ +on\n/);
  press('/', 'r', 'e', 'm', 'enter');
  expect(pointed(wizard)).toMatch(/Remote debugging .*fn-orders/);
  // The filter has a cursor only while it takes keys.
  expect(wizard.screen()).toContain('Filter rem');
  press('x');
  await wizard.until(planned);
  // The change has no room in its row, and is shown before it is approved all the same.
  expect(wizard.screen()).toContain('Change: remoteDebuggingEnabled true → false');
  press('y');
  await wizard.until(done);
  expect(keys()).toBe(8);
  const writes = await here.writes();
  expect(writes.map(({ requestBody }) => requestBody)).toEqual([{ properties: { remoteDebuggingEnabled: false } }]);
});

test('one control over 300 apps takes at most 10 keys and the answers', { timeout: 120_000 }, async () => {
  const here = cloud(scenario({ scenario: 'fleet', apps: 300, subscriptions: 3 }), await temporaryFolder());
  const wizard = await pilot(here, { columns: 100, rows: 30 });
  const { keys, press } = counted(wizard);
  await wizard.until(found);
  press('f2');
  await patient(wizard, read);
  press('/', 'h', 't', 't', 'p', 's', 'enter');
  expect(pointed(wizard)).toMatch(/HTTPS only/);
  press('a');
  await patient(wizard, planned);
  expect(wizard.screen()[1]).toMatch(/^107 ready, 193 with no changes$/);
  expect(wizard.screen().filter((line) => line.includes('HTTPS only ('))).toHaveLength(2);
  press('y');
  const state = await patient(wizard, done);
  expect(keys()).toBeLessThanOrEqual(10);
  const flow = flowOf(state);
  expect(flow?.kind === 'done' && [flow.summary.failed, flow.summary.applied > 50, flow.lines.length < 10]).toEqual([0, true, true]);
  const { stdout } = await here.command('audit', '--all', '--step', 'https', '--format', 'csv');
  expect(stdout.split('\r\n').filter((row) => row.includes(',https.https-only,') && row.includes(',fail,'))).toEqual([]);
});

test('answers are asked once; a lock-out requires the typed number of apps', async () => {
  const here = await world();
  const wizard = await pilot(here, { columns: 100, rows: 40 });
  await wizard.until(found);
  wizard.answer('f2');
  await wizard.until(read);
  wizard.answer('/', 'scm', ' ', 'rules', 'enter');
  for (let row = 0; row < 20 && !/ Rules \(Secure the scm/.test(pointed(wizard)); row++) wizard.answer('down');
  expect(pointed(wizard)).toMatch(/lock-out +Access rules \(SCM site\)/);
  wizard.answer('a');
  await wizard.until(at('campaign'));
  expect(wizard.screen()[1]).toMatch(/^Question 1 of \d\. The answer applies to all apps\.$/);
  for (let asked = 0; asked < 5 && wizard.store.state().screen.at === 'campaign'; asked++) {
    const { screen } = wizard.store.state();
    if (screen.at === 'campaign' && screen.widget.kind === 'list') {
      wizard.paste('100 Allow 203.0.113.0/24 office');
      wizard.answer('enter');
    }
    wizard.answer('enter');
  }
  await wizard.until(planned);
  const text = wizard.screen().join('\n');
  const [, number] = /can lock people out of (\d+ apps)/.exec(text)!;
  wizard.answer('y');
  expect(wizard.screen().join('\n')).toContain(`Type ${number} to apply the changes`);
  wizard.answer('y', 'enter');
  expect(await here.writes()).toEqual([]);
  wizard.answer('clear', number!, 'enter');
  await wizard.until(done);
  expect((await here.writes()).length).toBeGreaterThan(1);
});

test('w changes some apps first; if one of them fails the others stay, and r retries the failed apps', async () => {
  const here = await world();
  await here.faults([
    { method: 'PATCH', path: 'sites/fn-events(\\?|/)', times: 1, status: 409, body: { error: { code: 'Conflict', message: 'Not now.' } } },
    { method: 'PUT', path: 'sites/fn-events(\\?|/)', times: 1, status: 409, body: { error: { code: 'Conflict', message: 'Not now.' } } },
  ]);
  const wizard = await pilot(here, { columns: 120, rows: 40 });
  await wizard.until(found);
  wizard.answer('f2');
  await wizard.until(read);
  wizard.answer('/', 'https', ' ', 'only', 'enter', 'a');
  await wizard.until(planned);
  wizard.answer('w');
  expect(wizard.screen().join('\n')).toMatch(/All apps at once\n❯ 1 app first/);
  wizard.answer('enter');
  expect(wizard.screen().join('\n')).toContain('Change first: 1 app. If one of these apps fails, the other apps are not ');
  wizard.answer('y');
  await wizard.until(done);
  expect(wizard.screen().join('\n')).toMatch(/fn-events[\s\S]*Not now\./);
  expect((await here.writes()).filter(({ url }) => url.includes('fn-orders'))).toEqual([]);
  wizard.answer('r');
  const again = await wizard.until(planned);
  expect(again.screen.at === 'batch' && again.screen.targets.map(({ label }) => label)).toEqual(['fn-events']);
});

test('a key takes no longer on fifty thousand findings than on five hundred, because only visible lines are made', async () => {
  const here = await world();
  const opened = async (length: number) => {
    const wizard = await pilot(here, { columns: 120, rows: 40 });
    await wizard.until(found);
    wizard.answer('f2');
    const { findings } = await wizard.until(read);
    const list = Array.from({ length }, (_, index) => ({ ...findings!.list[index % findings!.list.length]! }));
    wizard.store.dispatch({ type: 'found-findings', findings: { ...findings!, list } });
    wizard.screen();
    return wizard;
  };
  const [few, many] = [await opened(500), await opened(50_000)];
  const keys = ({ press, screen }: typeof few) => {
    for (let count = 0; count < 100; count++) {
      press(count % 10 === 0 ? 'pagedown' : 'down');
      screen();
    }
  };
  expectGrowthBelow(8, few, many, keys);
  many.answer('/', 'remote');
  expect(many.screen()[0]).toMatch(/of 50000 findings/);
});

/** For fleets: `until` gives up after what is long for a single app. */
async function patient(wizard: Pilot, ready: (state: WizardState) => boolean): Promise<WizardState> {
  for (;;) {
    const seen = await new Promise<WizardState>((resolve) => {
      const state = wizard.store.state();
      if (ready(state)) return resolve(state);
      const stop = wizard.store.subscribe(() => {
        stop();
        resolve(wizard.store.state());
      });
    });
    if (ready(seen)) return seen;
  }
}

test('areas, findings and the grid of apps agree after a run, after reading again, and after a decision', async () => {
  const wizard = await pilot(await world(), { columns: 120, rows: 40 });
  await wizard.until(found);
  const failing = ({ open }: WizardState) => open?.steps.flatMap(({ controls }) => controls).filter(({ state }) => state === 'fail').length;
  const agree = (state: WizardState) => read(state) && state.findings?.list.length === failing(state);
  wizard.answer('enter');
  await wizard.until(at('areas'));
  wizard.answer('v');
  const before = failing(await wizard.until(agree))!;
  wizard.answer('escape', 'f');
  await wizard.until(planned);
  wizard.answer('y');
  await wizard.until(done);
  wizard.answer('enter');
  await wizard.until(at('areas'));
  wizard.answer('v');
  expect(failing(await wizard.until(agree))).toBeLessThan(before);
  // Reading the findings again reads the areas again.
  const readAt = wizard.store.state().open?.readAt;
  wizard.answer('R');
  await wizard.until((state) => agree(state) && state.open?.readAt !== readAt);
  wizard.answer('escape', 'escape');
  // The grid has the verdicts of an app that was opened from it.
  wizard.answer('tab', 'down', 'tab', 'enter');
  const whole = ({ fleet }: WizardState) => fleet.length === 2 && fleet.every(({ steps }) => steps);
  await wizard.until((state) => whole(state) && state.screen.at === 'fleet');
  wizard.answer('enter');
  await wizard.until(at('area'));
  const opened = wizard.store.state();
  expect(opened.fleet.find(({ target }) => target.id === opened.open?.target.id)?.steps).toBe(opened.open?.steps);
});

test('a fix of a shared storage account in one app reads the other apps of the grid again that use it', async () => {
  const read: string[] = [];
  const here = await world({ seed: () => scenario({ scenario: 'fleet', apps: 3, subscriptions: 1 }) });
  const wizard = await pilot(here, { columns: 160, rows: 40 }, {}, (session) => ({
    ...session,
    survey: (target) => {
      read.push(target.label);
      return session.survey(target);
    },
  }));
  await wizard.until(found);
  wizard.answer('shift-tab', 'enter');
  const whole = ({ fleet }: WizardState) => fleet.length === 3 && fleet.every(({ steps }) => steps);
  await wizard.until((state) => whole(state) && state.screen.at === 'fleet');
  // The first app uses another account.
  wizard.answer('down', 'enter');
  await wizard.until(at('area'));
  wizard.answer('escape', 'f');
  await wizard.until(planned);
  read.length = 0;
  wizard.answer('y');
  await wizard.until(done);
  const softDelete = ({ fleet }: WizardState) =>
    fleet.flatMap(({ steps = [] }) => steps.flatMap(({ controls }) => controls.filter(({ id }) => id === 'storage.soft-delete')));
  const verdicts = (state: WizardState) => softDelete(state).map(({ state: verdict }) => verdict);
  await wizard.until((state) => verdicts(state).filter((verdict) => verdict === 'pass').length === 2);
  expect(read).toContain('fn-00003');
});
