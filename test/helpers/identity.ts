/** The identity endpoint that App Service has beside an app; it answers with a token, or never. */
import { createServer } from 'node:http';
import { listening } from './listening.ts';

export async function startIdentity(token: () => string | undefined): Promise<string> {
  const server = createServer((_, response) => {
    const issued = token();
    if (issued === undefined) return;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ access_token: issued, token_type: 'Bearer', expires_on: String(Math.floor(Date.now() / 1000) + 3600) }));
  });
  return `http://127.0.0.1:${await listening(server)}/msi/token`;
}
