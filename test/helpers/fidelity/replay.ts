/** Sends a recorded request to an emulator that is put in the recorded starting state. */
import { startEmulator } from '../../../src/emulator/server/server.ts';
import { connectionsOf } from '../../../src/emulator/web/networks.ts';
import { keyOf, type Json, type State } from '../../../src/emulator/state.ts';
import type { Recorded } from '../recorded.ts';
import type { Answered } from './compare.ts';
import { orderOf, sentBody, stateBefore } from './state.ts';
import { pathOf } from './places.ts';

export const OPERATION = /\/(operationresults|asyncoperations)\//i;

/** State that some exchanges require and that no exchange shows. */
export type Prepare = (state: State, recorded: Recorded) => void;

/** `before`: writes that are sent first, to an emulator in the state before the first of them. */
export async function replay(
  all: readonly Recorded[],
  recorded: Recorded,
  prepare?: Prepare,
  before: readonly Recorded[] = [],
): Promise<Answered> {
  const begun = OPERATION.test(pathOf(recorded)) ? operationOf(all, recorded) : undefined;
  const state = stateBefore(all, before[0] ?? begun?.write ?? recorded);
  prepare?.(state, recorded);
  const emulator = await startEmulator({ port: 0, scenario: 'contoso', apps: 0, latency: 0, faults: [], seed: () => state });
  const send = async (method: string, url: string, body: unknown): Promise<Answered> => {
    const response = await fetch(url, {
      method,
      headers: { authorization: `Bearer ${emulator.accessToken}`, 'content-type': 'application/json' },
      ...(body === null ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = (response.headers.get('content-type') ?? '').includes('json');
    return { status: response.status, headers: response.headers, body: text ? (isJson ? (JSON.parse(text) as Json) : text) : null };
  };
  const at = (one: Recorded) => `${emulator.endpoint}${encodeURI(named(state, pathOf(one)))}${new URL(one.url).search}`;
  try {
    for (const one of before) await send(one.method, at(one), sentBody(one));
    if (!begun) {
      let answer = await send(recorded.method, at(recorded), sentBody(recorded));
      // After a write, the service may have been polled before without a recording of it.
      for (let look = 0; before.length > 0 && look < 2 && answer.status !== recorded.status; look += 1)
        answer = await send(recorded.method, at(recorded), sentBody(recorded));
      return answer;
    }
    // The address to poll is that of the emulator: a recorded one names an operation of the service.
    let answer = await send(begun.write.method, at(begun.write), sentBody(begun.write));
    // The number of polls until the end is different for each service.
    for (let look = 0; look === 0 || (look < 3 && answer.status !== recorded.status); look += 1)
      answer = await send('GET', answer.headers.get('location') ?? at(recorded), null);
    return answer;
  } finally {
    await emulator.close();
  }
}

/** A connection is named by the service, after the endpoint it belongs to: here by the emulator. */
function named(state: State, path: string): string {
  const [, site = '', name = ''] = /^(.*)\/privateEndpointConnections\/(.+)-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.exec(path) ?? [];
  const record = state.sites[keyOf(site)];
  const own = record && connectionsOf(state, record).find((one) => String(one['name']).startsWith(`${name}-`));
  return own ? String(own['id']) : path;
}

/** The write that is polled, and the number of polls so far. */
export function operationOf(all: readonly Recorded[], recorded: Recorded): { write: Recorded; looks: number } | undefined {
  const same = all.filter(({ file, source }) => file === recorded.file && source.path === recorded.source.path);
  const before = same.filter((one) => orderOf(one) <= orderOf(recorded)).toSorted((a, b) => orderOf(a) - orderOf(b));
  const write = before.findLast(({ method, status }) => method !== 'GET' && status === 202);
  return write && { write, looks: before.filter((one) => orderOf(one) > orderOf(write) && OPERATION.test(pathOf(one))).length };
}
