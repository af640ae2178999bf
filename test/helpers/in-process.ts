/** An emulated cloud without sockets: requests are function calls, so that hundreds of apps are tried in seconds. */
import { createEmptyPipeline, createHttpHeaders, type PipelinePolicy } from '@azure/core-rest-pipeline';
import { join } from 'node:path';
import { CLOUDS } from '../../src/azure/index.ts';
import { joinConnection } from '../../src/connect.ts';
import { createEmulator } from '../../src/emulator/handle.ts';
import { OPERATOR } from '../../src/emulator/rights.ts';
import { jwt, withOrigin } from '../../src/emulator/server.ts';
import type { Json, State } from '../../src/emulator/state.ts';
import type { Clock, Connection } from '../../src/engine/ports.ts';
import { parse } from '../../src/cli/parse.ts';
import { LOAD } from '../../src/commands/index.ts';
import { UserError } from '../../src/engine/errors.ts';
import { catalogue } from '../../steps/index.ts';
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
  /** What Azure shows of the app: its site, its configuration, its settings and its sign-in. */
  shown(site: string): Readonly<Record<string, Json>>;
  /** Requests that may change something, in their order. */
  readonly writes: readonly Sent[];
  /** Runs a command on it. */
  command(...args: readonly string[]): Promise<Outcome>;
}

export function cloud(seed: State, folder: string): Cloud {
  const time = testTime();
  const token = jwt(OPERATOR.name, OPERATOR.id, seed.tenantId, time.clock.now());
  const emulator = createEmulator(seed, new Map([[token, OPERATOR]]), time.clock.now);
  const writes: Sent[] = [];
  const policy: PipelinePolicy = {
    name: 'inProcess',
    sendRequest(request) {
      const { pathname, search } = new URL(request.url);
      const body = typeof request.body === 'string' ? (JSON.parse(request.body) as Json) : null;
      const { method } = request;
      const answer = emulator.handle({ method, url: `${pathname}${search}`, headers: { authorization: `Bearer ${token}` }, body });
      if (method !== 'GET' && !/\/list\w*$|\/resources$/i.test(pathname))
        writes.push({ method, url: `${pathname}${search}`, body, status: answer.status });
      const text = answer.body === null ? '' : JSON.stringify(withOrigin(answer.body, ENDPOINT));
      const headers = createHttpHeaders(withOrigin(answer.headers as Json, ENDPOINT) as Record<string, string>);
      return Promise.resolve({ request, status: answer.status, headers, bodyAsText: text });
    },
  };
  const pipelineFor = () => {
    const pipeline = createEmptyPipeline();
    pipeline.addPolicy(policy);
    return pipeline;
  };
  const accessToken = { token, expiresOnTimestamp: Date.now() + 3_600_000 };
  const credential = {
    getToken: () => Promise.resolve(accessToken),
    renew: () => Promise.resolve(null),
    signIn: () => ({ way: 'a token', until: null }),
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
        out: (text: string) => void (stdout += text),
        err: (text: string) => void (stderr += text),
        outLook: look,
        errLook: look,
        width: 80,
        interactive: false,
        fullScreen: false,
      };
      const parsed = parse([...args, '--state-dir', join(folder, 'state')], 'test', io.out);
      if (!parsed) return { code: 0, stdout, stderr };
      const { run } = await LOAD[parsed.command.name]();
      try {
        const code = await run({
          ...parsed,
          io,
          connection,
          environment: {},
          clock: time.clock,
          version: 'test',
          catalogue: () => Promise.resolve(catalogue),
          signal: new AbortController().signal,
        });
        return { code, stdout, stderr };
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        return { code: error.exitCode, stdout, stderr: `${stderr}${error.message}` };
      }
    },
  };
}
