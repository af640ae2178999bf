import { connectWith } from '../app/connection.ts';
import { concurrencyOf } from '../app/option-values.ts';
import { recordedRunOf, sameCloud, takeBack } from '../app/undo-run.ts';
import type { CommandModule } from '../cli/invocation.ts';
import { EXIT, UserError } from '../engine/errors.ts';

export const run: CommandModule['run'] = async (invocation) => {
  const recorded = await recordedRunOf(invocation, invocation.args[0] ?? '');
  const only = (invocation.options.change ?? []).map(Number);
  const unknown = only.filter((number) => !recorded.changes.some(({ intent }) => intent.change === number));
  if (unknown.length > 0)
    throw new UserError(`Run ${recorded.run} has no change ${unknown.join(', ')}.`, EXIT.usage, [
      `func-harden history ${recorded.run} lists its changes.`,
    ]);
  concurrencyOf(invocation.options);
  const connection = await connectWith(invocation);
  sameCloud(recorded, connection);
  return takeBack(invocation, connection, recorded, only);
};
