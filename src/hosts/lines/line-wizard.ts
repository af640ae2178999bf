/** The wizard with line prompts: for screen readers, plain terminals and slow connections. */
import { isFixable, preselect, decisionFrom, problemsIn, questionsFor, doubtsOf, skipArea } from '../../engine/judge/area-decisions.ts';
import { NO_DECISION } from '../../engine/judge/decisions.ts';
import { EXIT, UserError, type ExitCode } from '../../engine/errors.ts';
import { withoutStops } from '../../engine/plan/plan.ts';
import { ArmFailure, type Asking } from '../../engine/ports.ts';
import type { RunSummary } from '../../engine/run/run.ts';
import type { OpenApp, Session } from '../../engine/session.ts';
import type { StepState } from '../../engine/judge/assess.ts';
import type { Json, Target } from '../../azure/index.ts';
import type { Problem } from '../../contract/index.ts';
import { plainText } from '../../text/plain.ts';
import { controlLines, reasonLines } from '../../view/assessment.ts';
import { planLines } from '../../view/change-lines.ts';
import { queuedControls, queuedDecisions, queuedIn } from '../../view/app-progress.ts';
import { hitsIn } from '../../view/search.ts';
import { ask } from './ask.ts';
import { chooseApp } from './line-apps.ts';
import { browseFindings } from './line-findings.ts';
import { LineLog } from './line-log.ts';
import { placesOf, scoreLines, type Where } from './line-places.ts';
import { fixAll, fixOnSeveral, type SafeTools } from './line-safe.ts';
import { revokeSigned, signControl } from './line-sign.ts';
import { Menu, Prompts, type LineIo } from './prompts.ts';
import { BackError, LeaveError } from './read-line.ts';
import { wizardErrors } from './errors.ts';

interface LinesOptions {
  readonly session: Session;
  readonly io: LineIo;
  readonly ask: Asking;
  readonly signal: AbortSignal;
}

export interface LinesEnded {
  readonly exitCode: ExitCode;
  /** How each run of this session ended, the last one last. */
  readonly endings: readonly RunSummary[];
}

export async function runLines({ session, io, ask: asking, signal }: LinesOptions): Promise<LinesEnded> {
  const prompts = new Prompts(io, asking, signal);
  const log = new LineLog(session, prompts, signal);
  try {
    await new Lines(session, prompts, log, signal).run();
    return { exitCode: log.endings.at(-1)?.exitCode ?? EXIT.ok, endings: log.endings };
  } catch (error) {
    if (error instanceof LeaveError) return { exitCode: EXIT.interrupted, endings: log.endings };
    throw error;
  }
}

class Lines {
  readonly #session: Session;
  readonly #prompts: Prompts;
  readonly #log: LineLog;
  readonly #tools: SafeTools;
  readonly #appsMenu = new Menu();

  constructor(session: Session, prompts: Prompts, log: LineLog, signal: AbortSignal) {
    this.#tools = { session, prompts, log, signal };
    this.#session = session;
    this.#prompts = prompts;
    this.#log = log;
  }

  async run(): Promise<void> {
    const { account, version } = this.#session;
    this.#prompts.say(
      `func-harden ${version}, ${plainText(account.name ?? 'signed in')}. ${this.#session.isDemo ? 'Demo: a sample subscription on this machine. Nothing is sent to Azure.' : 'Data is sent only to Azure.'}`,
    );
    this.#prompts.say('Answer with a number or a part of a name. ? reads the list again, Esc goes back, Ctrl-C leaves.');
    const open = await this.#session.unfinished();
    if (open) await this.#reportErrors(() => this.#log.unfinished(open));
    const apps = await Array.fromAsync(this.#session.apps());
    if (apps.length === 0) throw wizardErrors.noApp();
    for (;;) {
      const chosen = await chooseApp(apps, this.#log.queues, this.#appsMenu, this.#prompts);
      if (chosen === 'leave') return;
      if (chosen === 'safe' || chosen === 'disruptive') await this.#reportErrors(() => fixOnSeveral(apps, chosen, this.#tools));
      else if (chosen === 'findings') await this.#reportErrors(() => browseFindings(apps, this.#tools));
      else if (chosen === 'undo') await this.#reportErrors(() => this.#log.browse());
      else if (!(await this.#app(chosen, apps.length === 1))) return;
    }
  }

  /** Opens an app, or reads it again; undefined if that fails. */
  async #open(target: Target): Promise<OpenApp | undefined> {
    let open: OpenApp | undefined;
    await this.#reportErrors(async () => {
      open = await this.#session.open(target);
      this.#log.queues.set(target.id, queuedControls(open).size);
    });
    return open;
  }

  /** Handles one app; false if the user leaves. `isOnly`: there is no other app to go back to. */
  async #app(target: Target, isOnly: boolean): Promise<boolean> {
    const first = await this.#open(target);
    if (!first) return !isOnly;
    let open = first;
    let menu = new Menu();
    let said: readonly string[] = [];
    for (;;) {
      const score = scoreLines(open, this.#prompts.look);
      const news = score.filter((one) => !said.includes(one));
      if (news.length > 0) this.#prompts.say(`\n${news.join('\n')}`);
      said = score;
      const where = await this.#prompts.unlessBack(() =>
        this.#prompts.choose<Where>(`${open.target.label}: which area?`, placesOf(open, this.#session.myIp(), isOnly), { menu }),
      );
      if (where === undefined && isOnly) this.#prompts.say('To leave, type leave.');
      if (where === undefined) {
        if (isOnly) continue;
        return true;
      }
      if (where.to === 'leave') return false;
      if (where.to === 'apps') return true;
      await this.#reportErrors(async () => {
        if (where.to === 'area') await this.#area(open, where.id);
        if (where.to === 'queue') await this.#queue(open);
        if (where.to === 'findings') await browseFindings([open.target], this.#tools);
        if (where.to === 'safe' || where.to === 'disruptive') await fixAll([open.target], where.to, this.#tools);
        if (where.to === 'undo') await this.#log.browse();
        if (where.to === 'address')
          this.#session.setMyIp((await this.#prompts.line('Your public IP address:', { start: this.#session.myIp() ?? '' })).trim());
        if (where.to === 'search') await this.#search(open);
        if (where.to === 'slot') {
          const choices = open.siblings.map((one) => ({ name: one.slot ?? 'production', value: one }));
          open = await this.#session.open(await this.#prompts.choose('Which slot?', choices));
          menu = new Menu();
        }
      });
      if (where.to !== 'slot') open = (await this.#open(open.target)) ?? open;
    }
  }

  /** Prints an error of Azure or of a file, and continues. */
  async #reportErrors(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (error instanceof BackError) return this.#prompts.say('Back.');
      if (!(error instanceof ArmFailure) && !(error instanceof UserError)) throw error;
      this.#prompts.say(`ERROR: ${plainText(error.message)} ${Array.isArray(error.next) ? error.next.join(' ') : error.next}`);
    }
  }

  async #search(open: OpenApp): Promise<void> {
    const term = (await this.#prompts.line('Search:')).trim().toLowerCase();
    const found = hitsIn(open.steps, term);
    if (found.length === 0) return this.#prompts.say('No area or control matches.');
    const id = await this.#prompts.choose('Which area or control?', [
      ...found.map(({ step, label }) => ({ name: label, value: step.step.id })),
      { name: 'back', value: '' },
    ]);
    if (id !== '') await this.#area(open, id);
  }

  async #area(open: OpenApp, id: string): Promise<void> {
    const state = open.steps.find(({ step }) => step.id === id);
    if (!state) return;
    this.#prompts.say(`\n${state.step.title}\n${state.step.why}\n`);
    this.#prompts.print([...controlLines(state, 59, this.#prompts.look, queuedControls(open)), ...reasonLines(state)]);
    const signs = open.decisions[id]?.controls ?? {};
    const what = await this.#prompts.choose('What now?', [
      ...(state.controls.some(isFixable)
        ? [
            { name: 'fix findings now', value: 'change' },
            { name: 'queue the fixes, to apply them with other areas', value: 'queue' },
          ]
        : []),
      ...(state.controls.some((one) => one.state === 'fail' || one.control.kind === 'attestation')
        ? [{ name: 'accept a finding, or confirm a control by hand (attest), with a name and an end date', value: 'sign' }]
        : []),
      ...(Object.values(signs).some(({ decision }) => decision === 'accept' || decision === 'attest')
        ? [{ name: 'revoke an acceptance or attestation', value: 'revoke' }]
        : []),
      { name: 'skip this area', value: 'skip' },
      { name: 'back to the areas', value: 'back' },
    ]);
    if (what === 'change' || what === 'queue') await this.#change(open, state, what === 'queue');
    if (what === 'sign') await signControl(open, state, this.#tools);
    if (what === 'revoke') await revokeSigned(open, state, this.#tools);
    if (what !== 'skip') return;
    await this.#session.decide(open.target, state.step, skipArea(open.decisions[id]));
    this.#prompts.say('Skipped.');
  }

  async #change(open: OpenApp, state: StepState, queue: boolean): Promise<void> {
    const { step } = state;
    const decided = open.decisions[step.id];
    const choices = state.controls.filter(isFixable).map(({ control }) => ({
      name: `${control.label}${control.optIn ? ` (not selected by default: ${control.optIn})` : ''}`,
      value: control.id,
    }));
    const ticked = await this.#prompts.several('Which controls?', choices, preselect(state, decided, this.#session.profile));
    if (ticked.length === 0) return this.#prompts.say('No control is selected.');
    const answers = await this.#answers(open, state, ticked);
    if (!answers) return;
    const decision = decisionFrom(state, ticked, answers, decided);
    if (queue) {
      await this.#session.decide(open.target, step, decision);
      const waits = queuedIn(await this.#session.open(open.target)).some((one) => one.step.id === step.id);
      return this.#prompts.say(
        waits
          ? 'Queued. Choose "apply the queue" to send all queued changes.'
          : 'The answers are saved, but with these answers no control of this area changes. Nothing is queued.',
      );
    }
    const plan = await this.#session.plan(open, { [step.id]: decision });
    const job = { do: 'apply', plan: withoutStops(plan), keep: { step, decided: decision } } as const;
    await this.#log.confirmed(job, planLines(plan, this.#prompts.look));
  }

  async #queue(open: OpenApp): Promise<void> {
    const left = await this.#session.leaveOut(open.target);
    const now = this.#session.judge(open);
    const plan = await this.#session.plan(now, queuedDecisions(now));
    const lines = planLines({ ...plan, blocked: [...left, ...plan.blocked] }, this.#prompts.look);
    await this.#log.confirmed({ do: 'apply', plan: withoutStops(plan) }, lines);
  }

  /** Asks until all answers are valid together; each answer is saved at once. */
  async #answers(open: OpenApp, state: StepState, ticked: readonly string[]): Promise<Record<string, Json> | undefined> {
    const { step } = state;
    const before = open.decisions[step.id] ?? NO_DECISION;
    const answers: Record<string, Json> = { ...before.answers };
    for (;;) {
      const asked = new Set<string>();
      let problem: (Problem & { readonly question: string }) | undefined;
      while (!problem) {
        const question = questionsFor(step, ticked, answers).find(([name]) => !asked.has(name));
        if (!question) break;
        const [name, what] = question;
        asked.add(name);
        const all = questionsFor(step, ticked, answers);
        this.#prompts.say(`\nQuestion ${all.findIndex(([one]) => one === name) + 1} of ${all.length}`);
        answers[name] = await ask(what, answers[name] ?? open.prefill[step.id]?.[name], open.options[step.id]?.[name] ?? [], this.#prompts);
        [problem] = doubtsOf(question, answers[name]);
        if (!problem) await this.#session.decide(open.target, step, { ...before, answers });
      }
      const decided = { ...open.decisions, [step.id]: decisionFrom(state, ticked, answers, before) };
      const beside = { decisions: decided, catalogue: this.#session.steps, asked: questionsFor(step, ticked, answers) };
      problem ??= problemsIn(step, answers, beside)[0];
      if (!problem) return answers;
      this.#prompts.say(`${problem.question}: ${problem.says}`);
      const again = await this.#prompts.choose('What now?', [
        { name: 'answer the questions again', value: true },
        { name: 'go back without changes', value: false },
      ]);
      if (!again) return undefined;
    }
  }
}
