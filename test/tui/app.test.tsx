import { render } from 'ink-testing-library';
import { expect, test, vi } from 'vitest';
import { Wizard } from '../../src/hosts/tui/app.tsx';
import { world } from '../helpers/world.ts';
import { pilot } from './helpers.ts';

test('Ink draws the lines and hands the keys on', async () => {
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

test('a link goes out whole, wider than the window, with OSC 8 around it', async () => {
  const wizard = await pilot(await world(), { columns: 40 });
  await wizard.until(({ searching }) => !searching);
  const { stdout, stdin, unmount } = render(<Wizard store={wizard.store} />);
  stdin.write('\r');
  await wizard.until(({ screen }) => screen.at === 'areas');
  stdin.write('o');
  const { finished } = await wizard.until(({ finished }) => finished.length > 0);
  const links = finished.flatMap((one) => one.flatMap(({ link }) => link ?? []));
  expect(links.length).toBeGreaterThan(0);
  await vi.waitFor(() => {
    const written = stdout.frames.join('');
    for (const link of links) expect(written).toContain(`\u001B]8;;${link}\u0007${link}\u001B]8;;\u0007`);
  });
  unmount();
});
