/** Packs the plans, approvals, changes and verifications of runs, and checks such packs without Azure and without trust in the sender. */
import type { Invocation } from '../../cli/invocation.ts';
import { survey } from '../../engine/judge/survey.ts';
import { mapLimited } from '../../engine/concurrency.ts';
import { readPack } from '../../files/evidence-files.ts';
import { isRunName, parseRun } from '../../files/undo-log/journal.ts';
import { digestOfPlan } from '../../report/saved-plan.ts';
import {
  changesText,
  MANIFEST,
  manifestOf,
  parsedManifest,
  sha256,
  signedPart,
  type Files,
  type Manifest,
} from '../../report/evidence/manifest.ts';
import { jsonWriter, wholeReport, type AuditReport } from '../../report/audit-writers.ts';
import { htmlWriter } from '../../report/formats/html.ts';
import { secrets } from '../../change/secrets.ts';
import { isRecord } from '../../change/json-paths.ts';
import type { Json, Target } from '../../azure/index.ts';
import type { RecordedRun } from '../../change/undo-log.ts';
import { counted } from '../../text/counted.ts';
import { plainText, withoutPipelineCommands } from '../../text/plain.ts';
import { connectWith } from '../connection.ts';
import { circumstances, concurrencyOf, selectedSteps } from '../option-values.ts';
import { progressBar } from '../progress-bar.ts';
import { stateOf } from '../state-place.ts';
import { recordedRunOf, checkCloud } from '../runs/undo-run.ts';
import { evidenceErrors } from '../errors/evidence.ts';

const CONCURRENCY = 8;
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

interface Gathered {
  readonly files: Files;
  readonly manifest: Manifest;
}

/** Returns the files of a pack about these runs, and its unsigned manifest. @throws UserError */
export async function collectEvidence(invocation: Invocation, names: readonly string[]): Promise<Gathered> {
  const state = stateOf(invocation);
  const runs = await Promise.all(names.map((name) => recordedRunOf(invocation, name)));
  const damaged = runs.flatMap(({ damage }) => damage ?? []);
  if (damaged.length > 0) throw evidenceErrors.damagedEvidence({ damage: damaged });
  const files = new Map<string, Uint8Array>();
  for (const run of runs) {
    const log = await state.read(run.run);
    if (log === undefined) throw evidenceErrors.noLog({ run: run.run });
    const plan = run.start.plan ? await state.planOf(run.run) : undefined;
    if (run.start.plan && plan === undefined) throw evidenceErrors.noPlan({ run: run.run, place: state.place });
    files.set(`runs/${run.run}/journal.jsonl`, bytesOf(log));
    files.set(`runs/${run.run}/changes.json`, bytesOf(changesText(run)));
    if (plan !== undefined) files.set(`runs/${run.run}/plan.json`, bytesOf(plan));
  }
  const report = await reportOf(invocation, runs);
  noteUnread(invocation, report);
  for (const [path, writer] of [
    ['report.json', jsonWriter],
    ['report.html', htmlWriter],
  ] as const)
    files.set(path, bytesOf(secrets.fromText(withoutPipelineCommands(wholeReport(writer(report), report)))));
  const about = { tool: `func-harden ${invocation.version}`, createdAt: report.generatedAt, runs: runs.map(({ run }) => run) };
  return { files, manifest: await manifestOf(files, about) };
}

/** A package whose report shows nothing of the current state must not look complete to the person who packs it. */
function noteUnread({ io, options }: Invocation, { apps }: AuditReport): void {
  const unread = apps.flatMap(({ steps }) => steps.flatMap(({ controls }) => controls.filter(({ failure }) => failure)));
  if (unread.length === 0 || options.quiet) return;
  io.err(
    `NOTE: The report in the package is not complete: ${counted(unread.length, 'control')} could not be read: ${plainText(unread[0]?.reason ?? '')}\n`,
  );
}

/** Returns a report on the current state of the apps of the runs. */
async function reportOf(invocation: Invocation, runs: readonly RecordedRun[]): Promise<AuditReport> {
  const { options, clock, version } = invocation;
  const targets = new Map<string, Target>(runs.flatMap(({ start }) => start.targets.map((target) => [target.id.toLowerCase(), target])));
  const steps = await selectedSteps(invocation);
  const bar = progressBar(invocation, 'apps', options.quiet === true);
  const connection = await connectWith(invocation, bar);
  for (const run of runs) checkCloud(run, connection);
  bar.total(targets.size);
  const reader = connection.surveyor();
  const by = circumstances(options, {}, connection.account);
  const surveyNext = async (target: Target) => {
    const { held: _, ...app } = await survey({ target, held: new Map() }, steps, reader, by);
    bar.step();
    return app;
  };
  const apps = await mapLimited([...targets.values()], concurrencyOf(options, CONCURRENCY), surveyNext, invocation.signal);
  bar.end();
  return { tool: `func-harden ${version}`, generatedAt: clock.now().toISOString(), apps };
}

export interface Checked {
  readonly manifest?: Manifest;
  /** Problems, each with its file. */
  readonly flaws: readonly string[];
  readonly signature: 'holds' | 'not-checked' | 'none';
}

/** Checks a pack. `publicKey`: the file of the key that must have signed it. @throws UserError where it cannot be read */
export async function checkEvidence(place: string, publicKey?: string): Promise<Checked> {
  const { files, flaws: ofPack } = await readPack(place);
  const raw = files.get(MANIFEST);
  const manifest = raw && parsedManifest(decoded(raw));
  if (!manifest) return { flaws: [...ofPack, `${MANIFEST}: it is missing or not a manifest`], signature: 'none' };
  if (manifest.runs.length === 0 || !manifest.runs.every(isRunName))
    return { flaws: [...ofPack, `${MANIFEST}: it contains no valid runs`], signature: 'none' };
  const flaws = [...ofPack, ...(await flawsOfFiles(files, manifest))];
  for (const run of manifest.runs) flaws.push(...(await flawsOfRun(files, run)));
  const listed = [...files.keys()].flatMap((path) => /^runs\/([^/]+)\//.exec(path)?.[1] ?? []);
  for (const run of new Set(listed)) if (!manifest.runs.includes(run)) flaws.push(`runs/${run}: the manifest does not list this run`);
  if (publicKey === undefined) return { manifest, flaws, signature: manifest.signature === undefined ? 'none' : 'not-checked' };
  const { findSignatureFlaw } = await import('./evidence-signature.ts');
  const flaw =
    manifest.signature === undefined ? 'it is not signed' : await findSignatureFlaw(manifest.signature, signedPart(manifest), publicKey);
  return flaw === undefined
    ? { manifest, flaws, signature: 'holds' }
    : { manifest, flaws: [...flaws, `${MANIFEST}: ${flaw}`], signature: 'none' };
}

function decoded(data: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(data);
  } catch {
    return '';
  }
}

async function flawsOfFiles(files: Files, manifest: Manifest): Promise<string[]> {
  const flaws: string[] = [];
  const named = new Set(manifest.files.map(({ path }) => path));
  if (named.size < manifest.files.length) flaws.push(`${MANIFEST}: it lists a file twice`);
  for (const { path, sha256: digest, bytes } of manifest.files) {
    const data = files.get(path);
    if (data === undefined) flaws.push(`${path}: it is missing`);
    else if (data.length !== bytes || (await sha256(data)) !== digest) flaws.push(`${path}: it was changed`);
  }
  for (const path of files.keys()) if (path !== MANIFEST && !named.has(path)) flaws.push(`${path}: the manifest does not list it`);
  for (const path of ['report.json', 'report.html']) if (!named.has(path)) flaws.push(`${path}: it is missing`);
  return flaws;
}

/** Checks the chain of the log, and the files that follow from it. */
async function flawsOfRun(files: Files, name: string): Promise<string[]> {
  const at = (file: string) => `runs/${name}/${file}`;
  const log = files.get(at('journal.jsonl'));
  if (log === undefined) return [`${at('journal.jsonl')}: it is missing`];
  let run: RecordedRun | undefined;
  try {
    run = parseRun(at('journal.jsonl'), decoded(log), name);
  } catch (error) {
    return [(error as Error).message];
  }
  if (!run) return [`${at('journal.jsonl')}: it contains no run`];
  const flaws = (run.damage ?? []).map(({ file, line, says }) => `${file}:${line}: ${plainText(says)}`);
  const changes = files.get(at('changes.json'));
  if (changes === undefined || decoded(changes) !== changesText(run)) flaws.push(`${at('changes.json')}: it does not match the log`);
  const plan = files.get(at('plan.json'));
  const digest = run.start.plan?.digest;
  if (digest === undefined && plan !== undefined) flaws.push(`${at('plan.json')}: the log has no plan`);
  if (digest !== undefined && (plan === undefined || (await digestIn(decoded(plan))) !== digest))
    flaws.push(`${at('plan.json')}: it is not the plan ${digest} of the log`);
  return flaws;
}

async function digestIn(text: string): Promise<string | undefined> {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? await digestOfPlan(value as Readonly<Record<string, Json>>) : undefined;
  } catch {
    return undefined;
  }
}
