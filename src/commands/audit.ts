/** An audit asks Azure first and loads the rest of itself while Azure thinks. */
import { setImmediate } from 'node:timers/promises';
import type { CommandModule } from '../cli/commands.ts';
import type { Invocation } from '../cli/invocation.ts';
import type { OptionName } from '../cli/options.ts';
import type { Connection } from '../engine/ports.ts';
import type { Found } from '../engine/targets.ts';
import { select } from './choosing.ts';
import { connectWith } from './connecting.ts';
import { progressBar, type ProgressBar } from './progress.ts';

/** What an audit has before it knows its areas. */
export interface Looking {
  readonly bar: ProgressBar;
  readonly connection: Connection;
  /** The apps that were named; nothing where the inventory is asked for them. */
  readonly found?: Promise<Found>;
}

/** Options in which nothing can be wrong that is found out before somebody signs in; with any other, all is checked first. */
const PLAIN: readonly OptionName[] = [
  ...(['app', 'slot', 'subscription', 'resourceGroup', 'profile', 'failOn', 'allowUnknown', 'json', 'stateDir'] as const),
  ...(['cloud', 'tenant', 'armEndpoint', 'color', 'ascii', 'input', 'quiet'] as const),
];

export const run: CommandModule['run'] = async (invocation) => {
  const isPlain = Object.keys(invocation.options).every((name) => PLAIN.includes(name as OptionName));
  const checked = isPlain ? undefined : await (await import('./auditing.ts')).checked(invocation);
  const looking = await look(invocation);
  await setImmediate(); // The first request is on its way.
  const auditing = await import('./auditing.ts');
  return auditing.audit(invocation, looking, checked ?? (await auditing.checked(invocation)));
};

async function look(invocation: Invocation): Promise<Looking> {
  const { options, io } = invocation;
  const bar = progressBar(invocation, 'apps', options.quiet === true);
  const connection = await connectWith({ ...invocation, io: { ...io, err: (text) => bar.say(text.trimEnd()) } });
  if (!options.app?.length) return { bar, connection };
  const found = select(connection, options);
  found.catch(() => undefined); // It is told where it is waited for.
  return { bar, connection, found };
}
