import type { CommandModule } from '../cli/invocation.ts';
import { EXIT, UserError } from '../engine/errors.ts';
import { PIPELINES, PLATFORMS } from '../report/ci-pipelines.ts';
import { deliver } from '../app/delivery.ts';

export const run: CommandModule['run'] = async (invocation) => {
  const { options, version } = invocation;
  if (!options.for)
    throw new UserError(
      'Say what the pipeline is for.',
      EXIT.usage,
      PLATFORMS.map((one) => `func-harden pipeline --for ${one}`),
    );
  const names = options.app ?? [];
  // They go into a script as they stand.
  const wrong = names.filter((name) => !/^[\w./-]+$/.test(name));
  if (wrong.length > 0)
    throw new UserError(`${wrong.map((name) => `"${name}"`).join(', ')} is no name of an app.`, EXIT.usage, ['Write --app fn-orders']);
  const target = names.length > 0 ? names.map((name) => `--app ${name}`).join(' ') : '--all';
  await deliver(invocation, PIPELINES[options.for]({ target, version, allowUnknown: options.allowUnknown === true }));
  return EXIT.ok;
};
