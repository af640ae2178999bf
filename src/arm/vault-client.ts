import { secrets } from '../change/secrets.ts';
import { nameIn, parseArmId, sameWord } from '../azure/index.ts';
import type { KeyVaultManagementClient } from '@azure/arm-keyvault';
import type { TokenCredential } from '@azure/core-auth';
import {
  createHttpHeaders,
  createPipelineRequest,
  createDefaultHttpClient,
  type Pipeline,
  type RestError,
} from '@azure/core-rest-pipeline';
import { ArmFailure } from '../engine/ports.ts';
import { isRecord, parsedJson, type Body } from '../change/json-paths.ts';
import type { ArmAnswer } from './client.ts';
import { failureOf, failureWithoutAnswer } from './failures/failures.ts';
import { itemsOf } from './pages.ts';

/** Vaults through Microsoft's client, and the values of secrets through the vault. All members throw ArmFailure. */
export interface Vaults {
  list(subscriptionId: string): Promise<Body[]>;
  /** Returns a vault; null where it does not exist. */
  get(id: string): Promise<Body | null>;
  /** Writes a secret through ARM, which requires no data role and returns no value. */
  putSecret(id: string, body: Body): Promise<Pick<ArmAnswer, 'status' | 'correlationId'>>;
  /** Returns the current value, read as the signed-in account; null where the secret does not exist. */
  secret(vaultUri: string, name: string): Promise<Body | null>;
}

interface VaultsOptions {
  readonly endpoint: URL;
  readonly pipeline: Pipeline;
  readonly credential: TokenCredential;
  /** The DNS suffix of vaults, by cloud: `vault.azure.net`. */
  readonly suffix: string;
  /** Returns the pipeline for one vault, with its own origin and audience. */
  readonly pipelineFor: (vault: URL, scope: string) => Pipeline;
}

const DATA_PLANE = '7.4';
/** The name of a secret, with or without a version. */
const SECRET = /^[0-9a-z-]{1,127}(\/[0-9a-f]{32})?$/i;
const ID = /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/Microsoft\.KeyVault\/vaults\/([^/]+)(?:\/secrets\/([^/]+))?$/i;

export function createVaults(options: VaultsOptions): Vaults {
  const clients = new Map<string, Promise<KeyVaultManagementClient>>();
  const pipelines = new Map<string, Pipeline>();
  const http = createDefaultHttpClient();

  function client(subscriptionId: string): Promise<KeyVaultManagementClient> {
    const known = clients.get(subscriptionId);
    if (known) return known;
    const made = import('@azure/arm-keyvault').then(
      ({ KeyVaultManagementClient: Client }) =>
        new Client(options.credential, subscriptionId, { endpoint: options.endpoint.origin, pipeline: options.pipeline }),
    );
    clients.set(subscriptionId, made);
    return made;
  }
  const partsOf = (id: string): [string, string, string, string] => {
    const [, subscription = '', group = '', vault = '', secret = ''] = ID.exec(parseArmId(id)?.id ?? '') ?? [];
    if (!vault) throw noVault();
    return [subscription, group, vault, secret];
  };

  return {
    async list(subscriptionId) {
      const found: Body[] = [];
      // The client drops the body of a failed page, which has the reason.
      let body: string | null | undefined;
      const onResponse = ({ bodyAsText }: { readonly bodyAsText?: string | null }): void => void (body = bodyAsText);
      try {
        for await (const vault of itemsOf((await client(subscriptionId)).vaults.listBySubscription({ onResponse })))
          found.push(ownVault(vault, subscriptionId));
      } catch (error) {
        throw clientFailure(error, false, body);
      }
      return found;
    },
    async get(id) {
      const [subscription, group, vault] = partsOf(id);
      try {
        return toWireJson(await (await client(subscription)).vaults.get(group, vault));
      } catch (error) {
        const failure = clientFailure(error, false);
        if (failure.kind === 'missing') return null;
        throw failure;
      }
    },
    async putSecret(id, body) {
      const [subscription, group, vault, secret] = partsOf(id);
      secrets.learnAll(body);
      let answered = { status: 200, correlationId: null as string | null };
      try {
        await (
          await client(subscription)
        ).secrets.createOrUpdate(group, vault, secret, body as never, {
          onResponse: ({ status, headers }) => {
            answered = { status, correlationId: headers.get('x-ms-correlation-request-id') ?? null };
          },
        });
        return answered;
      } catch (error) {
        throw clientFailure(error, true);
      }
    },
    async secret(vaultUri, name) {
      if (!SECRET.test(name)) throw noVault();
      const vault = checkVaultAddress(vaultUri, options);
      const pipeline = pipelines.get(vault.origin) ?? options.pipelineFor(vault, `https://${options.suffix}/.default`);
      pipelines.set(vault.origin, pipeline);
      const url = new URL(`${vault.pathname.replace(/\/$/, '')}/secrets/${name}?api-version=${DATA_PLANE}`, vault);
      const request = createPipelineRequest({ url: url.href, method: 'GET', headers: createHttpHeaders({ accept: 'application/json' }) });
      const response = await pipeline.sendRequest(http, request).catch((error: unknown) => {
        throw failureWithoutAnswer(error, false);
      });
      if (response.status === 404) return null;
      if (response.status !== 200) throw failureOf(response, false);
      const value = valueIn(response.bodyAsText ?? '');
      // This differs from a missing secret. If it were treated as missing, it would be overwritten.
      if (value === undefined) throw failureOf({ ...response, bodyAsText: '' }, false);
      secrets.learn(value, true);
      return { properties: { value } };
    },
  };
}

function valueIn(text: string): string | undefined {
  const body = parsedJson(text);
  return isRecord(body) && typeof body['value'] === 'string' ? body['value'] : undefined;
}

/** Returns a vault of this subscription. A vault with an id elsewhere would be read and written there. */
function ownVault(model: object, subscription: string): Body {
  const vault = toWireJson(model);
  const id = typeof vault['id'] === 'string' ? parseArmId(vault['id']) : undefined;
  const isNamed = id !== undefined && sameWord(nameIn(id.id), vault['name']);
  if (id?.subscription?.toLowerCase() !== subscription.toLowerCase() || !ID.test(id.id) || !isNamed) throw noVault();
  return vault;
}

const noVault = (): ArmFailure =>
  new ArmFailure({
    kind: 'untrusted',
    code: 'UnsoundId',
    message: 'Azure returned an id that is not a vault of this subscription.',
    next: 'Nothing was sent there. If you use your own endpoint, report this to its operator.',
  });

/** Returns the JSON of a model. The client turns times into dates and drops members that it does not know. */
const toWireJson = (model: object): Body => JSON.parse(JSON.stringify(model)) as Body;

/** Returns the failure of a client error. The client reads an error's body itself, so its code and text are taken from there. */
function clientFailure(error: unknown, write: boolean, body?: string | null): ArmFailure {
  if (error instanceof ArmFailure) return error;
  const { response, statusCode, code, message, details } = error as RestError & {
    details?: { error?: { code?: string; message?: string } };
  };
  const status = response?.status ?? statusCode;
  if (status === undefined) return failureWithoutAnswer(error, write);
  const reported = { code: details?.error?.code ?? code ?? '', message: details?.error?.message ?? message };
  const headers = response?.headers ?? createHttpHeaders();
  return failureOf(
    { status, headers, bodyAsText: body ?? response?.bodyAsText ?? JSON.stringify({ error: reported }), request: {} as never },
    write,
  );
}

/** Checks the address of a vault: a token for vaults is sent only to hosts of Azure Key Vault or to the local emulator, even if a resource names another host. */
function checkVaultAddress(uri: string, { endpoint, suffix }: VaultsOptions): URL {
  const url = URL.canParse(uri) ? new URL(uri) : new URL('none:');
  const local = endpoint.protocol === 'http:' && url.origin === endpoint.origin;
  if (local || (url.protocol === 'https:' && url.hostname.endsWith(`.${suffix}`))) return url;
  throw new ArmFailure({
    kind: 'untrusted',
    code: 'ForeignVault',
    message: `The vault reports the address ${url.origin}, which is not a Key Vault address in this cloud.`,
    next: 'Check the vault and the cloud; no token was sent there.',
  });
}
