/** What a swap does to a plan: settings that stay with their slot, and what takes their place. */
import { showValue } from '../../src/change/value.ts';
import { describe, expect, test } from 'vitest';
import { keyOf, type SiteRecord, type State } from '../../src/emulator/state.ts';
import { systemIdentity } from '../../src/emulator/samples/sample-resources.ts';
import { siteId } from '../helpers/hostings.ts';
import { notesOf, plannedOn } from '../helpers/planned.ts';

const HOST = 'AzureWebJobsStorage';
const staging = (state: State, site: SiteRecord): void => {
  const id = `${siteId('fn-bad')}/slots/staging`;
  state.sites[keyOf(id)] = { ...structuredClone(site), id, slot: 'staging' };
};
const bad =
  (...sticky: string[]) =>
  (state: State, site: SiteRecord): void => {
    site.identity = systemIdentity(site.id, state.tenantId);
    site.stickySettings = sticky;
    site.appSettings['APPINSIGHTS_INSTRUMENTATIONKEY'] = '11111111-2222-3333-4444-555555555555';
    staging(state, site);
  };
const on = (controls: string[], ...sticky: string[]) => plannedOn({ plan: 'P1v3', linux: true, controls, change: bad(...sticky) });

describe('a sticky setting', () => {
  test('is replaced by a sticky setting, which is made sticky before the settings are written', async () => {
    const { changes } = await on(['managed-identity.host-storage'], 'azurewebjobsstorage');
    const keys = changes.map(({ key }) => key);
    const sticky = changes.find(({ key }) => key === 'stickyNames')!;
    expect(sticky.diff).toMatchObject([{ after: { json: ['azurewebjobsstorage', `${HOST}__accountName`] } }]);
    expect(sticky).toMatchObject({ method: 'PUT', undo: 'exact', resource: `${siteId('fn-bad')}/config/slotConfigNames` });
    expect(sticky.body).toMatchObject({ properties: { appSettingNames: ['azurewebjobsstorage', `${HOST}__accountName`] } });
    expect(keys.indexOf('stickyNames')).toBeLessThan(keys.indexOf('appSettings'));
  });

  test('is added by two areas to one list', async () => {
    const plan = await on(['managed-identity.host-storage', 'monitoring.app-insights'], HOST, 'APPINSIGHTS_INSTRUMENTATIONKEY');
    const lists = plan.changes.filter(({ key }) => key === 'stickyNames').map(({ diff }) => showValue(diff[0]!.after));
    expect(lists).toEqual([[HOST, 'APPINSIGHTS_INSTRUMENTATIONKEY', 'APPLICATIONINSIGHTS_CONNECTION_STRING', `${HOST}__accountName`]]);
    expect(notesOf(plan, 'both')).toEqual([]);
    expect(
      notesOf(plan, 'L28')
        .map(({ says }) => says)
        .join(),
    ).not.toContain('A swap moves');
  });

  test('that exists already and that the plan does not change is made sticky too', async () => {
    const { changes } = await plannedOn({
      plan: 'P1v3',
      linux: true,
      controls: ['managed-identity.host-storage'],
      change: (state, site) => {
        bad(HOST, 'APPINSIGHTS_INSTRUMENTATIONKEY')(state, site);
        site.appSettings[`${HOST}__accountName`] = 'stfnbad';
        site.appSettings['APPLICATIONINSIGHTS_CONNECTION_STRING'] = 'InstrumentationKey=11111111-2222-3333-4444-555555555555';
      },
    });
    const lists = changes.filter(({ key }) => key === 'stickyNames').map(({ diff }) => showValue(diff[0]!.after));
    expect(lists, 'and no setting of another area').toEqual([[HOST, 'APPINSIGHTS_INSTRUMENTATIONKEY', `${HOST}__accountName`]]);
  });

  test('that is not sticky stays so, and the slot is reported to need the roles', async () => {
    const plan = await on(['managed-identity.host-storage']);
    expect(plan.changes.map(({ key }) => key)).not.toContain('stickyNames');
    const [note] = notesOf(plan, 'L28');
    expect(note!.says).toContain(`A swap moves ${HOST}, ${HOST}__accountName`);
    expect(note!.says).toContain('Identities do not move');
  });
});

describe('a change of a slot', () => {
  const said = async (control: string, ...sticky: string[]) => {
    const change = (state: State, site: SiteRecord): void => bad(...sticky)(state, site);
    return notesOf(await plannedOn({ plan: 'P1v3', linux: true, controls: [control], change, slot: 'staging' }), 'L28');
  };

  test('moves to production with the next swap, where the identity needs the roles too', async () => {
    const [note] = await said('managed-identity.host-storage');
    expect(note!.says).toMatch(
      /^A swap moves AzureWebJobsStorage, \S+: this value moves to production, .* production's identity needs the same roles\.$/,
    );
  });

  test('stays in the slot if its settings are sticky', async () => {
    expect(await said('managed-identity.host-storage', HOST)).toEqual([]);
    expect(await said('https.https-only')).toEqual([]);
  });
});

describe('a member of the site or of its configuration, at a swap', () => {
  const OVERRIDE = 'WEBSITE_OVERRIDE_PRESERVE_DEFAULT_STICKY_SLOT_SETTINGS';
  const said = async (control: string, override?: string) => {
    const change = (state: State, site: SiteRecord): void => {
      if (override !== undefined) site.appSettings[OVERRIDE.toLowerCase()] = override;
      staging(state, site);
    };
    return notesOf(await plannedOn({ plan: 'EP1', controls: [control], change }), 'L28')[0]!.says;
  };

  test.each<readonly [string, string | undefined, RegExp]>([
    ['https.https-only', undefined, /as a separate app\.$/],
    ['cors.origins', 'true', /as a separate app\.$/],
    // Azure keeps TLS settings, CORS and access rules with their slot unless this setting says otherwise: MicrosoftDocs/azure-docs issue 67234.
    ['https.https-only', '0', /a swap moves httpsOnly: the value of the slot moves to production\.$/],
    ['cors.origins', 'False', /a swap moves cors: /],
    // A reference hides the value.
    ['https.min-tls', '@Microsoft.AppConfiguration(Endpoint=https://c.azconfig.io; Key=k)', /is set\. If it is 0 or false in every slot/],
    ['remote-debugging.off', undefined, /pages disagree on whether a swap moves remoteDebuggingEnabled/],
    ['remote-debugging.off', '0', /a swap moves remoteDebuggingEnabled: /],
  ])('%s with the override %s', async (control, override, says) => {
    expect(await said(control, override)).toMatch(says);
  });
});
