import { LACKS } from '../src/azure/index.ts';
import { appPolicy, AUDIT_DENY, defineStep, IF_NOT_EXISTS, repairsApps, warn } from '../src/contract/index.ts';
import { turned } from './lib/switches.ts';

export default defineStep({
  id: 'remote-debugging',
  title: 'Disable remote debugging',
  group: 'operation',
  why: 'A debugger port is a second, far stronger way into the running app. Switch it on for an hour, not for good.',
  docs: ['https://learn.microsoft.com/azure/azure-functions/security-concepts#disable-remote-debugging'],
  controls: [
    {
      kind: 'setting',
      id: 'off',
      label: 'Remote debugging',
      because: 'Whoever attaches a debugger reads memory, secrets included, and can run code.',
      severity: 'high',
      risk: 'disruptive',
      effect: 'Debugging sessions end.',
      at: ['siteConfig', 'properties.remoteDebuggingEnabled'],
      terraform: 'site_config.remote_debugging_enabled',
      absent: false,
      expect: { equals: false },
      set: false,
      notOn: LACKS.remoteDebugging,
      compliance: { mcsb: ['PV-2'], cis: { '3.0': '9.12' } },
      policy: appPolicy('0e60b895-3786-45da-8377-9c6b4b6ac5f9', 'Function apps should have remote debugging turned off', IF_NOT_EXISTS, {
        slot: '89691ef9-8c50-49a8-8950-9c7fba41699e',
        ...repairsApps('DeployIfNotExists', '25a5046c-c423-4805-9235-e844ae9ef49b', '70adbb40-e092-42d5-a6f8-71c540a5efdb'),
      }),
      guards: [
        {
          id: 'L26',
          check: () => warn('ARM does not show whether somebody is debugging right now; Azure itself ends sessions after 48 hours.'),
        },
      ],
    },
    {
      kind: 'setting',
      id: 'ssh',
      label: 'SSH into the container',
      because: 'A shell in the container sees every setting and the managed identity.',
      severity: 'medium',
      risk: 'disruptive',
      strict: true,
      optIn: 'It ends work in the container, and ARM cannot take it back to "not set", only to on, which is what "not set" means.',
      effect: 'Nobody can open a shell in the container.',
      ...turned('off', 'site', 'properties.sshEnabled'),
      notOn: LACKS.ssh,
      policy: appPolicy('25255ddf-ef4f-4283-975a-5590ad111bba', 'App Service apps should disable SSH', AUDIT_DENY, {
        slot: 'a88d589f-2b09-4b50-8998-9a4e71d7b746',
      }),
    },
    {
      kind: 'setting',
      id: 'web-sockets',
      label: 'Web sockets',
      because: 'A protocol that nobody uses is one less to watch; functions serve HTTP.',
      severity: 'low',
      risk: 'disruptive',
      strict: true,
      effect: 'Web socket connections to the app fail.',
      notOn: LACKS.webSockets,
      at: ['siteConfig', 'properties.webSocketsEnabled'],
      terraform: 'site_config.websockets_enabled',
      absent: false,
      expect: { equals: false },
      set: false,
      guards: [
        {
          id: 'L26',
          check: () => warn('ARM does not show whether code in the app opens web sockets; ask its owner.'),
        },
      ],
    },
  ],
});
