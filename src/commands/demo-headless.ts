import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Invocation } from '../cli/invocation.ts';
import type { RunningEmulator } from '../emulator/server/server.ts';
import { EXIT, type ExitCode } from '../engine/errors.ts';
import { readRuns } from '../files/undo-log/journal.ts';
import { run as audit } from './audit.ts';
import { run as replay } from './replay.ts';
import { run as undo } from './undo.ts';
import { commandErrors } from './errors.ts';

const ANSWERS = `version: 1
apps:
  fn-orders:
    steps:
      https: { decision: apply, answers: { minTls: "1.2", scmMinTls: "1.2" } }
      cors: { decision: apply, answers: { allowedOrigins: ["https://www.contoso.com"], supportCredentials: false } }
      usage-quota: { decision: apply, answers: { gbSeconds: 13000 } }
      remote-debugging: { decision: apply }
      deployment-credentials: { decision: apply }
      ftp: { decision: apply, answers: { state: Disabled } }
      scm: { decision: apply, answers: { rules: [{ name: build-agents, priority: 100, action: Allow, ip: 198.51.100.0/26 }], defaultAction: Deny } }
      access-restrictions: { decision: apply, answers: { rules: [{ name: office, priority: 100, action: Allow, ip: 203.0.113.0/24 }], defaultAction: Deny } }
`;

/** Runs audit, preview, replay, audit and undo on the sample subscription, for pipes and pipelines. */
export async function runHeadless(invocation: Invocation, emulator: RunningEmulator, folder: string): Promise<ExitCode> {
  const { io, options } = invocation;
  const file = join(folder, 'sample.answers.yaml');
  await writeFile(file, ANSWERS);
  const app = ['fn-orders'];
  const title = (text: string) => io.out(`\n== ${text}\n\n`);
  const expect = (got: ExitCode, wanted: ExitCode, what: string) => {
    if (got !== wanted) throw commandErrors.demoFailed({ what, got, wanted });
  };
  io.out('This is a demo on a sample subscription on this machine. Nothing is sent to Azure.\n');
  const before = await stateOf(emulator);

  title('func-harden audit --app fn-orders');
  expect(await audit({ ...invocation, options: { ...options, app } }), EXIT.findings, 'first audit');
  title('func-harden replay sample.answers.yaml --yes --confirm fn-orders');
  expect(await replay({ ...invocation, args: [file], options: { ...options, yes: true, confirm: app } }), EXIT.ok, 'replay');
  const step = ['https', 'cors', 'remote-debugging', 'deployment-credentials', 'ftp', 'scm', 'access-restrictions'];
  title(`func-harden audit --app fn-orders --fail-on high --step ${step.join(' ')}`);
  expect(await audit({ ...invocation, options: { ...options, app, step, failOn: 'high' } }), EXIT.ok, 'second audit');
  const [run] = await readRuns(options.state ?? folder);
  title(`func-harden undo ${run?.run ?? ''} --yes`);
  expect(await undo({ ...invocation, args: [run?.run ?? ''], options: { ...options, yes: true } }), EXIT.ok, 'undo');
  const same = (await stateOf(emulator)) === before;
  io.out(`\nThe sample subscription is ${same ? 'exactly as before' : 'as before, except for values that Azure cannot remove'}.\n`);
  return EXIT.ok;
}

const stateOf = async ({ endpoint, accessToken }: RunningEmulator): Promise<string> =>
  (await fetch(`${endpoint}/_emulator/state`, { headers: { authorization: `Bearer ${accessToken}` } })).text();
