/** Line prompts for confirming, sending, and the undo log. */
import type { Change } from '../../change/change.ts';
import { type RecordedRun, isUnfinished } from '../../change/undo-log.ts';
import type { ApplyResult } from '../../engine/run/apply.ts';
import type { RunEvent } from '../../engine/run/run-events.ts';
import { needsName } from '../../engine/plan/risk.ts';
import { endingWithout, isBroken } from '../../engine/run/troubles.ts';
import type { RunSummary } from '../../engine/run/run.ts';
import { confirmedBy } from '../../engine/fleet/targets.ts';
import { changesOfJob, hasWork, type Job, type Session } from '../../engine/session.ts';
import { line, type Line } from '../../text/spans.ts';
import { appsCount } from '../../view/batch-text.ts';
import { changeWord, closingLine, closingLines, outcomeSpan } from '../../view/outcome-lines.ts';
import { shortResource } from '../../view/change-lines.ts';
import { remainingLines, settledLines } from '../../view/resume-lines.ts';
import { runLine } from '../../view/run-line.ts';
import { eventLines } from '../../view/run-lines.ts';
import { threeWayLines, undoPlanLines } from '../../view/undo-lines.ts';
import { namesOf } from './line-apps.ts';
import type { Prompts } from './prompts.ts';
import { counted } from '../../text/counted.ts';

/** Messages about changes that go well. */
const MOST_TOLD = 10;
/** Changes of a run whose values are listed without asking. */
const MOST_SHOWN = 5;

const isAsWanted = ({ verified, lost, diff }: Extract<ApplyResult, { state: 'applied' }>): boolean =>
  verified === 'shown' && lost === undefined && diff === undefined;

export class LineLog {
  /** How each run of this session ended, the last one last. */
  readonly endings: RunSummary[] = [];
  /** The number of queued controls of each app that was read, by id of the app. A run makes it unknown until the app is read again. */
  readonly queues = new Map<string, number>();
  readonly #session: Session;
  readonly #prompts: Prompts;
  readonly #signal: AbortSignal;

  constructor(session: Session, prompts: Prompts, signal: AbortSignal) {
    this.#session = session;
    this.#prompts = prompts;
    this.#signal = signal;
  }

  /** Shows the changes, asks by their risk, sends them and prints the result; after a failure asks what to do with the applied changes. */
  async confirmed(job: Job, lines: readonly Line[]): Promise<void> {
    this.#prompts.print(lines);
    const changes = changesOfJob(job);
    if (this.#session.dryRun) return this.#prompts.say('Dry run: nothing was sent.');
    if (!hasWork(job)) return this.#prompts.print([closingLine(endingWithout(job))]);
    return this.approved(job, changes.length === 0 || (await this.approval(job)) === 'yes');
  }

  /** Sends a job if it is approved, and prints the result. */
  async approved(job: Job, isApproved: boolean): Promise<void> {
    if (!isApproved) return this.#prompts.say('Not approved. Nothing was sent.');
    const changes = changesOfJob(job);
    const summary = await this.#session.run(job, this.#progress(changes.length, job.do === 'undo' ? 'undone' : 'applied'), this.#signal);
    this.endings.push(summary);
    for (const { target } of changes) this.queues.delete(target.id);
    this.#prompts.print(closingLines(summary));
    const { applied } = summary;
    if (!isBroken(job, summary) || applied === 0 || job.do === 'undo' || this.#signal.aborted) return;
    const what = await this.#prompts.unlessBack(() =>
      this.#prompts.choose(`${applied} of ${counted(changes.length, 'change')} ${applied === 1 ? 'is' : 'are'} still applied.`, [
        { name: 'keep these changes', value: 'keep' },
        { name: 'roll back these changes', value: 'back' },
      ]),
    );
    const run = what === 'back' ? (await this.#session.runs()).find((one) => one.run === summary.run) : undefined;
    if (run) await this.#undo(run);
  }

  /** Prints what happens. Of many changes, those that go well are counted: a person who listens waits for what does not. */
  #progress(total: number, done: string): (event: RunEvent) => void {
    const step = total > MOST_TOLD ? Math.ceil(total / MOST_TOLD) : 0;
    let [verified, already] = [0, 0];
    return (event) => {
      const end = step > 0 && event.type === 'change-end' ? event.result : undefined;
      if (end?.state === 'applied' && isAsWanted(end)) verified += 1;
      else if (end?.state === 'already') already += 1;
      else return this.#prompts.print(eventLines(event, this.#prompts.look));
      if ((verified + already) % step > 0) return;
      const set = already === 0 ? '' : `, ${already} already had these values`;
      this.#prompts.say(`${verified} of ${counted(total, 'change')} ${done} and verified${set}.`);
    };
  }

  /** Asks for the approval that the risk of a job requires. `other` is typed to get a further choice. */
  async approval(job: Job, other = ''): Promise<'yes' | 'no' | 'other'> {
    const risky = changesOfJob(job).find(({ risk }) => needsName(risk));
    const { asked, name } = risky ? this.#nameAsked(job, risky) : { asked: 'Send this plan? (y/N)', name: undefined };
    const typed = ((await this.#prompts.unlessBack(() => this.#prompts.line(asked))) ?? '').trim();
    if (other !== '' && typed.toLowerCase() === other) return 'other';
    return (name === undefined ? /^y(es)?$/i.test(typed) : typed === name) ? 'yes' : 'no';
  }

  #nameAsked(job: Job, risky: Change): { readonly asked: string; readonly name: string } {
    const apps = new Set(changesOfJob(job).flatMap(({ risk, target }) => (needsName(risk) ? [target.id] : [])));
    const typing = (what: string, name: string) => ({ asked: `${what} Type ${name} to apply, or press Enter to go back:`, name });
    if (job.do === 'batch' && apps.size > 1)
      return typing(`These changes can lock people out of ${appsCount(apps.size)}, or cannot be reverted.`, appsCount(apps.size));
    const label = confirmedBy(changesOfJob(job).map(({ target }) => target))(risky.target);
    return typing(
      risky.risk === 'one-way' ? 'Some of these changes cannot be reverted.' : `These changes can lock people out of ${label}.`,
      label,
    );
  }

  /** Offers an interrupted run at the start. */
  async unfinished(run: RecordedRun): Promise<void> {
    this.#prompts.say(`Run ${run.run} on ${appsCount(run.start.targets.length)}, ${namesOf(run.start.targets)}, was not finished.`);
    const what = await this.#prompts.choose('What now?', [
      { name: 'check the run, then finish it', value: 'resume' },
      { name: 'roll back its changes', value: 'undo' },
      { name: 'later', value: 'later' },
    ]);
    if (what === 'resume') await this.#resume(run);
    if (what === 'undo') await this.#undo(run);
  }

  async browse(): Promise<void> {
    let isUnread = false;
    const runs = await this.#session.runs((error) => {
      isUnread = true;
      this.#prompts.say(`Not shown: ${error instanceof Error ? error.message : String(error)}`);
    });
    if (runs.length === 0 && isUnread) return;
    if (runs.length === 0) return this.#prompts.say('The undo log is empty: no run has changed anything yet.');
    const titles = new Map(this.#session.steps.map(({ id, title }) => [id, title]));
    const run = await this.#prompts.choose<RecordedRun | undefined>('Which run?', [
      ...runs.map((one) => ({
        // The name comes last, because it is long when it is read aloud.
        name: `${runLine(one, titles, Date.now(), true)}, ${outcomeSpan(one).text}, ${one.changes.length === 1 ? '1 change' : `${one.changes.length} changes`}: ${one.run}`,
        value: one,
      })),
      { name: 'back', value: undefined },
    ]);
    if (!run) return;
    const isLong = run.changes.length > MOST_SHOWN;
    if (!isLong) await this.#show(run);
    const ask = (isShown: boolean): Promise<string> =>
      this.#prompts.choose('What now?', [
        ...(isUnfinished(run) ? [{ name: 'finish the run', value: 'resume' }] : []),
        { name: 'undo the whole run', value: 'all' },
        ...(run.changes.length > 1 ? [{ name: 'undo some changes of the run', value: 'some' }] : []),
        ...(isShown ? [] : [{ name: `list the values of all ${run.changes.length} changes`, value: 'show' }]),
        { name: 'back', value: 'back' },
      ]);
    let what = await ask(!isLong);
    if (what === 'show') {
      await this.#show(run);
      what = await ask(true);
    }
    if (what === 'resume') await this.#resume(run);
    if (what === 'all') await this.#undo(run);
    if (what === 'some') {
      const choices = run.changes.map(({ intent }) => ({
        name: `change ${intent.change}, ${intent.app} ${shortResource(intent.resource)}`,
        value: intent.change,
      }));
      const only = await this.#prompts.several('Which changes?', choices, []);
      if (only.length > 0) await this.#undo(run, only);
    }
  }

  /** Prints each value before the run, set by the run, and now. */
  async #show(run: RecordedRun): Promise<void> {
    const rows = await this.#session.compare(run);
    for (const change of run.changes) {
      const { intent } = change;
      this.#prompts.print([line(`Change ${intent.change}: ${intent.app} ${shortResource(intent.resource)}, ${changeWord(change, run)}`)]);
      for (const row of rows.filter(({ change }) => change === intent.change)) this.#prompts.print(threeWayLines(row, '  '));
    }
  }

  async #undo(run: RecordedRun, only: readonly number[] = []): Promise<void> {
    const some = only.length > 0 ? { only } : {};
    let options = { ...some, overwrite: false };
    let plan = await this.#session.planUndo(run, options);
    if (plan.conflicts.length > 0) {
      this.#prompts.print(undoPlanLines(run.run, plan, this.#prompts.look, 'Answer yes'));
      if (await this.#prompts.yes('Someone changed some of these values after the run. Revert these values as well?')) {
        options = { ...some, overwrite: true };
        plan = await this.#session.planUndo(run, options);
      }
    }
    const foreign = options.overwrite ? 'overwritten' : 'kept';
    await this.confirmed({ do: 'undo', run, plan, options }, undoPlanLines(run.run, plan, this.#prompts.look, foreign));
  }

  async #resume(run: RecordedRun): Promise<void> {
    const left = await this.#session.planResume(run);
    const { look } = this.#prompts;
    await this.confirmed({ do: 'resume', run, left }, [...settledLines(left.settled), ...remainingLines(left, run, look)]);
  }
}
