/**
 * A server of this process is called, not sent to: sockets to oneself take more time than the answers. Clients and servers make and read
 * what they always do, and only the way between them is shorter; other processes come through the port.
 */
import { EventEmitter } from 'node:events';
import http, { type IncomingMessage, type RequestListener, type RequestOptions, type ServerResponse } from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';

interface Asked {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

const listeners = new Map<string, RequestListener>();

/** Calls the listener for requests to its endpoint until the returned function is called. */
export function shortWire(endpoint: string, listener: RequestListener): () => void {
  const { host } = new URL(endpoint);
  listeners.set(host, listener);
  return () => void listeners.delete(host);
}

/** @throws as a client does if the server hangs up */
export async function answerOf(listener: RequestListener, { body, ...asked }: Asked): Promise<Answered> {
  // A message takes time on its way: what the server is about to do is done before.
  await nextTurn();
  return new Promise((resolve, reject) => {
    const socket = { destroy: () => reject(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })) };
    const incoming = {
      ...asked,
      socket,
      async *[Symbol.asyncIterator]() {
        if (body) yield Buffer.from(body);
      },
    };
    const outgoing = {
      headersSent: false,
      answer: { status: 200, headers: {} },
      writeHead(status: number, headers: http.OutgoingHttpHeaders = {}) {
        outgoing.headersSent = true;
        outgoing.answer = { status, headers: { date: new Date().toUTCString(), ...lowerCased(headers) } };
        return outgoing;
      },
      end: (text = '') => resolve({ ...outgoing.answer, text }),
    };
    // What the emulator uses of them.
    listener(incoming as unknown as IncomingMessage, outgoing as unknown as ServerResponse);
  });
}

const lowerCased = (headers: http.OutgoingHttpHeaders): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name.toLowerCase(), String(value)]])),
  );

type Arrived = (response: IncomingMessage) => void;

/** The part of a request that Microsoft's libraries use. */
class ShortRequest extends EventEmitter {
  readonly #send: (body: string) => Promise<Answered>;
  readonly #arrived: Arrived;
  #isOver = false;

  constructor({ method = 'GET', path, headers = {} }: RequestOptions, arrived: Arrived, listener: RequestListener) {
    super();
    this.#arrived = arrived;
    const asked = { method, url: path ?? '/', headers: lowerCased(headers as http.OutgoingHttpHeaders) };
    this.#send = (body) => answerOf(listener, { ...asked, body });
  }

  end(body: string | Buffer = ''): void {
    process.nextTick(() => this.emit('finish'));
    this.#send(body.toString()).then(
      (answer) => this.#take(answer),
      (error: Error) => this.destroy(error),
    );
  }

  destroy(error: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    // As in Node.js: whoever ends a request comes before whoever hears of it.
    process.nextTick(() => {
      this.emit('error', error);
      this.emit('close');
    });
  }

  #take({ status, headers, text }: Answered): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const response = new Readable({ read: () => {} });
    if (text !== '') response.push(text);
    response.push(null);
    this.#arrived(Object.assign(response, { statusCode: status, headers }) as unknown as IncomingMessage);
    this.emit('close');
  }
}

const { request } = http;
http.request = ((...given: Parameters<typeof request>) => {
  const [options, arrived] = given as unknown as [RequestOptions, Arrived];
  const listener = listeners.get(`${options.hostname}:${options.port}`);
  return listener ? new ShortRequest(options, arrived, listener) : request(...given);
}) as typeof request;
syncBuiltinESMExports();
