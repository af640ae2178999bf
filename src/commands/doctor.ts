/** Checks everything that a run needs, and prints each finding with its next step. It changes nothing. */
import { access, constants, stat } from 'node:fs/promises';
import type { Invocation, CommandModule } from '../cli/invocation.ts';
import { EXIT, worst } from '../engine/errors.ts';
import type { Connection, Subscription } from '../engine/ports.ts';
import { unknownSubscriptions, wantedSubscriptions } from '../engine/fleet/subscriptions.ts';
import { readRuns } from '../files/undo-log/journal.ts';
import { makeFolder } from '../files/paths.ts';
import { isUnfinished } from '../change/undo-log.ts';
import { plainText, safeJson } from '../text/plain.ts';
import { line, span, type Line } from '../text/spans.ts';
import { wrapLine } from '../text/width.ts';
import { describeSignIn, checkSurroundings, checkTenants } from '../app/doctor/doctor-sign-in.ts';
import { checkTry, RECORD, tryWrites } from '../app/doctor/doctor-try.ts';
import { checkRights } from '../app/doctor/doctor-rights.ts';
import { failed, ok, warn, type Finding } from '../app/doctor/doctor-findings.ts';
import { connectWith, readSurroundings } from '../app/connection.ts';
import { isJson, stateDirOf } from '../app/option-values.ts';
import { isShared, stateOf } from '../app/state-place.ts';
import { printLines } from '../view/print-lines.ts';

export const run: CommandModule['run'] = async (given) => {
  const { io, options } = given;
  checkTry(given);
  const invocation = options.try ? { ...given, options: { ...options, record: options.record ?? RECORD } } : given;
  const findings = [
    ok('node', `Node.js ${process.versions.node} on ${process.platform}`),
    terminal(invocation),
    ...(await folders(invocation)),
    ...(await azure(invocation)),
  ];
  if (isJson(invocation))
    io.out(
      `${safeJson({ schemaVersion: 1, findings: findings.map(({ what, state, says, next }) => ({ what, state, says, next: next ?? null })) }, 2)}\n`,
    );
  else
    io.out(
      `${printLines(
        findings.flatMap((one) => linesOf(one, io)),
        io.outLook.colour,
        io.width,
      )}\n`,
    );
  return worst(findings.map(({ state, code }) => (state === 'fail' ? (code ?? EXIT.failed) : EXIT.ok)));
};

const WORDS = { ok: span('ok   ', 'good'), warn: span('note ', 'warn'), fail: span('FAIL ', 'bad') } as const;
const COLUMN = 21;
/** Shows the result in a second column; in a narrow window below the name. In a pipe, ids are not wrapped, so that scripts can find them. */
function linesOf(
  { what, state, says, next }: Finding,
  { width, piped: isWhole = false }: Pick<Invocation['io'], 'width' | 'piped'>,
): Line[] {
  const isNarrow = width < 60;
  const column = isNarrow ? 5 : COLUMN;
  const indent = ' '.repeat(column);
  const label = [WORDS[state], span(what.padEnd(COLUMN - 5), 'strong')];
  const wrapped = (one: Line): Line[] => wrapLine(one, width, column, { isWhole });
  return [
    ...(isNarrow ? [line(...label), ...wrapped(line(indent, plainText(says)))] : wrapped(line(...label, plainText(says)))),
    ...(next ? wrapped(line(indent, span(next, 'dim'))) : []),
  ];
}

function terminal({ io }: Invocation): Finding {
  if (!io.interactive) return warn('terminal', 'no terminal; only the wizard requires a terminal', 'This is normal in a pipeline.');
  const look = `${io.outLook.colour ? `colors for a ${io.outLook.colour} background` : 'no colors'}, ${io.outLook.ascii ? 'ASCII symbols' : 'Unicode symbols'}`;
  const size = `${process.stdout.columns} by ${process.stdout.rows}`;
  return io.fullScreen ? ok('terminal', `full screen, ${size}, ${look}`) : ok('terminal', `line prompts, ${look}`);
}

async function folders(invocation: Invocation): Promise<Finding[]> {
  const folder = stateDirOf(invocation);
  const state = stateOf(invocation);
  try {
    if (!isShared(folder)) {
      await makeFolder(folder);
      await access(folder, constants.W_OK);
      const { mode } = await stat(folder);
      if (process.platform !== 'win32' && (mode & 0o022) !== 0)
        return [{ what: 'undo log', state: 'fail', says: `${folder} can be changed by others`, next: `chmod 700 ${folder}` }];
    }
    const runs = await readRuns(state);
    const open = runs.filter(isUnfinished);
    return [
      ok(
        'undo log',
        `${folder}, ${runs.length} ${runs.length === 1 ? 'run' : 'runs'}${isShared(folder) ? '; write permission was not tested' : ''}`,
      ),
      ...open.map(({ run: name }) => warn('interrupted run', `run ${name} was interrupted`, `func-harden resume ${name}`)),
    ];
  } catch (error) {
    return [
      {
        what: 'undo log',
        state: 'fail',
        says: isShared(folder) ? (error as Error).message : `${folder} cannot be written (${(error as Error).message})`,
        next: 'Choose a different location with --state',
      },
    ];
  }
}

async function azure(invocation: Invocation): Promise<Finding[]> {
  const { options, environment } = invocation;
  const given = options.auth === 'token' || (!options.auth && Boolean(environment['FUNC_HARDEN_ACCESS_TOKEN']));
  let around: Finding[] = [];
  let connection: Connection;
  try {
    around = await checkSurroundings(await readSurroundings(invocation), !given);
    connection = await connectWith(invocation);
  } catch (error) {
    return [...around, failed('sign-in', error)];
  }
  const { discovery } = connection;
  const found = [...around, ...describeSignIn(connection)];
  try {
    found.push(...(await checkTenants(connection)));
    const wanted = options.subscription ?? [];
    const known = await discovery.subscriptions();
    const subscriptions = wantedSubscriptions(known, wanted);
    const unknown = unknownSubscriptions(known, wanted);
    if (unknown.length > 0 || subscriptions.length === 0)
      found.push({
        what: 'subscriptions',
        state: 'fail',
        says: unknown.length > 0 ? `${unknown.join(', ')}: cannot be read` : 'no subscription can be read',
        next: 'Request the role Reader on a subscription, or sign in to its tenant with --tenant',
        code: EXIT.forbidden,
      });
    if (subscriptions.length === 0) return found;
    found.push(ok('subscriptions', subscriptions.map(({ name }) => name).join(', ')));
    const { apps, closed } = await counted(connection, subscriptions);
    found.push(...closed);
    if (apps > 0) found.push(ok('apps', `${apps} function ${apps === 1 ? 'app' : 'apps'}`));
    else if (closed.length === 0) found.push(warn('apps', 'no function app can be read', 'Choose a different subscription or tenant.'));
    if (closed.length > 0) return found;
    found.push(...(await checkRights(invocation, connection)));
    return options.try ? [...found, ...(await tryWrites(invocation, connection))] : found;
  } catch (error) {
    return [...found, failed('azure', error)];
  }
}

/** Counts the apps, and lists the subscriptions whose apps could not be listed. */
async function counted({ discovery }: Connection, subscriptions: readonly Subscription[]): Promise<{ apps: number; closed: Finding[] }> {
  const closed: Finding[] = [];
  let apps = 0;
  for (const { id, name } of subscriptions)
    try {
      for await (const _ of discovery.apps(id)) apps += 1;
    } catch (error) {
      const one = failed('apps', error);
      const others = subscriptions.length > 1 ? ' Or choose the other subscriptions with --subscription.' : '';
      closed.push({ ...one, says: `${name}: ${one.says}`, next: `${one.next ?? ''}${others}` });
    }
  return { apps, closed };
}
