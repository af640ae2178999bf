import { LACKS } from '../src/azure/index.ts';
import { appPolicy, AUDIT_DENY, defineStep, IF_NOT_EXISTS, repairsApps, warn } from '../src/contract/index.ts';
import { switchedTo } from './lib/on-off.ts';

export default defineStep({
  id: 'remote-debugging',
  title: 'Disable remote debugging',
  group: 'operation',
  why: 'A debugger port gives full control over the running app. Enable it only for a short time.',
  docs: ['https://learn.microsoft.com/azure/azure-functions/security-concepts#disable-remote-debugging'],
  controls: [
    {
      kind: 'setting',
      id: 'off',
      label: 'Remote debugging',
      because: 'Anyone who attaches a debugger can read memory, including secrets, and run code.',
      severity: 'high',
      risk: 'disruptive',
      effect: 'Active debugging sessions end.',
      at: ['siteConfig', 'properties.remoteDebuggingEnabled'],
      terraform: 'site_config.remote_debugging_enabled',
      absent: false,
      expect: { equals: false },
      set: false,
      notOn: LACKS.remoteDebugging,
      compliance: { mcsb: ['PV-2'], cis: { '3.0': '9.12' }, cisCompute: ['2.3.9', '2.4.9'] },
      policy: appPolicy('0e60b895-3786-45da-8377-9c6b4b6ac5f9', 'Function apps should have remote debugging turned off', IF_NOT_EXISTS, {
        slot: '89691ef9-8c50-49a8-8950-9c7fba41699e',
        ...repairsApps('DeployIfNotExists', '25a5046c-c423-4805-9235-e844ae9ef49b', '70adbb40-e092-42d5-a6f8-71c540a5efdb'),
      }),
      guards: [
        {
          id: 'L26',
          check: () => warn('Azure does not show whether a debugging session is active. Azure ends sessions after 48 hours.'),
        },
      ],
    },
    {
      kind: 'setting',
      id: 'ssh',
      label: 'Container SSH access',
      because: 'A shell in the container can read every setting and use the managed identity.',
      severity: 'medium',
      risk: 'disruptive',
      strict: true,
      optIn: 'SSH sessions end. Undo cannot restore "not set"; it writes "on", which behaves the same.',
      effect: 'SSH into the container is disabled.',
      ...switchedTo('off', 'site', 'properties.sshEnabled'),
      notOn: LACKS.ssh,
      policy: appPolicy('25255ddf-ef4f-4283-975a-5590ad111bba', 'App Service apps should disable SSH', AUDIT_DENY, {
        slot: 'a88d589f-2b09-4b50-8998-9a4e71d7b746',
        alsoWebApps: true,
      }),
    },
    {
      kind: 'setting',
      id: 'web-sockets',
      label: 'WebSockets protocol',
      because: 'Functions use HTTP. An unused protocol is an unnecessary way to attack the app.',
      severity: 'low',
      risk: 'disruptive',
      strict: true,
      effect: 'WebSocket connections to the app fail.',
      notOn: LACKS.webSockets,
      inert: true,
      at: ['siteConfig', 'properties.webSocketsEnabled'],
      terraform: 'site_config.websockets_enabled',
      absent: false,
      expect: { equals: false },
      set: false,
      guards: [
        {
          id: 'L26',
          check: () => warn('Azure does not show whether the code uses WebSockets. Ask the owner of the app.'),
        },
      ],
    },
  ],
});
