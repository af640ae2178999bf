/** A server between the tool and the emulator that tells of each request before it is handed on. */
import { createServer, request as send, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { World } from './world.ts';

export interface Between {
  readonly endpoint: string;
  /** Called for each request while nobody has answered it; what it returns is waited for. */
  heard: (request: IncomingMessage) => void | Promise<void>;
}

export async function between({ endpoint }: World): Promise<Between> {
  const there = new URL(endpoint);
  const server = createServer((incoming, outgoing) => {
    void (async () => {
      await here.heard(incoming);
      const { method, url: path, headers } = incoming;
      const onward = send(
        { host: there.hostname, port: there.port, method, path, headers: { ...headers, host: headers.host ?? '' } },
        (answer) => {
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(outgoing);
        },
      );
      onward.on('error', () => outgoing.destroy());
      incoming.pipe(onward);
    })();
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(() => resolve()));
  });
  const here: Between = { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, heard: () => {} };
  return here;
}
