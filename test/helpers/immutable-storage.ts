/**
 * Blob Storage with an immutability policy on its container, which Azurite does not have: over http on loopback, with only the operations that
 * undo logs use. Refused operations: learn.microsoft.com/azure/storage/blobs/immutable-container-level-worm-policies (operations that a
 * policy denies) and learn.microsoft.com/rest/api/storageservices/blob-service-error-codes (BlobImmutableDueToPolicy, 409).
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listening } from './listening.ts';

export const TOKEN = 'dGhlLXRva2VuLW9mLXN0b3JhZ2U';

export interface ImmutableStorage {
  /** The address of the container. */
  readonly container: string;
  /** Texts of the blobs by name. */
  readonly texts: () => ReadonlyMap<string, string>;
  /** Operations that were refused by the policy. */
  readonly refused: readonly string[];
  send(method: string, blob: string, headers?: Readonly<Record<string, string>>, query?: string): Promise<string>;
}

interface Blob {
  readonly type: string;
  text: Buffer;
  lease: string | undefined;
}

/** @param appends whether the policy allows protected append writes */
export async function startImmutableStorage(appends: boolean): Promise<ImmutableStorage> {
  const blobs = new Map<string, Blob>();
  const refused: string[] = [];

  const server = createServer((request, response) => void handle(request, response));
  const origin = `http://127.0.0.1:${await listening(server)}`;
  const container = `${origin}/account/logs`;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const url = new URL(request.url ?? '', origin);
    const [status, code, text, headers = {}] = answer(request, url, Buffer.concat(parts));
    response.writeHead(status, {
      'x-ms-version': '2025-07-05',
      'x-ms-request-id': '0',
      'last-modified': new Date().toUTCString(),
      etag: '"0x1"',
      ...(code ? { 'x-ms-error-code': code, 'content-type': 'application/xml' } : {}),
      ...headers,
    });
    response.end(code ? `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>` : text);
  }

  function answer(
    { method = '', headers }: IncomingMessage,
    url: URL,
    body: Buffer,
  ): [status: number, code: string, text?: Buffer | string, headers?: Record<string, string>] {
    const name = decodeURIComponent(url.pathname).split('/').slice(3).join('/');
    const comp = url.searchParams.get('comp');
    if (headers.authorization !== `Bearer ${TOKEN}`) return [401, 'NoAuthenticationInformation'];
    if (comp === 'list') return [200, '', listed(url.searchParams.get('prefix') ?? ''), { 'content-type': 'application/xml' }];
    const blob = blobs.get(name);
    const denied = (what: string): [number, string] => {
      refused.push(`${what} ${name}`);
      return [409, 'BlobImmutableDueToPolicy'];
    };
    if (method === 'PUT' && comp === null) {
      if (blob) return headers['if-none-match'] === '*' ? [409, 'BlobAlreadyExists'] : denied('overwrite');
      const type = String(headers['x-ms-blob-type']);
      blobs.set(name, { type, text: type === 'BlockBlob' ? body : Buffer.alloc(0), lease: undefined });
      return [201, ''];
    }
    if (!blob) return [404, 'BlobNotFound'];
    if (method === 'DELETE') return denied('delete');
    if (comp === 'lease') return leased(blob, headers);
    if (method === 'PUT' && comp === 'appendblock') {
      if (!appends) return denied('append');
      const at = headers['x-ms-blob-condition-appendpos'];
      if (at !== undefined && Number(at) !== blob.text.length) return [412, 'AppendPositionConditionNotMet'];
      blob.text = Buffer.concat([blob.text, body]);
      return [201, '', '', { 'x-ms-blob-append-offset': String(blob.text.length - body.length) }];
    }
    if (method === 'GET') return [200, '', blob.text, { 'content-length': String(blob.text.length), 'x-ms-blob-type': blob.type }];
    return denied(`${method} ${comp ?? ''}`);
  }

  function leased(blob: Blob, headers: IncomingMessage['headers']): [number, string, string?, Record<string, string>?] {
    const id = String(headers['x-ms-lease-id'] ?? headers['x-ms-proposed-lease-id']);
    const action = headers['x-ms-lease-action'];
    if (action === 'acquire' && blob.lease !== undefined && blob.lease !== id) return [409, 'LeaseAlreadyPresent'];
    if (action !== 'acquire' && blob.lease !== id) return [409, 'LeaseIdMismatchWithLeaseOperation'];
    blob.lease = action === 'release' ? undefined : id;
    return [action === 'acquire' ? 201 : 200, '', '', { 'x-ms-lease-id': id }];
  }

  function listed(prefix: string): string {
    const all = [...blobs]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, { type }]) => `<Blob><Name>${name}</Name><Properties><BlobType>${type}</BlobType></Properties></Blob>`);
    return `<?xml version="1.0" encoding="utf-8"?><EnumerationResults ContainerName="logs"><Blobs>${all.join('')}</Blobs><NextMarker/></EnumerationResults>`;
  }

  return {
    container,
    refused,
    texts: () => new Map([...blobs].map(([name, { text }]) => [name, text.toString('utf8')])),
    async send(method, blob, headers = {}, query = '') {
      const answered = await fetch(`${container}/${blob}${query}`, { method, headers: { authorization: `Bearer ${TOKEN}`, ...headers } });
      return answered.headers.get('x-ms-error-code') ?? String(answered.status);
    },
  };
}
