/** Sends a recorded request to an emulator that is put in the recorded starting state. */
import { startEmulator } from '../../../src/emulator/server.ts';
import type { Json, State } from '../../../src/emulator/state.ts';
import type { Recorded } from '../recorded.ts';
import type { Answered } from './compare.ts';
import { stateBefore } from './state.ts';
import { pathOf } from './places.ts';

/** What must stand before some exchanges and shows in none. */
export type Prepare = (state: State, recorded: Recorded) => void;

export async function replay(all: readonly Recorded[], recorded: Recorded, prepare?: Prepare): Promise<Answered> {
  const begun = /\/operationresults\//i.test(pathOf(recorded)) ? operationOf(all, recorded) : undefined;
  const state = stateBefore(all, begun?.write ?? recorded);
  prepare?.(state, recorded);
  const emulator = await startEmulator({ port: 0, scenario: 'contoso', apps: 0, latency: 0, faults: [], seed: () => state });
  const send = async (method: string, url: string, body: unknown): Promise<Answered> => {
    const response = await fetch(url, {
      method,
      headers: { authorization: `Bearer ${emulator.accessToken}`, 'content-type': 'application/json' },
      ...(body === null ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text ? (JSON.parse(text) as Json) : null };
  };
  const at = ({ url }: Recorded) => `${emulator.endpoint}${new URL(url).pathname}${new URL(url).search}`;
  try {
    if (!begun) return await send(recorded.method, at(recorded), recorded.requestBody);
    // The place to ask at is the emulator's own: a recorded one names an operation of the service.
    let answer = await send(begun.write.method, at(begun.write), begun.write.requestBody);
    for (let look = 0; look < begun.looks; look += 1) answer = await send('GET', answer.headers.get('location') ?? at(recorded), null);
    return answer;
  } finally {
    await emulator.close();
  }
}

/** The write whose end is asked after, and how often it was asked for by then. */
function operationOf(all: readonly Recorded[], recorded: Recorded): { write: Recorded; looks: number } {
  const before = all.filter(({ file, at }) => file === recorded.file && at <= recorded.at);
  const write = before.findLast(({ method }) => method !== 'GET');
  if (!write) throw new TypeError('an operation without a write');
  return { write, looks: recorded.at - write.at };
}
