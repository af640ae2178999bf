/** Connections that were never made: nothing was sent, and a wrong address is more likely than a broken one. */
import type { Agent, PipelinePolicy } from '@azure/core-rest-pipeline';

/** Returns a policy that uses this agent. Through a proxy, the proxy makes the connection without this agent. */
export const connectWith = (agent: Agent): PipelinePolicy => ({
  name: 'connectPolicy',
  sendRequest(request, next) {
    request.agent ??= agent;
    return next(request);
  },
});

/** Whether a connection was never made, by this limit or that of the operating system. */
export const isNeverConnected = (text: string): boolean => text.includes('connect ETIMEDOUT');
