import type { CommandModule } from '../cli/commands.ts';
import { EXIT, UserError, worst } from '../engine/errors.ts';
import { planJson } from '../report/plan.ts';
import { driftLines } from '../view/drift.ts';
import { planLines } from '../view/plan.ts';
import { approve, canaryOf, execute } from './applying.ts';
import { planFromFile, sayTroubles, troubleCode } from './planning.ts';
import { checkConfirmed, concurrencyOf } from './shared.ts';
import { printed } from '../view/printed.ts';
import { closing, eventPrinter, sayHeld } from './telling.ts';

export const run: CommandModule['run'] = async (invocation) => {
  const { io, options } = invocation;
  const canary = canaryOf(invocation);
  const { connection, plans, digest, drift, troubles } = await planFromFile(invocation);
  const apps = plans.filter(({ changes }) => changes.length > 0).map(({ target, changes, work }) => ({ target, changes, work }));
  const preview = printed(
    [...plans.flatMap((one) => [...planLines(one, io.outLook), []]), ...driftLines(drift)],
    io.outLook.colour,
    io.width,
  );
  sayTroubles(invocation, troubles);
  if (options.dryRun) {
    io.out(options.json ? `${planJson(plans, drift)}\n` : `${preview}\n`);
    return worst([apps.length > 0 ? EXIT.findings : EXIT.ok, troubleCode(troubles)]);
  }
  const nothing = {
    type: 'run-end',
    run: null,
    applied: 0,
    verified: 0,
    failed: troubles.length,
    skipped: 0,
    state: troubles.length > 0 ? 'failed' : 'done',
  };
  checkConfirmed(
    options,
    plans.map(({ target }) => target),
  );
  if (apps.length === 0) {
    io.out(
      options.json
        ? `${JSON.stringify(nothing)}\n`
        : troubles.length > 0
          ? 'Nothing was sent.\n'
          : 'Nothing to do: every chosen control has its value already.\n',
    );
    return worst([EXIT.ok, troubleCode(troubles)]);
  }
  if (!options.json) io.out(`${preview}\n`);
  await approve(
    invocation,
    apps,
    plans.map(({ target }) => target),
  ).catch((error: unknown) => {
    throw error instanceof UserError ? new UserError(error.message, worst([error.exitCode, troubleCode(troubles)]), error.next) : error;
  });
  const summary = await execute(invocation, connection, apps, {
    mode: 'replay',
    digest,
    notify: eventPrinter(invocation),
    concurrency: concurrencyOf(options),
    ...(canary ? { canary } : {}),
    failedBefore: troubles.length,
  });
  sayHeld(invocation, summary);
  if (!options.json) io.out(`${closing(summary)}\n`);
  return worst([summary.exitCode, troubleCode(troubles)]);
};
