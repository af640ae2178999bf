/** Checks the declaration of an area from outside this repository, whose types are gone at run time. */
import { isExpect } from './check-result.ts';
import { ownMember, type ResourceKey } from '../../azure/index.ts';

type Found = Readonly<Record<string, unknown>>;
const isMap = (value: unknown): value is Found => typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): boolean => typeof value === 'string' && value.trim() !== '';
const isFunction = (value: unknown): boolean => typeof value === 'function';
const oneOf = (value: unknown, choices: readonly string[]): boolean => choices.includes(value as string);

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const GROUPS = ['operation', 'deployment', 'network'];
const SEVERITIES = ['critical', 'high', 'medium', 'low'];
const RISKS = ['safe', 'disruptive', 'lock-out', 'one-way'];

const isPattern = (value: unknown): boolean => value instanceof RegExp;
const isNumber = (value: unknown): boolean => Number.isSafeInteger(value);
const isList = (value: unknown, holds: (one: unknown) => boolean): boolean => Array.isArray(value) && value.every(holds);
const maybe = (holds: (value: unknown) => boolean) => (value: unknown) => value === undefined || holds(value);
const mapOf = (holds: (value: unknown) => boolean) => (value: unknown) => isMap(value) && Object.values(value).every(holds);

/** What each kind of question has beside its label and its help. */
const QUESTIONS: Readonly<Record<string, readonly [says: string, holds: (question: Found) => boolean]>> = {
  choice: ['options, a list of text', ({ options }) => isList(options, isText) && (options as unknown[]).length > 0],
  yesno: ['no other members', () => true],
  number: [
    'min, max and example, which are whole numbers, and unit, which is text',
    ({ min, max, example, unit }) => [min, max, example].every(isNumber) && isText(unit),
  ],
  text: [
    'pattern, which is a regular expression, and example, which is text',
    ({ pattern, example }) => isPattern(pattern) && isText(example),
  ],
  pick: ['of and example, which are text', namesOther],
  names: ['of and example, which are text', namesOther],
  origins: ['no other members', () => true],
  rules: ['no other members', () => true],
};

function namesOther({ of, example, pattern }: Found): boolean {
  return isText(of) && isText(example) && maybe(isPattern)(pattern);
}

const FUNCTION = ['must be a function', isFunction] as const;
const FUNCTIONS = ['must be a map of functions', mapOf(isFunction)] as const;

/** Members that an area or a control may leave out. */
const OPTIONAL: Readonly<Record<string, readonly [says: string, holds: (value: unknown) => boolean]>> = {
  prefill: FUNCTIONS,
  options: FUNCTIONS,
  skip: FUNCTIONS,
  contradictions: FUNCTION,
  claims: FUNCTION,
  appliesTo: FUNCTION,
  effectOf: FUNCTION,
  judgeAnyway: FUNCTION,
  subject: FUNCTION,
  closes: ['must be a list of values with at and when', (value) => isList(value, (one) => isMap(one) && isList(one['at'], isText))],
  plain: ['must be a list of names and patterns', (value) => isList(value, (one) => isText(one) || isPattern(one))],
  needs: ['must be a list of questions', (value) => isList(value, isText)],
  optIn: ['must be text', isText],
  notOn: ['must be a map of reasons', mapOf(isText)],
  compliance: ['must be a map of requirements', mapOf((value) => isList(value, isText) || isMap(value))],
  policy: [
    'must have id, title and effects of a definition',
    (value) => isMap(value) && isText(value['id']) && isText(value['title']) && isList(value['effects'], isText),
  ],
  guards: ['must be a list', Array.isArray],
};

const optionalProblems = (found: Found): string[] =>
  Object.entries(OPTIONAL).flatMap(([member, [says, holds]]) => (maybe(holds)(found[member]) ? [] : [`${member}: ${says}`]));

/** Returns the problems in words, each with its place. `keys`: the resources that can be read. */
export function areaProblems(area: unknown, keys: readonly string[]): string[] {
  if (!isMap(area)) return ['the default export is not an area: write export default defineStep({ … })'];
  const problems: string[] = [];
  const want = (holds: boolean, says: string): void => void (holds || problems.push(says));
  want(area['contract'] === 1, 'contract: must be 1, the version that this func-harden supports');
  want(
    typeof area['id'] === 'string' && area['id'].startsWith('x-') && NAME.test(area['id']),
    'id: must begin with x-, like x-health-check',
  );
  for (const member of ['title', 'why']) want(isText(area[member]), `${member}: must be text`);
  want(oneOf(area['group'], GROUPS), `group: must be one of ${GROUPS.join(', ')}`);
  want(Array.isArray(area['docs']) && area['docs'].every(isText), 'docs: must be a list of links');
  want(area['questions'] === undefined || isMap(area['questions']), 'questions: must be a map');
  const questions = isMap(area['questions']) ? area['questions'] : {};
  for (const [name, question] of Object.entries(questions)) {
    const [says, holds] = (isMap(question) && ownMember(QUESTIONS, String(question['kind']))) || [undefined, () => false];
    const isAsked = isMap(question) && isText(question['label']) && isText(question['help']);
    want(says !== undefined && isAsked, `questions.${name}: must have kind, label and help`);
    want(says === undefined || holds(question as Found), `questions.${name}: must have ${says}`);
  }
  problems.push(...optionalProblems(area));
  const controls = Array.isArray(area['controls']) ? (area['controls'] as unknown[]) : [];
  want(controls.length > 0, 'controls: must be a list with at least one control');
  const ids = controls.map((control) => (isMap(control) ? control['id'] : undefined));
  controls.forEach((control, index) => {
    const place = `controls[${index}]`;
    if (!isMap(control)) return void problems.push(`${place}: must be a control`);
    want(typeof control['id'] === 'string' && NAME.test(control['id']), `${place}.id: must be small letters, digits and single hyphens`);
    want(ids.indexOf(control['id']) === index, `${place}.id: is used twice`);
    for (const says of controlProblems(control, keys)) problems.push(`${place}.${says}`);
  });
  return problems;
}

function controlProblems(control: Found, keys: readonly string[]): string[] {
  const problems: string[] = [];
  const want = (holds: boolean, says: string): void => void (holds || problems.push(says));
  const known = (list: unknown): boolean => Array.isArray(list) && list.every((key) => keys.includes(key as ResourceKey));
  for (const member of ['label', 'because']) want(isText(control[member]), `${member}: must be text`);
  problems.push(...optionalProblems(control));
  want(oneOf(control['severity'], SEVERITIES), `severity: must be one of ${SEVERITIES.join(', ')}`);
  const changes = control['kind'] === 'setting' || (control['kind'] === 'rule' && control['draft'] !== undefined);
  if (changes)
    want(
      oneOf(control['risk'], RISKS) && isText(control['effect']),
      `risk and effect: required, because the control changes a value; risk is one of ${RISKS.join(', ')}; effect is text`,
    );
  if (control['kind'] === 'setting') {
    const at = control['at'];
    want(Array.isArray(at) && at.length === 2 && known([at[0]]) && isText(at[1]), 'at: must contain a resource and the path of a property');
    want(isExpect(control['expect']) || isFunction(control['expect']), 'expect: must have equals, oneOf, atLeastVersion or positive');
    want(control['set'] !== undefined, 'set: must be the value to write');
  } else if (control['kind'] === 'rule') {
    want(known(control['reads']), 'reads: must be a list of resources that func-harden reads');
    want(isFunction(control['judge']), 'judge: must be a function');
    want(control['draft'] === undefined || isFunction(control['draft']), 'draft: must be a function');
    for (const member of ['draftReads', 'writes', 'later'])
      want(control[member] === undefined || known(control[member]), `${member}: must be a list of resources that func-harden reads`);
  } else if (control['kind'] === 'attestation') {
    for (const member of ['statement', 'evidence']) want(isText(control[member]), `${member}: must be text`);
    want(Number.isSafeInteger(control['validForDays']), 'validForDays: must be a number of days');
    want(control['reads'] === undefined || known(control['reads']), 'reads: must be a list of resources that func-harden reads');
  } else problems.push('kind: must be setting, rule or attestation');
  for (const guard of Array.isArray(control['guards']) ? (control['guards'] as unknown[]) : [])
    want(
      isMap(guard) && isText(guard['id']) && isFunction(guard['check']) && (guard['reads'] === undefined || known(guard['reads'])),
      'guards: each must have id and check, and may read only resources that func-harden reads',
    );
  return problems;
}
