/** Joins the pieces of arm/ into one signed-in connection. Loaded only by commands that talk to Azure. */
import { createArmClient } from './arm/client.ts';
import { armEndpoint, CLOUDS } from './arm/clouds.ts';
import type { AuthMode } from './arm/auth-modes.ts';
import { accountOf, credentialFor } from './arm/credentials.ts';
import { createDiscovery } from './arm/discovery.ts';
import type { DebugEntry } from './arm/debug.ts';
import { noAnswer } from './arm/failures.ts';
import { createReader, createWriter } from './arm/gateway.ts';
import { createArmPipeline } from './arm/pipeline.ts';
import { remembering } from './arm/remember.ts';
import { createVaults } from './arm/vaults.ts';
import { paceOf } from './arm/waits.ts';
import { EXIT, UserError } from './engine/errors.ts';
import type { Connection } from './engine/ports.ts';
import { systemClock } from './files/clock.ts';
import type { Environment } from './files/paths.ts';

export interface ConnectOptions {
  readonly cloud?: string;
  readonly tenant?: string;
  readonly auth?: string;
  readonly armEndpoint?: string;
  readonly environment: Environment;
  readonly version: string;
  readonly say: (line: string) => void;
  readonly signal?: AbortSignal;
  /** Told of each try of each request, for `--debug`. */
  readonly onExchange?: (entry: DebugEntry) => void;
}

/** @throws UserError, ArmFailure when nobody is signed in */
export async function connect(options: ConnectOptions): Promise<Connection> {
  const cloud = CLOUDS.find(({ name }) => name === (options.cloud ?? 'AzureCloud'));
  if (!cloud)
    throw new UserError(`There is no cloud "${options.cloud ?? ''}".`, EXIT.usage, [`Known: ${CLOUDS.map(({ name }) => name).join(', ')}`]);
  const endpoint = armEndpoint(options.armEndpoint || options.environment['FUNC_HARDEN_ARM_ENDPOINT'] || cloud.arm);
  const credential = await credentialFor({
    mode: (options.auth ?? 'auto') as AuthMode,
    cloud,
    environment: options.environment,
    say: options.say,
    ...(options.tenant ? { tenant: options.tenant } : {}),
  });
  const onWait = (milliseconds: number, why: string) => {
    if (milliseconds >= 1000) options.say(`${why}; waiting ${Math.ceil(milliseconds / 1000)} s`);
  };
  const pace = paceOf(options.environment);
  const { version, signal, onExchange } = options;
  const common = {
    credential,
    version,
    onWait,
    pace,
    sleep: systemClock.sleep,
    ...(signal ? { signal } : {}),
    ...(onExchange ? { onExchange } : {}),
  };
  const pipeline = createArmPipeline({ ...common, endpoint });
  const pipelineFor = (vault: URL, scope: string) => createArmPipeline({ ...common, endpoint: vault, scope });
  const client = createArmClient(endpoint, pipeline);
  const azure = { client, vaults: createVaults({ endpoint, pipeline, credential, suffix: cloud.vaults, pipelineFor }) };
  const token = await credential.getToken(`${endpoint.origin}/.default`).catch((error: unknown) => {
    throw noAnswer(error, false);
  });
  return {
    endpoint: endpoint.origin,
    account: accountOf(token),
    reader: createReader(azure),
    surveyor: () => createReader(remembering(azure)),
    writer: createWriter(azure, { wait: pace.firstWait * 4, sleep: systemClock.sleep, ...(signal ? { signal } : {}) }),
    discovery: createDiscovery(client, { endpoint, pipeline, credential }),
  };
}
