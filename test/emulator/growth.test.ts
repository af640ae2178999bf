/** A request about one app or one subscription costs the emulator the same, however many apps are in the other subscriptions. */
import { expect, test } from 'vitest';
import type { EmulatedResponse } from '../../src/emulator/answers.ts';
import { createEmulator, type Emulator } from '../../src/emulator/handle.ts';
import { OPERATOR } from '../../src/emulator/access/rights.ts';
import { scenario } from '../../src/emulator/samples/seeds.ts';
import { CONFIGS_QUERY, SITES_QUERY } from '../../src/arm/reads/resource-graph.ts';
import { expectGrowthBelow } from '../helpers/growth.ts';

const emulator = (apps: number): Emulator =>
  createEmulator(scenario({ scenario: 'fleet', apps }), new Map([['token', OPERATOR]]), () => new Date());

const ask = ({ handle }: Emulator, method: string, path: string, body: object | null = null): EmulatedResponse =>
  handle({ method, url: `${path}?api-version=2024-11-01`, headers: { authorization: 'Bearer token' }, body: body as never });

const firstOf = ({ state }: Emulator) => ({ subscription: state.subscriptions[0]!.id, site: Object.values(state.sites)[0]! });

test('the time of lists, slots and Resource Graph does not grow with the apps of other subscriptions', { timeout: 120_000 }, () => {
  const ask40 = (here: Emulator): string => {
    const { subscription, site } = firstOf(here);
    const web = `/subscriptions/${subscription}/providers/Microsoft.Web`;
    for (let times = 0; times < 40; times++) ask(here, 'GET', `${site.id}/slots`);
    const plans = ask(here, 'GET', `${web}/serverfarms`).body as { value: object[] };
    const sites = ask(here, 'GET', `${web}/sites`).body as { value: object[] };
    const body = { subscriptions: [subscription], query: CONFIGS_QUERY };
    const rows = ask(here, 'POST', '/providers/Microsoft.ResourceGraph/resources', body).body as { totalRecords: number };
    return `${plans.value.length} plans, ${sites.value.length} sites, ${rows.totalRecords} rows`;
  };
  const [few, many] = [emulator(1000), emulator(8000)];
  expect([ask40(few), ask40(many)]).toEqual(['4 plans, 200 sites, 1000 rows', '4 plans, 200 sites, 1000 rows']);
  // Eight times as many apps.
  expectGrowthBelow(3, few, many, ask40);
});

test('the index of a fleet follows slots and apps that are created and deleted', () => {
  const here = emulator(1200);
  const { site } = firstOf(here);
  const slots = () => (ask(here, 'GET', `${site.id}/slots`).body as { value: object[] }).value.length;
  const listed = () => {
    const { subscription } = firstOf(here);
    const answer = ask(here, 'POST', '/providers/Microsoft.ResourceGraph/resources', { subscriptions: [subscription], query: SITES_QUERY });
    return (answer.body as { totalRecords: number }).totalRecords;
  };
  const before = listed();
  expect(slots()).toBe(0);
  expect(ask(here, 'PUT', `${site.id}/slots/blue`, { location: site.location, kind: site.kind, properties: {} }).status).toBe(200);
  expect([slots(), listed()]).toEqual([1, before + 1]);
  expect(ask(here, 'DELETE', `${site.id}/slots/blue`).status).toBe(200);
  expect([slots(), listed()]).toEqual([0, before]);
  ask(here, 'PUT', `${site.id}/slots/green`, { location: site.location, kind: site.kind, properties: {} });
  expect(ask(here, 'DELETE', site.id).status).toBe(200);
  expect([listed(), Object.keys(here.state.sites).some((key) => key.startsWith(site.id.toLowerCase()))]).toEqual([before - 1, false]);
});
