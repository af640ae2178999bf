/** A plan as lines: the requests, what they change, what to know first, and how to undo them. */
import { compare, type Comparison, type Operation } from '../change/compare.ts';
import type { Plan } from '../engine/plan/plan.ts';
import { isFetched, isSensitive, restoreOf, type Edit } from '../change/edit.ts';
import { needsName } from '../engine/plan/risk.ts';
import { showValue } from '../change/value.ts';
import { isRecord } from '../change/json-paths.ts';
import { type Json, roleName, ruleLine, ruleOf } from '../azure/index.ts';
import type { Risk } from '../contract/index.ts';
import { counted } from '../text/counted.ts';
import { plainText } from '../text/plain.ts';
import { line, lineText, span, type Line, type Span, type Tone } from '../text/spans.ts';
import { arrow, signOf, type Look } from '../text/symbols.ts';
import type { Change, GuardNote } from '../change/change.ts';
import { evidenceLines, isUnproven } from './unproven-lines.ts';

const SIGN: Readonly<Record<Operation, { sign: string; word: string; tone: Tone }>> = {
  create: { sign: '+', word: 'add', tone: 'good' },
  modify: { sign: '~', word: 'change', tone: 'warn' },
  delete: { sign: '-', word: 'remove', tone: 'bad' },
};
const operationSpan = (operation: Operation, { spoken }: Look): Span =>
  span(`${SIGN[operation][spoken ? 'word' : 'sign']} `, SIGN[operation].tone);

/** The effect of the fix on people. A change of any risk may restart the app: each plan counts its restarts. */
export const RISK_WORDS: Readonly<Record<Risk, string>> = {
  safe: 'safe: no client and no deployment fails',
  disruptive: 'disruptive: clients, deployments or costs can be affected',
  'lock-out': 'lock-out: people or systems can lose access',
  'one-way': 'one-way: cannot be reverted',
};

/** The effect of a request that restarts the app: learn.microsoft.com/azure/azure-functions/functions-deployment-technologies#deployment-behaviors. */
const RESTART = 'The app restarts. Running functions may be terminated.';

const RISK_HEADS = { 'lock-out': 'Can lock people out', 'one-way': 'Cannot be reverted' } as const;

/** Returns the name of a resource for people: `sites/fn-orders/config/web`. */
export function shortResource(id: string): string {
  const [own = '', ...outer] = id.split(/\/providers\/[^/]+\//i).toReversed();
  const on = outer.length > 1 ? outer[0] : undefined;
  return plainText(on ? `${own.replace(/^(roleAssignments)\/.*$/i, '$1')} of ${on}` : own);
}

/** Returns the name of a resource next to the name of its app, which it does not repeat: `config/web`, `site`, `storageAccounts/stfnorders`. */
export function resourceOfApp(app: string, resource: string): string {
  const [own, name] = [shortResource(app), shortResource(resource)];
  if (!name.toLowerCase().startsWith(own.toLowerCase())) return name;
  return name.length === own.length ? 'site' : name[own.length] === '/' ? name.slice(own.length + 1) : name;
}

/** Returns a value as the request has it. Access rules take one line each, in the form in which people write them. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined) return '(not set)';
  if (isRecord(value) && typeof value['priority'] === 'number' && typeof value['action'] === 'string')
    return plainText(ruleLine(ruleOf(value)));
  return plainText(JSON.stringify(value));
}

/** Returns the lines of one edit; a list item by item. */
export function diffLines(diff: Pick<Edit, 'path' | 'before' | 'after'>, look: Look): Line[] {
  const [before, after] = [showValue(diff.before), showValue(diff.after)];
  const { differences, same } = diff.path === '' ? wholeOf(before, after) : compare(before, after, diff.path);
  const lines = differences.map(({ operation, path, before, after }) => {
    const text =
      operation === 'create'
        ? ` ${valueText(after)}`
        : operation === 'delete'
          ? ` ${valueText(before)}`
          : ` ${valueText(before)} ${arrow(look)} ${valueText(after)}`;
    // The changed part has the brightest color of the line.
    return line(operationSpan(operation, look), plainText(path.replace(/^properties\./, '')), span(text, 'strong'));
  });
  return same > 0 ? [...lines, line(span(`  # ${same} unchanged ${same === 1 ? 'item' : 'items'} hidden`, 'dim'))] : lines;
}

/** Returns the values of a resource that is created or deleted, one per line. */
function wholeOf(before: Json, after: Json): Comparison {
  const leaves = (value: Json, path: string): Record<string, Json> => {
    if (!isRecord(value) || Object.keys(value).length === 0) return { [path]: value };
    return Object.assign({}, ...Object.entries(value).map(([key, inner]) => leaves(inner, path ? `${path}.${key}` : key))) as Record<
      string,
      Json
    >;
  };
  const set = (resource: Json): Record<string, Json> => {
    if (!isRecord(resource)) return {};
    const { location, kind, properties = {} } = resource;
    return leaves(
      {
        ...(location === undefined ? {} : { location }),
        ...(kind === undefined ? {} : { kind }),
        ...(isRecord(properties) ? properties : {}),
      },
      '',
    );
  };
  const [was, is] = [set(before), set(after)];
  const parts = [...new Set([...Object.keys(was), ...Object.keys(is)])]
    .filter(Boolean)
    .map((path) => compare(was[path] ?? null, is[path] ?? null, path));
  return { differences: parts.flatMap((part) => part.differences), same: parts.reduce((sum, part) => sum + part.same, 0) };
}

/** Returns who gets or loses a role, in place of the GUIDs. */
function roleLine({ diff, resource }: Change): string | undefined {
  const [line] = diff;
  const properties =
    line &&
    [showValue(line.after), showValue(line.before)].map((value) => (isRecord(value) ? value['properties'] : undefined)).find(isRecord);
  if (!properties) return undefined;
  const role =
    String(properties['roleDefinitionId'] ?? '')
      .split('/')
      .at(-1) ?? '';
  const scope = resource.replace(/\/providers\/Microsoft\.Authorization\/roleAssignments\/[^/]+$/i, '');
  const type = String(properties['principalType'] ?? 'principal')
    .replace('ServicePrincipal', 'app or identity')
    .toLowerCase();
  return plainText(`${roleName(role)} on ${shortResource(scope)} for ${String(properties['principalId'])} (${type})`);
}

export function changeLines(change: Change, look: Look): Line[] {
  const operation =
    change.method === 'DELETE'
      ? 'delete'
      : change.diff.some(({ path, before }) => path === '' && before.kind === 'absent')
        ? 'create'
        : 'modify';
  const version = span(`  api-version=${change.apiVersion}`, 'dim');
  const unproven = isUnproven(change) ? [span('  unproven', 'warn')] : [];
  const head = change.call
    ? line(
        span(look.spoken ? 'call ' : '! ', 'bad'),
        span(`${change.method} ${shortResource(change.resource)}`, 'strong'),
        version,
        ...unproven,
      )
    : line(operationSpan(operation, look), shortResource(change.resource), version, ...unproven);
  const role = change.key === 'roleAssignments' ? roleLine(change) : undefined;
  const body = change.call
    ? [line(`    ${change.call}`)]
    : role
      ? [line(span('    '), operationSpan(operation, look), span(role, 'strong'))]
      : change.diff.flatMap((diff) => diffLines(diff, look)).map((one) => [span('    '), ...one]);
  return [head, ...body];
}

const LEVEL: Readonly<Record<GuardNote['level'], { word: string; tone: Tone }>> = {
  clear: { word: 'ok  ', tone: 'good' },
  warn: { word: 'note', tone: 'warn' },
  stop: { word: 'stop', tone: 'bad' },
};

export const guardLine = ({ level, says }: GuardNote): Line => line(span(`${LEVEL[level].word} `, LEVEL[level].tone), plainText(says));

/** Returns the word for a change that a guard stops, or that the caller has no right for. */
export const blockedWord = ({ id }: GuardNote): string => (id === 'rights' ? 'missing permission' : 'blocked');

const areaOf = ({ parts }: Change, control: string): string | undefined => parts?.find((part) => part.control === control)?.area;

/** Puts the areas before sentences, unless the plan has only one area. A sentence of several areas is printed once, after their names. */
function withAreas<T extends { readonly control: string; readonly says: string }>(
  change: Change,
  notes: readonly T[],
  keyOf: (note: T) => string,
  isOneArea: boolean,
): T[] {
  const groups = Map.groupBy(notes, (note) => `${keyOf(note)} ${note.says}`);
  return [...groups.values()].map((group) => {
    const [first] = group as [T];
    const areas = [...new Set(group.flatMap(({ control }) => areaOf(change, control) ?? []))];
    return isOneArea || areas.length === 0 ? first : { ...first, says: `${areas.join(', ')}: ${first.says}` };
  });
}

/** Returns the notes on a change: evidence of its guards, and effects. `shown`: notes that were printed before, as `control sentence`. */
function noteLines(change: Change, shown: ReadonlySet<string>, isOneArea: boolean): Line[] {
  const guards = change.guards.filter(({ control, says, isGeneral }) => !shown.has(`${isGeneral ? '' : control} ${says}`));
  const parts = change.parts?.flatMap(({ control, effect }) =>
    effect && !shown.has(`${control} ${effect}`) ? [{ control, says: effect }] : [],
  );
  const effects = parts ? withAreas(change, parts, () => '', isOneArea).map(({ says }) => says) : change.effects;
  const general = guards.filter(({ isGeneral }) => isGeneral);
  const own = withAreas(
    change,
    guards.filter(({ isGeneral }) => !isGeneral),
    ({ level }) => level,
    isOneArea,
  );
  return [
    ...[...own, ...general].map(guardLine),
    ...[...effects, ...(change.restarts ? [RESTART] : [])].map((effect) => line(span('effect ', 'dim'), effect)),
  ];
}

/** Returns the changes of one app with their notes. A note about the whole app is printed only with the first change. */
export function changesOfPlan(changes: readonly Change[], look: Look, shown: ReadonlySet<string> = new Set()): Line[] {
  const seen = new Set<string>();
  const isOneArea = new Set(changes.flatMap(({ parts = [] }) => parts.map(({ area }) => area))).size === 1;
  return changes.flatMap((change) => {
    const notes = unique(noteLines(change, shown, isOneArea)).filter((one) => {
      const text = lineText(one);
      const isNew = text === `effect ${RESTART}` || !seen.has(text);
      seen.add(text);
      return isNew;
    });
    return [...changeLines(change, look), ...notes.map((one) => [span('      '), ...one])].map((one) => [span('  '), ...one]);
  });
}

/** Returns how the changes of one app are reverted. */
export const appendixLines = (changes: readonly Change[]): Line[] => unique([...undoLines(changes), ...evidenceLines(changes)]);

const unique = (lines: readonly Line[]): Line[] => [...new Map(lines.map((one) => [JSON.stringify(one), one])).values()];

function whyNot(diff: readonly Edit[]): string {
  if (diff.some(isSensitive)) return 'the current value is a secret and is not stored anywhere.';
  const unset = diff.filter(({ before, path }) => before.kind === 'absent' && path !== '').map(({ path }) => path);
  if (unset.length === 0) return 'Azure cannot revert this change.';
  return `${unset.join(', ')} ${unset.length === 1 ? 'is not set, and Azure cannot unset it' : 'are not set, and Azure cannot unset them'} again.`;
}

/** Says which value undo writes where the value was not set before the run. */
export const standInText = ({ path, after }: Pick<Edit, 'path' | 'after'>): string =>
  `${path} was not set. Azure Resource Manager cannot remove it, so undo writes ${valueText(showValue(after))}, which behaves the same.`;

function undoLines(changes: readonly Change[]): Line[] {
  const of = (kind: Change['undo']) => changes.filter(({ undo }) => undo === kind);
  const lines: Line[] = of('none').map(({ call, stays, resource, diff }) =>
    line(span('undo not possible: ', 'bad'), call ?? `${shortResource(resource)}: ${stays ?? whyNot(diff)}`),
  );
  for (const diff of of('equivalent').flatMap((change) => change.diff.filter((edit) => edit.restore !== undefined && !isFetched(edit)))) {
    lines.push(line(span('undo ', 'dim'), standInText({ path: diff.path, after: restoreOf(diff) })));
  }
  for (const { resource, method, diff } of [...of('exact'), ...of('equivalent')])
    if (diff.some(({ path, before }) => path === '' && (before.kind === 'absent' || method === 'DELETE')))
      lines.push(
        line(
          span('undo ', 'dim'),
          `${method === 'DELETE' ? 'creates' : 'deletes'} ${shortResource(resource)}${method === 'DELETE' ? ' again.' : '.'}`,
        ),
      );
  for (const { path, restore } of changes.flatMap(({ undo, diff }) => (undo === 'none' ? [] : diff.filter(isFetched))))
    lines.push(line(span('undo ', 'dim'), `restores ${path} to ${valueText(restore && showValue(restore))}. No file stores this value.`));
  if (of('exact').some(({ diff }) => diff.some((edit) => edit.path !== '' && !isFetched(edit))))
    lines.push(line(span('undo ', 'dim'), `restores ${lines.length > 0 ? 'all other values' : 'the exact values'} from the undo log.`));
  return lines;
}

/** Returns the whole plan of one app. */
export function planLines(plan: Plan, look: Look): Line[] {
  const { target, changes, blocked, unknown } = plan;
  const lines: Line[] = [line(span(`Plan for ${target.label}`, 'strong'), span(`   ${target.resourceGroup}`, 'dim')), []];
  for (const risk of ['lock-out', 'one-way'] as const) {
    const risky = changes.filter((change) => change.risk === risk).map(({ resource }) => shortResource(resource));
    if (risky.length > 0) lines.push(line(span(`${signOf('(!) ', look)}${RISK_HEADS[risk]}: `, 'bad'), risky.join(', ')));
  }
  if (changes.some(({ risk }) => needsName(risk))) lines.push([]);
  lines.push(...changesOfPlan(changes, look));
  if (changes.length > 0) lines.push([], ...appendixLines(changes).map((one) => [span('  '), ...one]), []);
  if (blocked.length > 0) lines.push(line(span(changes.length > 0 ? 'Not changed (the other changes continue):' : 'Not changed:', 'bad')));
  for (const note of blocked) lines.push(line(span(`  ${blockedWord(note)} `, 'bad'), `${note.control}: ${plainText(note.says)}`));
  for (const state of unknown) lines.push(line(span('  unknown ', 'warn'), `${state.id}: ${plainText(state.reason ?? '')}`));
  for (const text of plan.unused) lines.push(line(span('  note ', 'warn'), plainText(text)));
  lines.push(line(planSummary(plan)));
  return lines;
}

/** Returns the number of different controls that plans leave out, because they are blocked or unknown. */
export const leftOutOf = (plans: readonly Partial<Pick<Plan, 'blocked' | 'unknown'>>[]): number =>
  new Set(plans.flatMap(({ blocked = [], unknown = [] }) => [...blocked.map(({ control }) => control), ...unknown.map(({ id }) => id)]))
    .size;

/** Describes a plan that sends nothing. Where a control is left out, something remains to be done. */
export const noChanges = (leftOut: number): string =>
  leftOut === 0 ? 'nothing to do' : `no changes; ${counted(leftOut, 'control is', 'controls are')} left out`;

type Planned = Pick<Plan, 'changes'> & Partial<Pick<Plan, 'blocked' | 'unknown'>>;

/** Returns the number of resources and requests. The total of an undo also has the restarts, which nothing else counts. */
export function planSummary({ changes, ...leftOut }: Planned, of: 'Plan' | 'Undo' = 'Plan'): string {
  if (changes.length === 0) return `Plan: ${noChanges(leftOutOf([leftOut]))}.`;
  const whole = (change: Change) => change.call === undefined && change.diff.some(({ path }) => path === '');
  const count = (test: (change: Change) => boolean, word: string, noun = 'resource') => {
    const number = changes.filter(test).length;
    return number > 0 ? [`${number} ${noun}${number === 1 ? '' : 's'} to ${word}`] : [];
  };
  const parts = [
    ...count((change) => whole(change) && change.method !== 'DELETE', 'create'),
    ...count((change) => !whole(change) && change.call === undefined, 'modify'),
    ...count((change) => whole(change) && change.method === 'DELETE', 'delete'),
    ...count(({ call }) => call !== undefined, 'call', 'action'),
  ];
  const restarts = of === 'Undo' ? changes.filter((change) => change.restarts).length : 0;
  const restarting = restarts > 0 ? `, ${restarts} ${restarts === 1 ? 'restart' : 'restarts'}` : '';
  return `${of}: ${parts.join(', ')}, in ${changes.length} ${changes.length === 1 ? 'request' : 'requests'}${restarting}.`;
}
