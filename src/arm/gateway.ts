import { isAboutRoles, isNotAboutRoles } from './failures/advice.ts';
import { checkOwnId } from './writes/own-id.ts';
import type { Json, ResourceKey, Target } from '../azure/index.ts';
import { ArmFailure, type ArmReader, type ArmWriter, type Fact } from '../engine/ports.ts';
import { builtInFor } from '../engine/plan/rights.ts';
import { isRecord, type Body } from '../change/json-paths.ts';
import type { ArmClient } from './client.ts';
import { isKnown } from './actions.ts';
import { whileBusy, type BusyWaiting } from './http/busy.ts';
import { isOpenEnded, waitUntilDone, type Waiting } from './writes/operations.ts';
import { requestFor } from './writes/requests.ts';
import { rightsFor } from './writes/request-rights.ts';
import { evidenceOf } from './writes/write-proofs.ts';
import { findSameRole } from './writes/role-exists.ts';
import { failuresOfOthers, isUnexpectedShape, unexpectedShapeFailure, checkRow, type Azure } from './resource-definition.ts';
import { idOf, RESOURCES } from './resource-table.ts';
import { forgetAnswers } from './reads/kept-answers.ts';
import { forgetNeighbours } from './resources/neighbours.ts';

/** Creates a reader of resources by their short names. It cannot write. */
export function createReader(azure: Azure): ArmReader {
  const { client } = azure;
  const guarded = async (
    key: ResourceKey,
    read: () => Promise<Body | null>,
    seen: ReadonlyMap<ResourceKey, Body | null> = new Map(),
  ): Promise<Fact> => {
    try {
      return { state: 'read', body: await read() };
    } catch (error) {
      // A body with an unexpected shape must not stop the other reads.
      if (isUnexpectedShape(error, seen)) return { state: 'unreadable', failure: unexpectedShapeFailure() };
      if (!(error instanceof ArmFailure)) throw error;
      return { state: 'unreadable', failure: failuresOfOthers.has(error) ? error : withAction(error, key) };
    }
  };
  return {
    cloud: azure.cloud,
    read: (target, key, known) => {
      const seen = new Map<ResourceKey, Body | null>();
      const looked = async (other: ResourceKey): Promise<Fact> => {
        const fact = await known(other);
        if (fact.state === 'read') seen.set(other, fact.body);
        return fact;
      };
      const { find } = RESOURCES[key];
      return guarded(key, () => (find ? find({ ...azure, target, known: looked }) : readBelow(client, target, key)), seen);
    },
    readOne: (target, key, of) => guarded(key, () => (of === undefined ? readBelow(client, target, key) : readById(azure, key, of))),
    knows: isKnown,
    describe(target, key, of) {
      const { apiVersion, secret, restarts, replaces } = RESOURCES[key];
      return {
        key,
        id: of ?? idOf(target, key),
        apiVersion,
        secret: secret === true,
        restarts: restarts === true,
        replaces: replaces !== undefined,
      };
    },
  };
}

/** Reads a resource below the app. A 404 may mean that it was never set, or that the app itself is gone. */
async function readBelow(client: ArmClient, target: Target, key: ResourceKey): Promise<Body | null> {
  const { read, missing, apiVersion } = RESOURCES[key];
  if (!read) return null;
  try {
    return await fetchBody(client, target, key);
  } catch (error) {
    if (error instanceof ArmFailure && error.kind === 'missing' && missing === null && !(await isGone(client, target, apiVersion)))
      return null;
    throw error;
  }
}

async function readById(azure: Azure, key: ResourceKey, id: string): Promise<Body | null> {
  const { apiVersion, open } = RESOURCES[key];
  if (open) return open(azure, id);
  try {
    const { body } = await azure.client.send('GET', id, apiVersion);
    return checkShape(key, body);
  } catch (error) {
    if (error instanceof ArmFailure && error.kind === 'missing') return null;
    throw error;
  }
}

export function createWriter(azure: Azure, waiting: Waiting & BusyWaiting): ArmWriter {
  const { client, vaults } = azure;
  return {
    ...createReader(azure),
    request: (target, key, fresh, sets, of) => requestFor(target, key, fresh, sets, of === undefined ? of : checkOwnId(target, key, of)),
    needs: rightsFor,
    evidence: evidenceOf,
    async send(request, meanwhile = {}) {
      const { method, path, apiVersion, body } = request;
      const { onProgress } = meanwhile;
      forgetNeighbours(client);
      forgetAnswers(client);
      if (method === 'PUT' && VAULT_SECRET.test(path) && isRecord(body))
        return whileBusy(path, () => vaults.putSecret(path, body), waiting, meanwhile);
      try {
        const answer = await whileBusy(path, () => client.send(method, path, apiVersion, body), waiting, meanwhile);
        await waitUntilDone(client, answer, onProgress ? { ...waiting, onProgress } : waiting);
        return { status: answer.status, correlationId: answer.correlationId, ...(isOpenEnded(answer) ? { isOpen: true as const } : {}) };
      } catch (error) {
        const found = error instanceof ArmFailure ? await findSameRole(client, error, request, waiting, meanwhile) : undefined;
        if (!(error instanceof ArmFailure) || found === undefined) throw error;
        const { status, code, message, correlationId } = error;
        return { status: status ?? 409, correlationId, exists: { code, message, sameName: found === 'same-name' } };
      }
    },
  };
}

const VAULT_SECRET = /\/Microsoft\.KeyVault\/vaults\/[^/]+\/secrets\/[^/]+$/i;

async function fetchBody(client: ArmClient, target: Target, key: ResourceKey): Promise<Body | null> {
  const { read, apiVersion } = RESOURCES[key];
  const path = `${idOf(target, key)}${read?.suffix ?? ''}${read?.query ? `?${read.query}` : ''}`;
  if (read?.list) {
    const value: Json[] = [];
    for await (const item of client.list(path, apiVersion)) value.push(cleanBody(key, checkRow(item), (row) => ({ value: [row] })));
    return { value };
  }
  const { body } = await client.send(read?.method ?? 'GET', path, apiVersion);
  const checked = checkShape(key, body);
  if (isOfAnother(target, key, checked)) throw unexpectedShapeFailure();
  return checked;
}

/** Whether an answer for the site is about another site. The ids of its configuration differ between requests (recorded). */
const isOfAnother = ({ id }: Target, key: ResourceKey, body: Body): boolean =>
  (key === 'site' || key === 'siteConfig') &&
  typeof body['id'] === 'string' &&
  !`${body['id']}/`.toLowerCase().startsWith(`${id}/`.toLowerCase());

/** Checks the shape of a body. Every single resource has `properties`; without them nothing may be judged, and never as a pass. */
function checkShape(key: ResourceKey, body: Json): Body {
  if (isRecord(body) && isRecord(body['properties']) && !isTooLong(body['properties']) && !isBlank(key, body['properties']))
    return cleanBody(key, body, (whole) => whole);
  throw unexpectedShapeFailure();
}

/** Resources that always have members. Settings and authentication may have none. */
const NEVER_BLANK: ReadonlySet<ResourceKey> = new Set([
  'site',
  'siteIdentity',
  'siteUnlisted',
  'siteConfig',
  'scmPolicy',
  'ftpPolicy',
  'defenderPlan',
]);
/** Whether an answer says nothing, so that a missing member is not the default. */
const isBlank = (key: ResourceKey, properties: Body): boolean => NEVER_BLANK.has(key) && Object.keys(properties).length === 0;

/** Returns a body without what the service adds; `whole` adds the resource that it belongs to. @throws ArmFailure for another shape */
function cleanBody(key: ResourceKey, body: Body, whole: (body: Body) => Body): Body {
  try {
    return RESOURCES[key].clean?.(body) ?? body;
  } catch (error) {
    throw isUnexpectedShape(error, [[key, whole(body)]]) ? unexpectedShapeFailure() : error;
  }
}

/** More members than any resource has. Azure accepts a few hundred rules and settings. */
const MOST_MEMBERS = 20_000;
const isTooLong = (properties: Body): boolean =>
  [properties, ...Object.values(properties)].some(
    (value) => (Array.isArray(value) ? value.length : isRecord(value) ? Object.keys(value).length : 0) > MOST_MEMBERS,
  );

/** Whether the app itself is gone. A 404 of a child may also mean that the child was never set. */
async function isGone(client: ArmClient, target: Target, apiVersion: string): Promise<boolean> {
  try {
    await client.send('GET', target.id, apiVersion);
    return false;
  } catch {
    return true;
  }
}

function withAction(failure: ArmFailure, key: ResourceKey): ArmFailure {
  if (failure.kind !== 'forbidden') return failure;
  const { lacks } = failure;
  if (isNotAboutRoles(failure.code)) return failure;
  const action = lacks ?? RESOURCES[key].actions.read.join(', ');
  const role = lacks && builtInFor(lacks);
  if (!lacks && !isAboutRoles(failure.code))
    return failure.with({
      next: `Check the cause that the message names. If your account lacks a role, request one that includes ${action}.`,
    });
  return failure.with({
    message: `You have no permission to read this resource (${action}).`,
    next: `Request a role that includes ${action}${role ? `, for example ${role}` : ''}.`,
  });
}
