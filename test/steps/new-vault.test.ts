/** Secrets that move to a new vault with a chosen firewall: the vault is created closed, in one request. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HOSTINGS, seed, siteId, SUBNETS } from '../helpers/hostings.ts';
import { cloud, type Cloud } from '../helpers/in-process.ts';
import { keyOf, type State } from '../../src/emulator/state.ts';

const APP = 'fn-bad';
const ANSWERS = `version: 1
apps:
  ${APP}:
    steps:
      key-vault:
        answers: { vault: kv-own-1, settings: [ServiceBus] }
        controls: { references: { decision: apply }, firewall: { decision: apply } }
`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'func-harden-'));
  await writeFile(join(folder, 'answers.yaml'), ANSWERS);
});
afterEach(() => rm(folder, { recursive: true }));

/** The bad app on a dedicated plan and in a network, with no vault but the one of the settings, or with none at all. */
function here({ subnet = 'apps', vaults = false } = {}): Cloud {
  const [, plan, linux] = HOSTINGS.at(-1)!;
  const state: State = seed(plan, linux);
  const site = state.sites[keyOf(siteId(APP))]!;
  if (subnet) site.properties['virtualNetworkSubnetId'] = `${SUBNETS}/${subnet}`;
  const isOfVault = ([, value]: [string, unknown]) => String(value).startsWith('@Microsoft.KeyVault');
  if (!vaults) site.appSettings = Object.fromEntries(Object.entries(site.appSettings).filter((one) => !isOfVault(one)));
  return cloud(state, folder);
}

const replay = (on: Cloud, ...more: string[]) => on.command('replay', join(folder, 'answers.yaml'), '--yes', '--confirm', APP, ...more);
const made = (on: Cloud) => on.writes.filter(({ url }) => /\/vaults\/kv-own-1\?/.test(url));
const OPEN = expect.not.objectContaining({ networkAcls: expect.anything() });

test.each([false, true])(
  'a new vault is created closed in one request, and a second replay sends nothing (another vault beside it: %s)',
  async (vaults) => {
    const on = here({ vaults });
    const first = await replay(on, '--my-ip', '198.51.100.7');
    expect(first.stderr + first.stdout).toContain('APPLIED');
    expect(first.code).toBe(0);
    expect(made(on).map(({ method, body }) => [method, (body as { properties: unknown }).properties])).toEqual([
      [
        'PUT',
        expect.objectContaining({
          enablePurgeProtection: true,
          networkAcls: {
            bypass: 'AzureServices',
            defaultAction: 'Deny',
            ipRules: [{ value: '198.51.100.7' }],
            virtualNetworkRules: [{ id: `${SUBNETS}/apps` }],
          },
        }),
      ],
    ]);
    const sent = on.writes.length;
    const second = await replay(on, '--my-ip', '198.51.100.7');
    expect([second.code, on.writes.length]).toEqual([0, sent]);
  },
);

test.each([
  ['an address that writes the secrets', {}, [], 'kv-own-1 is created with a closed firewall'],
  ['a network of the app', { subnet: '' }, ['--my-ip', '198.51.100.7'], 'could no longer reach kv-own-1'],
] as const)('without %s only the firewall is left out, and the run is no success', async (_, options, more, says) => {
  const on = here(options);
  const run = await replay(on, ...more);
  expect(run.stderr.replaceAll(/\s+/g, ' ')).toContain(says);
  expect(run.code).not.toBe(0);
  expect(made(on).map(({ body }) => (body as { properties: unknown }).properties)).toEqual([OPEN]);
  expect(on.writes.at(-1)?.url).toContain('config/appsettings');
});
