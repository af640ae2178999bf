import type { Json, ResourceKey } from '../step.ts';
import { ArmFailure, type ArmReader, type ArmWriter, type Fact, type Target } from '../engine/ports.ts';
import { isRecord, type Body } from '../engine/values.ts';
import type { ArmClient } from './client.ts';
import { idOf, requestFor, RESOURCES } from './resources.ts';

/** Reads resources by their short names. It has no way to write. */
export function createReader(client: ArmClient): ArmReader {
  return {
    async read(target, key) {
      const { read, missing, apiVersion } = RESOURCES[key];
      if (!read) return { state: 'read', body: null };
      try {
        return { state: 'read', body: await fetchBody(client, target, key) };
      } catch (error) {
        if (!(error instanceof ArmFailure)) throw error;
        if (error.kind === 'missing' && missing === null && !(await isGone(client, target, apiVersion)))
          return { state: 'read', body: null };
        return { state: 'unreadable', failure: withAction(error, key) };
      }
    },
    describe(target, key) {
      const { apiVersion, actions, secret, restarts } = RESOURCES[key];
      return { key, id: idOf(target, key), apiVersion, actions, secret: secret === true, restarts: restarts === true };
    },
  };
}

export function createWriter(client: ArmClient): ArmWriter {
  return {
    ...createReader(client),
    request: requestFor,
    async send({ method, path, apiVersion, body }) {
      const answer = await client.send(method, path, apiVersion, body);
      return { status: answer.status, correlationId: answer.correlationId };
    },
  };
}

async function fetchBody(client: ArmClient, target: Target, key: ResourceKey): Promise<Body | null> {
  const { read, apiVersion, clean } = RESOURCES[key];
  const path = `${idOf(target, key)}${read?.suffix ?? ''}${read?.query ? `?${read.query}` : ''}`;
  if (read?.list) {
    const value: Json[] = [];
    for await (const item of client.list(path, apiVersion)) value.push(item);
    return { value };
  }
  const { body } = await client.send(read?.method ?? 'GET', path, apiVersion);
  if (!isRecord(body)) return null;
  return clean ? clean(body) : body;
}

/** A 404 of a child may mean that the child was never set, or that the app itself is gone. */
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
  const action = RESOURCES[key].actions.read.join(', ');
  const { status, code, correlationId } = failure;
  return new ArmFailure({
    kind: 'forbidden',
    status,
    code,
    correlationId,
    message: `You may not read this (${action}).`,
    next: `Ask for a role that holds ${action}.`,
  });
}

export type { Fact };
