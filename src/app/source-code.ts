/** The use case behind `source` and `audit --source`: values that code declares, judged by the areas. */
import { realpath } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import type { Invocation } from '../cli/invocation.ts';
import { UserError } from '../engine/errors.ts';
import type { AnyStep, Decisions } from '../contract/index.ts';
import { selectionErrors } from './errors/selection.ts';
import { keyProblem, kindOf, matchesKey } from '../engine/fleet/selectors.ts';
import { decisionsFor, type AnswersFile } from '../engine/judge/decisions.ts';
import { readNamed, readSourceTree } from '../files/source-tree.ts';
import { readCode } from '../source/code.ts';
import { targetOf } from '../source/code-facts.ts';
import type { Declared, DeclaredApp } from '../source/declared.ts';
import { placesOf, type DeclaredPlace } from '../source/places.ts';
import type { Settable } from '../source/shaped.ts';
import { terraformState } from '../source/terraform/read.ts';
import { terraformMembers } from '../contract/index.ts';
import type { Target } from '../azure/index.ts';
import type { DeclaredAt } from '../engine/judge/assess.ts';
import { plainText } from '../text/plain.ts';
import { patchFor } from '../source/patch.ts';
import { type Files, lineAndColumn } from '../source/value.ts';
import { openOutput } from '../files/output.ts';
import { patchRootOf, pathFromRepository } from '../files/repository-root.ts';
import { type PlaceRow, uriOf } from '../report/source-places.ts';
import { evidenceErrors } from './errors/evidence.ts';

interface SourceCode {
  readonly folder: string;
  readonly files: Files;
  /** Files that are symbolic links, with the paths of their targets. */
  readonly links: ReadonlyMap<string, string>;
  readonly declared: Declared;
  readonly places: readonly DeclaredPlace[];
  readonly unreadable: readonly { readonly file: string; readonly why: string; readonly line?: number }[];
}

/** Reads and judges the code in a folder. @throws UserError where a given file cannot be read */
export async function readSource(
  invocation: Invocation,
  folder: string | undefined,
  steps: readonly AnyStep[],
  answers: AnswersFile | undefined,
): Promise<SourceCode> {
  const { options, clock } = invocation;
  const root = folder ?? dirname(options.template ?? '.');
  const tree =
    folder === undefined && options.template !== undefined
      ? { files: new Map<string, string>(), links: new Map<string, string>(), unreadable: [] }
      : await readSourceTree(root);
  const files = new Map(tree.files);
  const add = async (path: string | undefined): Promise<string | undefined> => {
    if (path === undefined) return undefined;
    const name = relative(resolve(root), resolve(path)).split(sep).join('/');
    if (!files.has(name)) files.set(name, await readNamed(path));
    return name;
  };
  const template = await add(options.template);
  const parameters = await add(options.parameters);
  if (template !== undefined && parameters === undefined) await addParametersFile(options.template ?? '', template, files);
  const catalogue = await invocation.catalogue();
  const state = options.terraformState === undefined ? undefined : terraformState(await readNamed(options.terraformState));
  if (options.terraformState !== undefined && !state) throw evidenceErrors.noTerraformState({ file: options.terraformState });
  const declared = await readCode(files, {
    hcl: async () => (await import('../source/terraform/hcl.ts')).hclParser(await (await import('../files/grammars.ts')).loadGrammars()),
    members: terraformMembers(),
    settable: settableMembers(catalogue),
    unread: tree.unreadable.map(({ file }) => file),
    ...(state ? { state } : {}),
    ...(template === undefined ? {} : { template }),
    ...(parameters === undefined ? {} : { parameters }),
  });
  const decisions = (app: DeclaredApp): Decisions => (answers ? decisionsFor(answers, targetOf(app)) : {});
  const places = await placesOf(declared, {
    steps,
    decisions,
    today: clock.now().toISOString().slice(0, 10),
    hasAnswers: answers !== undefined,
  });
  return {
    folder: root,
    files,
    links: tree.links,
    declared,
    places,
    unreadable: [
      ...tree.unreadable,
      ...declared.unreadable.map(({ file, why, offset }) => ({ file, why, line: lineAndColumn(files.get(file) ?? '', offset).line })),
    ],
  };
}

/** Reads the parameters file beside a template, which may be outside of the folder. */
async function addParametersFile(path: string, name: string, files: Map<string, string>): Promise<void> {
  const own = name.replace(/\.(json|bicep)$/, '.parameters.json');
  if (files.has(own) || basename(own) === basename(name)) return;
  try {
    files.set(own, await readNamed(path.replace(/\.(json|bicep)$/, '.parameters.json')));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
}

/** Returns the members that controls set, with the value that "not set" behaves as. */
function settableMembers(steps: readonly AnyStep[]): Settable[] {
  return steps.flatMap(({ controls }) =>
    controls.flatMap((control): Settable[] => {
      if (control.kind === 'setting') {
        const [key, path] = control.at;
        const absent = control.alwaysSet || MADE_WITHOUT.has(path) ? undefined : (control.absent ?? null);
        return [{ key: key === 'siteUnlisted' ? 'site' : key, path, absent }];
      }
      if (control.kind !== 'rule') return [];
      return Object.keys(control.terraform ?? {}).flatMap((place): Settable[] => {
        const [key, path = ''] = place.split(' ') as [Settable['key'], string?];
        return path.startsWith('properties.') ? [{ key, path, absent: LISTS.test(path) ? [] : null }] : [];
      });
    }),
  );
}

/** Members that Azure sets to another value on a new function app than a missing value means. */
const MADE_WITHOUT = new Set(['properties.clientAffinityEnabled']);

const LISTS = /IpSecurityRestrictions$|ipSecurityRestrictions$/;

/** Checks the apps of `--app`: names, `name/slot`, ids and patterns; code has no tags to choose by. @throws UserError (exit 64) */
export function checkCodeApps(apps: readonly string[] = []): void {
  const tag = apps.find((name) => kindOf(name) === 'tag');
  const problem =
    tag === undefined
      ? apps.map(keyProblem).find(Boolean)
      : `"${plainText(tag)}" selects apps by a tag, but func-harden source does not read tags`;
  if (problem !== undefined) throw selectionErrors.invalidApp({ problem });
}

/** Whether a name, `name/slot`, id or pattern means the app of this place. An id also means the block of its name that has no id. */
export function isPlaceOf({ app, id }: Pick<DeclaredPlace, 'app' | 'id'>, name: string): boolean {
  if (kindOf(name) !== 'id') return matchesKey(name, { id: '', label: app, tags: {} });
  const given = name.toLowerCase();
  return id === undefined ? given.endsWith(`/sites/${app.toLowerCase().replace('/', '/slots/')}`) : id.toLowerCase() === given;
}

/** Returns the places of the named apps, or of all apps where none was named. */
export const selectPlaces = ({ places }: SourceCode, apps: readonly string[] = []): readonly DeclaredPlace[] =>
  apps.length === 0 ? places : places.filter((place) => apps.some((name) => isPlaceOf(place, name)));

/** Returns the places with lines and columns. */
export function placeRows({ files }: SourceCode, places: readonly DeclaredPlace[]): PlaceRow[] {
  return places.map((place) => {
    const { file, offset } = place.at;
    const { app, control, label, because, docs, severity, state, address, present, wanted, why } = place;
    return {
      app,
      control,
      label,
      because,
      docs,
      severity,
      state,
      file,
      ...lineAndColumn(files.get(file) ?? '', offset),
      address,
      present,
      wanted,
      why,
    };
  });
}

/** Writes the changes of the code as a patch. */
export async function writePatch(
  { io, version }: Invocation,
  { files, links, folder }: SourceCode,
  places: readonly DeclaredPlace[],
  path: string,
): Promise<void> {
  const [root, own] = await Promise.all([patchRootOf(folder), realPath(folder)]);
  const {
    text,
    contested,
    unsafe,
    files: changed,
  } = patchFor(
    places.flatMap(({ edits }) => edits),
    files,
    (file) =>
      relative(root, join(own, links.get(file) ?? file))
        .split(sep)
        .join('/'),
  );
  // Unchanged lines of the code, because a patch applies only to identical lines. A line can contain a secret.
  const out = await openOutput(path, { cleaned: (own) => own, isPrivate: true });
  await out.write(text);
  await out.end();
  const left = places.filter(({ state, edits }) => (state === 'declared' || state === 'absent') && edits.length === 0).length;
  io.err(
    changed.size === 0
      ? `func-harden ${version}: the patch is empty, because it changes no file.\n`
      : `func-harden ${version}: the patch changes ${changed.size} ${changed.size === 1 ? 'file' : 'files'}. Run: ${await applyCommand(root, path)}\n`,
  );
  if (left > 0)
    io.err(
      `NOTE: Values that the patch does not change: ${left}. They need answers, can lock callers out, or have no literal value. Add decisions to an answers file (--answers).\n`,
    );
  for (const file of unsafe) io.err(`NOTE: ${plainText(file)} is not UTF-8 text, so the patch does not change it.\n`);
  for (const { file } of contested)
    io.err(
      `NOTE: ${plainText(file)}: one place in this code sets a value for several apps, but these apps require different values. The place is not changed.\n`,
    );
}

/** Returns the command that applies a patch, for a shell in the working directory. */
async function applyCommand(root: string, patch: string): Promise<string> {
  const [here, folder] = await Promise.all([realPath('.'), realPath(dirname(patch))]);
  const inRoot = relative(here, root);
  return `git ${inRoot === '' ? '' : `-C ${inShell(inRoot)} `}apply ${inShell(relative(root, join(folder, basename(patch))))}`;
}

const realPath = (path: string): Promise<string> => realpath(path).catch(() => resolve(path));

/** A path in quotes where a shell would split or expand it. */
const inShell = (path: string): string => (/^[\w./\\:-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`);

/** Returns where code declares the values of an app. The app is found by the id in a state file, or by its name. */
export async function declaredPlaces(
  invocation: Invocation,
  folder: string | undefined,
  steps: readonly AnyStep[],
  answers: AnswersFile | undefined,
): Promise<(target: Target) => ReadonlyMap<string, DeclaredAt>> {
  const code = await readSource(invocation, folder, steps, answers);
  for (const { file, why } of code.unreadable) invocation.io.err(`NOTE: ${plainText(file)} was not read completely: ${plainText(why)}\n`);
  const rows = placeRows(code, code.places).map((row, index) => ({ ...row, id: code.places[index]?.id }));
  const base = await pathFromRepository(code.folder);
  const withIds = new Set(rows.flatMap(({ id, app }) => (id === undefined ? [] : [app.toLowerCase()])));
  return (target) => {
    const isThis = ({ id, app }: (typeof rows)[number]): boolean =>
      id === undefined
        ? !withIds.has(app.toLowerCase()) && app.toLowerCase() === labelOfId(target).toLowerCase()
        : id.toLowerCase() === target.id.toLowerCase();
    return new Map(rows.filter(isThis).map(({ control, file, line, state }) => [control, { file, line, state, uri: uriOf(base, file) }]));
  };
}

const labelOfId = ({ name, slot }: Target): string => (slot === undefined ? name : `${name}/${slot}`);
