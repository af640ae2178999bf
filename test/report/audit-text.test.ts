/** The text of an audit on a terminal: at each width, values and labels are whole. */
import { expect, test } from 'vitest';
import { secrets } from '../../src/change/secrets.ts';
import { lineText } from '../../src/text/spans.ts';
import { controlLines } from '../../src/view/assessment.ts';
import { inside } from '../helpers/inside.ts';
import { world } from '../helpers/world.ts';

test('an audit on a terminal cuts no label and no value, and names the severity of each finding', async () => {
  const here = await world();
  const shown = await Promise.all([40, 80, 120, 160].map((width) => inside(here, ['audit', '--app', 'fn-orders'], {}, width)));
  for (const { stdout } of shown) expect(stdout).not.toContain('…');
  expect(shown[1]?.stdout).toContain(
    '  (x) Minimum TLS version   fails, severity high\n      current value: 1.0; desired value: 1.2 or later\n',
  );
  expect(shown[3]?.stdout).toMatch(/^ {2}Minimum TLS version +1\.0 +1\.2 or later +\(x\) fails +high$/m);
});

test('a secret in a value is removed before the value is wrapped', () => {
  const secret = 'kQ7vXw2LmZ9pRt4YbN6sHd8Jf3TgVc5KeWqA';
  secrets.learn(secret);
  const control = {
    control: { label: 'A control' },
    id: 'a.b',
    state: 'fail',
    severity: 'low',
    found: `it has ${secret}`,
    wanted: 'w'.repeat(60),
  };
  const text = controlLines({ controls: [control] } as never, 108, { colour: false, ascii: false })
    .map(lineText)
    .join('\n');
  expect(text).not.toContain(secret.slice(-4));
});
