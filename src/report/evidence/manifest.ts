/** The files of an evidence pack, and its manifest. */
import type { Json } from '../../azure/index.ts';
import { canonicalJson } from '../../change/canonical.ts';
import { isRecord, parsedJson } from '../../change/json-paths.ts';
import type { RecordedRun } from '../../change/undo-log.ts';
import { showValue } from '../../change/value.ts';
import { outcomeOf } from '../../engine/run/outcome.ts';
import { safeJson } from '../../text/plain.ts';

/** The files of a pack by path, with forward slashes. */
export type Files = ReadonlyMap<string, Uint8Array>;

export const MANIFEST = 'manifest.json';

interface ManifestFile {
  readonly path: string;
  /** Hex. */
  readonly sha256: string;
  readonly bytes: number;
}

export interface Manifest {
  readonly schemaVersion: 1;
  readonly tool: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly runs: readonly string[];
  readonly files: readonly ManifestFile[];
  /** A compact JWS (RFC 7515) whose payload is the rest of the manifest in its canonical form (RFC 8785). */
  readonly signature?: string;
}

export async function manifestOf(files: Files, about: Pick<Manifest, 'tool' | 'createdAt' | 'runs'>): Promise<Manifest> {
  const listed = await Promise.all([...files].map(async ([path, data]) => ({ path, sha256: await sha256(data), bytes: data.length })));
  return { schemaVersion: 1, ...about, files: listed.toSorted((a, b) => (a.path < b.path ? -1 : 1)) };
}

export async function sha256(data: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', data as Uint8Array<ArrayBuffer>);
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Returns the part of the manifest that is signed. */
export const signedPart = ({ schemaVersion, tool, createdAt, runs, files }: Manifest): string =>
  canonicalJson({ schemaVersion, tool, createdAt, runs, files } as unknown as Json);

/** Formats the manifest as it is written to the pack. */
export const manifestText = ({ schemaVersion, tool, createdAt, runs, files, signature }: Manifest): string => {
  const listed = files.map(({ path, sha256: digest, bytes }) => ({ path, sha256: digest, bytes }));
  return `${JSON.stringify({ schemaVersion, tool, createdAt, runs, files: listed, signature }, undefined, 2)}\n`;
};

/**
 * Parses a manifest; undefined where it is not the text that func-harden writes. Readers differ about members that occur twice, and the
 * signature covers no other members.
 */
export function parsedManifest(text: string): Manifest | undefined {
  const value = parsedJson(text);
  if (!isRecord(value) || value['schemaVersion'] !== 1) return undefined;
  const { tool, createdAt, runs, files, signature } = value;
  const isText = (one: unknown) => typeof one === 'string';
  const isFile = (one: unknown) => isRecord(one) && isText(one['path']) && isText(one['sha256']) && Number.isSafeInteger(one['bytes']);
  const isWhole = isText(tool) && isText(createdAt) && (signature === undefined || isText(signature));
  if (!isWhole || !Array.isArray(runs) || !runs.every(isText) || !Array.isArray(files) || !files.every(isFile)) return undefined;
  const manifest = value as unknown as Manifest;
  return manifestText(manifest) === text ? manifest : undefined;
}

/** Formats the changes of a run: values before and after, the value read back, and the ids by which Azure knows the request. */
export const changesText = (run: RecordedRun): string =>
  `${safeJson(
    {
      schemaVersion: 1,
      run: run.run,
      state: run.state,
      outcome: outcomeOf(run),
      mode: run.start.mode,
      startedAt: run.start.at,
      endedAt: run.end?.at ?? null,
      account: run.start.account,
      tenant: run.start.tenant,
      plan: run.start.plan ?? null,
      changes: run.changes.map(({ intent, outcome, verified, state, undoneBy }) => ({
        change: intent.change,
        at: intent.at,
        app: intent.target,
        controls: intent.controls,
        resource: intent.resource,
        method: intent.method,
        apiVersion: intent.apiVersion,
        risk: intent.risk,
        edits: intent.edits.map(({ path, before, after }) => ({ path, before: showValue(before), after: showValue(after) })),
        ...(intent.call === undefined ? {} : { call: intent.call }),
        state,
        status: outcome?.status ?? null,
        correlationId: outcome?.correlationId ?? null,
        verified: verified ? { state: verified.state, at: verified.at } : null,
        undoneBy: undoneBy ?? null,
      })),
    },
    2,
  )}\n`;
