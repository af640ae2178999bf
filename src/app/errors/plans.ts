/** Errors about answers files, plans and saved plans. */
import { errorCatalogue, withData, type ExitCode } from '../../engine/errors.ts';
import { plainText } from '../../text/plain.ts';

export const planErrors = errorCatalogue('app', {
  noAnswersFile: {
    title: 'Answers file missing',
    message: () => 'An answers file is required.',
    next: () => ['func-harden plan ANSWERS, func-harden replay ANSWERS'],
  },
  contradictions: withData<{ readonly problems: readonly string[] }>({
    title: 'Contradictions in the answers file',
    message: ({ problems }) => `The answers file contains contradictions. Nothing was sent.\n${problems.join('\n')}`,
    next: () => [
      'Correct the answers. If several entries apply to one app, the most specific entry is used; of equally specific entries, the last.',
    ],
  }),
  sharedClash: withData<{ readonly problems: readonly string[] }>({
    title: 'Different values for a shared resource',
    message: ({ problems }) =>
      `Apps of this run share a resource, but require different values for it. Nothing was sent.\n${problems.join('\n')}`,
    next: () => ['Use the same answers for these apps, or set "decision: skip" for the area in all of these apps except one.'],
  }),
  missingAnswers: withData<{
    readonly lines: readonly string[];
    readonly file: string;
    readonly add: readonly string[];
    readonly exit: ExitCode;
  }>({
    title: 'Answers missing',
    exit: ({ exit }) => exit,
    message: ({ lines }) =>
      `${lines.length} ${lines.length === 1 ? 'answer is' : 'answers are'} missing, and there is no terminal to ask for them. Nothing was sent.\n${lines.join('\n')}`,
    next: ({ file, add }) => [
      `Write these areas in ${file} under steps, each in place of the area that is there:`,
      ...add.map((text) => `  ${text}`),
    ],
  }),
  disruptiveWithoutSafe: {
    title: '--disruptive without --safe',
    message: () => '--disruptive requires --safe.',
    next: () => ['func-harden plan --safe --disruptive --all'],
  },
  safeWithFile: {
    title: '--safe with an answers file',
    message: () => '--safe cannot be combined with an answers file, because it plans only fixes that need no answer.',
    next: () => ['Remove the file or --safe.'],
  },
  needsPlan: withData<{ readonly options: readonly string[] }>({
    title: 'Option requires --plan',
    message: ({ options }) => `${options.join(', ')} requires --plan FILE.`,
    next: () => ['func-harden replay --plan FILE'],
  }),
  fileWithPlan: {
    title: '--plan with an answers file',
    message: () => 'An answers file and --plan cannot be combined.',
    next: () => ['Remove the answers file, because a saved plan already contains its answers.'],
  },
  notWithPlan: withData<{ readonly options: readonly string[] }>({
    title: 'Option not allowed with --plan',
    message: ({ options }) => `${options.join(', ')} cannot be combined with --plan. A saved plan is applied without changes.`,
    next: () => ['For other apps or areas, create a new plan.'],
  }),
  noApprover: {
    title: '--approved-by without a name',
    message: () => '--approved-by has no name.',
    next: () => ['Example: --approved-by "Dana Lee"'],
  },
  invalidAge: withData<{ readonly text: string }>({
    title: 'Invalid --max-age',
    message: ({ text }) => `"${text}" is not a valid age.`,
    next: () => ['Examples: --max-age 7d, 12h or 30m'],
  }),
  planTooLarge: withData<{ readonly most: number }>({
    title: 'Plan too large',
    message: ({ most }) => `The plan has more than ${most / 1024 / 1024} MiB, the maximum of a saved plan. It was not saved.`,
    next: () => ['Create several plans with fewer apps each, for example one for each subscription: --subscription NAME'],
  }),
  planUnreadable: withData<{ readonly file: string; readonly why: string }>({
    title: 'Saved plan cannot be read',
    message: ({ file, why }) => `${file} cannot be read (${why}).`,
    next: () => ['Create a plan: func-harden plan ANSWERS --out plan.json'],
  }),
  otherPlan: withData<{ readonly digest: string; readonly required: string }>({
    title: 'Plan digest does not match',
    message: ({ digest, required }) =>
      `This is not the approved plan: its digest is ${digest}, but ${plainText(required)} is required. Nothing was sent.`,
    next: () => ['Use the approved file, or get approval for this file.'],
  }),
  planTooOld: withData<{ readonly file: string; readonly createdAt: string }>({
    title: 'Saved plan too old',
    message: ({ file, createdAt }) => `${file} is older than --max-age allows (created at ${plainText(createdAt)}). Nothing was sent.`,
    next: () => ['Create the plan again.'],
  }),
  planFromFuture: withData<{ readonly file: string; readonly createdAt: string; readonly now: string }>({
    title: 'Saved plan from the future',
    message: ({ file, createdAt, now }) =>
      `The age of ${file} is unknown: it was created at ${plainText(createdAt)}, but the clock of this machine shows ${now}. Nothing was sent.`,
    next: () => ['Correct the clock of this machine, or create the plan again on a machine whose clock is correct.'],
  }),
  planWithoutTime: withData<{ readonly file: string; readonly createdAt: string }>({
    title: 'Saved plan without a time',
    message: ({ file, createdAt }) =>
      `${file} has no valid creation time ("${plainText(createdAt)}"), which --max-age requires. Nothing was sent.`,
    next: () => ['Create the plan again.'],
  }),
  planOfOtherCloud: withData<{
    readonly differences: readonly { readonly name: string; readonly planned: string; readonly now: string }[];
  }>({
    title: 'Plan for a different cloud or tenant',
    message: ({ differences }) =>
      `The plan was created for ${differences.map(({ name, planned, now }) => `${name} ${plainText(planned)}, but the current ${name} is ${plainText(now)}`).join('; ')}. Nothing was sent.`,
    next: () => ['Choose the cloud or tenant of the plan with --cloud, --tenant or --arm-endpoint.'],
  }),
});
