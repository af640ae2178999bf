/** What a run reports about a write that Azure accepted: which values show, and the result of an operation that Azure no longer knows. */
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { contoso } from '../../src/emulator/samples/contoso.ts';
import type { State } from '../../src/emulator/state.ts';
import { cloud, type Meddle } from '../helpers/in-process.ts';
import { ORDERS, temporaryFolder } from '../helpers/world.ts';

const STEPS =
  'https: { controls: { min-tls: { decision: apply } }, answers: { minTls: "1.2" } }, ftp: { decision: apply, answers: { state: Disabled } }';
const GONE = { location: 'http://127.0.0.1:9/subscriptions/x/operationresults/1?api-version=2024-11-01' };

/** Runs commands against a cloud whose answers to writes of the configuration are replaced. */
async function against(meddle: (handle: Parameters<Meddle>[1], state: State) => ReturnType<Meddle>) {
  const state = contoso();
  const folder = await temporaryFolder();
  const here = cloud(state, folder, ({ method, url }, handle) =>
    method === 'PATCH' && /config\/web/.test(url) ? meddle(handle, state) : handle(),
  );
  const answers = join(folder, 'answers.yaml');
  await writeFile(answers, `version: 1\napps: { fn-orders: { steps: { ${STEPS} } } }\n`);
  const command = async (...args: string[]) => {
    const { code, stdout, stderr } = await here.command(...args);
    return { code, says: (stdout + stderr).replaceAll(/\s+/g, ' ') };
  };
  return { command, folder, state, replay: () => command('replay', answers, '--yes', '--no-input') };
}

test('an operation that Azure no longer knows is applied and can be undone if its values show', async () => {
  const { command, replay } = await against((handle) => {
    handle();
    return { status: 202, headers: GONE, text: '' };
  });
  const ran = await replay();
  expect(ran.says).toContain('APPLIED: 1 applied, 1 verified, 0 failed');
  expect(ran.code).toBe(0);
  const undone = await command('undo', 'last', '--yes', '--no-input');
  expect(undone.says).toContain('UNDONE: 1 undone, 1 verified, 0 failed');
});

test('a resource that a server does not know right after a write is read again', async () => {
  const body = { error: { code: 'ResourceNotFound', message: 'The Resource was not found.' } };
  const folder = await temporaryFolder();
  let failing = 0;
  const here = cloud(contoso(), folder, ({ method, url }, handle) => {
    const isConfig = /fn-orders\/config\/web/.test(url);
    if (isConfig && method === 'GET' && failing-- > 0)
      return { status: 404, headers: { 'content-type': 'application/json' }, text: JSON.stringify(body) };
    if (isConfig && method === 'PATCH') failing = 3;
    return handle();
  });
  const answers = join(folder, 'answers.yaml');
  await writeFile(answers, `version: 1\napps: { fn-orders: { steps: { ${STEPS} } } }\n`);
  const { code, stdout } = await here.command('replay', answers, '--yes', '--no-input');
  expect(stdout).toContain('APPLIED: 1 applied, 1 verified');
  expect(code).toBe(0);
});

test('a created resource that one server does not know yet is deleted by the undo', async () => {
  const body = { error: { code: 'ResourceNotFound', message: 'The Resource was not found.' } };
  const folder = await temporaryFolder();
  const state = contoso();
  const before = structuredClone(state);
  let unknown = 0;
  const here = cloud(state, folder, ({ method, url }, handle) =>
    method === 'GET' && /fn-orders\/.*diagnosticSettings\/func-harden/i.test(url) && unknown-- > 0
      ? { status: 404, headers: { 'content-type': 'application/json' }, text: JSON.stringify(body) }
      : handle(),
  );
  const answers = join(folder, 'answers.yaml');
  const logs = 'monitoring: { controls: { diagnostics: { decision: apply } }, answers: { workspace: log-contoso } }';
  await writeFile(answers, `version: 1\napps: { fn-orders: { steps: { ${logs} } } }\n`);
  expect((await here.command('replay', answers, '--yes', '--no-input')).stdout).toContain('APPLIED: 1 applied, 1 verified');
  unknown = 1;
  expect((await here.command('undo', 'last', '--yes', '--no-input')).stdout).toContain('UNDONE: 1 undone, 1 verified, 0 failed');
  expect(unknown).toBeLessThan(1);
  expect(state).toEqual(before);
});

test('an operation that Azure does not know yet is polled again', async () => {
  let polls = 0;
  const state = contoso();
  const folder = await temporaryFolder();
  const here = cloud(state, folder, ({ method, url }, handle) => {
    if (url.includes('/operationresults/1')) return ++polls < 3 ? handle() : { status: 200, headers: {}, text: '{}' };
    const answer = handle();
    return method === 'PATCH' && /config\/web/.test(url) ? { status: 202, headers: GONE, text: '' } : answer;
  });
  const answers = join(folder, 'answers.yaml');
  await writeFile(answers, `version: 1\napps: { fn-orders: { steps: { ${STEPS} } } }\n`);
  const { code, stdout } = await here.command('replay', answers, '--yes', '--no-input');
  expect(stdout).toContain('APPLIED: 1 applied, 1 verified');
  expect([code, polls]).toEqual([0, 3]);
});

test('an operation that Azure no longer knows, and whose values do not show, may be applied later', async () => {
  const { replay } = await against(() => ({ status: 202, headers: GONE, text: '' }));
  const { code, says } = await replay();
  expect(says).toMatch(
    /its result could not be read .* The resource does not have the new value yet\. .*PARTLY FAILED|PARTLY FAILED.*does not have the new value yet\./,
  );
  expect(code).toBe(5);
});

test('if some values of a request do not show, they are named with the values that Azure shows', async () => {
  const { command, replay } = await against((handle, state) => {
    const answer = handle();
    state.sites[ORDERS.toLowerCase()]!.config['minTlsVersion'] = '1.0';
    return answer;
  });
  const ran = await replay();
  expect(ran.says).toContain(
    '(!) fn-orders config/web: minTlsVersion, ftpsState accepted by Azure, but Azure does not show the new value of minTlsVersion yet',
  );
  expect(ran.says).toContain('APPLIED, NOT VERIFIED: 1 applied, 0 verified');
  const { says } = await command('history', 'last');
  expect(says).toContain('applied, not verified: the last read showed a different value');
  expect(says).toContain('minTlsVersion "1.0" to "1.2" (Azure showed "1.0") properties.ftpsState "AllAllowed" to "Disabled" Undo:');
});

test('a third value after a write is called another value, also where its result was not reported', async () => {
  const third: Parameters<typeof against>[0] = (handle, state) => {
    const answer = handle();
    state.sites[ORDERS.toLowerCase()]!.config['minTlsVersion'] = '1.1';
    return answer;
  };
  expect((await (await against(third)).replay()).says).toMatch(
    /minTlsVersion, ftpsState accepted by Azure, but Azure shows another value of minTlsVersion, neither the old nor the new one Azure replaced the new value, or something else changed it\./,
  );
  const lost = await against((...args) => (third(...args), 'reset'));
  expect((await lost.replay()).says).toContain('and the resource has a value that is neither the old nor the new one.');
  const unpolled = await against((...args) => (third(...args), { status: 202, headers: GONE, text: '' }));
  expect((await unpolled.replay()).says).toContain('The resource has a value that is neither the old nor the new one.');
});

test.each([
  ['a scalar', { scmMinTlsVersion: '1.0' }, 'scmMinTlsVersion'],
  ['a list', { cors: { allowedOrigins: [] } }, 'cors.allowedOrigins[https://portal.azure.com]'],
  ['a switch', { http20Enabled: false }, 'http20Enabled'],
] as const)('%s that a write resets beside its own values is named, and the change does not count as verified', async (_, reset, name) => {
  const { replay, state } = await against((handle, { sites }) => {
    const answer = handle();
    Object.assign(sites[ORDERS.toLowerCase()]!.config, reset);
    return answer;
  });
  Object.assign(state.sites[ORDERS.toLowerCase()]!.config, {
    scmMinTlsVersion: '1.2',
    http20Enabled: true,
    cors: { allowedOrigins: ['https://portal.azure.com'] },
  });
  const { says, code } = await replay();
  expect(says).toContain('verified, but other values are missing or different');
  expect(says).toContain(`Missing or different right after the change: ${name}.`);
  expect(code).toBe(5);
});

test('a write with lost answers reports how often it was sent, and the value of the resource', async () => {
  const none = await (await against(() => 'reset')).replay();
  expect(none.says).toContain('The request was sent 3 times, and the resource does not show the new value.');
  expect(none.code).toBe(1);
  const some = await against((handle, state) => {
    handle();
    state.sites[ORDERS.toLowerCase()]!.config['minTlsVersion'] = '1.0';
    return 'reset';
  });
  expect((await some.replay()).says).toContain('and the resource shows only some of the new values.');
});

test.each([
  ['nothing', {}, 'The resource has the old value.', 'FAILED: 0 applied', 1],
  ['all', { minTlsVersion: '1.2', ftpsState: 'Disabled' }, 'The resource has the new value now.', 'PARTLY FAILED', 5],
  ['a part', { ftpsState: 'Disabled' }, 'The resource has the new value of ftpsState now, and not of minTlsVersion.', 'PARTLY FAILED', 5],
  ['another value', { minTlsVersion: '1.1' }, 'The resource has a value that is neither the old nor the new one.', 'FAILED: 0 applied', 1],
] as const)('after a refusal the resource is read again, and the message says what it has: %s', async (_, written, says, word, code) => {
  let times = 0;
  const { command, replay, state } = await against((handle, { sites }) => {
    if (times++ > 0) return handle();
    Object.assign(sites[ORDERS.toLowerCase()]!.config, written);
    return { status: 400, headers: {}, text: JSON.stringify({ error: { code: 'BadRequest', message: 'Not valid.' } }) };
  });
  const ran = await replay();
  expect(ran.says).toContain(`Not valid. ${says}`);
  expect(ran.says).toContain(word);
  expect(ran.says).not.toContain('changed nothing');
  expect(ran.code).toBe(code);
  if (code === 1) return;
  await command('undo', 'last', '--yes', '--no-input');
  expect(state.sites[ORDERS.toLowerCase()]!.config).toMatchObject({ minTlsVersion: '1.0', ftpsState: 'AllAllowed' });
});

test('after a refusal, a value that someone else set before the request is no result of it', async () => {
  const refusal = { status: 400, headers: {}, text: JSON.stringify({ error: { code: 'BadRequest', message: 'Not valid.' } }) };
  const [state, folder] = [contoso(), await temporaryFolder()];
  const here = cloud(state, folder, ({ method, url }, handle) => {
    if (method === 'PATCH') return refusal;
    // The undo log exists as soon as the run begins, which is after the preview.
    const began = existsSync(join(folder, 'state', 'journal'));
    if (began && /fn-orders\/config\/web/.test(url)) state.sites[ORDERS.toLowerCase()]!.config['ftpsState'] = 'Disabled';
    return handle();
  });
  const answers = join(folder, 'answers.yaml');
  await writeFile(answers, `version: 1\napps: { fn-orders: { steps: { ${STEPS} } } }\n`);
  const { code, stderr, stdout } = await here.command('replay', answers, '--yes', '--no-input');
  expect((stdout + stderr).replaceAll(/\s+/g, ' ')).toContain('Not valid. The resource has the old value.');
  expect(code).toBe(1);
});

test('after a refusal, a value that cannot be read is said', async () => {
  const refusal = { status: 400, headers: {}, text: JSON.stringify({ error: { code: 'BadRequest', message: 'Not valid.' } }) };
  const folder = await temporaryFolder();
  let refused = false;
  const here = cloud(contoso(), folder, ({ method, url }, handle) => {
    if (!/fn-orders\/config\/web/.test(url) || (method === 'GET' && !refused)) return handle();
    refused = true;
    return refusal;
  });
  const answers = join(folder, 'answers.yaml');
  await writeFile(answers, `version: 1\napps: { fn-orders: { steps: { ${STEPS} } } }\n`);
  const { code, stderr } = await here.command('replay', answers, '--yes', '--no-input');
  expect(stderr.replaceAll(/\s+/g, ' ')).toContain('Not valid. The current value could not be read.');
  expect(code).toBe(1);
});

test('after a refused creation nothing is said of an old value', async () => {
  const refusal = { status: 400, headers: {}, text: JSON.stringify({ error: { code: 'BadRequest', message: 'Not valid.' } }) };
  const folder = await temporaryFolder();
  const here = cloud(contoso(), folder, ({ method, url }, handle) =>
    method === 'PUT' && /diagnosticSettings/i.test(url) ? refusal : handle(),
  );
  const answers = join(folder, 'answers.yaml');
  await writeFile(
    answers,
    'version: 1\napps: { fn-orders: { steps: { monitoring: { decision: apply, answers: { component: appi-orders, workspace: log-contoso } } } } }\n',
  );
  const { stderr } = await here.command('replay', answers, '--yes', '--no-input', '--confirm', 'fn-orders');
  expect(stderr.replaceAll(/\s+/g, ' ')).toContain('Not valid. The resource does not exist.');
});

test('the last request of an interrupted run that shows in part is not reported as changed by another person', async () => {
  const { command, folder, state, replay } = await against((handle) => handle());
  await replay();
  const journal = join(folder, 'state', 'journal');
  const [file = ''] = await readdir(journal);
  const lines = (await readFile(join(journal, file), 'utf8')).split('\n');
  await writeFile(join(journal, file), lines.slice(0, lines.findIndex((line) => line.includes('"type":"intent"')) + 1).join('\n') + '\n');
  state.sites[ORDERS.toLowerCase()]!.config['minTlsVersion'] = '1.0';
  const { code, says } = await command('resume', 'last', '--yes', '--no-input');
  expect(says).toContain('unknown: the resource has neither all old nor all new values');
  expect(says).toContain('fn-orders config/web: minTlsVersion verified');
  expect(code).toBe(0);
});

test('a value that a write did not change counts as reverted, although undo would write a value in its place', async () => {
  const folder = await temporaryFolder();
  const here = cloud(contoso(), folder, ({ method, url }, handle) =>
    method === 'PUT' && /authsettingsV2/.test(url) ? { status: 200, headers: {}, text: '{}' } : handle(),
  );
  const answers = join(folder, 'answers.yaml');
  const auth =
    'clientId: 11111111-2222-3333-4444-555555555555, issuer: "https://login.microsoftonline.com/72f0c1de-5a4b-4c3d-9e21-7b6a5f4e3d2c/v2.0"';
  await writeFile(answers, `version: 1\napps: { fn-orders: { steps: { authentication: { decision: apply, answers: { ${auth} } } } } }\n`);
  const ran = await here.command('replay', answers, '--yes', '--confirm', 'fn-orders');
  expect(ran.stdout).toContain('APPLIED, NOT VERIFIED: 1 applied, 0 verified');
  const undone = await here.command('undo', 'last', '--yes', '--confirm', 'fn-orders');
  expect([undone.code, undone.stdout]).toEqual([0, expect.stringMatching(/already has\s+its recorded value[\s\S]*NOTHING TO DO/)]);
});
