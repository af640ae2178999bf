/** Findings about resources that several apps use: they name the storage account or vault, and are listed once if apps are only listed. */
import { describe, expect, test } from 'vitest';
import { inside } from '../helpers/inside.ts';
import { twins, TWIN } from '../helpers/twins.ts';
import { ORDERS } from '../helpers/world.ts';

interface Control {
  readonly id: string;
  readonly state: string;
  readonly resource: string;
  readonly resources?: readonly string[];
}
interface Result {
  readonly ruleId: string;
  readonly message: { readonly text: string };
  readonly locations: readonly { readonly logicalLocations: readonly { readonly fullyQualifiedName: string }[] }[];
}

const AUDIT = ['audit', '--app', ORDERS, TWIN, '--step', 'storage', 'key-vault', 'defender', 'https'];
const ABOUT = /\/Microsoft\.(Storage\/storageAccounts|KeyVault\/vaults)\/[^/]+$/i;

describe('two apps on one storage account and one vault', () => {
  test('JSON names the resource, and all failing resources', async () => {
    const { stdout } = await inside(await twins(), [...AUDIT, '--json']);
    const apps = (JSON.parse(stdout) as { apps: { steps: { controls: Control[] }[] }[] }).apps;
    for (const { steps } of apps) {
      const controls = steps.flatMap(({ controls: own }) => own);
      const about = controls.filter(({ id }) => /^storage\.|^key-vault\.(soft|purge|rbac|firewall)/.test(id));
      const judged = about.filter(({ state }) => state === 'pass' || state === 'fail');
      expect(judged.length).toBeGreaterThan(8);
      for (const { id, resource, resources } of judged) {
        expect(resource, id).toMatch(ABOUT);
        expect(resources?.[0], id).toBe(resource);
        expect(new Set(resources).size, id).toBe(resources?.length);
      }
      expect(controls.find(({ id }) => id === 'https.https-only')).not.toHaveProperty('resources');
      expect(controls.find(({ id }) => id === 'defender.plan')?.resource).toMatch(/\/Microsoft\.Security\/pricings\/AppServices$/);
    }
  });

  test('SARIF has one result for each resource, with both apps', async () => {
    const here = await twins();
    const one = await inside(here, ['audit', '--app', ORDERS, '--step', 'storage', 'https', '--format', 'sarif']);
    const { stdout } = await inside(here, [...AUDIT, '--format', 'sarif']);
    const of = (text: string, rule: RegExp) =>
      (JSON.parse(text) as { runs: { results: Result[] }[] }).runs[0]!.results.filter(({ ruleId }) => rule.test(ruleId));
    const both = of(stdout, /^storage\./);
    expect(both.length).toBeGreaterThan(0);
    expect(both.map(({ ruleId }) => ruleId)).toEqual(of(one.stdout, /^storage\./).map(({ ruleId }) => ruleId));
    for (const { message, locations } of both) {
      expect(message.text).toMatch(/^\w+ \(used by fn-orders, FN-Orders \(rg-events\)\): /);
      const ids = locations[0]!.logicalLocations.map(({ fullyQualifiedName }) => fullyQualifiedName);
      expect(ids.slice(1)).toEqual([ORDERS, TWIN]);
    }
    expect(of(stdout, /^https\./).length, 'what is of an app stays with the app').toBe(2 * of(one.stdout, /^https\./).length);
  });

  test('Markdown has one finding for each resource; CSV has a row for each app, with the id of the resource', async () => {
    const here = await twins();
    const markdown = (await inside(here, [...AUDIT, '--format', 'markdown'])).stdout;
    const rows = markdown.split('\n').filter((line) => line.includes('Secure transfer (storage)') || line.includes('Minimum TLS version'));
    const own = rows.filter((line) => line.includes('used by fn-orders'));
    expect(own.length).toBeGreaterThan(0);
    expect(new Set(own).size).toBe(own.length);
    const csv = (await inside(here, [...AUDIT, '--format', 'csv'])).stdout;
    const transfer = csv.split('\r\n').filter((line) => line.includes('storage.min-tls'));
    expect(transfer).toHaveLength(2);
    for (const line of transfer) expect(line).toMatch(/\/storageAccounts\/\w+/);
  });
});
