/** One request over HTTP whose answer is read as one text. The client of Azure's library builds three streams for each answer. */
// Imported as a namespace, because the bundle then loads only the module that is used.
import http from 'node:http';
import https from 'node:https';

interface Sent {
  readonly url: URL;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
  /** The agent that makes the connection: one that keeps connections, or that of a proxy. */
  readonly agent?: http.Agent;
  readonly signal?: AbortSignal;
  /** Called with the number of bytes that have arrived. */
  readonly onBytes?: (loaded: number) => void;
}

interface Received {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

/**
 * Sends a request and returns its answer. An answer that breaks off has the code PARSE_ERROR, and a request that the signal stops the name
 * AbortError, as in Azure's library.
 */
export const exchangeText = ({ url, method, headers, body, agent, signal, onBytes }: Sent): Promise<Received> =>
  new Promise((resolve, reject) => {
    if (signal?.aborted) throw stopped();
    const stop = () => {
      request.destroy();
      fail(stopped());
    };
    const fail = (error: Error) => {
      signal?.removeEventListener('abort', stop);
      reject(error);
    };
    let received: http.IncomingMessage | undefined;
    const receive = (answer: http.IncomingMessage) => {
      received = answer;
      const chunks: Buffer[] = [];
      let loaded = 0;
      answer.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        loaded += chunk.length;
        onBytes?.(loaded);
      });
      answer.on('error', ({ message }) => fail(Object.assign(new Error(message), { code: 'PARSE_ERROR' })));
      answer.on('end', () => {
        signal?.removeEventListener('abort', stop);
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text: Buffer.concat(chunks).toString('utf8') });
      });
    };
    const path = `${url.pathname}${url.search}`;
    const to = { hostname: url.hostname, port: url.port, path, method, headers, ...(agent ? { agent } : {}) };
    const request = (url.protocol === 'https:' ? https : http).request(to, receive);
    // Without this, an answer that changes the protocol (101) would never end the request.
    request.on('upgrade', (_, socket) => {
      socket.destroy();
      fail(Object.assign(new Error('the server changed the protocol'), { code: 'PARSE_ERROR' }));
    });
    // An error after a complete answer is ignored, for example if the server sends more bytes.
    request.on('error', (error) => {
      if (received?.complete !== true) fail(error);
    });
    signal?.addEventListener('abort', stop);
    request.end(body);
  });

const stopped = (): Error => Object.assign(new Error('The request was stopped.'), { name: 'AbortError' });
