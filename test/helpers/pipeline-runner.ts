/** Runs pipelines as GitHub and Azure DevOps would, as far as the generated files need it: expressions, outputs, conditions and the shell of each step. */
import { spawn } from 'node:child_process';
import { createServer, type IncomingMessage } from 'node:http';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

export interface PipelineStep {
  readonly id?: string;
  readonly name?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly run?: string;
  readonly bash?: string;
  readonly task?: string;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly condition?: string;
  readonly publish?: string;
  readonly download?: string;
}

type Env = Readonly<Record<string, string>>;
type Outputs = Record<string, string>;

export interface JobResult {
  readonly ok: boolean;
  /** Names of the steps that ran, and their output. */
  readonly log: string;
  readonly outputs: Readonly<Record<string, Outputs>>;
}

/** Runs a script as both services do. */
export async function shell(script: string, flags: readonly string[], env: Env, folder: string): Promise<{ code: number; log: string }> {
  const file = join(folder, `step-${Math.random().toString(36).slice(2)}.sh`);
  await writeFile(file, script);
  const child = spawn('bash', [...flags, file], { cwd: folder, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (log += text));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code: code ?? 1, log })));
}

/** Evaluates an expression in `${{ }}`: names with dots, strings, operators, and the few functions of the generated files. */
function evaluate(text: string, context: Readonly<Record<string, unknown>>): unknown {
  const code = text.replace(/'((?:[^']|'')*)'|([A-Za-z_][\w.-]*)(\s*\()?/g, (_, literal: string | undefined, name: string, call: string) =>
    literal !== undefined
      ? JSON.stringify(literal.replaceAll("''", "'"))
      : call
        ? `fn[${JSON.stringify(name)}](`
        : `get(${JSON.stringify(name)})`,
  );
  const get = (name: string) =>
    name.split('.').reduce<unknown>((value, part) => (value as Record<string, unknown> | undefined)?.[part], context) ?? '';
  const fn = {
    format: (form: string, ...values: unknown[]) => form.replace(/\{(\d)\}/g, (_, index: string) => String(values[Number(index)])),
    contains: (list: unknown[], one: unknown) => list.includes(one),
    fromJSON: (json: string) => JSON.parse(json) as unknown,
    cancelled: () => false,
  };
  // eslint-disable-next-line no-new-func
  return (new Function('get', 'fn', `return (${code});`) as (a: unknown, b: unknown) => unknown)(get, fn);
}

const filled = (text: string, context: Readonly<Record<string, unknown>>): string =>
  String(text).replace(/\$\{\{(.*?)\}\}/g, (_, inner: string) => String(evaluate(inner, context)));
const holds = (condition: string, context: Readonly<Record<string, unknown>>): boolean =>
  Boolean(evaluate(condition.replace(/^\$\{\{|\}\}$/g, ''), context));

export interface GithubJob {
  readonly steps: readonly PipelineStep[];
  /** github, vars, needs, runner, inputs. */
  readonly context: Readonly<Record<string, unknown>>;
  /** Variables of the runner and of the test. */
  readonly env: Env;
  readonly folder: string;
  /** The steps of the action that is called as `uses: OWNER/REPO@COMMIT`, by that text. */
  readonly actions: Readonly<
    Record<string, { readonly steps: readonly PipelineStep[]; readonly defaults: Outputs; readonly outputs: Outputs }>
  >;
  readonly artifacts: string;
}

export async function runGithubJob(job: GithubJob): Promise<JobResult> {
  const { steps, env, folder, actions, artifacts } = job;
  const outputs: Record<string, Outputs> = {};
  let [ok, log] = [true, ''];
  for (const step of steps) {
    const context = { ...job.context, steps: Object.fromEntries(Object.entries(outputs).map(([id, own]) => [id, { outputs: own }])) };
    const always = step.if?.includes('cancelled()') === true;
    if ((!ok && !always) || (step.if !== undefined && !holds(step.if, context))) continue;
    log += `--- ${step.name ?? step.uses ?? ''}\n`;
    const given = Object.fromEntries(Object.entries(step.with ?? {}).map(([name, value]) => [name, filled(value, context)]));
    const action = actions[step.uses ?? ''];
    if (action) {
      const inner = await runGithubJob({
        ...job,
        steps: action.steps,
        context: { ...job.context, inputs: { ...action.defaults, ...given } },
      });
      const inside = { steps: Object.fromEntries(Object.entries(inner.outputs).map(([id, own]) => [id, { outputs: own }])) };
      if (step.id)
        outputs[step.id] = Object.fromEntries(Object.entries(action.outputs).map(([name, value]) => [name, filled(value, inside)]));
      log += inner.log;
      ok &&= inner.ok;
    } else if (step.uses) await playAction(step.uses, given, artifacts);
    else {
      const [file, summary] = [join(folder, 'outputs'), join(folder, 'summary.md')];
      await writeFile(file, '');
      const own = Object.fromEntries(Object.entries(step.env ?? {}).map(([name, value]) => [name, filled(value, context)]));
      const files = { GITHUB_OUTPUT: file, GITHUB_STEP_SUMMARY: summary };
      const done = await shell(step.run!, ['--noprofile', '--norc', '-eo', 'pipefail'], { ...env, ...own, ...files }, folder);
      log += done.log;
      ok &&= done.code === 0;
      const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '');
      if (step.id)
        outputs[step.id] = Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
    }
  }
  return { ok, log, outputs };
}

/** Artifacts are copied; actions that sign in or upload to GitHub are left out. */
async function playAction(uses: string, given: Readonly<Record<string, string>>, artifacts: string): Promise<void> {
  const kept = join(artifacts, given['name'] ?? '');
  if (uses.startsWith('actions/upload-artifact@')) {
    const from = given['path']!.replace(/\/plan\.\*$/, '');
    if (existsSync(from)) await cp(from, kept, { recursive: true });
  }
  if (uses.startsWith('actions/download-artifact@')) await cp(kept, given['path']!, { recursive: true });
}

export interface AzureDevOpsJob {
  readonly steps: readonly PipelineStep[];
  readonly variables: Readonly<Record<string, string>>;
  readonly env: Env;
  readonly folder: string;
  readonly artifacts: string;
}

export async function runAzureDevOpsJob({ steps, variables, env, folder, artifacts }: AzureDevOpsJob): Promise<JobResult> {
  const known: Outputs = { ...variables };
  const outputs: Record<string, Outputs> = {};
  let [ok, log] = [true, ''];
  const macros = (text: string) => String(text).replace(/\$\(([\w.]+)\)/g, (whole, name: string) => known[name] ?? whole);
  for (const step of steps) {
    const { condition = '' } = step;
    if (!ok && !condition.includes('succeededOrFailed()')) continue;
    if (condition.includes("'PullRequest'") && variables['Build.Reason'] !== 'PullRequest') continue;
    if (step.publish !== undefined) {
      const from = macros(step.publish);
      if (existsSync(from)) await cp(from, join(artifacts, (step as { artifact?: string }).artifact!), { recursive: true });
    }
    const script = step.bash ?? step.inputs?.['inlineScript'];
    if (script === undefined) continue;
    const { name = (step as { displayName?: string }).displayName ?? '' } = step;
    const own = Object.fromEntries(Object.entries(step.env ?? {}).map(([variable, value]) => [variable, macros(value)]));
    const done = await shell(macros(script), [], { ...env, ...own }, folder);
    log += `--- ${name}\n${done.log}`;
    ok &&= done.code === 0;
    for (const [, variable, value] of done.log.matchAll(/^##vso\[task\.setvariable variable=(\w+);isOutput=true\](.*)$/gm)) {
      known[`${name}.${variable!}`] = value!;
      (outputs[name] ??= {})[variable!] = value!;
    }
  }
  return { ok, log, outputs };
}

export interface FakeService {
  readonly url: string;
  readonly requests: readonly { readonly method: string; readonly url: string; readonly authorization: string; readonly body: string }[];
}

/** A local service that answers by a function: the API of GitHub or Azure DevOps, or a server of files. */
export async function fakeService(answer: (method: string, url: string, body: string) => unknown): Promise<FakeService> {
  const requests: { method: string; url: string; authorization: string; body: string }[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      requests.push({ method, url, authorization: headers.authorization ?? '', body });
      const found = answer(method, url, body);
      response.statusCode = found === undefined ? 404 : method === 'POST' ? 201 : 200;
      response.end(Buffer.isBuffer(found) ? found : JSON.stringify(found ?? { message: 'Not Found' }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => void server.close(() => resolve())));
  return { url: `http://127.0.0.1:${(server.address() as { port: number }).port}`, requests };
}

/** A folder of programs that come first on PATH. */
export async function withPrograms(folder: string, programs: Readonly<Record<string, string>>): Promise<Env> {
  const bin = join(folder, 'bin');
  await mkdir(bin, { recursive: true });
  for (const [name, text] of Object.entries(programs)) await writeFile(join(bin, name), text, { mode: 0o755 });
  return { PATH: [bin, dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter) };
}
