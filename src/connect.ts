/** Joins the parts of arm/ into one signed-in connection. Only commands that call Azure load it. */
import { waitWords } from './text/progress-line.ts';
import { createArmClient } from './arm/client.ts';
import { armEndpoint, audienceOf, cloudAt, cloudOf, type Cloud } from './arm/sign-in/cloud-endpoints.ts';
import type { AuthMode } from './arm/sign-in/auth-modes.ts';
import { createDiscovery } from './arm/discovery.ts';
import type { DebugEntry } from './arm/http/debug-policy.ts';
import { createReader, createWriter } from './arm/gateway.ts';
import { createArmPipeline } from './arm/pipeline.ts';
import type { Recorder } from './arm/recording/recorder.ts';
import { checkProxy } from './arm/http/proxy.ts';
import { pingEndpoint } from './arm/ping.ts';
import { sharedPlace } from './arm/shared-log/shared-place.ts';
import { sharedReads } from './arm/reads/shared-reads.ts';
import { createSignInSession, type SignInSession, type SignInEntry } from './arm/sign-in/sign-in-session.ts';
import { storageToken, vaultToken } from './arm/sign-in/storage-token.ts';
import { tenantsOf } from './arm/tenants.ts';
import { accountInToken } from './arm/sign-in/token.ts';
import { createVaults } from './arm/vault-client.ts';
import { createTextClient } from './arm/http/text-client.ts';
import { vaultKey, vaultKeyAddress } from './arm/shared-log/vault-key.ts';
import { TIME_LIMIT, FIRST_WAIT } from './arm/http/waits.ts';
import type { Clock, Connection } from './engine/ports.ts';
import type { SigningKey } from './engine/signing-key.ts';
import type { UndoState } from './engine/undo-state.ts';
import { systemClock } from './files/clock.ts';
import { connectAgent } from './files/connect-agent.ts';
import { exchangeText } from './files/http-exchange.ts';
import type { Environment } from './files/paths.ts';

export interface ConnectOptions {
  readonly cloud?: string;
  readonly tenant?: string;
  readonly auth?: AuthMode;
  readonly armEndpoint?: string;
  readonly environment: Environment;
  readonly version: string;
  readonly say: (line: string) => void;
  /** Receives why requests wait; default `say`. */
  readonly waits?: (why: string, milliseconds: number, isMost: boolean) => void;
  /** Called for each attempt of each request when it is sent, and when it is answered. */
  readonly onRequest?: (isDone: boolean) => void;
  readonly signal?: AbortSignal;
  /** The clock; by default that of the machine. */
  readonly clock?: Clock;
  /** Timeout of one sign-in attempt in milliseconds. */
  readonly timeLimit?: number;
  /** Receives the instructions for signing in; default `say`. */
  readonly ask?: (line: string) => void;
  /** Called for each attempt of each request, for `--debug`. */
  readonly onExchange?: (entry: DebugEntry) => void;
  /** Receives a function that returns all exchanges so far, anonymized, for `--record`. */
  readonly onRecord?: (recorded: Recorder['recorded']) => void;
  /** Called for each sign-in attempt, for `--debug`. */
  readonly onSignIn?: (entry: SignInEntry) => void;
}

/** @throws UserError if no sign-in succeeds */
export async function connect(options: ConnectOptions): Promise<Connection> {
  const { cloud, authority } = cloudOf(options.cloud, options.environment['AZURE_AUTHORITY_HOST']);
  const endpoint = endpointOf(options, cloud);
  const { version, signal, clock = systemClock, timeLimit = TIME_LIMIT, onExchange, onSignIn } = options;
  const credential = createSignInSession({
    mode: options.auth ?? 'auto',
    cloud,
    authority,
    environment: options.environment,
    say: options.ask ?? options.say,
    clock,
    timeLimit,
    ...(options.tenant ? { tenant: options.tenant } : {}),
    ...(onExchange ? { onExchange } : {}),
    ...(onSignIn ? { onSignIn } : {}),
  });
  const sayWait: NonNullable<ConnectOptions['waits']> = (why, milliseconds, isMost) =>
    options.say(waitWords(why, milliseconds, { now: clock.now(), isMost }));
  const waits = options.waits ?? sayWait;
  const onWait = (milliseconds: number, why: string, isMost = false) => {
    if (milliseconds >= 1000) waits(why, milliseconds, isMost);
  };
  const recorder = options.onRecord && (await import('./arm/recording/recorder.ts')).createRecorder(endpoint.origin);
  if (recorder) options.onRecord?.(recorder.recorded);
  const common = {
    credential,
    version,
    onWait,
    say: options.say,
    clock,
    ...(signal ? { signal } : {}),
    ...(onExchange ? { onExchange } : {}),
    ...(options.onRequest ? { onRequest: options.onRequest } : {}),
    ...(recorder ? { recording: recorder.policy } : {}),
  };
  const scope = `${audienceOf(cloud, endpoint)}/.default`;
  const pipelineFor = (origin: URL, scope: string) =>
    createArmPipeline({ ...common, endpoint: origin, scope, agent: connectAgent(origin, clock) });
  const token = await credential.getToken(scope, signal ? { abortSignal: signal } : {});
  const waiting = { wait: FIRST_WAIT * 4, clock, say: options.say, ...(signal ? { signal } : {}) };
  const { names } = cloudAt(endpoint) ?? cloud;
  return joinConnection({ endpoint, names, pipeline: pipelineFor(endpoint, scope), pipelineFor, credential, waiting }, token);
}

/** Returns the undo logs that a team shares in Blob Storage. Storage is not called before they are used. @throws UserError */
export async function sharedState(options: ConnectOptions, address: string): Promise<UndoState> {
  // Loaded only here: the storage library is larger than everything else, and few teams share an undo log.
  const { blobState } = await import('./arm/shared-log/blob-state.ts');
  const { version, clock = systemClock } = options;
  const place = sharedPlace(address);
  const credential = sessionFor(options, 'FUNC_HARDEN_STORAGE_TOKEN', (token) => storageToken(token, address));
  return blobState({ place, credential, version, clock, say: options.say });
}

/** Returns a key in Key Vault that signs evidence. @throws UserError, ArmFailure */
export async function signingKey(options: ConnectOptions, address: string): Promise<SigningKey> {
  const { cloud } = cloudOf(options.cloud, options.environment['AZURE_AUTHORITY_HOST']);
  const suffix = cloud.names.vaults;
  const { version, clock = systemClock, say, signal, onExchange } = options;
  const endpoint = vaultKeyAddress(address, suffix);
  const pipeline = createArmPipeline({
    endpoint,
    scope: `https://${suffix}/.default`,
    credential: sessionFor(options, 'FUNC_HARDEN_VAULT_TOKEN', (token) => vaultToken(token, address, suffix)),
    version,
    clock,
    say,
    agent: connectAgent(endpoint, clock),
    ...(signal ? { signal } : {}),
    ...(onExchange ? { onExchange } : {}),
  });
  return vaultKey(endpoint, pipeline);
}

/** Returns the sign-in for a service other than Azure Resource Manager, because each service requires a separate token. */
function sessionFor(options: ConnectOptions, name: string, given: (token: string | undefined) => SignInSession): SignInSession {
  const { clock = systemClock, timeLimit = TIME_LIMIT, onSignIn, auth = 'auto', environment, tenant } = options;
  const own = environment[name];
  if (auth === 'token' || (auth === 'auto' && (own || environment['FUNC_HARDEN_ACCESS_TOKEN']))) return given(own?.trim());
  const { cloud, authority } = cloudOf(options.cloud, environment['AZURE_AUTHORITY_HOST']);
  return createSignInSession({
    mode: auth,
    cloud,
    authority,
    environment,
    say: options.ask ?? options.say,
    clock,
    timeLimit,
    ...(tenant ? { tenant } : {}),
    ...(onSignIn ? { onSignIn } : {}),
  });
}

type Pipeline = ReturnType<typeof createArmPipeline>;
type AccessToken = Awaited<ReturnType<SignInSession['getToken']>>;

interface Parts {
  readonly endpoint: URL;
  readonly names: Cloud['names'];
  readonly pipeline: Pipeline;
  /** Returns the pipeline for one vault, with its own origin and audience. */
  readonly pipelineFor: (origin: URL, scope: string) => Pipeline;
  readonly credential: SignInSession;
  readonly waiting: Parameters<typeof createWriter>[1];
}

/** Milliseconds for which plans of many apps use the same answer about a resource that the apps share. */
const PLANNED_WITH = 60_000;

/** Creates everything that sends requests through one pipeline. */
export function joinConnection({ endpoint, names, pipeline, pipelineFor, credential, waiting }: Parts, token: AccessToken): Connection {
  const client = createArmClient(endpoint, pipeline, createTextClient(exchangeText));
  const azure = { client, cloud: names, vaults: createVaults({ endpoint, pipeline, credential, suffix: names.vaults, pipelineFor }) };
  return {
    endpoint: endpoint.origin,
    account: accountInToken(token),
    signIn: credential.signIn(token),
    tenants: () => tenantsOf(client),
    reader: createReader(azure),
    surveyor: () => createReader(sharedReads(azure)),
    writer: createWriter(azure, waiting),
    planner: () => ({ ...createWriter(azure, waiting), ...createReader(sharedReads(azure, PLANNED_WITH)) }),
    discovery: createDiscovery(client, { endpoint, pipeline, credential }),
  };
}

type Place = Pick<ConnectOptions, 'cloud' | 'armEndpoint' | 'environment'>;

function endpointOf({ armEndpoint: given, environment }: Place, cloud: Cloud): URL {
  const endpoint = armEndpoint(given || environment['FUNC_HARDEN_ARM_ENDPOINT'] || cloud.arm);
  if (endpoint.protocol === 'https:') checkProxy(environment); // http is only used on this machine, without a proxy
  return endpoint;
}

/** Returns a client for public pages, which need no sign-in. */
export function surroundingsOf(place: Place, version: string, clock: Clock = systemClock) {
  const { cloud, authority } = cloudOf(place.cloud, place.environment['AZURE_AUTHORITY_HOST']);
  const endpoint = endpointOf(place, cloud);
  const pages = {
    endpoint: new URL('/metadata/endpoints?api-version=2020-06-01', endpoint),
    authority: new URL('/common/v2.0/.well-known/openid-configuration', authority.host),
  };
  return {
    cloud: cloud.name,
    endpoint: endpoint.origin,
    authority: authority.host,
    reach: (what: keyof typeof pages) => pingEndpoint(pages[what], version, clock, connectAgent(pages[what], clock)),
  };
}
