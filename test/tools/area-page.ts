import { type AnyControl, type AnyStep, cisOf, complianceOf, questionsOf } from '../../src/contract/index.ts';
import { hostingName } from '../../src/engine/judge/app-hosting.ts';
import { RISK_WORDS } from '../../src/view/change-lines.ts';
import { answersExample, exampleOf, describeAnswerForm } from '../../src/view/question-forms.ts';
import { controlActions } from '../../src/report/catalogue.ts';

const cell = (text: string): string => text.replaceAll('|', '\\|');

/** Returns the page of one area in docs/areas, in Markdown, from its declaration alone. */
export function areaPage(step: AnyStep): string {
  const questions = questionsOf(step);
  const lines = [
    `# ${step.title}`,
    '',
    `\`${step.id}\`: ${step.why}`,
    '',
    ...step.docs.map((link) => `- <${link}>`),
    '',
    '## Answers',
    '',
    ...(questions.length === 0 ? ['It asks nothing.', ''] : []),
    ...questions.flatMap(([name, question]) => [
      `- \`${name}\`: ${describeAnswerForm(question)}. ${question.label}${/[?.!]$/.test(question.label) ? '' : '.'} ${question.help} Example: \`${exampleOf(question)}\``,
    ]),
    ...(questions.length === 0 ? [] : ['']),
    'In an answers file, under `steps:`',
    '',
    '```yaml',
    ...answersExample(step),
    '```',
    '',
    '## Controls',
    '',
    ...step.controls.flatMap((control) => controlLines(step, control)),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}

function controlLines(step: AnyStep, control: AnyControl): string[] {
  const { reads, writes } = controlActions(control);
  const risk = control.kind === 'attestation' ? 'attested by a person' : control.risk ? RISK_WORDS[control.risk] : 'reported only';
  const mapped = complianceOf(control);
  const { mcsb = [], nist = [], iso27001 = [], policy } = mapped;
  const compliance = [
    ...mcsb.map((id) => `MCSB ${id}`),
    ...cisOf(mapped).map(([version, id]) => `CIS ${version}: ${id}`),
    ...(nist.length > 0 ? [`NIST SP 800-53 r5: ${nist.join(', ')}`] : []),
    ...(iso27001.length > 0 ? [`ISO/IEC 27001:2022: ${iso27001.join(', ')}`] : []),
    ...(policy ? [`Azure Policy \`${policy}\``] : []),
  ];
  const rows = [
    ['severity', control.severity],
    ['change', risk],
    ...(control.kind === 'setting' ? [['where', `\`${control.at[1]}\` of ${control.at[0].replace(/(Unlisted|Identity)$/, '')}`]] : []),
    ...(control.kind === 'attestation'
      ? [
          ['statement', control.statement],
          ['evidence', control.evidence],
        ]
      : []),
    ...('effect' in control && control.effect ? [['what people notice', control.effect]] : []),
    ['profile', control.strict ? 'strict' : 'baseline'],
    ...(control.optIn ? [['only by its own name', control.optIn]] : []),
    ...Object.entries(control.notOn ?? {}).map(([place, why]) => [`not on ${hostingName(place)}`, why]),
    ...(control.guards?.length ? [['looked at first', [...new Set(control.guards.map(({ id }) => id))].join(', ')]] : []),
    ['reading needs', reads.map((action) => `\`${action}\``).join(', ') || 'nothing'],
    ['changing needs', writes.map((action) => `\`${action}\``).join(', ') || 'nothing'],
    ...(compliance.length > 0 ? [['compliance', compliance.join('; ')]] : []),
  ];
  return [
    `### \`${step.id}.${control.id}\`: ${control.label}`,
    '',
    control.because,
    '',
    '| | |',
    '| --- | --- |',
    ...rows.map(([name = '', text = '']) => `| ${cell(name)} | ${cell(text)} |`),
    '',
  ];
}
