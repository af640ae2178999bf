/** Checks the declaration of an area from outside this repository, whose types are gone at run time. */
import type { ResourceKey } from '../../azure/index.ts';

type Found = Readonly<Record<string, unknown>>;
const isMap = (value: unknown): value is Found => typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): boolean => typeof value === 'string' && value.trim() !== '';
const isFunction = (value: unknown): boolean => typeof value === 'function';
const oneOf = (value: unknown, choices: readonly string[]): boolean => choices.includes(value as string);

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const GROUPS = ['operation', 'deployment', 'network'];
const SEVERITIES = ['critical', 'high', 'medium', 'low'];
const RISKS = ['safe', 'disruptive', 'lock-out', 'one-way'];
const QUESTIONS = ['choice', 'yesno', 'number', 'text', 'pick', 'names', 'origins', 'rules'];

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
  for (const [name, question] of Object.entries(isMap(area['questions']) ? area['questions'] : {}))
    want(
      isMap(question) && oneOf(question['kind'], QUESTIONS) && isText(question['label']) && isText(question['help']),
      `questions.${name}: must have kind, label and help`,
    );
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
    want(isMap(control['expect']) || isFunction(control['expect']), 'expect: must say which value is right');
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
