/** Whether a service answers, and its clock: requested without a token, before the sign-in. */
import {
  createDefaultHttpClient,
  createEmptyPipeline,
  createPipelineRequest,
  proxyPolicy,
  userAgentPolicy,
  type Agent,
} from '@azure/core-rest-pipeline';
import type { ArmFailure, Clock } from '../engine/ports.ts';
import { connectWith } from './http/connect-limit.ts';
import { failureWithoutAnswer } from './failures/failures.ts';

interface Reached {
  readonly origin: string;
  readonly milliseconds: number;
  /** The milliseconds that this machine's clock is ahead of the service's. */
  readonly ahead?: number;
}

/** Milliseconds; long enough for a slow proxy. */
const LIMIT = 10_000;

/** Sends a request and accepts any answer, also a refusal. @throws ArmFailure */
export async function pingEndpoint(url: URL, version: string, clock: Clock, agent: Agent): Promise<Reached> {
  const pipeline = createEmptyPipeline();
  pipeline.addPolicy(userAgentPolicy({ userAgentPrefix: `func-harden/${version}` }));
  if (url.protocol === 'https:') pipeline.addPolicy(proxyPolicy());
  pipeline.addPolicy(connectWith(agent));
  const request = createPipelineRequest({ url: url.href, timeout: LIMIT, allowInsecureConnection: url.protocol === 'http:' });
  const began = clock.now().getTime();
  const response = await pipeline.sendRequest(createDefaultHttpClient(), request).catch((error: unknown): never => {
    throw failureWithoutAnswer(error, false) satisfies ArmFailure;
  });
  const milliseconds = clock.now().getTime() - began;
  const there = Date.parse(response.headers.get('date') ?? '');
  return { origin: url.origin, milliseconds, ...(Number.isNaN(there) ? {} : { ahead: began + milliseconds / 2 - there }) };
}
