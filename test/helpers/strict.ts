/** A strict answers file for the whole sample subscription: everything is applied, and what no API shows is attested. */
import { catalogue } from '../../steps/index.ts';
import { GONE } from '../../src/emulator/sample-apps.ts';
import type { State } from '../../src/emulator/state.ts';
import { answersOn } from './hostings.ts';
import { SITES } from './world.ts';

type Answers = Record<string, Record<string, unknown>>;
const SUBNETS = `${SITES}/rg-network/providers/Microsoft.Network/virtualNetworks/vnet-contoso/subnets`;
const FRONT_DOORS: Record<string, string> = {
  'fn-orders': '0d4f7c7e-52c1-4b1b-9a53-6a3f0e2b7d10',
  'fn-ledger': '6c1b1f9e-2f0a-4f55-9d3e-8a7f3b0c2d11',
};
const UNTIL = '2027-05-01';
const SIGNED = { by: 'Dana Lee', until: UNTIL };

export const APPS = ['fn-orders', 'fn-events', 'fn-billing', 'fn-billing/staging', 'fn-intake', 'fn-reports', 'fn-ledger'];

const answersFor = (app: string, remove: readonly string[]): Answers => ({
  https: { minTls: '1.2', scmMinTls: '1.2' },
  monitoring: { component: `appi-${app.replace('/', '-').replace('fn-', '')}`, workspace: 'log-contoso' },
  'access-keys': { open: app === 'fn-orders' ? ['PlaceOrder'] : [], known: app === 'fn-orders' ? ['host/ci'] : [], store: 'blob' },
  authentication: { clientId: '11111111-2222-3333-4444-555555555555', issuer: 'https://login.microsoftonline.com/contoso/v2.0' },
  'user-permissions': { most: 3, remove },
  cors: { allowedOrigins: ['https://www.contoso.com'], supportCredentials: false },
  'key-vault': {
    vault: `kv-${app.replace('/staging', '').replace('fn-', '')}`,
    settings: app === 'fn-orders' ? ['ServiceBus', 'PaymentApiKey'] : app === 'fn-events' ? ['ServiceBus'] : [],
  },
  'usage-quota': { gbSeconds: 13000 },
  ftp: { state: 'Disabled' },
  scm: { rules: [{ name: 'agents', priority: 10, action: 'Allow', ip: '198.51.100.0/26' }], defaultAction: 'Deny' },
  storage: { keySource: 'Microsoft.Storage' },
  'access-restrictions': {
    rules: [
      {
        name: 'fd',
        priority: 10,
        action: 'Allow',
        serviceTag: 'AzureFrontDoor.Backend',
        ...(FRONT_DOORS[app] ? { headers: { 'x-azure-fdid': [FRONT_DOORS[app]] } } : {}),
      },
    ],
    defaultAction: 'Deny',
  },
  'private-access': { subnet: `${SUBNETS}/endpoints`, dnsZone: 'privatelink.azurewebsites.net' },
  isolation: {
    subnet:
      app === 'fn-events'
        ? `${SUBNETS.replace('vnet-contoso', 'vnet-events')}/apps-flex`
        : `${SUBNETS}/${app === 'fn-reports' ? 'apps-reports' : 'apps-finance'}`,
  },
  ...(FRONT_DOORS[app] ? { gateway: { frontDoorId: FRONT_DOORS[app] } } : {}),
});

/** What the sample apps leave to people: how an app was created, keys that are renewed by hand. */
const BY_HAND = ['https.domain-scope', 'storage.key-age', 'key-vault.secret-expiry'];
const ACCEPTED = { decision: 'accept', reason: 'mended with the next release', ...SIGNED };

/** Areas whose answers depend on the app; the others answer as in the table of hostings. */
const BY_APP = Object.keys(answersFor('fn-orders', []));

function stepsFor(app: string, remove: readonly string[]) {
  const answers: Answers = { ...omitted(answersOn('EP1'), BY_APP), ...answersFor(app, remove) };
  return Object.fromEntries(
    catalogue.map((step) => {
      const controls = step.controls.flatMap((control): [string, object][] => {
        if (BY_HAND.includes(`${step.id}.${control.id}`)) return [[control.id, ACCEPTED]];
        if (control.kind === 'attestation') return [[control.id, { decision: 'attest', evidence: 'https://dev.contoso.com/1', ...SIGNED }]];
        // No answer moves an app to another plan.
        if (step.id === 'runtime' && control.id === 'plan')
          return [[control.id, { decision: 'accept', reason: 'moves to Flex Consumption next year', ...SIGNED }]];
        return control.optIn && control.id !== 'rotate' ? [[control.id, { decision: 'apply' }]] : [];
      });
      return [
        step.id,
        {
          decision: 'apply',
          ...(step.id === 'access-keys' ? { reason: 'on purpose', ...SIGNED } : {}),
          ...(answers[step.id] ? { answers: answers[step.id] } : {}),
          controls: Object.fromEntries(controls),
        },
      ];
    }),
  );
}

const omitted = (from: Answers, names: readonly string[]): Answers =>
  Object.fromEntries(Object.entries(from).filter(([name]) => !names.includes(name)));

export const CONFIRMED = APPS.flatMap((app) => ['--confirm', app]);

export function strictAnswers(state: State): string {
  const gone = Object.values(state.resources).flatMap((one) =>
    (one['properties'] as Record<string, unknown>)['principalId'] === GONE ? [String(one['id']).split('/').at(-1)!] : [],
  );
  const apps = Object.fromEntries(APPS.map((app) => [app, { steps: stepsFor(app, app === 'fn-orders' ? gone : []) }]));
  return JSON.stringify({ version: 1, apps });
}
