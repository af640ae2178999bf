/** The wizard judges an app once for each change of its answers, however often a screen asks. */
import { expect, test } from 'vitest';
import { contoso } from '../../src/emulator/samples/contoso.ts';
import type { StepDecision } from '../../src/contract/index.ts';
import type { Session } from '../../src/engine/session.ts';
import { catalogue } from '../../steps/index.ts';
import { answersOn, seed } from '../helpers/hostings.ts';
import { cloud } from '../helpers/in-process.ts';
import { temporaryFolder } from '../helpers/world.ts';
import { readChanged } from '../../src/hosts/tui/state/open-verdicts.ts';
import { targetOf } from '../helpers/places.ts';
import { pilot } from './helpers.ts';

test('a second question judges nothing again; an answer does', async () => {
  let session: Session | undefined;
  await pilot(cloud(contoso(), await temporaryFolder()), {}, {}, (made) => (session = made));
  const { value: target } = await session!.apps()[Symbol.asyncIterator]().next();
  const open = await session!.open(target!);
  const { steps } = session!.judge(open);
  expect(session!.judge(open).steps).toBe(steps);
  const ftp = catalogue.find(({ id }) => id === 'ftp')!;
  await session!.decide(target!, ftp, { decision: { decision: 'skip' }, answers: {}, controls: {} });
  const after = session!.judge(open);
  expect(after.steps).not.toBe(steps);
  expect(after.decisions['ftp']?.decision).toEqual({ decision: 'skip' });
  session!.setMyIp('203.0.113.7');
  expect(session!.judge(open).steps, 'and where the own address is known now').not.toBe(after.steps);
});

test('after a decision only the affected areas are judged again, with the verdicts of an app that is opened anew', async () => {
  let session: Session | undefined;
  await pilot(cloud(seed('EP1', false), await temporaryFolder()), {}, {}, (made) => (session = made));
  const { value: target } = await session!.apps()[Symbol.asyncIterator]().next();
  const open = await session!.open(target!);
  const decide = async (id: string, answers: StepDecision['answers']) => {
    const before = session!.judge(open).steps;
    const step = catalogue.find((one) => one.id === id)!;
    await session!.decide(target!, step, { decision: { decision: 'apply' }, answers, controls: {} });
    return session!
      .judge(open)
      .steps.filter((one, at) => one !== before[at])
      .map((one) => one.step.id);
  };
  const answers = answersOn('EP1');
  expect(await decide('ftp', answers['ftp']!)).toEqual(['ftp']);
  await decide('access-restrictions', answers['access-restrictions']!);
  expect(await decide('gateway', answers['gateway']!)).toContain('access-restrictions');
  expect(session!.judge(open).steps).toEqual((await session!.open(target!)).steps);
});

test('after an undo of a shared resource, the findings of the other apps of its subscription are read again', () => {
  const [own, other] = [targetOf('fn-one'), targetOf('fn-two')];
  const elsewhere = { ...targetOf('fn-three'), id: '/subscriptions/x/fn-three', subscriptionId: 'x' };
  const state = { fleet: [], findings: { list: [], targets: [own, other, elsewhere] } } as never;
  const reads = (key: string, resource: string) => {
    const changes = [{ target: own, key, resource, diff: [{ path: 'properties.allowSharedKeyAccess' }] }];
    return readChanged(state, { do: 'undo', plan: { changes } } as never, own.id);
  };
  const account = `/subscriptions/${own.subscriptionId}/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/st`;
  expect(reads('storageAccounts', account)).toEqual([{ do: 'find', targets: [other], how: 'again' }]);
  expect(reads('siteConfig', `${own.id}/config/web`)).toEqual([]);
});
