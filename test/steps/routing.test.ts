/** What goes through the virtual network, by members of the site, their older names, and app settings. */
import { expect, test } from 'vitest';
import { catalogue } from '../../steps/index.ts';
import { othersInPlan } from '../../steps/lib/storage/content-share.ts';
import type { Context } from '../../src/contract/index.ts';
import { plan } from '../../src/engine/plan/plan.ts';
import { FactStore } from '../../src/engine/judge/facts.ts';
import { readsOfSteps } from '../../src/engine/judge/assess.ts';
import { planIn } from '../../src/emulator/web/sites.ts';
import { keyOf } from '../../src/emulator/state.ts';
import { seed, siteId, SUBNETS, SUBSCRIPTION, targetOf } from '../helpers/hostings.ts';
import { notesOf, plannedOn } from '../helpers/planned.ts';
import { judgedOf, type OneApp } from '../helpers/one-app.ts';
import { world } from '../helpers/world.ts';

const SUBNET = `${SUBNETS}/apps`;
const OFF = {
  allTraffic: false,
  applicationTraffic: false,
  contentShareTraffic: false,
  imagePullTraffic: false,
  backupRestoreTraffic: false,
};
const CONFIGURATION = { contentShareTraffic: true, imagePullTraffic: true, backupRestoreTraffic: true };
const routing = (members: object, more: object = {}) => ({
  virtualNetworkSubnetId: SUBNET,
  outboundVnetRouting: { ...OFF, ...members },
  ...more,
});

const cases: readonly (readonly [string, OneApp, string, string])[] = [
  ['nothing is routed', { site: routing({}) }, 'fail', 'fail'],
  ['allTraffic covers everything', { site: routing({ allTraffic: true }) }, 'pass', 'pass'],
  ['applicationTraffic is for the code only', { site: routing({ applicationTraffic: true }) }, 'pass', 'fail'],
  ['the other three are for the configuration only', { site: routing(CONFIGURATION) }, 'fail', 'pass'],
  ['two of the three', { site: routing({ ...CONFIGURATION, imagePullTraffic: false }) }, 'fail', 'fail'],
  ['an older member', { site: routing({}, { vnetRouteAllEnabled: true }) }, 'pass', 'fail'],
  [
    'older members',
    { site: routing({}, { vnetContentShareEnabled: true, vnetImagePullEnabled: true, vnetBackupRestoreEnabled: true }) },
    'fail',
    'pass',
  ],
  ['an app setting', { site: routing({}), settings: { WEBSITE_VNET_ROUTE_ALL: '1' } }, 'pass', 'fail'],
  ['an app setting with another value', { site: routing({}), settings: { WEBSITE_VNET_ROUTE_ALL: '0' } }, 'fail', 'fail'],
  [
    'app settings for share and image, and a member for backup',
    {
      site: routing({ backupRestoreTraffic: true }),
      settings: { WEBSITE_CONTENTOVERVNET: '1', WEBSITE_PULL_IMAGE_OVER_VNET: 'true' },
    },
    'fail',
    'pass',
  ],
  ['the copy in config/web is ignored by Azure', { site: routing({}), config: { vnetRouteAllEnabled: true } }, 'fail', 'fail'],
  [
    'everything on, without a network',
    { site: { ...routing({ ...CONFIGURATION, applicationTraffic: true }), virtualNetworkSubnetId: null } },
    'fail',
    'fail',
  ],
  [
    'settings on, without a network',
    { site: { ...routing({}), virtualNetworkSubnetId: '' }, settings: { WEBSITE_VNET_ROUTE_ALL: '1' } },
    'fail',
    'fail',
  ],
];
test.each(cases)('%s', async (_, app, all, configuration) => {
  const judged = await judgedOf(app);
  expect([judged('isolation.route-all').state, judged('isolation.content-routing').state]).toEqual([all, configuration]);
});

test('the member that routes the traffic is named if the change would set another member', async () => {
  const judged = await judgedOf({ site: routing({ allTraffic: true }) });
  expect(judged('isolation.content-routing').found).toBe('all routed, set by allTraffic');
  const old = await judgedOf({ site: routing({}), settings: { WEBSITE_VNET_ROUTE_ALL: '1' } });
  expect(old('isolation.route-all').found).toBe('on, set by the app setting WEBSITE_VNET_ROUTE_ALL');
  const nowhere = await judgedOf({ site: { ...routing({ allTraffic: true }), virtualNetworkSubnetId: null } });
  expect(nowhere('isolation.route-all').found).toBe('on, but the app is not integrated with a virtual network');
});

test('settings that cannot be read make routing unknown', async () => {
  const judged = await judgedOf({ site: routing({}), others: { appSettings: undefined } });
  expect(judged('isolation.route-all').state).toBe('unknown');
});

test.each([
  ['WEBSITE_CONTENTOVERVNET', '1', []],
  ['WEBSITE_CONTENTOVERVNET', '0', ['The app reaches its content share outside the virtual network']],
])('closing the account with %s=%s', async (name, value, stops) => {
  const here = await world({
    seed: () => {
      const state = seed('EP1', false);
      const site = Object.values(state.sites)[0]!;
      Object.assign(site.properties, routing({}));
      site.appSettings['WEBSITE_CONTENTAZUREFILECONNECTIONSTRING'] = 'AccountName=stfnbad;AccountKey=bm90LWEta2V5';
      site.appSettings[name] = value;
      return state;
    },
  });
  const { writer } = await here.connection();
  const store = new FactStore(writer, targetOf('fn-bad'));
  await store.load(readsOfSteps(catalogue));
  const decisions = { storage: { answers: {}, controls: { network: { decision: 'apply' as const } } } };
  const { blocked } = await plan(catalogue, store, writer, { decisions, today: '2026-11-28' });
  expect(blocked.map(({ says }) => says)).toEqual(stops.map((text) => expect.stringContaining(text)));
});

// MicrosoftDocs/azure-docs 123611
test.each([
  ['routes nothing', {}, 'rg', ['fn-other is in the same plan and keeps content in stfnbad too']],
  ['routes its content', { vnetContentShareEnabled: true }, 'rg', []],
  ['is in another plan', {}, 'rg2', []],
])('an app that shares the account of the content share and %s', async (_, members, group, warned) => {
  const share = { WEBSITE_CONTENTAZUREFILECONNECTIONSTRING: 'AccountName=stfnbad;AccountKey=bm90LWEta2V5;EndpointSuffix=core.windows.net' };
  const planned = await plannedOn({
    plan: 'EP1',
    controls: ['isolation.content-routing'],
    change: (state, site) => {
      Object.assign(site.properties, routing({}));
      Object.assign(site.appSettings, share);
      const other = structuredClone({ ...site, id: siteId('fn-other'), name: 'fn-other' });
      Object.assign(other.properties, members);
      if (group !== 'rg') {
        const plan = planIn(SUBSCRIPTION, group, 'plan', 'EP1', false);
        state.plans[keyOf(plan.id)] = plan;
        other.planId = plan.id;
      }
      state.sites[keyOf(other.id)] = other;
    },
  });
  const notes = notesOf(planned, 'shared');
  expect(notes.map(({ level, says }) => `${level} ${says}`)).toEqual(warned.map((text) => expect.stringContaining(`warn ${text}`)));
});

test('other apps that could not be checked are named', () => {
  const neighbours = { value: [], total: 2, closed: ['fn-closed'], beyond: 1 };
  const facts = {
    site: { id: siteId('fn-bad'), properties: {} },
    appSettings: { properties: { WEBSITE_CONTENTAZUREFILECONNECTIONSTRING: 'AccountName=stfnbad' } },
    maybe: (key: string) => (key === 'neighbours' ? neighbours : { value: [] }),
  };
  expect(othersInPlan({ facts } as unknown as Context<unknown>).map(({ level, says }) => `${level} ${says}`)).toEqual([
    expect.stringMatching(/^warn 1 of 2 apps/),
    expect.stringMatching(/^warn fn-closed was not checked/),
  ]);
});
