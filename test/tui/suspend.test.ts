/** Ctrl-Z at moments in which it must not stop the process. */
import { expect, test } from 'vitest';
import { suspension } from '../../src/hosts/tui/terminal/suspend.ts';
import type { Store } from '../../src/hosts/tui/store.ts';

/** Presses Ctrl-Z some times without a pause and returns what happened, in order. */
async function pressed(times: number, isBusy: boolean): Promise<readonly string[]> {
  const did: string[] = [];
  const say = (what: string) => void did.push(what);
  const store: Pick<Store, 'busy' | 'dispatch'> = {
    busy: () => isBusy,
    dispatch: (action) => say('notice' in action ? String(action.notice) : action.type),
  };
  const press = suspension({
    store: store as Store,
    keyboard: { suspend: () => Promise.resolve(say('stopped')) },
    input: { pause: () => say('keys off'), resume: () => say('keys on') },
    mouse: () => ({ pause: () => say('mouse off'), resume: () => say('mouse on') }),
  });
  const work: Promise<void>[] = [];
  for (let time = 0; time < times; time++)
    press((given) => {
      work.push(given());
      return work.at(-1)!;
    });
  await Promise.all(work);
  return did;
}

test('a run cannot be suspended, because its requests must be followed to their end', async () => {
  expect(await pressed(1, true)).toEqual(['Ctrl-Z is not possible during a run. Ctrl-C stops the run.']);
  expect(await pressed(1, false)).toEqual(['keys off', 'mouse off', 'stopped', 'mouse on', 'keys on']);
});

test('a key that is held down suspends once', async () => {
  expect(await pressed(3, false)).toEqual(['keys off', 'mouse off', 'stopped', 'mouse on', 'keys on']);
});
