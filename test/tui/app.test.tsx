import { render } from 'ink-testing-library';
import { expect, test, vi } from 'vitest';
import { Wizard } from '../../src/hosts/tui/app.tsx';
import { world } from '../helpers/world.ts';
import { pilot } from './helpers.ts';

test('Ink draws the lines and passes the keys on', async () => {
  const wizard = await pilot(await world());
  await wizard.until(({ searching }) => !searching);
  const { lastFrame, stdin, unmount } = render(<Wizard store={wizard.store} />);
  expect(lastFrame()).toContain('Which function app?');
  stdin.write('ledger');
  await wizard.until(({ screen }) => screen.at === 'apps' && screen.filter.text.join('') === 'ledger');
  stdin.write('\r');
  await wizard.until(({ screen }) => screen.at === 'areas');
  unmount();
});

test('the age of a run is counted from now, not from the start of the wizard', async () => {
  const wizard = await pilot(await world(), {}, {}, (session) => ({
    ...session,
    runs: () => Promise.resolve([{ run: 'r', start: { at: new Date().toISOString(), mode: 'apply', targets: [] }, changes: [] } as never]),
  }));
  await wizard.until(({ searching }) => !searching);
  let now = Date.now() - 600_000;
  const { lastFrame, unmount } = render(<Wizard store={wizard.store} time={() => now} />);
  now += 600_000;
  wizard.press('f3');
  await wizard.until(({ screen }) => screen.at === 'runs' && screen.runs !== undefined);
  await vi.waitFor(() => expect(lastFrame()).toContain('just now'), { timeout: 10_000 });
  unmount();
});
