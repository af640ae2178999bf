/** An emulated cloud without sockets: requests are function calls, so that hundreds of apps can be tested in seconds. */
import { outgoing } from '../../src/cli/terminal.ts';
import { createArmPipeline } from '../../src/arm/pipeline.ts';
import { createEmptyPipeline, createHttpHeaders, RestError, type PipelinePolicy } from '@azure/core-rest-pipeline';
import { TIME_LIMIT } from '../../src/arm/http/waits.ts';
import { join } from 'node:path';
import { CLOUDS } from '../../src/azure/index.ts';
import { joinConnection } from '../../src/connect.ts';
import { createEmulator } from '../../src/emulator/handle.ts';
import { OPERATOR, type Caller } from '../../src/emulator/access/rights.ts';
import { jwt, withOrigin } from '../../src/emulator/server/server.ts';
import type { Json, State } from '../../src/emulator/state.ts';
import type { Clock, Connection } from '../../src/engine/ports.ts';
import { runCommand } from '../../src/run-command.ts';
import { testTime } from './clock.ts';
import type { Outcome } from './world.ts';

const ENDPOINT = 'http://127.0.0.1:9';

export interface Sent {
  readonly method: string;
  readonly url: string;
  readonly body: Json;
  readonly status: number;
}

export interface Cloud {
  readonly folder: string;
  readonly clock: Clock;
  connection(): Promise<Connection>;
  state(): State;
  /** What Azure shows of the app: its site, configuration, settings and authentication. */
  shown(site: string): Readonly<Record<string, Json>>;
  /** Write requests, in order. */
  readonly writes: readonly Sent[];
  /** Runs a command against the cloud. */
  command(...args: readonly string[]): Promise<Outcome>;
}

/** A request as it was sent, and after a change on the way. */
export interface Wire {
  status: number;
  headers: Record<string, string>;
  text: string;
}

/** `meddle` replaces or changes answers of the emulator, breaks the connection or never answers; the requests then go through the real pipeline. */
export type Meddle = (request: Omit<Sent, 'status'>, handle: () => Wire) => Wire | 'reset' | 'hang';

export function cloud(seed: State, folder: string, meddle?: Meddle, caller: Caller = OPERATOR): Cloud {
  const time = testTime();
  const token = jwt(caller.name, caller.id, seed.tenantId, time.clock.now());
  const emulator = createEmulator(seed, new Map([[token, caller]]), time.clock.now);
  const writes: Sent[] = [];
  const policy: PipelinePolicy = {
    name: 'inProcess',
    async sendRequest(request) {
      const { pathname, search } = new URL(request.url);
      const body = typeof request.body === 'string' ? (JSON.parse(request.body) as Json) : null;
      const { method } = request;
      const url = `${pathname}${search}`;
      const handle = (): Wire => {
        const answer = emulator.handle({ method, url, headers: { authorization: `Bearer ${token}` }, body });
        if (method !== 'GET' && !/\/list\w*$|\/resources$/i.test(pathname)) writes.push({ method, url, body, status: answer.status });
        const text = answer.body === null ? '' : JSON.stringify(answer.body).replaceAll('{origin}', ENDPOINT);
        return { status: answer.status, headers: withOrigin(answer.headers, ENDPOINT), text };
      };
      const wire = meddle ? meddle({ method, url, body }, handle) : handle();
      if (wire === 'reset') throw new RestError('socket hang up', { code: RestError.REQUEST_SEND_ERROR, request });
      if (wire === 'hang') {
        // Until the time limit of the pipeline.
        await time.service.sleep(TIME_LIMIT);
        throw Object.assign(new Error('The operation was aborted.'), { name: 'AbortError' });
      }
      return { request, status: wire.status, headers: createHttpHeaders(wire.headers), bodyAsText: wire.text };
    },
  };
  const accessToken = { token, expiresOnTimestamp: Date.now() + 3_600_000 };
  const credential = {
    getToken: () => Promise.resolve(accessToken),
    renew: () => Promise.resolve(null),
    signIn: () => ({ way: 'a token', until: null }),
  };
  const pipelineFor = (endpoint = new URL(ENDPOINT)) => {
    const real = { endpoint, credential, scope: 'x', version: 'test', clock: time.clock };
    const pipeline = meddle ? createArmPipeline(real) : createEmptyPipeline();
    pipeline.addPolicy(policy, meddle ? { afterPhase: 'Retry' } : {});
    return pipeline;
  };
  const connection = joinConnection(
    {
      endpoint: new URL(ENDPOINT),
      names: CLOUDS.AzureCloud,
      pipeline: pipelineFor(),
      pipelineFor,
      credential,
      waiting: { wait: 0, clock: time.clock, say: () => {} },
    },
    accessToken,
  );
  return {
    folder,
    clock: time.clock,
    connection: () => Promise.resolve(connection),
    state: () => structuredClone(emulator.state),
    shown(site) {
      const ask = (method: string, path: string): Json =>
        emulator.handle({ method, url: `${path}?api-version=2024-11-01`, headers: { authorization: `Bearer ${token}` }, body: null }).body;
      return {
        site: ask('GET', site),
        config: ask('GET', `${site}/config/web`),
        settings: ask('POST', `${site}/config/appsettings/list`),
        auth: ask('POST', `${site}/config/authsettingsV2/list`),
        sticky: ask('GET', `${site}/config/slotConfigNames`),
        publishing: ask('GET', `${site}/basicPublishingCredentialsPolicies`),
      };
    },
    writes,
    async command(...args) {
      let [stdout, stderr] = ['', ''];
      const look = { colour: false, ascii: false } as const;
      const io = {
        out: (text: string) => void (stdout += outgoing(text, false)),
        err: (text: string) => void (stderr += outgoing(text, false)),
        outLook: look,
        errLook: look,
        width: 80,
        interactive: false,
        asks: false,
        fullScreen: false,
      };
      const { code } = await runCommand(args[0] === 'source' ? args : [...args, '--state-dir', join(folder, 'state')], {
        terminal: () => io,
        connection,
        environment: {},
        clock: time.clock,
        version: 'test',
        signal: new AbortController().signal,
      });
      return { code, stdout, stderr };
    },
  };
}
