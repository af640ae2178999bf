/** The answers file that the wizard writes as decisions are made. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createWizardSession } from '../../src/app/wizard/wizard-session.ts';
import { KeptDecisions } from '../../src/app/kept-decisions.ts';
import { parseAnswers } from '../../src/files/answers/answers.ts';
import { changedText, withChangedApps } from '../../src/files/answers/write-answers.ts';
import { Namesakes } from '../../src/app/same-name-apps.ts';
import { contoso } from '../../src/emulator/samples/contoso.ts';
import { catalogue } from '../../steps/index.ts';
import { cloud } from '../helpers/in-process.ts';
import { targetOf } from '../helpers/places.ts';
import { temporaryFolder } from '../helpers/world.ts';
import type { RunEvent } from '../../src/engine/run/run-events.ts';

const FTP = { decision: { decision: 'apply' }, answers: { state: 'Disabled' }, controls: {} } as const;
const SKIP = { decision: { decision: 'skip' }, answers: {}, controls: {} } as const;
const ftp = catalogue.find(({ id }) => id === 'ftp')!;

async function opened(text: string) {
  const here = cloud(contoso(), await temporaryFolder());
  const file = join(here.folder, 'answers.yaml');
  await writeFile(file, text, { mode: 0o600 });
  const kept = await KeptDecisions.open({ answers: file }, catalogue, new Namesakes((await here.connection()).discovery));
  return { file, kept, text: () => readFile(file, 'utf8') };
}

test('a decision changes only its own lines: comments, order and form of the others stay', async () => {
  const { kept, text } = await opened(`# Owned by the platform team.
version: 1
defaults:
  steps:
    https: { decision: apply, answers: { minTls: "1.2" } } # agreed on 3 May
apps:
  # The shop.
  fn-orders:
    steps:
      remote-debugging: { decision: skip } # case 4711
`);
  await kept.decide(targetOf('fn-orders'), ftp, FTP);
  expect(await text()).toBe(`# Owned by the platform team.
version: 1
defaults:
  steps:
    https: { decision: apply, answers: { minTls: "1.2" } } # agreed on 3 May
apps:
  # The shop.
  fn-orders:
    steps:
      remote-debugging: { decision: skip } # case 4711
      ftp:
        decision: apply
        answers:
          state: Disabled
`);
});

test('what another program writes into the file stays, and a decision that is withdrawn is removed', async () => {
  const { file, kept, text } = await opened('version: 1\n');
  await kept.decide(targetOf('fn-orders'), ftp, FTP);
  await writeFile(file, `${await text()}  fn-billing:\n    steps: { https: { decision: skip } } # by hand\n`);
  await kept.decide(targetOf('fn-intake'), ftp, FTP);
  expect(Object.keys(kept.answers.apps)).toEqual(['fn-orders', 'fn-billing', 'fn-intake']);
  expect(await text()).toContain('  fn-billing:\n    steps: { https: { decision: skip } } # by hand\n  fn-intake:\n');
});

test('a file that another program left with a mistake is not overwritten', async () => {
  const { file, kept, text } = await opened('version: 1\n');
  const broken = 'version: 1\napps:\n  fn-orders: { steps: { fpt: { decision: apply } } }\n';
  await writeFile(file, broken);
  await expect(kept.decide(targetOf('fn-orders'), ftp, FTP)).rejects.toThrow(/^(?!.*Nothing was).*was changed since.*\n.*fpt/);
  expect(await text()).toBe(broken);
  await writeFile(file, broken.replace('fpt', 'https'));
  await kept.decide(targetOf('fn-orders'), ftp, FTP);
  expect(Object.keys(kept.answers.apps['fn-orders']!)).toEqual(['https', 'ftp']);
});

test('an answers file that can no longer be saved stops a run before its first request, and does not hide the result of an undo', async () => {
  const here = cloud(contoso(), await temporaryFolder());
  const file = join(here.folder, 'answers.yaml');
  const connection = await here.connection();
  const invocation = {
    options: { save: file, stateDir: here.folder },
    io: { err: () => {} },
    environment: {},
    version: 'test',
    signal: new AbortController().signal,
    args: [],
    clock: here.clock,
    catalogue: () => Promise.resolve(catalogue),
  };
  const session = await createWizardSession(invocation as never, connection);
  const target = (await Array.fromAsync(connection.discovery.apps('d1a7c0de-0001-4f6e-8b1a-c0ffee000001'))).find(
    ({ label }) => label === 'fn-orders',
  )!;
  const open = await session.open(target);
  const plan = await session.plan(open, { ftp: FTP });
  const events: RunEvent[] = [];
  const send = (job: Parameters<typeof session.run>[0]) => session.run(job, (event) => events.push(event), new AbortController().signal);
  const apply = { do: 'apply', plan, keep: { step: ftp, decided: FTP } } as const;
  await session.decide(target, ftp, { ...FTP, answers: { state: 'FtpsOnly' } });
  const good = await readFile(file, 'utf8');
  const broken = good.replace('ftp:', 'fpt:');
  await writeFile(file, broken);
  await expect(send(apply)).rejects.toThrow(/The answers are not saved\. Nothing was sent\.\n/);
  expect(events).toEqual([]);
  await writeFile(file, good);
  const { run } = await send(apply);
  await writeFile(file, broken);
  const recorded = (await session.runs()).find((one) => one.run === run)!;
  const options = {};
  const undone = await send({ do: 'undo', run: recorded, plan: await session.planUndo(recorded, options), options });
  expect(undone).toMatchObject({ mode: 'undo', applied: 1, verified: 1, exitCode: 0 });
  expect(events.at(-1)).toMatchObject({
    type: 'app-failed',
    message: expect.stringMatching(/^(?!.*Nothing was).*are not saved/) as string,
  });
});

test('in a file of many apps a decision changes the lines of its app only, and each form gives the answers of the whole file', async () => {
  const head = '# fleet\nversion: 1\ndefaults:\n  steps:\n    https: { decision: skip } # agreed\napps: # by team\n';
  const section = (name: string) =>
    `  # team of ${name}\n  ${name}:\n    steps:\n      ftp:${name === 'b' ? ' ' : '   '}{ decision: skip } # ${name}\n\n`;
  const tail = '# the end\n';
  const files = {
    plain: `${head}${['a', 'b', 'c'].map(section).join('')}${tail}`,
    indented: 'version: 1\napps:\n    a: { steps: { ftp: { decision: skip } } }\n    b: { steps: { ftp: { decision: skip } } }\n',
    flow: 'version: 1\napps: { a: { steps: { ftp: { decision: skip } } }, b: { steps: { ftp: { decision: skip } } } }\n',
    text: 'version: 1\napps:\n  a: { steps: { ftp: { decision: accept, by: x, until: 2030-01-01, reason: "\n   b: c" } } }\n  b: { steps: { ftp: { decision: skip } } }\n',
    ended: 'version: 1\napps:\n  "a": { steps: { ftp: { decision: skip } } }\n  b: { steps: { ftp: { decision: skip } } }',
    windows: 'version: 1\r\napps:\r\n  a: { steps: { ftp: { decision: skip } } }\r\n  b: { steps: { ftp: { decision: skip } } }\r\n',
  };
  for (const [form, text] of Object.entries(files)) {
    const known = parseAnswers(text, 'f', catalogue);
    for (const name of ['a', 'b', 'new']) {
      const wanted = { ...known, apps: { ...known.apps, [name]: { ...known.apps[name], cors: SKIP } } };
      const changed = withChangedApps(text, known, wanted);
      expect(changed !== undefined, `${form} ${name}`).toBe(['plain', 'text'].includes(form));
      expect(parseAnswers(changed ?? changedText(text, wanted), 'f', catalogue), `${form} ${name}`).toEqual(wanted);
    }
  }
  const known = parseAnswers(files.plain, 'f', catalogue);
  const wanted = { ...known, apps: { ...known.apps, b: { ...known.apps['b'], cors: SKIP }, new: { cors: SKIP } } };
  const b = section('b').replace('# b\n', '# b\n      cors:\n        decision: skip\n');
  expect(withChangedApps(files.plain, known, wanted)).toBe(
    `${head}${section('a')}${b}${section('c').trimEnd()}\n  new:\n    steps:\n      cors:\n        decision: skip\n\n${tail}`,
  );
});

test('a new app is written behind the whole text of a reason before it, and the folder of the code stays', () => {
  const accepted = '{ steps: { ftp: { decision: accept, by: x, until: 2030-01-01, reason: "one\u2028two" } } }';
  const block = (mark: string, last: string) =>
    `    steps:\n      ftp:\n        decision: accept\n        by: x\n        until: 2030-01-01\n        reason: ${mark}\n          see\n${last}`;
  const files = {
    'a line like a comment': `version: 1\napps:\n  a:\n${block('|', '          # 4711\n')}\n# end\n`,
    'spaces at the end': `version: 1\napps:\n  a:\n${block('|', '            \n')}`,
    'blank lines that count': `version: 1\napps:\n  a:\n${block('|+', '\n\n')}`,
    'a line separator': `version: 1\napps:\n  a: ${accepted}\n`,
    'the folder of the code': 'version: 1\nsource: infra\napps: { a: { steps: { ftp: { decision: skip } } } }\n',
  };
  for (const [form, text] of Object.entries(files)) {
    const known = parseAnswers(text, 'f', catalogue);
    const wanted = { ...known, apps: { ...known.apps, new: { cors: SKIP } } };
    const written = withChangedApps(text, known, wanted) ?? changedText(text, wanted);
    expect(parseAnswers(written, 'f', catalogue), form).toEqual(wanted);
  }
});
