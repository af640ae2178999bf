/** Each recorded answer of Azure in the place where an area reads it: each area gives a verdict, and none crashes. */
import { expect, test } from 'vitest';
import { shapeFailure } from '../../src/engine/shape-errors.ts';
import { catalogue } from '../../steps/index.ts';
import { assess, readsOf, readsOfSteps } from '../../src/engine/judge/assess.ts';
import { FactStore } from '../../src/engine/judge/facts.ts';
import type { ArmReader } from '../../src/engine/ports.ts';
import { isRecord, type Body } from '../../src/change/json-paths.ts';
import { RESOURCES } from '../../src/arm/resource-table.ts';
import type { ResourceKey } from '../../src/azure/index.ts';
import { seed, targetOf } from '../helpers/hostings.ts';
import { NO_RECORDINGS, recordings } from '../helpers/recorded.ts';
import { world } from '../helpers/world.ts';

const all = recordings();
const when = test.skipIf(all.length === 0);

/** The recorded answer for a path that func-harden reads; the first match. */
const PLACES: readonly (readonly [RegExp, readonly ResourceKey[]])[] = [
  [/\/sites\/[^/]+(\/slots\/[^/]+)?\/config\/web$/i, ['siteConfig']],
  [/\/config\/appsettings(\/list)?$/i, ['appSettings']],
  [/\/config\/connectionstrings(\/list)?$/i, ['connectionStrings']],
  [/\/config\/slotConfigNames$/i, ['stickyNames']],
  [/\/Microsoft\.Web\/sites$/i, ['sites']],
  [/\/sites\/[^/]+\/slots$/i, ['slots']],
  [/\/functions$/i, ['functions']],
  [/\/sourcecontrols\/web$/i, ['sourceControl']],
  [/\/config\/authsettings\/list$/i, ['oldAuthSettings']],
  [/\/config\/authsettingsV2(\/list)?$/i, ['authSettings']],
  [/\/basicPublishingCredentialsPolicies\/(scm|ftp)$/i, ['scmPolicy', 'ftpPolicy']],
  [/\/sites\/[^/]+(\/slots\/[^/]+)?$/i, ['site']],
  [/\/roleAssignments(\/[^/]+)?$/i, ['roleAssignments', 'identityRoles']],
  [/\/locks(\/[^/]+)?$/i, ['locks']],
  [/\/diagnosticSettings(\/[^/]+)?$/i, ['diagnosticSettings']],
  [/\/onboardingStates\/default$/i, ['sentinel']],
  [/\/pricings\/[^/]+$/i, ['defenderPlan']],
  [/\/workspaces\/[^/]+$/i, ['workspaces']],
  [/\/microsoft\.insights\/components(\/[^/]+)?$/i, ['components']],
  [/\/Microsoft\.Security\/assessments$/i, ['defenderAssessments']],
  [/\/storageAccounts(\/[^/]+)?$/i, ['storageAccounts']],
  [/\/blobServices\/default$/i, ['blobServices']],
  [/\/fileServices(\/default)?$/i, ['fileServices']],
  [/\/vaults(\/[^/]+)?$/i, ['vaults']],
  [/\/privateEndpoints\/[^/]+$/i, ['privateEndpoints']],
  [/\/virtualNetworks(\/[^/]+)?$/i, ['virtualNetworks']],
  [/\/privateDnsZones(\/[^/]+)?$/i, ['privateDnsZones']],
];
/** Recorded, and never read by func-harden: it only writes, calls or follows them, or does not use them. */
const NOT_READ =
  /\/(serverfarms|operationresults|asyncoperations|virtualNetworkConnections|publishxml|subnets|secrets|privateEndpointConnections|diagnosticSettingsCategories|functionKeys|keys|profiles|applicationGateways|\w*WebApplicationFirewallPolicies|listkeys|publishingcredentials|networkConfig|hostNameBindings|masterkey|deploymentStatus|accessPolicies|userAssignedIdentities|roleDefinitions|operations|autoProvisioningSettings|securityContacts|settings|metadata|azurestorageaccounts|backups?|extensions|solutions|sharedKeys|managementPolicies|queueServices|tableServices|frontDoors|virtualNetworkPeerings|virtualNetworkLinks|slotsswap|Microsoft\.ApiManagement)\b|\/(pricings|onboardingStates|logs|Microsoft\.ResourceGraph\/resources)$/i;

/** Read by func-harden; only other recordings contain them. */
const NOT_AT_HAND: ReadonlySet<ResourceKey> = new Set(['connectionStrings', 'virtualNetworks', 'privateDnsZones']);

/** Makes a list of one resource from the recording of a single resource. */
function asRead(key: ResourceKey, body: Body): Body {
  const isList = RESOURCES[key].read?.list === true || Array.isArray(body['value']);
  const list = isList && !Array.isArray(body['value']) ? { value: [body] } : body;
  return key === 'storageAccounts' ? { missing: [], ...list } : list;
}

when(`every recorded answer gives verdicts in all areas ${all.length === 0 ? NO_RECORDINGS : ''}`, { timeout: 60_000 }, async () => {
  const here = await world({ seed: () => seed('EP1', false) });
  const { reader } = await here.connection();
  const target = targetOf('fn-bad');
  const known = new FactStore(reader, target);
  await known.load(readsOfSteps(catalogue));
  const fed = new Map<ResourceKey, number>();
  const unknown: string[] = [];
  for (const { file, method, url, status, responseBody } of all) {
    if (status >= 300 || !isRecord(responseBody) || method === 'DELETE') continue;
    const path = new URL(url).pathname;
    const keys = PLACES.find(([pattern]) => pattern.test(path))?.[1];
    if (!keys) {
      // Folders of other tools may contain resources that func-harden does not read.
      if (!NOT_READ.test(path) && !file.startsWith('more-')) unknown.push(`${file} ${method} ${path}`);
      continue;
    }
    for (const key of keys) {
      const body = asRead(key, responseBody as Body);
      const mixed: ArmReader = {
        ...reader,
        read: (_, asked) => Promise.resolve(asked === key ? { state: 'read', body } : (known.fact(asked) ?? { state: 'read', body: null })),
      };
      const store = new FactStore(mixed, target);
      await store.load(readsOfSteps(catalogue));
      const states = assess(catalogue, store, mixed, { decisions: {}, today: '2026-11-24' }).flatMap(({ controls }) => controls);
      for (const { id, control, state, reason } of states)
        if (readsOf(control).includes(key))
          expect(reason ?? '', `${file} ${method} ${path} as ${key}: ${id} is ${state}`).not.toContain(shapeFailure().message);
      fed.set(key, (fed.get(key) ?? 0) + 1);
    }
  }
  expect(unknown).toEqual([]);
  expect(PLACES.flatMap(([, keys]) => keys).filter((key) => !fed.has(key) && !NOT_AT_HAND.has(key))).toEqual([]);
  expect([...fed.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThan(100);
});
