/** Azure Blob Storage on this machine: Microsoft's Azurite over https with a test authority, and sign-in by tokens. */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { request } from 'node:https';
import tls from 'node:tls';
import type { Logs } from './killed.ts';
import { hasOpenssl, makeCertificates } from './certificates.ts';

export interface Azurite {
  /** Of a new container. */
  container(name: string): Promise<string>;
  readonly token: string;
  /** The undo logs of a new container. */
  logs(name: string): Promise<Logs>;
  /** Environment variables for a process that uses it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Sends another request with permission; returns status, headers and text. */
  send(method: string, url: string, headers?: Readonly<Record<string, string>>, body?: string): Promise<Answered>;
  close(): Promise<void>;
}
export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

export const ACCOUNT = 'devstoreaccount1';
const VERSION = '2025-07-05';

/** Returns why it cannot be started here; undefined if it can. */
export const missing = (): string | undefined => (hasOpenssl() ? undefined : 'openssl is missing, which makes the certificates');

function storageToken(tenant: string): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    aud: 'https://storage.azure.com',
    iss: `https://sts.windows.net/${tenant}/`,
    nbf: now - 60,
    iat: now - 60,
    exp: now + 86_400,
    tid: tenant,
  };
  return `${part({ typ: 'JWT', alg: 'RS256' })}.${part(claims)}.c2lnbmF0dXJl`;
}

export async function startAzurite(folder: string): Promise<Azurite> {
  const { caFile, ca } = makeCertificates(folder);
  const main = join(dirname(createRequire(import.meta.url).resolve('azurite/package.json')), 'dist/src/blob/main.js');
  const args = ['--blobPort', '0', '--oauth', 'basic', '--cert', join(folder, 'host.pem'), '--key', join(folder, 'host.key')];
  const child = spawn(
    process.execPath,
    [main, ...args, '--inMemoryPersistence', '--silent', '--disableTelemetry', '--skipApiVersionCheck'],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  const origin = await new Promise<string>((resolve, reject) => {
    let said = '';
    const heard = (text: string) => {
      said += text;
      const at = /successfully listen\w* (?:at|on) (https:\S+)/i.exec(said)?.[1];
      if (at) resolve(at);
    };
    child.stdout.setEncoding('utf8').on('data', heard);
    child.stderr.setEncoding('utf8').on('data', heard);
    child.on('close', () => reject(new Error(`Azurite did not start: ${said}`)));
  });
  // Commands in this process use it too.
  const known = tls.getCACertificates('default');
  tls.setDefaultCACertificates([...known, ca]);
  const token = storageToken('72f0c1de-5a4b-4c3d-9e21-7b6a5f4e3d2c');
  const send: Azurite['send'] = (method, url, headers = {}, body = '') =>
    new Promise((resolve, reject) => {
      const all = {
        authorization: `Bearer ${token}`,
        'x-ms-version': VERSION,
        'x-ms-date': new Date().toUTCString(),
        'content-length': Buffer.byteLength(body),
        ...headers,
      };
      const sent = request(url, { method, ca, headers: all }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (part: string) => (text += part));
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
      });
      sent.on('error', reject);
      sent.end(body);
    });
  const environment = { NODE_EXTRA_CA_CERTS: caFile, FUNC_HARDEN_STORAGE_TOKEN: token };
  const container = async (name: string) => {
    const url = `${origin}/${ACCOUNT}/${name}`;
    const { status, text } = await send('PUT', `${url}?restype=container`);
    if (status !== 201) throw new Error(`no container: ${status} ${text}`);
    return url;
  };
  let count = 0;
  async function logsIn(name: string): Promise<Logs> {
    const url = await container(`${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}-${++count}`);
    const texts = async () => {
      const { text } = await send('GET', `${url}?restype=container&comp=list`);
      const names = [...text.matchAll(/<Name>([^<]+\.jsonl)<\/Name>/g)].map(([, blob]) => blob!);
      return Promise.all(names.map(async (blob) => [blob, (await send('GET', `${url}/${blob}`)).text] as const));
    };
    return {
      environment: { ...environment, FUNC_HARDEN_STATE: url },
      lines: async () => (await texts()).flatMap(([, text]) => text.split('\n')),
      async copy(other) {
        const copied = await logsIn(other);
        for (const [blob, text] of await texts()) {
          const to = `${copied.environment['FUNC_HARDEN_STATE'] ?? ''}/${blob}`;
          await send('PUT', to, { 'x-ms-blob-type': 'AppendBlob' });
          if (text !== '') await send('PUT', `${to}?comp=appendblock`, {}, text);
        }
        return copied;
      },
    };
  }
  return {
    token,
    send,
    environment,
    container,
    logs: (name) => logsIn(name),
    async close() {
      tls.setDefaultCACertificates(known);
      child.kill();
      await ended;
    },
  };
}
