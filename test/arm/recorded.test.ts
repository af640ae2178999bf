/** Recorded answers of Azure: each is read without loss and gives a verdict, not a crash. */
import { testTime } from '../helpers/clock.ts';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEmptyPipeline, createHttpHeaders, type HttpClient } from '@azure/core-rest-pipeline';
import { expect, onTestFinished, test } from 'vitest';
import { createArmClient } from '../../src/arm/client.ts';
import { catalogue } from '../../steps/index.ts';
import { connect } from '../../src/connect.ts';
import { assess, readsOfSteps } from '../../src/engine/judge/assess.ts';
import { FactStore } from '../../src/engine/judge/facts.ts';
import { ArmFailure, type ArmReader } from '../../src/engine/ports.ts';
import { parseSiteId } from '../../src/engine/fleet/targets.ts';
import type { ResourceKey, Target } from '../../src/azure/index.ts';
import { valueAt, type Body } from '../../src/change/json-paths.ts';
import { NO_RECORDINGS, recordings, type Recorded } from '../helpers/recorded.ts';

const all = recordings();
const when = test.skipIf(all.length === 0);
const siteId = (url: string) =>
  /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.Web\/sites\/[^/]+(?:\/slots\/[^/]+)?/i.exec(
    new URL(url).pathname,
  )?.[0];
const after = ({ url }: Recorded) => new URL(url).pathname.slice(siteId(url)?.length ?? 0);
/** Of any API version: members that an older version adds or lacks must be kept too. */
const sites = all.filter(({ method, status, url }) => method === 'GET' && status === 200 && siteId(url));

function targetOf(id: string): Target {
  return { ...parseSiteId(id)!, location: '', kind: 'functionapp', tags: {} };
}

/** Serves the recorded answer of one request. */
async function replaying(recorded: Recorded) {
  const server = createServer((_, response) => {
    response.writeHead(recorded.status, { ...recorded.responseHeaders });
    response.end(
      typeof recorded.responseBody === 'string'
        ? recorded.responseBody
        : recorded.responseBody === null
          ? ''
          : JSON.stringify(recorded.responseBody),
    );
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => new Promise((resolve) => server.close(() => resolve())));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return connect({
    auth: 'token',
    environment: { FUNC_HARDEN_ACCESS_TOKEN: 'x', FUNC_HARDEN_ARM_ENDPOINT: endpoint },
    clock: testTime().clock,
    version: 'test',
    say: () => {},
  });
}

when(`sites and configurations are read without loss ${all.length === 0 ? NO_RECORDINGS : ''}`, async () => {
  const read: [ResourceKey, Recorded][] = sites.flatMap((one): [ResourceKey, Recorded][] =>
    after(one) === '' ? [['site', one]] : after(one) === '/config/web' ? [['siteConfig', one]] : [],
  );
  expect(read.length).toBeGreaterThan(50);
  for (const [key, recorded] of read) {
    const { reader } = await replaying(recorded);
    const fact = await reader.readOne(targetOf(siteId(recorded.url)!), key);
    expect(fact.state, recorded.file).toBe('read');
    const kept = structuredClone(recorded.responseBody) as { properties: Record<string, unknown> };
    for (const list of ['ipSecurityRestrictions', 'scmIpSecurityRestrictions']) {
      const rows = kept.properties[list];
      if (Array.isArray(rows)) kept.properties[list] = rows.filter((row: { ipAddress?: string }) => row.ipAddress !== 'Any');
    }
    // A missing identity becomes the type None; no other member is added.
    const none = key === 'site' && !('identity' in kept) ? { identity: { type: 'None' } } : {};
    // The content of the rows that Azure adds is kept beside the rules.
    const { othersGet, ...body } = (fact.state === 'read' ? fact.body : {}) as Record<string, unknown>;
    expect(body, recorded.file).toEqual({ ...kept, ...none });
    const madeUp = (list: string) => (recorded.responseBody as typeof kept).properties[list] as { action?: string }[] | null | undefined;
    if (key === 'siteConfig')
      expect(othersGet, recorded.file).toEqual({
        main: madeUp('ipSecurityRestrictions')?.at(-1)?.action ?? null,
        scm: madeUp('scmIpSecurityRestrictions')?.at(-1)?.action ?? null,
      });
  }
});

when(`every recorded answer comes through the client as it was sent ${all.length === 0 ? NO_RECORDINGS : ''}`, async () => {
  const told = all.filter(({ status, responseBody }) => status < 300 && typeof responseBody !== 'string');
  expect(told.length).toBeGreaterThan(400);
  for (const { file, at, method, url, apiVersion, status, responseHeaders, responseBody } of told) {
    const http: HttpClient = {
      sendRequest: (request) =>
        Promise.resolve({
          request,
          status,
          headers: createHttpHeaders(responseHeaders),
          bodyAsText: responseBody === null ? '' : JSON.stringify(responseBody),
        }),
    };
    const client = createArmClient(new URL('https://management.azure.com'), createEmptyPipeline(), http);
    // Operations are polled by a link; their reads may have another status than 200.
    const isPoll = method === 'GET' && /\/(operationresults|asyncoperations|deploymentStatus)\//i.test(url);
    const answer = await (isPoll
      ? client.follow(url)
      : client.send(method as 'GET', decodeURIComponent(new URL(url).pathname).replace(/\/+/g, '/'), apiVersion));
    expect([answer.status, answer.body], `${file} ${at}`).toEqual([status, responseBody]);
    for (const [name, value] of Object.entries(responseHeaders)) expect(answer.header(name), `${file} ${at}`).toBe(value);
  }
});

when(`every recorded site gives verdicts ${all.length === 0 ? NO_RECORDINGS : ''}`, async () => {
  const bySite = Map.groupBy(sites, ({ file, url }) => `${file} ${siteId(url)!.toLowerCase()}`);
  let judged = 0;
  for (const [name, exchanges] of bySite) {
    const body = (suffix: string) => exchanges.find((one) => after(one) === suffix)?.responseBody as Body | undefined;
    const site = body('');
    if (!site) continue;
    const bodies: Partial<Record<ResourceKey, Body>> = { site, ...(body('/config/web') ? { siteConfig: body('/config/web')! } : {}) };
    const missing = new ArmFailure({ kind: 'forbidden', code: 'x', message: 'not recorded', next: '' });
    const reader: ArmReader = {
      read: (_, key) => Promise.resolve(bodies[key] ? { state: 'read', body: bodies[key] } : { state: 'unreadable', failure: missing }),
      readOne: () => Promise.reject(new Error('not asked for')),
      knows: () => true,
      describe: (target, key) => ({
        key,
        id: target.id,
        apiVersion: '',
        secret: false,
        restarts: false,
        replaces: false,
      }),
    };
    const store = new FactStore(reader, targetOf(siteId(exchanges[0]!.url)!));
    await store.load(readsOfSteps(catalogue));
    const states = assess(catalogue, store, reader, { decisions: {}, today: '2026-11-24' }).flatMap(({ controls }) => controls);
    for (const { id, state, control } of states) {
      if (!bodies.siteConfig && control.kind === 'setting' && control.at[0] === 'siteConfig')
        expect(['unknown', 'not-applicable'], `${name} ${id}`).toContain(state);
      if (id === 'https.https-only') expect(state, name).toBe(valueAt(site, 'properties.httpsOnly') === true ? 'pass' : 'fail');
    }
    judged += 1;
  }
  expect(judged).toBeGreaterThan(20);
});

when(`every recorded error becomes a sentence with a next step ${all.length === 0 ? NO_RECORDINGS : ''}`, async () => {
  const errors = all.filter(({ status }) => status >= 400);
  expect(errors.length).toBeGreaterThan(35);
  for (const recorded of errors) {
    const { writer } = await replaying(recorded);
    const failure = await writer.send({ method: 'PATCH', path: '/x', apiVersion: '1', body: {} }).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure, recorded.file).toBeInstanceOf(ArmFailure);
    const { message, next, code, status } = failure as ArmFailure;
    expect(message.length, recorded.file).toBeGreaterThan(5);
    expect(next.length).toBeGreaterThan(5);
    expect(code).toMatch(/\w/);
    expect(message).not.toContain('<');
    expect(status).toBe(recorded.status);
  }
});
