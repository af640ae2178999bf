/** Errors about answers files, plans and saved plans. */
import { EXIT, errorCatalogue, worst, type ExitCode, type NoData } from '../../engine/errors.ts';
import { plainText } from '../../text/plain.ts';

/** The data of each error. */
interface PlanErrors {
  readonly noAnswersFile: NoData;
  readonly contradictions: { readonly problems: readonly string[] };
  readonly sharedClash: { readonly problems: readonly string[] };
  readonly missingAnswers: {
    readonly lines: readonly string[];
    readonly file: string;
    readonly add: readonly string[];
    readonly besides: ExitCode;
  };
  readonly disruptiveWithoutSafe: NoData;
  readonly safeWithFile: NoData;
  readonly needsPlan: { readonly options: readonly string[] };
  readonly fileWithPlan: NoData;
  readonly notWithPlan: { readonly options: readonly string[] };
  readonly noApprover: NoData;
  readonly invalidAge: { readonly text: string };
  readonly planUnreadable: { readonly file: string; readonly why: string };
  readonly otherPlan: { readonly digest: string; readonly required: string };
  readonly planTooOld: { readonly file: string; readonly isOld: boolean; readonly createdAt: string };
  readonly planOfOtherCloud: { readonly differences: readonly { readonly name: string; readonly planned: string; readonly now: string }[] };
}

export const planErrors = errorCatalogue<PlanErrors>('app', {
  noAnswersFile: {
    title: 'Answers file missing',
    exit: EXIT.usage,
    message: () => 'An answers file is required.',
    next: () => ['func-harden plan ANSWERS, func-harden replay ANSWERS'],
  },
  contradictions: {
    title: 'Contradictions in the answers file',
    exit: EXIT.usage,
    message: ({ problems }) => `The answers file contains contradictions. Nothing was sent.\n${problems.join('\n')}`,
    next: () => [
      'Correct the answers. If several entries apply to one app, the most specific entry is used; of equally specific entries, the last.',
    ],
  },
  sharedClash: {
    title: 'Different values for a shared property',
    exit: EXIT.usage,
    message: ({ problems }) => `Apps of this run require different values for a shared property. Nothing was sent.\n${problems.join('\n')}`,
    next: () => ['Use the same answers for these apps, or keep the area for only one of them.'],
  },
  missingAnswers: {
    title: 'Answers missing',
    exit: ({ besides }) => worst([EXIT.inputNeeded, besides]),
    message: ({ lines }) =>
      `${lines.length} ${lines.length === 1 ? 'answer is' : 'answers are'} missing and no one can be asked. Nothing was sent.\n${lines.join('\n')}`,
    next: ({ file, add }) => [`Add to ${file} under steps:`, ...add.map((text) => `  ${text}`)],
  },
  disruptiveWithoutSafe: {
    title: '--disruptive without --safe',
    exit: EXIT.usage,
    message: () => '--disruptive requires --safe.',
    next: () => ['func-harden plan --safe --disruptive --all'],
  },
  safeWithFile: {
    title: '--safe with an answers file',
    exit: EXIT.usage,
    message: () => '--safe cannot be combined with an answers file, because it plans only fixes that need no answer.',
    next: () => ['Remove the file or --safe.'],
  },
  needsPlan: {
    title: 'Option requires --plan',
    exit: EXIT.usage,
    message: ({ options }) => `${options.join(', ')} requires --plan FILE.`,
    next: () => ['func-harden replay --plan FILE'],
  },
  fileWithPlan: {
    title: '--plan with an answers file',
    exit: EXIT.usage,
    message: () => 'An answers file and --plan cannot be combined.',
    next: () => ['Remove the answers file, because a saved plan already contains its answers.'],
  },
  notWithPlan: {
    title: 'Option not allowed with --plan',
    exit: EXIT.usage,
    message: ({ options }) => `${options.join(', ')} cannot be combined with --plan. A saved plan is applied without changes.`,
    next: () => ['For other apps or areas, create a new plan.'],
  },
  noApprover: {
    title: '--approved-by without a name',
    exit: EXIT.usage,
    message: () => '--approved-by has no name.',
    next: () => ['Example: --approved-by "Dana Lee"'],
  },
  invalidAge: {
    title: 'Invalid --max-age',
    exit: EXIT.usage,
    message: ({ text }) => `"${text}" is not a valid age.`,
    next: () => ['Examples: --max-age 7d, 12h or 30m'],
  },
  planUnreadable: {
    title: 'Saved plan cannot be read',
    exit: EXIT.usage,
    message: ({ file, why }) => `${file} cannot be read (${why}).`,
    next: () => ['Create a plan: func-harden plan ANSWERS --out plan.json'],
  },
  otherPlan: {
    title: 'Plan is not the approved one',
    exit: EXIT.usage,
    message: ({ digest, required }) =>
      `This is not the approved plan: its digest is ${digest}, but ${plainText(required)} is required. Nothing was sent.`,
    next: () => ['Use the approved file, or get approval for this file.'],
  },
  planTooOld: {
    title: 'Saved plan too old',
    exit: EXIT.usage,
    message: ({ file, isOld, createdAt }) =>
      `${file} ${isOld ? 'is older than --max-age allows' : 'has no valid creation time'} (created at ${plainText(createdAt)}). Nothing was sent.`,
    next: () => ['Create the plan again.'],
  },
  planOfOtherCloud: {
    title: 'Plan for a different cloud or tenant',
    exit: EXIT.usage,
    message: ({ differences }) =>
      `The plan was created for ${differences.map(({ name, planned, now }) => `${name} ${plainText(planned)}, but the current ${name} is ${plainText(now)}`).join('; ')}. Nothing was sent.`,
    next: () => ['Choose the cloud or tenant of the plan with --cloud, --tenant or --arm-endpoint.'],
  },
});
