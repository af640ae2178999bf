import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { EmulatedResponse } from '../answers.ts';
import { withSpelledOutAuth } from '../web/auth.ts';
import { machineClock, type EmulatorClock } from './clock.ts';
import { faultAnswer, faultFor, parseFaults, type ConcurrentWrite } from './faults.ts';
import { createEmulator } from '../handle.ts';
import { OPERATOR, READER, type Caller, type Grant } from '../access/rights.ts';
import { scenario, type Scenario } from '../samples/seeds.ts';
import { guidOf } from '../guid.ts';
import { masked } from './mask.ts';
import { openLog, readState, saveState } from './kept-files.ts';
import { refusal } from './door.ts';
import { notRecorded, type Recording } from './recorded.ts';
import { throttle, type Budget } from './throttle.ts';
import type { Json, State } from '../state.ts';

export interface EmulatorOptions extends Scenario {
  /** An initial state instead of a scenario. */
  readonly seed?: () => State;
  readonly port: number;
  /** File that keeps the state across restarts. */
  readonly stateFile?: string;
  readonly logFile?: string;
  readonly latency: number;
  /** Milliseconds until a new identity or role assignment is visible everywhere; default 0. */
  readonly propagation?: number;
  /** The clock; by default that of the machine. */
  readonly clock?: EmulatorClock;
  readonly faults: Json;
  /** Throttling limits; by default there is none. */
  readonly budget?: Budget;
  /** Recorded exchanges to serve instead of a state. */
  readonly recording?: Recording;
  /** Additional callers by a short name, with their permissions; `tokens` has a token for each. */
  readonly callers?: Readonly<Record<string, readonly Grant[]>>;
}

export interface RunningEmulator {
  readonly endpoint: string;
  readonly accessToken: string;
  readonly readerToken: string;
  readonly tenantId: string;
  readonly subscriptionIds: readonly string[];
  readonly apps: readonly string[];
  /** Tokens of the additional callers. */
  readonly tokens?: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

interface Exchange {
  readonly time: string;
  readonly method: string;
  readonly url: string;
  readonly requestBody: Json;
  readonly status: number;
  readonly responseBody: Json;
}

const DAY = 86_400_000;
/** Maximum size of a request body. */
const MOST_BYTES = 4_194_304;

class TooLarge extends Error {}

/** Serves the emulated cloud on the loopback address until it is closed. */
export async function startEmulator(options: EmulatorOptions): Promise<RunningEmulator> {
  const { clock = machineClock } = options;
  const seed = options.seed ?? (() => scenario(options));
  const saved = options.stateFile ? await readState(options.stateFile) : undefined;
  const state = withSpelledOutAuth(saved ?? seed());
  const { recording } = options;
  const tenantId = recording?.caller?.tid ?? state.tenantId;
  const tokenFor = (caller: Caller) => jwt(caller.name, caller.id, tenantId, clock.now());
  const asked = recording?.caller;
  const accessToken = asked ? jwt(asked.isApp ? undefined : OPERATOR.name, asked.oid, tenantId, clock.now()) : tokenFor(OPERATOR);
  const readerToken = tokenFor(READER);
  const others = Object.entries(options.callers ?? {}).map(([name, grants]): [string, Caller] => {
    const caller = { name: `${name}@contoso.example`, id: guidOf(name), grants };
    return [tokenFor(caller), caller];
  });
  const callers = new Map<string, Caller>([[accessToken, OPERATOR], [readerToken, READER], ...others]);
  const emulator = createEmulator(
    state,
    callers,
    () => clock.now(),
    options.propagation,
    recording && ((request) => recording.answerTo(request) ?? notRecorded(request)),
  );
  const counted = options.budget ? throttle(options.budget, () => clock.elapsed()) : undefined;
  let faults = parseFaults(options.faults);
  const log = options.logFile === undefined ? undefined : await openLog(options.logFile);
  /** As JSON, created on demand, because masking a body takes longer than answering. */
  const exchanges: (() => string)[] = [];
  let endpoint = '';
  let writing = Promise.resolve();
  let saving = Promise.resolve();
  const keep = () => (saving = saving.catch(() => undefined).then(() => saveState(emulator.state, options.stateFile)));

  const server = createServer((request, response) => {
    void answerOne(request, response).catch((error: unknown) => {
      if (response.headersSent) return void request.socket.destroy();
      const message = error instanceof Error ? error.message : String(error);
      const status = error instanceof URIError ? 400 : error instanceof TooLarge ? 413 : 500;
      send(response, { status, headers: {}, body: { error: { code: 'EmulatorError', message } } });
    });
  });

  // As long as a client keeps a connection, because a request on a connection that was just closed would fail with a reset.
  server.keepAliveTimeout = 120_000;

  async function answerOne(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/' } = incoming;
    const text = await bodyText(incoming);
    const body = text === undefined ? null : parse(text);
    if (url.startsWith('/_emulator/')) {
      const refused = await refusal(incoming, new URL(endpoint).host, accessToken);
      return refused ? send(outgoing, refused) : control(method, url, body, outgoing);
    }
    const fault = faultFor(faults, method, url);
    if (options.latency + (fault?.delayMs ?? 0) > 0) await clock.sleep(options.latency + (fault?.delayMs ?? 0));
    const record = async (status: number, sent: Content) => {
      const time = clock.now().toISOString();
      let made: string | undefined;
      const exchange = () =>
        (made ??= JSON.stringify({
          time,
          method,
          url: `${endpoint}${url}`,
          requestBody: masked(text === undefined ? null : parse(text), url),
          status,
          responseBody: masked(bodyOf(sent), url),
        } satisfies Exchange));
      exchanges.push(exchange);
      if (log) await (writing = writing.then(() => log.appendFile(`${exchange()}\n`)));
    };
    if (fault?.drop === 'before') {
      await record(0, NOTHING);
      return void incoming.socket.destroy();
    }
    const left = counted?.(method, url) ?? { headers: {} };
    if ('refused' in left) {
      await record(left.refused.status, contentOf(left.refused.body));
      return send(outgoing, left.refused);
    }
    const meddle = (by: ConcurrentWrite | undefined) =>
      by && emulator.handle({ ...by, headers: { authorization: `Bearer ${accessToken}` } });
    meddle(fault?.beforehand);
    const injected = fault && (fault.status !== undefined || fault.body !== undefined) ? faultAnswer(fault) : undefined;
    const answer =
      injected && fault?.drop !== 'after'
        ? injected
        : emulator.handle({ method, url, headers: { authorization: incoming.headers.authorization }, body });
    const located = { status: answer.status, headers: { ...withOrigin(answer.headers, endpoint), ...left.headers } };
    // As text at once, because bodies have parts of the state.
    const content = contentOf(answer.body, endpoint);
    meddle(fault?.afterwards);
    if (method !== 'GET' || fault?.beforehand || fault?.afterwards) await keep();
    if (fault?.drop === 'after') {
      await record(0, NOTHING);
      return void incoming.socket.destroy();
    }
    await record(located.status, content);
    sendContent(outgoing, located, content);
  }

  async function control(method: string, url: string, body: Json, outgoing: ServerResponse): Promise<void> {
    const command = `${method} ${new URL(url, 'http://x').pathname}`;
    if (command === 'GET /_emulator/state')
      return send(outgoing, { status: 200, headers: {}, body: sorted(emulator.state as unknown as Json) });
    if (command === 'GET /_emulator/exchanges')
      return sendContent(outgoing, { status: 200, headers: {} }, { text: `[${exchanges.map((made) => made()).join(',')}]`, isJson: true });
    if (command === 'POST /_emulator/reset') {
      emulator.restart(withSpelledOutAuth(seed()));
      faults = [];
      exchanges.length = 0;
      await keep();
      return send(outgoing, { status: 204, headers: {}, body: null });
    }
    if (command === 'POST /_emulator/faults') {
      try {
        faults = parseFaults(body);
        return send(outgoing, { status: 204, headers: {}, body: null });
      } catch (error) {
        return send(outgoing, { status: 400, headers: {}, body: { error: { code: 'BadFault', message: (error as Error).message } } });
      }
    }
    send(outgoing, { status: 404, headers: {}, body: { error: { code: 'NotFound', message: `The emulator has no ${command}.` } } });
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    endpoint,
    accessToken,
    readerToken,
    tenantId,
    subscriptionIds: recording?.subscriptionIds ?? state.subscriptions.map(({ id }) => id),
    apps:
      recording?.apps ??
      Object.values(state.sites)
        .filter((site) => !site.slot && /functionapp/.test(site.kind) && !/workflowapp/.test(site.kind))
        .map(({ id }) => id),
    ...(options.callers ? { tokens: Object.fromEntries(others.map(([token, { name }]) => [name.split('@')[0] ?? '', token])) } : {}),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await Promise.allSettled([writing, saving]);
      await log?.close();
    },
  };
}

/** Sorts members by name, so that equal states are equal byte by byte. */
function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.keys(value)
      .toSorted()
      .map((key) => [key, sorted(value[key] ?? null)]),
  );
}

/** Inserts the address of the emulator, which is not known when answers are made. */
export function withOrigin<T extends Json>(body: T, endpoint: string): T {
  const text = JSON.stringify(body);
  return text.includes('{origin}') ? (JSON.parse(text.replaceAll('{origin}', endpoint)) as T) : body;
}

/** A body as it is sent. */
interface Content {
  readonly text: string;
  readonly isJson: boolean;
}
const NOTHING: Content = { text: '', isJson: true };

function contentOf(body: Json, origin = ''): Content {
  if (body === null) return NOTHING;
  const isJson = typeof body !== 'string';
  const text = isJson ? JSON.stringify(body) : body;
  return { text: origin === '' ? text : text.replaceAll('{origin}', origin), isJson };
}

const bodyOf = ({ text, isJson }: Content): Json => (text === '' ? null : isJson ? (JSON.parse(text) as Json) : text);

const send = (outgoing: ServerResponse, { body, ...head }: EmulatedResponse): void => sendContent(outgoing, head, contentOf(body));

function sendContent(outgoing: ServerResponse, { status, headers }: Omit<EmulatedResponse, 'body'>, { text, isJson }: Content): void {
  const id = randomUUID();
  const type = isJson ? 'application/json; charset=utf-8' : 'text/html; charset=us-ascii';
  outgoing.writeHead(status, {
    ...(text ? { 'content-type': type } : {}),
    'x-ms-request-id': id,
    'x-ms-correlation-request-id': id,
    ...headers,
  });
  outgoing.end(text);
}

async function bodyText(incoming: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BYTES) throw new TooLarge('the body is too large');
    chunks.push(chunk);
  }
  return chunks.length > 0 ? Buffer.concat(chunks).toString('utf8') : undefined;
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

/** Makes a token with the claims of a real one, of an app where there is no name. Its signature is meaningless, so only issued tokens are accepted. */
export function jwt(upn: string | undefined, oid: string, tid: string, now: Date): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const exp = Math.floor((now.getTime() + DAY) / 1000);
  return `${part({ typ: 'JWT', alg: 'none' })}.${part({ aud: 'https://management.azure.com', exp, oid, tid, ...(upn === undefined ? { idtyp: 'app', appid: oid } : { upn }) })}.${randomUUID().replaceAll('-', '')}`;
}
