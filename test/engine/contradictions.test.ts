/** Decisions that contradict each other: about a resource that two apps use, and when the wizard saves them. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { KeptDecisions } from '../../src/app/kept-decisions.ts';
import { planFromFile } from '../../src/app/plans/plan-from-file.ts';
import { Namesakes } from '../../src/app/same-name-apps.ts';
import type { Invocation } from '../../src/cli/invocation.ts';
import { defineQuestions, defineStep } from '../../src/contract/index.ts';
import { contoso } from '../../src/emulator/samples/contoso.ts';
import { keyOf } from '../../src/emulator/state.ts';
import { catalogue } from '../../steps/index.ts';
import { cloud } from '../helpers/in-process.ts';
import { targetOf } from '../helpers/places.ts';
import { ORDERS, temporaryFolder } from '../helpers/world.ts';

const SETTING = 'AzureWebJobsStorage';

/** An area that writes an answer into the storage accounts of an app. */
const tls = defineStep({
  id: 'account-tls',
  title: 'TLS of accounts',
  group: 'network',
  why: 'To write a shared resource.',
  docs: [],
  questions: defineQuestions({ version: { kind: 'choice', label: 'Which version?', help: 'Any.', options: ['TLS1_1', 'TLS1_2'] } }),
  controls: [
    {
      kind: 'rule',
      id: 'version',
      label: 'TLS version',
      because: 'Old versions are weak.',
      severity: 'low',
      risk: 'safe',
      effect: 'None.',
      reads: ['storageAccounts'],
      writes: ['storageAccounts'],
      needs: ['version'],
      judge: ({ facts, answers }) => ({
        state: facts.storageAccounts.value.every(({ properties }) => properties.minimumTlsVersion === answers.version) ? 'pass' : 'fail',
        found: 'another',
        wanted: 'the answer',
      }),
      draft: ({ facts, answers }) =>
        facts.storageAccounts.value.map(({ id }) => ({
          at: ['storageAccounts', 'properties.minimumTlsVersion'] as const,
          instanceId: id,
          to: answers.version ?? null,
          absent: null,
        })),
    },
  ],
});

async function planOf(orders: string, intake: string) {
  const state = contoso();
  const [first, second] = [ORDERS, ORDERS.replace('fn-orders', 'fn-intake')].map((id) => state.sites[keyOf(id)]!.appSettings);
  second![SETTING] = first![SETTING]!;
  const here = cloud(state, await temporaryFolder());
  const file = join(here.folder, 'a.yaml');
  const decided = (version: string) => `{ steps: { account-tls: { decision: apply, answers: { version: ${version} } } } }`;
  await writeFile(file, `version: 1\napps:\n  fn-orders: ${decided(orders)}\n  fn-intake: ${decided(intake)}\n`);
  const look = { colour: false, ascii: false } as const;
  const invocation: Invocation = {
    args: [file],
    options: { stateDir: join(here.folder, 'state') },
    io: { out: () => {}, err: () => {}, outLook: look, errLook: look, width: 80, interactive: false, asks: false, fullScreen: false },
    environment: {},
    clock: here.clock,
    version: 'test',
    catalogue: () => Promise.resolve([tls]),
    signal: new AbortController().signal,
    connection: await here.connection(),
  };
  return planFromFile(invocation);
}

test('apps that want different values for a shared account are refused, with both places', async () => {
  const refused = planOf('TLS1_2', 'TLS1_1');
  await expect(refused).rejects.toThrow(/fn-orders requires "TLS1_2" \(account-tls\.version; .*a\.yaml:3:\d+\)/);
  await expect(refused).rejects.toThrow(/fn-intake requires "TLS1_1" \(account-tls\.version; .*a\.yaml:4:\d+\)/);
  const { plans } = await planOf('TLS1_2', 'TLS1_2');
  expect(plans.map(({ changes }) => changes.length)).toEqual([1, 1]);
});

test('a decision that contradicts another area is not kept', async () => {
  const here = cloud(contoso(), await temporaryFolder());
  const file = join(here.folder, 'answers.yaml');
  const kept = await KeptDecisions.open({ save: file }, catalogue, new Namesakes((await here.connection()).discovery));
  const decide = (area: string, answers: Record<string, string>) =>
    kept.decide(
      targetOf('fn-orders'),
      catalogue.find(({ id }) => id === area)!,
      { decision: { decision: 'apply' }, answers, controls: {} },
    );
  await decide('gateway', { frontDoorId: '6c1b1f9e-2f0a-4f55-9d3e-8a7f3b0c2d11' });
  const before = kept.answers;
  await decide('access-restrictions', { defaultAction: 'Allow' });
  expect(kept.answers).toBe(before);
  await decide('access-restrictions', { defaultAction: 'Deny' });
  expect(kept.answers).not.toBe(before);
});
