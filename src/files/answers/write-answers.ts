import { writeProblem } from '../file-problem.ts';
import writeFileAtomic from 'write-file-atomic';
import { stringify } from 'yaml';
import type { AnswersFile } from '../../engine/judge/decisions.ts';
import type { Decisions } from '../../contract/index.ts';
import { answersErrors } from '../errors/answers.ts';

/** Writes the file that `replay` reads, as a whole or not at all, readable only by its owner. */
export async function writeAnswers(file: string, answers: AnswersFile): Promise<void> {
  try {
    await writeFileAtomic(file, answersText(answers), { mode: 0o600 });
  } catch (error) {
    throw answersErrors.answersNotSaved({ file, why: writeProblem(error) });
  }
}

export function answersText({ defaults, apps }: AnswersFile): string {
  const document = {
    version: 1,
    ...(Object.keys(defaults).length > 0 ? { defaults: { steps: stepsOf(defaults) } } : {}),
    ...(Object.keys(apps).length > 0
      ? { apps: Object.fromEntries(Object.entries(apps).map(([name, decisions]) => [name, { steps: stepsOf(decisions) }])) }
      : {}),
  };
  return `# Written by func-harden. Replay it with: func-harden replay FILE\n${stringify(document, { lineWidth: 120, aliasDuplicateObjects: false })}`;
}

const stepsOf = (decisions: Decisions): object =>
  Object.fromEntries(
    Object.entries(decisions).map(([id, { decision, exception, answers, controls }]) => [
      id,
      {
        ...decision,
        ...exception,
        ...(Object.keys(answers).length > 0 ? { answers } : {}),
        ...(Object.keys(controls).length > 0 ? { controls } : {}),
      },
    ]),
  );
