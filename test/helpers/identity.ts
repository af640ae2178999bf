/** The identity endpoint that App Service has beside an app; it answers with a token, or never. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export async function startIdentity(token: () => string | undefined): Promise<string> {
  const server = createServer((_, response) => {
    const issued = token();
    if (issued === undefined) return;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ access_token: issued, token_type: 'Bearer', expires_on: String(Math.floor(Date.now() / 1000) + 3600) }));
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(() => resolve()));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/msi/token`;
}
