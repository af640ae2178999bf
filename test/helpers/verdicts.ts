/** Verdicts that depend on one recorded answer, in words. */
import { createHttpHeaders, createPipelineRequest } from '@azure/core-rest-pipeline';
import { catalogue } from '../../steps/index.ts';
import { failureOf } from '../../src/arm/failures/failures.ts';
import { assess, readsOf, readsOfSteps } from '../../src/engine/judge/assess.ts';
import { FactStore } from '../../src/engine/judge/facts.ts';
import { ArmFailure, type ArmReader } from '../../src/engine/ports.ts';
import { parseSiteId } from '../../src/engine/fleet/targets.ts';
import { isRecord, type Body } from '../../src/change/json-paths.ts';
import type { ResourceKey } from '../../src/azure/index.ts';
import type { Recorded } from './recorded.ts';

export type Kind = 'site' | 'config' | 'vault' | 'storage account';

const TYPES: Readonly<Record<string, Kind>> = {
  'microsoft.web/sites': 'site',
  'microsoft.web/sites/slots': 'site',
  'microsoft.keyvault/vaults': 'vault',
  'microsoft.storage/storageaccounts': 'storage account',
};
const KEYS: Readonly<Record<Kind, ResourceKey>> = {
  site: 'site',
  config: 'siteConfig',
  vault: 'vaults',
  'storage account': 'storageAccounts',
};

interface Answer {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly properties: Body;
}
const isAnswer = (body: unknown): body is Answer => isRecord(body) && isRecord(body['properties']) && typeof body['type'] === 'string';
const SITE = /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.Web\/sites\/[^/]+(?:\/slots\/[^/]+)?/i;

/** The resource of a recorded answer. The type is not enough: the answer to a PATCH of config/web has the type of a site (recorded). */
export function kindOf({ status, url, responseBody }: Recorded): Kind | undefined {
  if (status >= 300 || !isAnswer(responseBody)) return undefined;
  if (/\/config\/web$/i.test(new URL(url).pathname)) return 'config';
  const kind = TYPES[responseBody.type.toLowerCase()];
  return kind === 'site' && !('kind' in responseBody) ? undefined : kind;
}

/** The site that a configuration belongs to, where the same file has it: it tells the hosting. */
function siteOf(all: readonly Recorded[], { file, responseBody }: Recorded): Body | undefined {
  const id = SITE.exec((responseBody as Answer).id)?.[0].toLowerCase();
  const of = all.find((one) => one.file === file && kindOf(one) === 'site' && (one.responseBody as Answer).id.toLowerCase() === id);
  return of?.responseBody as Body | undefined;
}

/** `area.control: state, current value` of each control that needs only this answer. */
export async function verdictsOf(all: readonly Recorded[], recorded: Recorded): Promise<readonly string[]> {
  const kind = kindOf(recorded)!;
  const key = KEYS[kind];
  const body = recorded.responseBody as Body;
  const { id: itsId, name: itsName } = recorded.responseBody as Answer;
  const id = SITE.exec(itsId)?.[0] ?? '/subscriptions/x/resourceGroups/rg/providers/Microsoft.Web/sites/fn';
  const site = kind === 'site' ? body : (siteOf(all, recorded) ?? { id, kind: 'functionapp', properties: { sku: 'ElasticPremium' } });
  const bodies: Partial<Record<ResourceKey, Body>> = {
    site,
    // An app judges the vaults that it refers to.
    ...(kind === 'vault'
      ? {
          appSettings: { properties: { Secret: `@Microsoft.KeyVault(VaultName=${itsName};SecretName=s)` } },
          connectionStrings: { properties: {} },
        }
      : {}),
    [key]: kind === 'vault' || kind === 'storage account' ? { value: [body], missing: [] } : body,
  };
  const failure = new ArmFailure({ kind: 'forbidden', code: 'x', message: 'not recorded', next: '' });
  const reader: ArmReader = {
    read: (_, asked) => Promise.resolve(bodies[asked] ? { state: 'read', body: bodies[asked] } : { state: 'unreadable', failure }),
    readOne: () => Promise.reject(new Error('not asked for')),
    knows: () => true,
    describe: (target, asked) => ({ key: asked, id: target.id, apiVersion: '', secret: false, restarts: false, replaces: false }),
  };
  const store = new FactStore(reader, { ...parseSiteId(id)!, location: '', kind: 'functionapp', tags: {} });
  await store.load(readsOfSteps(catalogue));
  return assess(catalogue, store, reader, { decisions: {}, today: '2026-11-24' })
    .flatMap(({ controls }) => controls)
    .filter(({ control, state }) => readsOf(control).includes(key) && state !== 'unknown')
    .map(
      ({ id: name, state, found, reason }) =>
        `${name}: ${state}, ${(state === 'not-applicable' && reason) || found.replace(`${itsName}: `, '')}`,
    );
}

/** Describes a recorded refusal: its kind, its code, the missing action, and whether a write may have happened. */
export function refusalOf({ method, url, status, responseBody, responseHeaders }: Recorded): string {
  const { kind, code, lacks, mayHaveHappened, next } = failureOf(
    {
      status,
      request: createPipelineRequest({ url, method: method as 'GET' }),
      headers: createHttpHeaders(responseHeaders),
      bodyAsText: typeof responseBody === 'string' ? responseBody : JSON.stringify(responseBody),
    },
    method !== 'GET',
  );
  return [
    kind,
    code,
    ...(lacks ? [`lacks ${lacks}`] : []),
    ...(mayHaveHappened ? ['may have happened'] : []),
    ...(next.match(/az [\w -.]+/) ?? []),
  ].join(', ');
}
