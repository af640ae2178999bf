/** Sign-in over real HTTPS, with an authority and an ARM of the test on loopback; most tests run the real command. */
import type { AuthMode } from '../../src/arm/sign-in/auth-modes.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { connect } from '../../src/connect.ts';
import { APP, FEDERATED, OTHER_TENANT, SECRET, startAuthority, TENANT, type Authority } from '../helpers/authority.ts';
import { testTime } from '../helpers/clock.ts';
import { hasOpenssl, makeCertificates, type Certificates } from '../helpers/certificates.ts';
import { fakeSignIn, type Call } from '../helpers/fake-sign-in.ts';
import { inside } from '../helpers/inside.ts';
import { startIdentity } from '../helpers/identity.ts';
import { startProxy } from '../helpers/proxy.ts';
import { run, temporaryFolder, type Outcome } from '../helpers/world.ts';

let certificates: Certificates;
let certificateFolder: string | undefined;
beforeAll(() => {
  if (!hasOpenssl()) return;
  certificateFolder = mkdtempSync(join(tmpdir(), 'func-harden certificates '));
  certificates = makeCertificates(certificateFolder);
});
afterAll(() => {
  if (certificateFolder) rmSync(certificateFolder, { recursive: true, force: true });
});

const APP_SECRET = { AZURE_TENANT_ID: TENANT, AZURE_CLIENT_ID: APP, AZURE_CLIENT_SECRET: SECRET };

const doctor = (here: Authority, args: readonly string[], extra: Readonly<Record<string, string>> = {}): Promise<Outcome> =>
  command(here, ['doctor', '--json', ...args], extra);

/** Runs a process, for variables that Node.js reads at its start, and for tests without the memory of an earlier command. */
async function doctorProcess(here: Authority, args: readonly string[], extra: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  return run(['doctor', '--json', ...args], await around(here, extra));
}

async function command(here: Authority, args: readonly string[], extra: Readonly<Record<string, string>>): Promise<Outcome> {
  // The sign-in libraries read the environment of the process.
  for (const [name, value] of Object.entries(await around(here, extra))) vi.stubEnv(name, value);
  try {
    const nobody = { accessToken: '', endpoint: here.armOrigin, folder: '', clock: testTime().clock };
    return await inside(nobody, args, { ...process.env, FUNC_HARDEN_ACCESS_TOKEN: undefined });
  } finally {
    vi.unstubAllEnvs();
  }
}

/** Environment variables without a sign-in of this machine. */
async function around(here: Authority, extra: Readonly<Record<string, string>>): Promise<Record<string, string | undefined>> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'nothing'));
  const clean = { FUNC_HARDEN_ACCESS_TOKEN: undefined, AZURE_CLIENT_ID: undefined, HTTPS_PROXY: undefined, NO_PROXY: undefined };
  return { ...clean, PATH: join(folder, 'nothing'), XDG_STATE_HOME: folder, ...here.environment, ...extra };
}

type Finding = { what: string; state: string; says: string; next: string | null };
const findings = ({ stdout }: Outcome): Record<string, Finding> =>
  Object.fromEntries((JSON.parse(stdout) as { findings: Finding[] }).findings.map((finding) => [finding.what, finding]));

/** Each of the three sign-in methods, signed in. */
const WAYS = {
  'a client secret': () => Promise.resolve({ args: ['--auth', 'environment'], extra: APP_SECRET }),
  'a device code': () => Promise.resolve({ args: ['--auth', 'device-code', '--tenant', TENANT], extra: {} }),
  'the Azure CLI': async (here: Authority) => ({
    args: ['--auth', 'azure-cli'],
    extra: await azOf({ token: here.issue() }, { token: here.issue() }),
  }),
} satisfies Record<string, (here: Authority) => Promise<{ args: string[]; extra: Record<string, string> }>>;
const ways = Object.entries(WAYS);

const azOf = async (...answers: Call[]): Promise<Record<string, string>> => ({
  PATH: (await fakeSignIn(await temporaryFolder(), 'az', ...answers)).path,
});

const reads = ['GET /tenants', 'GET /subscriptions', 'GET /subscriptions/s1/providers/Microsoft.Web/sites'];

describe.skipIf(!hasOpenssl())('with openssl for the certificates', () => {
  const known = getCACertificates();
  beforeAll(() => setDefaultCACertificates([...known, certificates.ca]));
  afterAll(() => setDefaultCACertificates(known));

  test.each(ways)('%s', async (_, way) => {
    const here = await startAuthority(certificates);
    const { args, extra } = await way(here);
    const outcome = await doctorProcess(here, args, extra);
    expect(findings(outcome)).toMatchObject({ 'sign-in': { state: 'ok' }, subscriptions: { says: 'Production' } });
    expect(here.done.map(({ request }) => request)).toEqual(reads);
    expect(outcome.code).toBe(0);
  });

  test.each(ways)('%s: a token that expires during a run is replaced, and the request sent again', async (_, way) => {
    const here = await startAuthority(certificates);
    here.armTrouble.push(undefined, 'expired');
    const { args, extra } = await way(here);
    const outcome = await doctor(here, args, extra);
    expect(findings(outcome)).toMatchObject({ subscriptions: { state: 'ok' } });
    expect(here.done.map(({ request }) => request)).toEqual(reads);
    expect(new Set(here.done.map(({ token }) => token)).size).toBe(2);
    expect(here.codes()).toBeLessThan(2);
  });

  test.each(ways.slice(0, 2))('%s: a claims challenge is answered with a token that contains the claims', async (_, way) => {
    const here = await startAuthority(certificates);
    here.armTrouble.push(undefined, 'claims');
    const { args, extra } = await way(here);
    const outcome = await doctor(here, args, extra);
    expect(findings(outcome)).toMatchObject({ subscriptions: { state: 'ok' } });
    expect(here.done.map(({ request }) => request)).toEqual(reads);
    expect(here.asked.at(-1)?.get('claims')).toContain('"value":"1600000000"');
    expect(here.codes()).toBeLessThan(2);
  });

  test('the Azure CLI cannot answer a claims challenge, and the message names the command to run', async () => {
    const here = await startAuthority(certificates);
    here.armTrouble.push(undefined, 'claims');
    const { args, extra } = await WAYS['the Azure CLI'](here);
    const outcome = await doctor(here, args, extra);
    expect(findings(outcome)['azure']).toMatchObject({
      says: expect.stringMatching(/^Azure requires a new sign-in .* is not possible with the Azure CLI\.$/) as string,
      next: 'az logout. Sign in again with: az login',
    });
    expect(outcome.code).toBe(4);
  });

  test('sign-in with a certificate; a client secret is used instead if both are set', async () => {
    const here = await startAuthority(certificates);
    const certificate = { ...APP_SECRET, AZURE_CLIENT_SECRET: '', AZURE_CLIENT_CERTIFICATE_PATH: certificates.appFile };
    expect((await doctor(here, [], certificate)).code).toBe(0);
    expect(here.asked.map((body) => body.has('client_assertion'))).toEqual([true]);
  });

  test('device code: shown once, on stderr, also with --quiet, to a person who answers late', async () => {
    const here = await startAuthority(certificates);
    here.tokenTrouble.push({ error: 'authorization_pending' }, { error: 'authorization_pending' });
    const { code, stderr } = await doctor(here, ['--auth', 'device-code', '--quiet']);
    expect(stderr.match(/ABCD-EFGH/g)).toHaveLength(1);
    expect([code, here.codes(), here.asked.length]).toEqual([0, 1, 3]);
  });

  const ENVIRONMENT = ['--auth', 'environment'];
  test.each([
    [
      'a wrong secret',
      ENVIRONMENT,
      { error: 'invalid_client', code: 7000215 },
      /^AZURE_CLIENT_SECRET is not a secret of app registration 3333/,
      /credential reset --id 3333/,
    ],
    [
      'an expired secret',
      ENVIRONMENT,
      { error: 'invalid_client', code: 7000222 },
      /has expired\. \(AADSTS7000222\)$/,
      /Create a new secret: az ad app/,
    ],
    [
      'no such app',
      ENVIRONMENT,
      { error: 'unauthorized_client', code: 700016 },
      /^There is no app registration 3333.* in tenant 1111/,
      /Check AZURE_CLIENT_ID/,
    ],
    ['a blocked sign-in', ENVIRONMENT, { error: 'interaction_required', code: 53003 }, /conditional access policy/, /Check AZURE_/],
    [
      'another required factor',
      ['--auth', 'device-code'],
      { error: 'interaction_required', code: 50076 },
      /multifactor/,
      /Run the command again with --auth device-code/,
    ],
    ['a no', ['--auth', 'device-code'], { error: 'authorization_declined' }, /^The sign-in was declined\.$/, /--auth device-code/],
    ['an expired code', ['--auth', 'device-code'], { error: 'expired_token' }, /^The code expired before/, /--auth device-code/],
    [
      'an unknown code',
      ENVIRONMENT,
      { error: 'invalid_grant', code: 1, says: 'AADSTS1: It is Tuesday. Trace ID: 5' },
      /refuses the sign-in: It is Tuesday\. \(AADSTS1\)$/,
      /AZURE_/,
    ],
  ])('%s is reported in plain words with a next step', async (_, args, refusal, says, next) => {
    const here = await startAuthority(certificates);
    here.tokenTrouble.push(refusal);
    const outcome = await doctor(here, args, APP_SECRET);
    const finding = findings(outcome)['sign-in'];
    expect(finding?.says).toMatch(says);
    expect(finding?.next).toMatch(next);
    expect(`${finding?.says}${outcome.stderr}`).not.toMatch(/Trace ID|Correlation|\n\s+at /);
    expect([outcome.code, here.done]).toEqual([4, []]);
  });

  test.each<[string, Call | undefined, RegExp, RegExp]>([
    ['missing', undefined, /^The Azure CLI \(az\) is not installed/, /^Install it from https:\S+, then sign in with: az login$/],
    [
      'not signed in',
      { stderr: "ERROR: Please run 'az login' to setup account." },
      /^The Azure CLI is not signed in/,
      /^Sign in again with: az login$/,
    ],
    [
      'blocked',
      { stderr: 'ERROR: AADSTS53003: Access has been blocked. Trace ID: 5' },
      /conditional access policy.*\(AADSTS53003\)$/,
      /^Sign in again with: az login$/,
    ],
    [
      'printing a token',
      { stderr: 'ERROR: cannot use eyJhbGciOiJSUzI1.eyJhdWQiOiJodHRw.c2lnbmF0dXJl here' },
      /failed: ERROR: cannot use \(sensitive value\) here\s*$/,
      /^Sign in again with: az login$/,
    ],
  ])('an Azure CLI that is %s', async (_, answer, says, next) => {
    const here = await startAuthority(certificates);
    const outcome = await doctor(here, ['--auth', 'azure-cli'], answer ? await azOf(answer) : {});
    expect(findings(outcome)['sign-in']?.says).toMatch(says);
    expect(findings(outcome)['sign-in']?.next).toMatch(next);
    expect(outcome.code).toBe(4);
  });

  test('a token of the wrong tenant: the message names the tenant of the token and the requested tenant', async () => {
    const here = await startAuthority(certificates);
    const tenant = ['--tenant', OTHER_TENANT];
    const byAz = await doctor(here, ['--auth', 'azure-cli', ...tenant], await azOf({ token: here.issue(TENANT) }));
    expect(findings(byAz)['sign-in']).toMatchObject({
      says: expect.stringMatching(new RegExp(`is for tenant ${TENANT}.*, but tenant ${OTHER_TENANT} is required\\.$`)) as string,
      next: `Sign in again with: az login --tenant ${OTHER_TENANT}`,
    });
    const bySecret = await doctor(here, [...ENVIRONMENT, ...tenant], APP_SECRET);
    expect(findings(bySecret)['sign-in']?.says).toContain(`There is no tenant ${OTHER_TENANT} in this cloud.`);
    here.armTrouble.push('tenant');
    const byArm = await doctor(here, ENVIRONMENT, APP_SECRET);
    expect(findings(byArm)['azure']).toMatchObject({
      says: `The token is for tenant ${TENANT}; the subscription belongs to tenant ${OTHER_TENANT}.`,
      next: expect.stringContaining(`--tenant ${OTHER_TENANT}`) as string,
    });
    expect([byAz.code, bySecret.code, byArm.code]).toEqual([4, 4, 4]);
  });

  test('no sign-in method is set up: the message lists what was tried and what to run', async () => {
    const here = await startAuthority(certificates);
    const { code, stdout } = await doctor(here, []);
    expect(findings({ stdout } as Outcome)['sign-in']?.says).toBe('You are not signed in to Azure.');
    expect(findings({ stdout } as Outcome)['sign-in']?.next).toMatch(
      /Tried: The environment has no app.*AZURE_TENANT_ID.*Tried: The Azure CLI \(az\) is not installed.*Tried: The Azure Developer CLI.*Sign in with: az login/,
    );
    expect(code).toBe(4);
  });

  test('a configured sign-in method that fails ends the search; no other account is used', async () => {
    const here = await startAuthority(certificates);
    const az = await fakeSignIn(await temporaryFolder(), 'az', { token: here.issue() });
    const { code } = await doctor(here, [], { ...APP_SECRET, AZURE_CLIENT_SECRET: 'wrong', PATH: az.path });
    expect([code, await az.calls()]).toEqual([4, []]);
  });

  test('an untrusted certificate, also where Node.js must not check it: the message names NODE_EXTRA_CA_CERTS, and nothing was sent', async () => {
    const here = await startAuthority(certificates);
    const unchecked = { NODE_EXTRA_CA_CERTS: '', NODE_TLS_REJECT_UNAUTHORIZED: '0' };
    const outcome = await doctorProcess(here, ENVIRONMENT, { ...APP_SECRET, ...unchecked });
    for (const what of ['endpoint', 'sign-in service', 'sign-in'])
      expect(findings(outcome)[what]).toMatchObject({ state: 'fail', next: expect.stringContaining('NODE_EXTRA_CA_CERTS=') as string });
    expect([here.asked, here.done]).toEqual([[], []]);
  });

  test('an unreachable sign-in service: the message names the address', async () => {
    const here = await startAuthority(certificates);
    const outcome = await doctor(here, ENVIRONMENT, { ...APP_SECRET, AZURE_AUTHORITY_HOST: 'https://localhost:9' });
    expect(findings(outcome)['sign-in']?.says).toMatch(/^localhost:9 cannot be reached to sign in \(ECONNREFUSED\)\.$/);
    const audit = await command(here, ['audit', '--all', ...ENVIRONMENT], { ...APP_SECRET, AZURE_AUTHORITY_HOST: 'https://localhost:9' });
    expect(audit.stderr).toMatch(/^ERROR: localhost:9 cannot be reached[^\n]*\n {2}Check the network and the proxy variables[^\n]*\n$/);
    expect(audit.code).toBe(4);
  });

  test('the debug log has each sign-in method that was tried, and no secret, token, code or assertion', async () => {
    const here = await startAuthority(certificates);
    const file = join(await temporaryFolder(), 'debug.log');
    await doctorProcess(here, ['--debug', file], await azOf({ token: here.issue() }));
    await doctorProcess(here, ['--debug', file, ...ENVIRONMENT], { ...APP_SECRET, AZURE_CLIENT_SECRET: 'not-the-secret' });
    await doctorProcess(here, ['--debug', file, '--auth', 'device-code']);
    await doctorProcess(here, ['--debug', file, ...ENVIRONMENT], APP_SECRET);
    const text = await readFile(file, 'utf8');
    const lines = text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.filter((line) => line['signIn']).map(({ signIn, outcome }) => [signIn, outcome])).toEqual([
      ['environment', 'NotSet'],
      ['azure-cli', 'ok'],
      ['environment', 'AADSTS7000215'],
      ['device-code', 'ok'],
      ['environment', 'ok'],
    ]);
    expect(lines.filter(({ url }) => String(url).includes('/oauth2/v2.0/token')).map(({ status }) => status)).toEqual([401, 200, 200]);
    expect(text).not.toMatch(/secret|eyJ|refresh-token|device-code"[^,]*the-|ABCD-EFGH|client_assertion/);
  });

  test('a proxy carries sign-in and requests, except to hosts in NO_PROXY', async () => {
    const here = await startAuthority(certificates);
    const { address, connected } = await startProxy();
    const withPassword = address.replace('//', '//me:of-the-proxy@');
    // With these variables, libraries would print the address of the proxy.
    const talkative = { DEBUG: '*', AZURE_LOG_LEVEL: 'verbose', TYPESPEC_RUNTIME_LOG_LEVEL: 'verbose' };
    const through = await doctorProcess(here, ENVIRONMENT, { ...APP_SECRET, HTTPS_PROXY: withPassword, ...talkative });
    expect([through.code, through.stderr]).toEqual([0, '']);
    expect(new Set(connected)).toEqual(new Set([new URL(here.host).host, new URL(here.armOrigin).host]));
    connected.length = 0;
    expect((await doctorProcess(here, ENVIRONMENT, { ...APP_SECRET, HTTPS_PROXY: address, NO_PROXY: 'localhost' })).code).toBe(0);
    expect(connected).toEqual([]);
  });

  test('sign-in with azd, a workload identity and a managed identity', async () => {
    const here = await startAuthority(certificates);
    const folder = await temporaryFolder();
    const azd = await fakeSignIn(folder, 'azd', { token: here.issue() });
    expect((await doctor(here, ['--auth', 'azd', '--tenant', TENANT], { PATH: azd.path })).code).toBe(0);
    expect(await azd.calls()).toEqual([expect.stringMatching(new RegExp(`^auth token .*--tenant-id ${TENANT}`))]);
    const file = join(folder, 'federated');
    await writeFile(file, FEDERATED);
    expect((await doctor(here, [], { ...APP_SECRET, AZURE_CLIENT_SECRET: '', AZURE_FEDERATED_TOKEN_FILE: file })).code).toBe(0);
    const endpoint = await startIdentity(() => here.issue());
    // As a process, because the library caches tokens in the memory of the process.
    expect((await doctorProcess(here, ['--auth', 'managed-identity'], { IDENTITY_ENDPOINT: endpoint, IDENTITY_HEADER: 'x' })).code).toBe(0);
  });

  test('a managed identity endpoint that never answers is reported within seconds', async () => {
    const here = await startAuthority(certificates);
    const identity = { IDENTITY_ENDPOINT: await startIdentity(() => undefined), IDENTITY_HEADER: 'x' };
    await expect(within(150, here, 'managed-identity', identity)).rejects.toMatchObject({
      message: expect.stringMatching(/^No managed identity is available \(ETIMEDOUT\)/) as string,
      exitCode: 4,
    });
  });

  test('a slow Azure CLI: the message has the time limit and a next step', async () => {
    const here = await startAuthority(certificates);
    await expect(within(500, here, 'azure-cli', await azOf('slow'))).rejects.toMatchObject({
      message: 'The Azure CLI returned no token within 0.5 s.',
      next: expect.arrayContaining([expect.stringContaining('az account get-access-token')]) as string[],
      exitCode: 4,
    });
  });

  /** In this process, with a shorter time limit than the command. */
  function within(timeLimit: number, here: Authority, auth: AuthMode, extra: Readonly<Record<string, string>>) {
    for (const [name, value] of Object.entries(extra)) vi.stubEnv(name, value);
    onTestFinished(() => void vi.unstubAllEnvs());
    return connect({ auth, environment: { ...here.environment, ...extra }, version: 'test', say: () => {}, timeLimit });
  }

  describe('a write', () => {
    const write = { method: 'PATCH', path: '/subscriptions/s1/x', apiVersion: '2024-11-01', body: {} } as const;
    const signedIn = (here: Authority) =>
      connect({ auth: 'environment', environment: { ...here.environment, ...APP_SECRET }, version: 'test', say: () => {} });

    test.each(['claims', 'expired'] as const)('that was refused for %s was not done, so it is sent once more', async (trouble) => {
      const here = await startAuthority(certificates);
      const { writer } = await signedIn(here);
      here.armTrouble.push(trouble);
      expect((await writer.send(write)).status).toBe(200);
      expect(here.done.map(({ request }) => request)).toEqual(['PATCH /subscriptions/s1/x']);
      await writer.send(write);
      expect(new Set(here.done.map(({ token }) => token)).size).toBe(1);
      expect(here.asked).toHaveLength(2);
    });

    test.each(['claims', 'expired'] as const)('that is refused for %s twice is not sent a third time', async (trouble) => {
      const here = await startAuthority(certificates);
      const { writer } = await signedIn(here);
      here.armTrouble.push(trouble, trouble);
      await expect(writer.send(write)).rejects.toMatchObject({ kind: 'signed-out', mayHaveHappened: false });
      expect(here.done).toEqual([]);
    });

    test('whose claims challenge cannot be answered gives the reason', async () => {
      const here = await startAuthority(certificates);
      const { writer } = await signedIn(here);
      here.armTrouble.push('claims');
      here.tokenTrouble.push({ error: 'interaction_required', code: 53003 });
      await expect(writer.send(write)).rejects.toMatchObject({
        kind: 'signed-out',
        code: 'AADSTS53003',
        message: 'A conditional access policy of the tenant blocks this sign-in. (AADSTS53003)',
      });
    });
  });
});
