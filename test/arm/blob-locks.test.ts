/** A lease that another process holds: a command that writes waits until the state of the holder is clear, a command that reads does not. */
import type { ContainerClient } from '@azure/storage-blob';
import { expect, test } from 'vitest';
import { blobLocks } from '../../src/arm/shared-log/blob-locks.ts';
import type { Clock } from '../../src/engine/ports.ts';
import type { Target } from '../../src/azure/index.ts';

const TARGET = { id: '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Web/sites/fn', label: 'fn' } as Target;

function held() {
  let elapsed = 0;
  const said: string[] = [];
  const lease = { acquireLease: () => Promise.reject(Object.assign(new Error('held'), { code: 'LeaseAlreadyPresent', statusCode: 409 })) };
  const blob = { upload: () => Promise.resolve(), getBlobLeaseClient: () => lease };
  const clock = { elapsed: () => elapsed, sleep: (wait: number) => Promise.resolve(void (elapsed += wait)) } as unknown as Clock;
  const container = { getBlockBlobClient: () => blob } as unknown as ContainerClient;
  const locks = blobLocks({
    container,
    prefix: '',
    address: 'https://a/b',
    clock,
    say: (line) => said.push(line),
    asFailure: (error) => error,
  });
  return { locks, waited: () => elapsed, said };
}

test('a reader does not wait for the lock of a run in progress, and a job does', async () => {
  const look = held();
  await expect(look.locks.hold(TARGET, 'run', { isPatient: false })).rejects.toThrow('in use by another process');
  expect([look.waited(), look.said]).toEqual([0, []]);
  const job = held();
  await expect(job.locks.hold(TARGET, 'run')).rejects.toThrow('in use by another process');
  expect(job.waited()).toBeGreaterThanOrEqual(15_000);
  expect(job.said.join()).toContain('waiting: fn is in use');
});
