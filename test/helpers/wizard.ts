/** The wizard in a real pseudo-terminal against a world. */
import { join } from 'node:path';
import { catalogue } from '../../steps/index.ts';
import { terminal, type Terminal, type TerminalOptions } from './terminal.ts';
import { QUICK, type World } from './world.ts';

export function wizard(here: World, args: readonly string[] = [], options: TerminalOptions = {}): Terminal {
  return terminal([...args, '--save', join(here.folder, 'answers.yaml'), '--my-ip', '203.0.113.7'], {
    ...options,
    environment: {
      FUNC_HARDEN_ACCESS_TOKEN: here.accessToken,
      FUNC_HARDEN_ARM_ENDPOINT: here.endpoint,
      ...QUICK,
      XDG_STATE_HOME: here.folder,
      ...options.environment,
    },
  });
}

/** From the top of the list to an area. */
export const toArea = (id: string): string[] => [
  'home',
  ...Array.from({ length: catalogue.findIndex((step) => step.id === id) }, () => 'down'),
];

/** Opens fn-orders and one of its areas. */
export async function intoArea(screen: Terminal, id: string, title: RegExp): Promise<void> {
  await screen.sees('Secure operation');
  screen.type(...toArea(id));
  await screen.sees(title);
  screen.type('enter');
  await screen.sees(/findings? selected/);
}
