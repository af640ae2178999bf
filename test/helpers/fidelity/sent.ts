/** The body of a recorded request. Two recorders keep none: there it is what can be set of what came back. */
import { isObject, type Json, type JsonObject } from '../../../src/emulator/state.ts';
import type { Recorded } from '../recorded.ts';
import { pathOf } from './places.ts';
import { OF_CONFIG, OF_PLAN, OF_SITE, OF_TYPE } from './settable.ts';

const KEEPS_NO_BODIES = new Set(['Azure/azure-libraries-for-java', 'cloud-custodian/cloud-custodian']);
/** Returns whether a body was sent that the recording does not contain. */
export const isUnsaid = ({ method, requestBody, source, responseBody }: Recorded): boolean =>
  (method === 'PUT' || method === 'PATCH') && requestBody === null && KEEPS_NO_BODIES.has(source.repo) && isObject(responseBody);

/** A body was sent that the recording does not contain, and no response shows its content. */
export const isLost = ({ method, requestBody, source, responseBody, status }: Recorded): boolean =>
  (method === 'PUT' || method === 'PATCH') &&
  requestBody === null &&
  KEEPS_NO_BODIES.has(source.repo) &&
  (status >= 400 || !isObject(responseBody));

const pick = (from: JsonObject, names: readonly string[]): JsonObject =>
  Object.fromEntries(names.filter((name) => name in from && from[name] !== null).map((name) => [name, from[name]!]));

export function sentBody(recorded: Recorded): Json {
  if (!isUnsaid(recorded)) return (recorded.requestBody ?? null) as Json;
  const body = recorded.responseBody as JsonObject;
  const properties = isObject(body['properties']) ? body['properties'] : {};
  const path = pathOf(recorded);
  const { type, userAssignedIdentities: users } = isObject(body['identity']) ? body['identity'] : {};
  const identity: JsonObject =
    type === undefined
      ? {}
      : {
          identity: {
            type,
            ...(isObject(users) ? { userAssignedIdentities: Object.fromEntries(Object.keys(users).map((id) => [id, {}])) } : {}),
          },
        };
  return { ...pick(body, ['location', 'kind', 'sku', 'tags']), ...identity, properties: pick(properties, settableAt(path, properties)) };
}

function settableAt(path: string, properties: JsonObject): readonly string[] {
  if (/\/config\/web$/i.test(path)) return OF_CONFIG;
  if (/\/sites\/[^/]+(\/slots\/[^/]+)?$/i.test(path)) return [...OF_SITE, 'serverFarmId'];
  if (/\/serverfarms\/[^/]+$/i.test(path)) return OF_PLAN;
  if (/\/sourcecontrols\/web$/i.test(path)) return ['repoUrl', 'branch', 'isManualIntegration', 'isMercurial', 'deploymentRollbackEnabled'];
  const type = Object.keys(OF_TYPE).find((one) => new RegExp(`/${one.replace('/', '/')}/[^/]+$`, 'i').test(path));
  return type ? OF_TYPE[type]! : Object.keys(properties);
}
