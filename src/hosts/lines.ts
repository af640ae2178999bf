/** The same job by line prompts: numbered questions, no redraw, for screen readers and plain terminals. */
import { checkbox, confirm, input, search, select } from '@inquirer/prompts';
import { isFixable, preselected, decisionFrom, problemsIn, questionsFor } from '../engine/choices.ts';
import { dayProblem, NO_DECISION, SIGNED_WITH, signed, type Signed } from '../engine/decisions.ts';
import { EXIT, UserError, type ExitCode } from '../engine/errors.ts';
import { ArmFailure, type Target } from '../engine/ports.ts';
import type { Change } from '../engine/plan.ts';
import type { OpenApp, Session } from '../engine/session.ts';
import type { RunSummary } from '../engine/run.ts';
import type { StepState } from '../engine/assess.ts';
import type { Json } from '../step.ts';
import { plainText } from '../text/plain.ts';
import { ansiLine, type Line } from '../text/spans.ts';
import { MARKS, type Look } from '../text/symbols.ts';
import { controlLines, reasonLines } from '../view/assessment.ts';
import { planLines } from '../view/plan.ts';
import { eventLines } from '../view/run.ts';
import { undoPlanLines } from '../view/undo.ts';
import { ask } from './ask.ts';
import { dropTypeAhead } from './type-ahead.ts';

interface LineIo {
  readonly out: (text: string) => void;
  readonly outLook: Look;
  readonly width: number;
}

export interface LinesOptions {
  readonly session: Session;
  readonly io: LineIo;
  readonly signal: AbortSignal;
}

export interface LinesEnded {
  readonly exitCode: ExitCode;
  readonly runs: readonly string[];
}

export async function runLines(options: LinesOptions): Promise<LinesEnded> {
  const host = new Lines(options);
  try {
    await host.run();
    return { exitCode: EXIT.ok, runs: host.runs };
  } catch (error) {
    if (error instanceof Error && (error.name === 'ExitPromptError' || error.name === 'AbortPromptError'))
      return { exitCode: EXIT.interrupted, runs: host.runs };
    throw error;
  }
}

class Lines {
  readonly runs: string[] = [];
  readonly #session: Session;
  readonly #io: LineIo;
  readonly #signal: AbortSignal;

  constructor({ session, io, signal }: LinesOptions) {
    this.#session = session;
    this.#io = io;
    this.#signal = signal;
  }

  async run(): Promise<void> {
    const { account, version } = this.#session;
    this.#say(`func-harden ${version}, ${account.name ?? 'signed in'}. Nothing is sent anywhere but to Azure.`);
    const apps = await Array.fromAsync(this.#session.apps());
    if (apps.length === 0)
      throw new UserError('No function app is in reach of this account.', EXIT.failed, [
        'Check the subscription, or sign in with another account.',
      ]);
    for (;;) {
      const target = await this.#chooseApp(apps);
      if (!target) return;
      if (!(await this.#app(target))) return;
    }
  }

  async #chooseApp(apps: readonly Target[]): Promise<Target | undefined> {
    const only = apps[0];
    if (apps.length === 1 && only) return only;
    return search<Target | undefined>(
      {
        message: 'Which function app? Type to filter.',
        source: (term) => [
          ...apps
            .filter(({ label, resourceGroup }) => `${label} ${resourceGroup}`.toLowerCase().includes((term ?? '').toLowerCase()))
            .map((target) => ({ name: `${plainText(target.label)}, resource group ${plainText(target.resourceGroup)}`, value: target })),
          { name: 'leave', value: undefined },
        ],
      },
      this.#context,
    );
  }

  /** Walks through one app; false when the person leaves. */
  async #app(target: Target): Promise<boolean> {
    let open = await this.#session.open(target);
    for (;;) {
      this.#say('');
      const choice = await select(
        {
          message: `${plainText(open.target.label)}: which area?`,
          pageSize: 12,
          choices: [
            ...open.steps.map(({ step, state, controls }) => ({
              name: `${step.title}: ${state === 'fail' ? `${controls.filter((one) => one.state === 'fail').length} of ${controls.length} fail` : MARKS[state].word}`,
              value: step.id,
            })),
            ...(open.siblings.length > 1 ? [{ name: 'another slot of this app', value: ' slot' }] : []),
            { name: 'undo something', value: ' undo' },
            { name: 'another app', value: ' apps' },
            { name: 'leave', value: ' leave' },
          ],
        },
        this.#context,
      );
      if (choice === ' leave') return false;
      if (choice === ' apps') return true;
      if (choice === ' slot') {
        const slot = await select(
          { message: 'Which slot?', choices: open.siblings.map((one) => ({ name: one.slot ?? 'production', value: one })) },
          this.#context,
        );
        open = await this.#session.open(slot);
        continue;
      }
      try {
        if (choice === ' undo') await this.#undo();
        else await this.#area(open, choice);
      } catch (error) {
        if (!(error instanceof ArmFailure) && !(error instanceof UserError)) throw error;
        this.#say(`ERROR: ${error.message} ${Array.isArray(error.next) ? error.next.join(' ') : error.next}`);
      }
      open = await this.#session.open(open.target);
    }
  }

  async #area(open: OpenApp, id: string): Promise<void> {
    const state = open.steps.find(({ step }) => step.id === id);
    if (!state) return;
    this.#say(`\n${state.step.title}\n${state.step.why}\n`);
    this.#print([...controlLines(state, this.#io.width, this.#io.outLook), ...reasonLines(state)]);
    const what = await select(
      {
        message: 'What now?',
        choices: [
          ...(state.controls.some(isFixable) ? [{ name: 'change what fails', value: 'change' }] : []),
          ...(state.controls.some((one) => one.state === 'fail' || one.control.kind === 'attestation')
            ? [
                { name: 'accept a finding or attest, with a name and an end', value: 'sign' },
                { name: 'skip this area', value: 'skip' },
              ]
            : []),
          { name: 'back to the areas', value: 'back' },
        ],
      },
      this.#context,
    );
    if (what === 'change') await this.#change(open, state);
    if (what === 'sign') await this.#sign(open, state);
    if (what === 'skip')
      await this.#session.decide(open.target, state.step, {
        answers: {},
        ...open.decisions[id],
        controls: open.decisions[id]?.controls ?? {},
        decision: { decision: 'skip' },
      });
  }

  async #change(open: OpenApp, state: StepState): Promise<void> {
    const decided = open.decisions[state.step.id];
    const first = preselected(state, decided, this.#session.profile);
    const ticked = await checkbox(
      {
        message: 'Which controls? Space ticks, Enter goes on.',
        choices: state.controls.filter(isFixable).map(({ control }) => ({
          name: `${control.label}${control.optIn ? ` (only when you tick it: ${control.optIn})` : ''}`,
          value: control.id,
          checked: first.includes(control.id),
        })),
      },
      this.#context,
    );
    if (ticked.length === 0) return;
    const answers = await this.#answers(open, state, ticked);
    const decision = decisionFrom(state, ticked, answers, decided);
    const plan = await this.#session.plan(open, state.step, decision);
    this.#print(planLines(plan, this.#io.outLook));
    if (this.#session.dryRun) return this.#say('Dry run: nothing was sent.');
    if (plan.changes.length === 0 || !(await this.#approved(plan.changes))) return;
    await this.#session.decide(open.target, state.step, decision);
    await this.#went(this.#session.apply(open.target, plan.changes, this.#event, this.#signal));
  }

  /** Asks until the answers are good each and together. */
  async #answers(open: OpenApp, state: StepState, ticked: readonly string[]): Promise<Record<string, Json>> {
    const answers: Record<string, Json> = { ...open.decisions[state.step.id]?.answers };
    for (;;) {
      const asked = new Set<string>();
      for (;;) {
        const question = questionsFor(state.step, ticked, answers).find(([name]) => !asked.has(name));
        if (!question) break;
        asked.add(question[0]);
        answers[question[0]] = await ask(
          question[1],
          answers[question[0]] ?? open.prefill[state.step.id]?.[question[0]],
          open.options[state.step.id]?.[question[0]] ?? [],
          (text) => this.#say(text),
          this.#context,
        );
      }
      const [problem] = problemsIn(state.step, answers);
      if (!problem) return answers;
      this.#say(`That does not go together: ${problem.question}: ${problem.says}`);
    }
  }

  async #approved(changes: readonly Change[]): Promise<boolean> {
    await dropTypeAhead();
    const approved = await this.#confirmed(changes);
    if (!approved) this.#say('Not approved; nothing was sent.');
    return approved;
  }

  async #confirmed(changes: readonly Change[]): Promise<boolean> {
    const risky = changes.find(({ risk }) => risk === 'lock-out' || risk === 'one-way');
    if (!risky) return confirm({ message: 'Send this?', default: false }, this.#context);
    const { label } = risky.target;
    const typed = await input(
      {
        message: `${risky.risk === 'one-way' ? 'Part of this cannot be taken back.' : `This can lock people out of ${label}.`} Type ${label} to apply it, or nothing to go back:`,
      },
      this.#context,
    );
    return typed.trim() === label;
  }

  /** Accepts a finding or attests what no API shows, with a name, a reason or evidence, and an end. */
  async #sign(open: OpenApp, state: StepState): Promise<void> {
    const needed = (text: string) => (text.trim() === '' ? 'Without it nobody can tell later why.' : true);
    const signable = state.controls.filter(({ state: one, control }) => one === 'fail' || control.kind === 'attestation');
    const choices = signable.map(({ control }) => ({
      name: control.kind === 'attestation' ? `${control.label}: ${control.statement}` : control.label,
      value: control,
    }));
    const control = await select({ message: 'Which one?', choices }, this.#context);
    const decision: Signed = control.kind === 'attestation' ? 'attest' : 'accept';
    const [, why] = SIGNED_WITH[decision];
    const by = await input({ message: 'Who signs for it?', default: this.#session.account.name ?? '', validate: needed }, this.#context);
    const because = await input({ message: why === 'reason' ? 'Why?' : 'Where is the evidence?', validate: needed }, this.#context);
    const until = await input(
      { message: 'Until which day (like 2027-05-01)?', validate: (text) => dayProblem(text) ?? true },
      this.#context,
    );
    const before = open.decisions[state.step.id] ?? NO_DECISION;
    const controls = { ...before.controls, [control.id]: signed(decision, { by, [why]: because, until }) };
    await this.#session.decide(open.target, state.step, { ...before, controls });
    this.#say('Kept in the answers file.');
  }

  async #undo(): Promise<void> {
    const runs = await this.#session.runs();
    if (runs.length === 0) return this.#say('Nothing was changed from here yet.');
    const run = await select(
      {
        message: 'Which run?',
        choices: [
          ...runs.map((one) => ({
            name: `${one.run}, ${one.start.mode}, ${one.changes.length} changes on ${one.start.targets.map(({ label }) => label).join(', ')}`,
            value: one,
          })),
          { name: 'back', value: undefined },
        ],
      },
      this.#context,
    );
    if (!run) return;
    const plan = await this.#session.planUndo(run);
    this.#print(undoPlanLines(run.run, plan, this.#io.outLook));
    if (this.#session.dryRun) return this.#say('Dry run: nothing was sent.');
    if (plan.changes.length === 0 || !(await this.#approved(plan.changes))) return;
    await this.#went(this.#session.applyUndo(run, plan.changes, this.#event, this.#signal));
  }

  async #went(work: Promise<RunSummary>): Promise<void> {
    const summary = await work;
    this.runs.push(summary.run);
    this.#say(
      `${summary.failed > 0 ? 'WARNING' : 'SUCCESS'}: ${summary.applied} applied, ${summary.verified} verified, ${summary.failed} failed, ${summary.skipped} skipped.`,
    );
  }

  readonly #event = (event: Parameters<typeof eventLines>[0]): void => this.#print(eventLines(event, this.#io.outLook));

  get #context(): { signal: AbortSignal } {
    return { signal: this.#signal };
  }

  #say(text: string): void {
    this.#io.out(`${text}\n`);
  }

  #print(lines: readonly Line[]): void {
    for (const one of lines) this.#say(ansiLine(one, this.#io.outLook.colour).trimEnd());
  }
}
