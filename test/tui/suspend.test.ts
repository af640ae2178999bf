/** Ctrl-Z where it must not stop the process. */
import { expect, test } from 'vitest';
import { suspendWizard } from '../../src/hosts/tui/suspend.ts';
import type { Store } from '../../src/hosts/tui/store.ts';

/** Presses Ctrl-Z and returns what happened, in order. */
async function pressed(isBusy: boolean): Promise<readonly string[]> {
  const did: string[] = [];
  const say = (what: string) => void did.push(what);
  const store: Pick<Store, 'busy' | 'dispatch'> = {
    busy: () => isBusy,
    dispatch: (action) => say('notice' in action ? String(action.notice) : action.type),
  };
  let work: Promise<void> | undefined;
  suspendWizard((given) => (work = given()), {
    store: store as Store,
    keyboard: { suspend: () => Promise.resolve(say('stopped')) },
    mouse: { pause: () => say('mouse off'), resume: () => say('mouse on') },
  });
  await work;
  return did;
}

test('a run is not suspended, because its requests must be followed to their ends', async () => {
  expect(await pressed(true)).toEqual(['Ctrl-Z is not possible during a run. Ctrl-C stops the run.']);
  expect(await pressed(false)).toEqual(['mouse off', 'stopped', 'mouse on']);
});
