/** The complete job at three window sizes, from the first key to undo. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { widthOf } from '../../../src/text/width.ts';
import { toArea, wizard } from '../../helpers/wizard.ts';
import { ORDERS, world } from '../../helpers/world.ts';

describe.each([
  [80, 24],
  [40, 20],
  [160, 50],
])('at %i by %i', (columns, rows) => {
  test('the wizard from the first key to undo', async () => {
    const here = await world();
    const before = await here.state();
    const screen = wizard(here, [], { columns, rows });
    await screen.sees('6 apps');
    screen.type('ord');
    await screen.sees('1 match');
    screen.type('enter');
    await screen.sees('Require HTTPS');
    screen.type(...toArea('https'));
    await screen.sees(/❯ \(x\) Require HTTPS/);
    screen.type('enter');
    await screen.sees(/findings? selected/);
    screen.type('enter');
    await screen.sees('Question 1 of 2');
    screen.type('enter');
    await screen.sees('Question 2 of 2');
    screen.type('enter');
    await screen.sees('Apply this?');
    expect(await here.writes(), 'nothing goes out before the yes').toEqual([]);
    screen.type('y');
    await screen.sees('2 applied');
    expect((await here.get(ORDERS))['properties']).toMatchObject({ httpsOnly: true });
    expect((await here.get(`${ORDERS}/config/web`))['properties']).toMatchObject({
      minTlsVersion: '1.2',
      scmMinTlsVersion: '1.2',
      http20Enabled: true,
    });
    screen.type('u');
    await screen.sees('Undo log');
    await screen.sees(/❯ .*T\d+Z-[\s\S]* applied/);
    screen.type('enter');
    await screen.sees('as the run wrote it');
    screen.type('enter');
    await screen.sees('Apply this?');
    screen.type('y');
    await screen.sees('Enter back');
    expect(await here.state()).toEqual(before);
    for (const line of screen.screen().split('\n')) expect(widthOf(line)).toBeLessThanOrEqual(columns);
    screen.type('enter');
    await screen.sees('Undo log');
    screen.type('esc');
    // Groups are the headings of areas; the undo log has titles of areas too.
    await screen.sees('Secure operation');
    screen.type('q');
    expect(await screen.ended).toBe(0);
    expect(screen.history()).toMatch(/Undo: func-harden undo\s+\d{8}T/);
    expect(await readFile(join(here.folder, 'answers.yaml'), 'utf8')).toContain('minTls: "1.2"');
  });
});
