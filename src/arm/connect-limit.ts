/** Connections that were never made: nothing was sent, and the address is more likely a wrong one than a broken one. */
import type { Agent, PipelinePolicy } from '@azure/core-rest-pipeline';

/** Through a proxy the connection is the proxy's, and this agent has no part in it. */
export const connectWith = (agent: Agent): PipelinePolicy => ({
  name: 'connectPolicy',
  sendRequest(request, next) {
    request.agent ??= agent;
    return next(request);
  },
});

/** Whether a connection was never made, by this limit or by that of the operating system. */
export const isNeverConnected = (text: string): boolean => text.includes('connect ETIMEDOUT');
