/** A proxy between the command and the emulator that changes answers, to test wrong answers of Azure. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Passing {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly requestBody: string;
}

export interface Answer {
  status: number;
  headers: Record<string, string>;
  text: string;
}

export interface Hooks {
  /** Called before a request is forwarded; its result is awaited. */
  readonly before?: (request: Passing) => void | Promise<void>;
  /** Returns an answer instead of the emulator's; 'taken' if the hook answers itself, or never. */
  readonly instead?: (request: Passing, incoming: IncomingMessage, outgoing: ServerResponse) => Answer | 'taken' | undefined;
  /** Changes an answer of the emulator. */
  readonly after?: (request: Passing, answer: Answer) => void;
}

export interface Between {
  readonly endpoint: string;
  readonly seen: readonly Passing[];
  /** Write requests. */
  writes(): readonly Passing[];
}

export const json = (status: number, body: unknown, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  text: JSON.stringify(body),
});

/** Changes a JSON answer. */
export function reword(answer: Answer, change: (body: Record<string, unknown>) => unknown): void {
  answer.text = JSON.stringify(change(JSON.parse(answer.text || '{}') as Record<string, unknown>));
}

const PASSED_ON = /^(authorization|content-type|accept|if-match)$/;
const KEPT = /^(content-type|location|azure-asyncoperation|retry-after|www-authenticate|date|x-ms-.*)$/;

/** Listens until the test ends. */
export async function between(target: string, { before, instead, after }: Hooks): Promise<Between> {
  const seen: Passing[] = [];
  const server = createServer((incoming, outgoing) => {
    void pass(incoming, outgoing).catch(() => void incoming.socket.destroy());
  });
  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
    const request = { method: incoming.method ?? '', url: incoming.url ?? '', requestBody: Buffer.concat(chunks).toString() };
    seen.push(request);
    await before?.(request);
    const own = instead?.(request, incoming, outgoing);
    if (own === 'taken') return;
    const answer = own ?? (await ask(request, incoming));
    if (!own) after?.(request, answer);
    outgoing.writeHead(answer.status, answer.headers);
    outgoing.end(answer.text);
  }
  async function ask({ method, url, requestBody }: Passing, incoming: IncomingMessage): Promise<Answer> {
    const headers = Object.entries(incoming.headers).filter(([name]) => PASSED_ON.test(name)) as [string, string][];
    const body = method === 'GET' || requestBody === '' ? {} : { body: requestBody };
    const answer = await fetch(`${target}${url}`, { method, headers, redirect: 'manual', ...body });
    const here = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const kept = [...answer.headers].filter(([name]) => KEPT.test(name));
    return {
      status: answer.status,
      headers: Object.fromEntries(kept.map(([name, value]) => [name, value.replaceAll(target, here)])),
      text: (await answer.text()).replaceAll(target, here),
    };
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    writes: () => seen.filter(({ method, url }) => method !== 'GET' && !/\/(list\w*|resources)\?/i.test(url)),
  };
}
