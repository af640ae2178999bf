import type { CommandModule, Invocation } from '../cli/invocation.ts';
import { EXIT, UserError } from '../engine/errors.ts';
import { INSTALL_FORMS, installSource } from '../report/pipelines/install-source.ts';
import { PLATFORMS, STAGES, type CiPipelineOptions, type Stage } from '../report/pipelines/pipeline-plan.ts';
import { didYouMean } from '../text/nearest.ts';
import { askText } from '../app/ask-text.ts';
import { deliver } from '../app/delivery.ts';
import { commandErrors } from './errors.ts';

export const run: CommandModule['run'] = async (invocation) => {
  const { options } = invocation;
  if (!options.for) throw commandErrors.noPlatform({ platforms: PLATFORMS });
  const stages = stagesOf(options.stages ?? ['audit']);
  const apps = options.app ?? [];
  checkWords(apps, /^(?!-)[\p{L}\p{N}_./()*-]+$/u, 'is not an app name.', 'Write --app fn-orders');
  if (options.answers !== undefined) checkAnswers(options.answers);
  if (options.install !== undefined) installSource(options.install);
  const isAnswersNeeded = stages.some((stage) => stage !== 'audit');
  const { answers, install } = await completed(invocation, isAnswersNeeded);
  const plan: CiPipelineOptions = {
    stages,
    install: installSource(install),
    apps,
    ...(answers === undefined ? {} : { answers }),
    allowUnknown: options.allowUnknown === true,
  };
  const { PIPELINES } = await import('../report/ci-pipelines.ts');
  await deliver(invocation, PIPELINES[options.for](plan));
  return EXIT.ok;
};

/** Parses stages, in their order, from words that may contain commas. @throws UserError if a word is not a stage */
function stagesOf(words: readonly string[]): Stage[] {
  const names = words.flatMap((word) => word.split(',')).filter((word) => word !== '');
  const stranger = names.find((name) => !STAGES.some((stage) => stage === name));
  if (stranger !== undefined || names.length === 0)
    throw commandErrors.unknownStage({ text: stranger ?? '', hint: didYouMean(stranger ?? '', STAGES) });
  return STAGES.filter((stage) => names.includes(stage));
}

/** Checks words that are written into a file that a pipeline runs. */
function checkWords(words: readonly string[], pattern: RegExp, complaint: string, next: string): void {
  const wrong = words.filter((word) => !pattern.test(word));
  if (wrong.length > 0) throw commandErrors.invalidWords({ words: wrong, complaint, remedy: next });
}

const checkAnswers = (file: string): void =>
  checkWords(
    [file],
    /^(?![-/])(?!.*(?:^|\/)\.\.?(?:\/|$))[\w./-]+\.(?:ya?ml|json)$/,
    'is not a path of an answers file in the repository.',
    'Write --answers func-harden.answers.yaml',
  );

/** Collects the required values from the options, or asks for them. @throws UserError with all that are missing, before any write */
async function completed(
  invocation: Invocation,
  isAnswersNeeded: boolean,
): Promise<{ readonly answers: string | undefined; readonly install: string }> {
  const { io, options } = invocation;
  const isAnswersMissing = isAnswersNeeded && options.answers === undefined;
  const missing = [
    ...(options.install === undefined ? ['--install SPEC   source of func-harden for the pipeline'] : []),
    ...(isAnswersMissing ? ['--answers FILE   the answers file for the stages plan and apply'] : []),
  ];
  if (missing.length > 0 && !io.asks)
    throw commandErrors.inputNeeded({
      missing,
      isAskingOff: options.input === false,
      forms: options.install === undefined ? INSTALL_FORMS : ['func-harden pipeline … --answers func-harden.answers.yaml'],
    });
  const install =
    options.install ??
    (await askText(invocation, 'Source of func-harden (OWNER/REPO@COMMIT, or URL.tgz#sha512-…):', whyNot(installSource)));
  const answers = isAnswersMissing
    ? await askText(invocation, 'Path of the answers file in the repository:', whyNot(checkAnswers))
    : options.answers;
  return { install, answers };
}

const whyNot =
  (check: (text: string) => unknown) =>
  (text: string): true | string => {
    try {
      check(text.trim());
      return true;
    } catch (error) {
      if (error instanceof UserError) return error.message;
      throw error;
    }
  };
