import { type AnyControl, type AnyStep, cisOf, complianceOf, questionsOf } from '../../src/contract/index.ts';
import { hostingName } from '../../src/engine/judge/app-hosting.ts';
import { RISK_WORDS } from '../../src/view/change-lines.ts';
import { answersExample, exampleOf, describeAnswerForm } from '../../src/view/question-forms.ts';
import { wrapWords } from '../../src/text/wrap-words.ts';
import { controlActions } from '../../src/report/catalogue.ts';

/** The longest line of a list, where words allow it. */
const WIDTH = 130;

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
    ...(questions.length === 0 ? ['No questions.', ''] : []),
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
    'Guards are checks before the change. `func-harden plan` shows what they found, with `--json` by their ids.',
    '',
    ...step.controls.flatMap((control) => controlLines(step, control)),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}

function controlLines(step: AnyStep, control: AnyControl): string[] {
  const { reads, writes } = controlActions(control);
  const risk = control.kind === 'attestation' ? 'attested by a person' : control.risk ? RISK_WORDS[control.risk] : 'reported only';
  const mapped = complianceOf(control);
  const { mcsb = [], cisCompute = [], nist = [], iso27001 = [], policy } = mapped;
  const compliance = [
    ...mcsb.map((id) => `MCSB ${id}`),
    ...cisOf(mapped).map(([version, id]) => `CIS ${version}: ${id}`),
    ...(cisCompute.length > 0 ? [`CIS Compute Services 2.0: ${cisCompute.join(', ')}`] : []),
    ...(nist.length > 0 ? [`NIST SP 800-53 r5: ${nist.join(', ')}`] : []),
    ...(iso27001.length > 0 ? [`ISO/IEC 27001:2022: ${iso27001.join(', ')}`] : []),
    ...(policy ? [`Azure Policy \`${policy}\``] : []),
  ];
  const rows = [
    ['severity', control.severity],
    ['risk of the change', risk],
    ...(control.kind === 'setting' ? [['property', `\`${control.at[1]}\` of ${control.at[0].replace(/(Unlisted|Identity)$/, '')}`]] : []),
    ...(control.kind === 'attestation'
      ? [
          ['statement', control.statement],
          ['evidence', control.evidence],
        ]
      : []),
    ...('effect' in control && control.effect ? [['effect of the change', control.effect]] : []),
    ['profile', control.strict ? 'strict' : 'baseline'],
    ...(control.optIn ? [['not selected by default', control.optIn]] : []),
    ...Object.entries(control.notOn ?? {}).map(([place, why]) => [`does not apply to ${hostingName(place)}`, why]),
    ...(control.guards?.length ? [['guards', [...new Set(control.guards.map(({ id }) => id))].join(', ')]] : []),
    ['permissions to audit', reads.map((action) => `\`${action}\``).join(', ') || 'none'],
    ...(writes.length > 0 ? [['permissions to change', writes.map((action) => `\`${action}\``).join(', ')]] : []),
    ...(compliance.length > 0 ? [['compliance', compliance.join('; ')]] : []),
  ];
  return [
    `### \`${step.id}.${control.id}\`: ${control.label}`,
    '',
    control.because,
    '',
    ...rows.map(([name = '', text = '']) => wrapWords(`- ${name}: ${text}`, WIDTH)),
    '',
  ];
}
