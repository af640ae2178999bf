/** Schemas derived from the catalog: the ids, and the content of an answers file. */
import { type AnyStep, NAME_OR_ID, ONE_WORD, type Question, questionsOf } from '../../src/contract/index.ts';
import { RULE_HEADERS, RULE_LIMIT, SUBNET_ID } from '../../src/azure/index.ts';
import { exampleOf, describeAnswerForm } from '../../src/view/question-forms.ts';
import { catalogue } from '../../steps/index.ts';
import { anyCase } from './any-case.ts';
import { formatted } from './formatted.ts';

type Schema = Readonly<Record<string, unknown>>;

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';
const TEXT = { type: 'string', pattern: '\\S' } as const;
const SIGNED: Schema = {
  decision: {
    description:
      'apply: fix the findings. skip: change nothing. accept: a named person accepts the finding. attest: a person confirms a control that no API can check.',
    enum: ['apply', 'skip', 'accept', 'attest'],
  },
  by: { description: 'Name of the person who accepts or attests.', ...TEXT },
  reason: { description: 'Reason for the acceptance.', ...TEXT },
  evidence: { description: 'Evidence: a link or a document.', ...TEXT },
  until: { description: 'Last day of the acceptance or attestation, as YYYY-MM-DD.', type: 'string', format: 'date' },
};

/** Rules for the members that a decision needs or excludes. */
const whole = (decision: string, needs: readonly string[]): Schema => ({
  if: { required: ['decision'], properties: { decision: { const: decision } } },
  // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema; a schema is never awaited
  then: {
    ...(needs.length > 0 ? { required: needs } : {}),
    properties: Object.fromEntries(
      ['by', 'reason', 'evidence', 'until'].filter((name) => !needs.includes(name)).map((name) => [name, false]),
    ),
  },
});
const BY_NAME = [whole('accept', ['by', 'reason', 'until']), whole('attest', ['by', 'evidence', 'until'])];
const WHOLE = [whole('apply', []), whole('skip', []), ...BY_NAME];

/** Requires by, reason and until together, for answers that exempt a finding. */
const STANDS = ['by', 'reason', 'until'] as const;
const ALL_OR_NONE: Schema = {
  dependentRequired: Object.fromEntries(STANDS.map((name) => [name, STANDS.filter((other) => other !== name)])),
};
const EXCEPTION: Schema = {
  by: { description: 'Name of the person who accepts answers that leave a finding as it is.', ...TEXT },
  reason: { description: 'Reason why the finding stays.', ...TEXT },
  until: SIGNED['until'],
};
/** In an area with such answers they are allowed beside its decision. */
const WHOLE_EXEMPTING: readonly Schema[] = [
  {
    if: { required: ['decision'], properties: { decision: { enum: ['apply', 'skip'] } } },
    // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema; a schema is never awaited
    then: { properties: { evidence: false }, ...ALL_OR_NONE },
  },
  ...BY_NAME,
];

const map = (description: string, properties: Schema, more: Schema = {}): Schema => ({
  description,
  type: 'object',
  additionalProperties: false,
  properties,
  ...more,
});

const RULE = map(
  'One access rule; exactly one of ip, serviceTag and subnet says who.',
  {
    name: {
      description: 'Name of the rule, unique in the list; empty if the rule has no name.',
      type: 'string',
      maxLength: RULE_LIMIT.name,
    },
    priority: { description: 'Lower numbers are evaluated first.', type: 'integer', minimum: 1, maximum: RULE_LIMIT.priority },
    action: { description: 'Whether the caller is allowed or denied.', enum: ['Allow', 'Deny'] },
    ip: {
      description: 'Address ranges with prefix length, IPv4 or IPv6; at most 8, separated by commas.',
      type: 'string',
      pattern: '/\\d+',
    },
    serviceTag: {
      description: 'Service tags, for example AzureFrontDoor.Backend; at most 8, separated by commas.',
      type: 'string',
      pattern: '^[A-Za-z0-9., ]+$',
    },
    subnet: { description: 'ARM id of a subnet.', type: 'string', pattern: anyCase(SUBNET_ID) },
    headers: {
      description: `Values by header: ${RULE_HEADERS.join(', ')}.`,
      type: 'object',
      propertyNames: { pattern: anyCase(new RegExp(`^(${RULE_HEADERS.join('|')})$`, 'i')) },
      additionalProperties: { type: 'array', items: { type: 'string' }, maxItems: RULE_LIMIT.values },
    },
    description: { description: 'Description of the rule, for people.', type: 'string', maxLength: RULE_LIMIT.description },
  },
  {
    required: ['name', 'priority', 'action'],
    oneOf: ['ip', 'serviceTag', 'subnet'].map((source) => ({ required: [source] })),
  },
);

function answerSchema(question: Question): Schema {
  switch (question.kind) {
    case 'choice':
      return { enum: question.options };
    case 'yesno':
      return { type: 'boolean' };
    case 'number':
      return { type: 'integer', minimum: question.min, maximum: question.max };
    case 'text':
      return { type: 'string', pattern: question.mayBeEmpty ? `^$|${anyCase(question.pattern)}` : anyCase(question.pattern) };
    case 'pick':
      return { type: 'string', pattern: anyCase(question.pattern ?? NAME_OR_ID) };
    case 'names':
      return { type: 'array', uniqueItems: true, items: { type: 'string', pattern: anyCase(question.pattern ?? ONE_WORD) } };
    case 'origins':
      return { type: 'array', uniqueItems: true, items: { type: 'string', pattern: anyCase(/^https:\/\/[^\s/?#@*]+$/i) } };
    case 'rules':
      return { type: 'array', maxItems: RULE_LIMIT.rules, items: { $ref: '#/$defs/rule' } };
  }
}

const said = (question: Question): string =>
  `${question.label}${/[?.!]$/.test(question.label) ? '' : '.'} ${question.help} (${describeAnswerForm(question)})`;

function areaSchema(step: AnyStep): Schema {
  const exempts = questionsOf(step).some(([, question]) => question.exempts);
  const answers = questionsOf(step).map(([name, question]) => [
    name,
    {
      description: `${said(question)}${question.exempts ? ' An answer that accepts a finding requires by, reason and until.' : ''}`,
      ...answerSchema(question),
      examples: [exampleIn(question)],
    },
  ]);
  const controls = step.controls.map((control) => [
    control.id,
    {
      description: `${control.label}. ${control.because}${control.optIn ? ` Not selected by default: ${control.optIn}` : ''}`,
      $ref: '#/$defs/decision',
    },
  ]);
  return map(
    `${step.title}. ${step.why}`,
    {
      ...SIGNED,
      answers: map(
        answers.length > 0 ? 'Answers to the questions of the area.' : 'The area has no questions.',
        { ...Object.fromEntries(answers), ...(exempts ? EXCEPTION : {}) },
        exempts ? ALL_OR_NONE : {},
      ),
      controls: map('Decisions on single controls. They override the decision on the area.', Object.fromEntries(controls), {
        patternProperties: { [`^${step.id}\\.(${step.controls.map(({ id }) => id).join('|')})$`]: { $ref: '#/$defs/decision' } },
      }),
    },
    { allOf: exempts ? WHOLE_EXEMPTING : WHOLE },
  );
}

/** Access restriction rules have a schema of their own. */
const exampleIn = (question: Question): unknown =>
  question.kind === 'rules' ? [{ name: 'office', priority: 100, action: 'Allow', ip: '203.0.113.0/24' }] : JSON.parse(exampleOf(question));

const answersSchema = (steps: readonly AnyStep[]): Schema => ({
  $schema: DIALECT,
  title: 'func-harden answers file',
  ...map(
    'Decisions on each area, for all apps and for single apps. Contains no secrets.',
    {
      version: { description: 'Version of this format.', const: 1 },
      defaults: { description: 'Decisions for all apps.', $ref: '#/$defs/app' },
      apps: {
        description: 'Decisions for single apps, which override the defaults. The key is a name, app/slot, resource id, pattern or tag.',
        type: 'object',
        additionalProperties: { $ref: '#/$defs/app' },
      },
    },
    { required: ['version'] },
  ),
  $defs: {
    app: map('Decisions by area.', { steps: { $ref: '#/$defs/steps' } }),
    steps: {
      ...map(
        'Decisions by area.',
        Object.fromEntries(steps.map(({ id, title }) => [id, { description: title, $ref: `#/$defs/area-${id}` }])),
      ),
      type: ['object', 'null'],
    },
    decision: map('A decision on one control.', SIGNED, { required: ['decision'], allOf: WHOLE }),
    rule: RULE,
    ...Object.fromEntries(steps.map((step) => [`area-${step.id}`, areaSchema(step)])),
  },
});

const idsSchema = (steps: readonly AnyStep[]): Schema => ({
  $schema: DIALECT,
  title: 'Ids of areas and controls',
  description: 'Every id that this version knows. The meaning of an id never changes.',
  $defs: {
    area: { description: 'Id of an area.', enum: steps.map(({ id }) => id) },
    control: {
      description: 'Id of a control, area.control.',
      enum: steps.flatMap(({ id, controls }) => controls.map((one) => `${id}.${one.id}`)),
    },
  },
});

/** Returns the generated files of docs/schema by name, formatted like the project. */
export async function generatedSchemas(): Promise<Record<string, string>> {
  const written = (schema: Schema) => formatted('schema.json', JSON.stringify(schema));
  return { 'answers.json': await written(answersSchema(catalogue)), 'ids.json': await written(idsSchema(catalogue)) };
}
