import { render } from 'ink-testing-library';
import { expect, test } from 'vitest';
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
