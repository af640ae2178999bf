import { type AnyControl, type AnyStep, complianceOf, isChangeable, pageOf, questionsOf } from '../contract/index.ts';
import type { ResourceKey } from '../azure/index.ts';
import { actionsOf } from '../arm/actions.ts';
import { hostingName } from '../engine/judge/app-hosting.ts';
import { readsOf } from '../engine/judge/assess.ts';
import { line, span, type Line } from '../text/spans.ts';
import { table } from '../text/table.ts';
import { wrap, wrapLine } from '../text/width.ts';
import { GROUP_TITLES } from '../view/assessment.ts';
import { RISK_WORDS } from '../view/change-lines.ts';
import { answersExample, describeAnswerForm } from '../view/question-forms.ts';

const unique = <T>(list: readonly T[]): T[] => [...new Set(list)];
export const guardReads = (control: AnyControl): ResourceKey[] => (control.guards ?? []).flatMap(({ reads }) => reads ?? []);
export const writesOf = (control: AnyControl): readonly ResourceKey[] =>
  control.kind === 'setting' ? [control.at[0]] : control.kind === 'rule' && control.draft ? (control.writes ?? control.reads) : [];

/** Returns other resources on which a write needs permissions; in a configuration only access restriction rules have such resources. */
export const linkedOf = (control: AnyControl, key: ResourceKey): readonly string[] =>
  key === 'siteConfig' && !(control.kind === 'rule' && control.namesSubnets) ? [] : actionsOf(key).linked;

/** Returns the ARM actions that reading and changing a control need, including reads of its guards. */
export const controlActions = (control: AnyControl): { readonly reads: string[]; readonly writes: string[] } => ({
  reads: unique(
    [...readsOf(control), ...(control.kind === 'rule' ? (control.draftReads ?? []) : []), ...guardReads(control)].flatMap(
      (key) => actionsOf(key).read,
    ),
  ),
  writes: unique(writesOf(control).flatMap((key) => [...actionsOf(key).write, ...linkedOf(control, key)])),
});

export const catalogueJson = (steps: readonly AnyStep[]): string =>
  JSON.stringify(
    {
      schemaVersion: 1,
      steps: steps.map((step) => ({
        id: step.id,
        title: step.title,
        group: step.group,
        why: step.why,
        docs: step.docs,
        questions: questionsOf(step).map(([name, question]) => ({
          name,
          ...question,
          ...('pattern' in question && question.pattern
            ? { pattern: question.pattern.source, ...(question.pattern.flags ? { flags: question.pattern.flags } : {}) }
            : {}),
        })),
        controls: step.controls.map((control) => ({
          id: `${step.id}.${control.id}`,
          label: control.label,
          because: control.because,
          kind: control.kind,
          severity: control.severity,
          risk: control.kind === 'attestation' ? null : (control.risk ?? null),
          profile: control.strict ? 'strict' : 'baseline',
          optIn: control.optIn ?? null,
          ...controlActions(control),
          notOn: control.notOn ?? {},
          guards: unique((control.guards ?? []).map(({ id }) => id)),
          docs: pageOf(step, control) ?? null,
          compliance: complianceOf(control),
        })),
      })),
    },
    null,
    2,
  );

/** The columns below which a title does not fit next to its area. */
const NARROW = 64;

export function catalogueLines(steps: readonly AnyStep[], width: number): Line[] {
  const columns = [
    { title: 'AREA', priority: 1, least: 20 },
    { title: 'TITLE', priority: 1, least: 14 },
    { title: 'CONTROLS', priority: 3, least: 8 },
  ] as const;
  const [head = [], ...cells] = table(
    columns,
    steps.map((step) => [span(step.id), span(step.title), span(String(step.controls.length))]),
    width,
  );
  // In a narrow window each area has two lines, so that no title is cut.
  const rows = cells.map((row, index) => (width < NARROW ? [line(steps[index]?.id ?? ''), line(`  ${steps[index]?.title ?? ''}`)] : [row]));
  const group = (index: number) => steps[index]?.group;
  return [
    ...(width < NARROW ? [] : [head]),
    ...rows.flatMap((row, index) => {
      const own = group(index);
      return own === undefined || own === group(index - 1) ? row : [[], line(span(GROUP_TITLES[own], 'strong')), ...row];
    }),
    [],
    ...wrap('Run func-harden steps AREA for details: reason, controls, effects, questions, links.', width).map((one) => line(one)),
    ...wrap('Run func-harden steps AREA.CONTROL to explain one control.', width).map((one) => line(one)),
  ];
}

export function stepLines(step: AnyStep, width: number): Line[] {
  const text = (words: string, indent: string): Line[] => wrap(words, Math.max(20, width - indent.length)).map((one) => line(indent + one));
  const lines: Line[] = [
    line(span(step.title, 'strong'), span(`   ${step.id}`, 'dim')),
    ...text(step.why, ''),
    [],
    line(span('CONTROLS', 'strong')),
  ];
  for (const control of step.controls) {
    const risk = control.kind === 'attestation' ? 'attested by a person' : control.risk ? RISK_WORDS[control.risk] : 'reported only';
    lines.push(
      ...wrapLine([span(`  ${step.id}.${control.id}`, 'info'), span(`  ${control.label}`)], width, 4),
      ...text(control.because, '    '),
    );
    if ('effect' in control && control.effect) lines.push(...text(`Effect of the change: ${control.effect}`, '    '));
    lines.push(
      ...text(
        `severity ${control.severity}; ${risk}${control.strict ? '; only with the strict profile' : ''}${control.optIn ? `; not selected by default: ${control.optIn}` : ''}`,
        '    ',
      ).map((one) => one.map((part) => ({ ...part, tone: 'dim' as const }))),
    );
    // The link is not wrapped, so that it can be copied.
    const page = pageOf(step, control);
    if (control.kind !== 'attestation' && !isChangeable(control) && page) lines.push(line(`    How to change it: ${page}`));
    for (const [where, why] of Object.entries(control.notOn ?? {}))
      lines.push(
        ...text(`does not apply to ${hostingName(where)}: ${why}`, '    ').map((one) =>
          one.map((part) => ({ ...part, tone: 'dim' as const })),
        ),
      );
  }
  const questions = questionsOf(step);
  lines.push([], line(span('ANSWERS', 'strong')));
  if (questions.length === 0) lines.push(line('  No questions.'));
  for (const [name, question] of questions)
    lines.push(
      line(span(`  ${name}`, 'info'), `  ${describeAnswerForm(question)}`),
      ...text(`${question.label}${/[?.!]$/.test(question.label) ? '' : '.'} ${question.help}`, '    '),
    );
  lines.push([], line(span('IN AN ANSWERS FILE, under steps:', 'strong')), ...answersExample(step).map((one) => line(`  ${one}`)));
  lines.push([], line(span('PERMISSIONS', 'strong')), line(`  func-harden steps --permissions --step ${step.id}`));
  lines.push([], line(span('LINKS', 'strong')), ...step.docs.map((link) => line(`  ${link}`)));
  return lines;
}
