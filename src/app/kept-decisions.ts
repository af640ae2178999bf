/** The decisions of the wizard, kept in the answers file as they are made. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Target } from '../azure/index.ts';
import type { Change } from '../change/change.ts';
import type { AnyStep, Decisions, Profile, StepDecision } from '../contract/index.ts';
import type { PlannedApp } from '../engine/findings/batch.ts';
import { isToApply, skipArea, withoutControl, withoutProfile, unchosen } from '../engine/judge/area-decisions.ts';
import { clashesIn } from '../engine/judge/contradictions.ts';
import { decisionsFor, isChosen, NO_DECISION, type AnswersFile } from '../engine/judge/decisions.ts';
import type { LoadedAnswers } from '../files/answers/answers.ts';
import type { Namesakes } from './same-name-apps.ts';
import { addKeptDecisions } from './wizard/wizard-jobs.ts';

const DEFAULT_FILE = 'func-harden.answers.yaml';

/** The part of the options that says where decisions come from and where they are kept. */
interface KeepingOptions {
  readonly answers?: string;
  /** The file to write, where it differs from the file to read. */
  readonly save?: string;
  readonly dryRun?: boolean;
  readonly profile?: Profile;
}

/** Reads the decisions of an answers file and adds to it. One decision is written before the next is taken, so that none overwrites another. */
export class KeptDecisions {
  readonly file: string;
  readonly #options: KeepingOptions;
  readonly #catalogue: readonly AnyStep[];
  readonly #namesakes: Namesakes;
  /** Ids of apps whose name another readable app has too. In the answers file only their resource id identifies them. */
  readonly #byId = new Set<string>();
  #answers: AnswersFile;
  /** The text of the file as it was last read or written here. */
  #text: string | undefined;
  /** The answers in that text; undefined where they were read from another file. */
  #known: AnswersFile | undefined;
  #last: Promise<void> = Promise.resolve();

  private constructor(
    file: string,
    text: string | undefined,
    answers: AnswersFile,
    isOfText: boolean,
    options: KeepingOptions,
    catalogue: readonly AnyStep[],
    namesakes: Namesakes,
  ) {
    this.file = file;
    this.#text = text;
    this.#answers = answers;
    this.#known = isOfText ? answers : undefined;
    this.#options = options;
    this.#catalogue = catalogue;
    this.#namesakes = namesakes;
  }

  /** Opens the answers file, or begins with no decisions where it does not exist and was not named. @throws UserError for a file with mistakes */
  static async open(options: KeepingOptions, catalogue: readonly AnyStep[], namesakes: Namesakes): Promise<KeptDecisions> {
    const file = options.save ?? options.answers ?? DEFAULT_FILE;
    const source = options.answers ?? (existsSync(file) ? file : undefined);
    const read = source === undefined ? undefined : await answersIn(source, catalogue);
    const [isOfText, answers] = [source === file, read?.answers ?? { defaults: {}, apps: {} }];
    return new KeptDecisions(file, isOfText ? read?.text : await textOf(file), answers, isOfText, options, catalogue, namesakes);
  }

  /** The current answers. The object is replaced with each decision and never changed. */
  get answers(): AnswersFile {
    return this.#answers;
  }

  /** Whether the file identifies this app by its resource id. */
  isById({ id }: Target): boolean {
    return this.#byId.has(id);
  }

  /** Returns the decisions for an app. */
  of(target: Target, file = this.#answers): Decisions {
    return decisionsFor(file, target, this.isById(target));
  }

  /** Returns the decisions for an app, and first finds out whether its name identifies it where the file has that name. */
  async lookUp(target: Target): Promise<Decisions> {
    if (!this.isById(target) && this.#keyLike(target.label) !== undefined) await this.#lookForNamesakes(target);
    return this.of(target);
  }

  /** Returns the decision for an area from the app's own section of the file. */
  ownOf(target: Target, step: string): StepDecision | undefined {
    return this.#answers.apps[this.#keyOf(target)]?.[step];
  }

  /** Waits until every decision that was made is kept. */
  settled(): Promise<void> {
    return this.#last;
  }

  /** Keeps one decision. A decision that contradicts others is not kept: the file would be refused. */
  decide(target: Target, step: AnyStep, decided: StepDecision): Promise<void> {
    return this.#keep(async () => {
      await this.#lookForNamesakes(target);
      const whole = withoutProfile(this.#catalogue.find(({ id }) => id === step.id) ?? step, decided, this.#options.profile);
      const next = this.#with(target, step.id, whole);
      return clashesIn(this.of(target, next), this.#catalogue).length > 0 ? undefined : next;
    });
  }

  /** Keeps the decisions for many apps and writes the file once. */
  decideAll(apps: readonly PlannedApp[]): Promise<void> {
    return this.#keep(async () => {
      for (const { target } of apps) await this.#lookForNamesakes(target);
      return addKeptDecisions(this.#answers, apps, (target) => this.#keyOf(target));
    });
  }

  /** Removes decisions whose changes were undone, so that replaying the file does not apply them again. */
  withdraw(changes: readonly Change[]): Promise<void> {
    return this.#keep(async () => {
      let file = this.#answers;
      for (const { target, steps: ids } of changes) {
        await this.#lookForNamesakes(target);
        for (const id of ids) {
          if (!isToApply(this.of(target, file)[id])) continue;
          const own = unchosen(file.apps[this.#keyOf(target)]?.[id] ?? NO_DECISION);
          const without = this.#with(target, id, own, file);
          // The defaults or a pattern of the file may decide the area as well.
          file = isToApply(this.of(target, without)[id]) ? this.#with(target, id, skipArea(own), file) : without;
        }
      }
      return file;
    });
  }

  /** Removes decisions on actions that were called, such as a new key, so that replaying the file does not call them again. */
  withdrawCalls(changes: readonly Change[]): Promise<void> {
    return this.#keep(async () => {
      let file = this.#answers;
      for (const { target, controls: ids } of changes) {
        await this.#lookForNamesakes(target);
        for (const step of this.#catalogue)
          for (const control of step.controls.filter(({ id }) => ids.includes(`${step.id}.${id}`))) {
            const own = withoutControl(step, file.apps[this.#keyOf(target)]?.[step.id] ?? NO_DECISION, control);
            const without = this.#with(target, step.id, own, file);
            // The defaults or a pattern of the file may choose the control as well.
            const isStill = isChosen(control, this.of(target, without)[step.id] ?? NO_DECISION);
            const skipped: StepDecision = { ...own, controls: { ...own.controls, [control.id]: { decision: 'skip' } } };
            file = isStill ? this.#with(target, step.id, skipped, file) : without;
          }
      }
      return file;
    });
  }

  #keep(decided: () => Promise<AnswersFile | undefined>): Promise<void> {
    const write = async () => {
      const isSaved = !this.#options.dryRun;
      let text = isSaved ? await textOf(this.file) : undefined;
      // Another program changed the file: its answers stay, and this decision is added to them.
      if (text !== undefined && text !== this.#text) {
        ({ answers: this.#answers, text } = await answersIn(this.file, this.#catalogue, true));
        this.#known = this.#answers;
        this.#text = text;
      }
      const answers = await decided();
      if (!answers) return;
      if (isSaved) {
        const { writeAnswers } = await import('../files/answers/write-answers.ts');
        this.#text = await writeAnswers(this.file, answers, text, this.#known);
        this.#known = answers;
      }
      this.#answers = answers;
    };
    const done = this.#last.then(write);
    this.#last = done.catch(() => undefined); // The caller that decided gets the error.
    return done;
  }

  async #lookForNamesakes(target: Target): Promise<void> {
    if (await this.#namesakes.has(target)) this.#byId.add(target.id);
  }

  #keyLike(wanted: string): string | undefined {
    return Object.keys(this.#answers.apps).find((key) => key.toLowerCase() === wanted.toLowerCase());
  }

  #keyOf(target: Target): string {
    return this.#keyLike(target.id) ?? (this.isById(target) ? target.id : (this.#keyLike(target.label) ?? target.label));
  }

  #with(target: Target, step: string, decided: StepDecision, file = this.#answers): AnswersFile {
    const key = this.#keyOf(target);
    return { ...file, apps: { ...file.apps, [key]: { ...file.apps[key], [step]: decided } } };
  }
}

/** Returns the text of a file; undefined where it cannot be read, which a write then reports. */
const textOf = (file: string): Promise<string | undefined> => readFile(file, 'utf8').catch(() => undefined);

/** Reads the file where there is one: the parser is not loaded before the first screen without need. */
async function answersIn(file: string, catalogue: readonly AnyStep[], again = false): Promise<LoadedAnswers> {
  const { loadAnswers } = await import('../files/answers/answers.ts');
  return loadAnswers(file, catalogue, again);
}
