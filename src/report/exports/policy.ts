/** Azure Policy assignments and exemptions that enforce an answers file. */
import { hostingName } from '../../engine/judge/app-hosting.ts';
import { decisionOn, isChosen } from '../../engine/judge/decisions.ts';
import type { AnyControl, AnyStep, BuiltIn, Decision, Decisions, PolicyEffect, Profile } from '../../contract/index.ts';
import type { Json, Target } from '../../azure/index.ts';

/** An app and its decisions. */
export interface Decided {
  readonly target: Target;
  readonly decisions: Decisions;
}

type WantedEffect = 'audit' | 'deny' | 'modify' | 'deployIfNotExists';

export interface PlannedAssignment {
  readonly name: string;
  readonly title: string;
  readonly definition: string;
  readonly effect: PolicyEffect;
  readonly parameters: Readonly<Record<string, Json>>;
  /** Parameters that no answer provides, so that the user must. */
  readonly open: readonly string[];
  /** Roles that its identity needs for remediation. */
  readonly roles: readonly string[];
  readonly notes: readonly string[];
}

export interface Exemption {
  readonly name: string;
  readonly assignment: string;
  readonly target: Target;
  readonly title: string;
  readonly why: string;
  readonly until: string;
}

export interface PolicyPlan {
  readonly assignments: readonly PlannedAssignment[];
  readonly exemptions: readonly Exemption[];
  /** Controls that no policy covers. */
  readonly uncovered: readonly string[];
  readonly notes: readonly string[];
}

interface Found {
  readonly id: string;
  readonly control: AnyControl;
  readonly decided: Decided;
  readonly decision: Decision | undefined;
  readonly applies: boolean;
}

export function policyPlan(
  catalogue: readonly AnyStep[],
  apps: readonly Decided[],
  effect: WantedEffect,
  today: string,
  profile?: Profile,
): PolicyPlan {
  const all = apps.flatMap((decided) => catalogue.flatMap((step) => foundIn(step, decided, profile)));
  const wanted = all.filter(({ applies }) => applies);
  const byPolicy = Map.groupBy(
    wanted.filter(({ control }) => control.policy),
    ({ control }) => control.policy?.id,
  );
  const assigned = [...byPolicy.values()].flatMap((found) => {
    const policy = found[0]?.control.policy;
    return policy ? [{ id: policy.id, pair: assignmentsOf(policy, found, effect) }] : [];
  });
  const accepted = all.filter(({ control, decision }) => decision?.decision === 'accept' && control.policy);
  const exemptions: Exemption[] = [];
  const notes: string[] = [];
  for (const one of accepted) {
    const pair = assigned.find(({ id }) => id === one.control.policy?.id)?.pair;
    if (!pair || one.decision?.decision !== 'accept') continue;
    const { by, reason, until } = one.decision;
    const said = `${one.id} of ${one.decided.target.label}: ${reason} (${by}, until ${until})`;
    const { about = 'app' } = one.control.policy ?? {};
    const assignment = one.decided.target.slot === undefined ? pair[0] : (pair[1] ?? pair[0]);
    if (until < today) notes.push(`No exemption: the exception has expired. ${said}`);
    else if (about !== 'app')
      notes.push(`No exemption: the policy applies to a ${about}, not to the app. Create that exemption yourself. ${said}`);
    else if (assignment) exemptions.push(exemption(one, assignment.name, reason, by, until));
  }
  const watched = all.filter(({ applies, decision }) => applies || decision?.decision === 'attest');
  const uncovered = [...new Set(watched.filter(({ control }) => !control.policy).map(({ id }) => id))];
  return { assignments: assigned.flatMap(({ pair }) => pair), exemptions, uncovered, notes };
}

function foundIn(step: AnyStep, decided: Decided, profile: Profile | undefined): Found[] {
  const own = decided.decisions[step.id];
  if (!own) return [];
  return step.controls.map((control: AnyControl) => ({
    id: `${step.id}.${control.id}`,
    control,
    decided,
    decision: decisionOn(own, control.id),
    applies: control.kind !== 'attestation' && isChosen(control, own, profile),
  }));
}

/** Returns the assignments for apps, and for slots if there is a definition for slots. */
function assignmentsOf(builtIn: BuiltIn, found: readonly Found[], wanted: WantedEffect): PlannedAssignment[] {
  const { id: policy, fix, effects, slot, title, roles = [] } = builtIn;
  const asFix = fix !== undefined && fix.effect.toLowerCase() === wanted.toLowerCase();
  const own = effects.find((one) => one.toLowerCase() === wanted.toLowerCase());
  const effect = asFix ? fix.effect : (own ?? effects[0] ?? 'Audit');
  const controls = [...new Set(found.map(({ id }) => id))];
  const { parameters, open } = asFix ? { parameters: {}, open: [] } : given(builtIn, found);
  const notes = [
    controls.join(', '),
    ...(wanted !== 'audit' && !asFix && !own ? [`No built-in definition can ${wanted} here. This policy only reports.`] : []),
    ...(asFix && fix.note ? [fix.note] : []),
    ...(builtIn.alsoWebApps ? ['This policy also applies to web apps.'] : []),
    ...(asFix && !fix.slot && slot ? ['No policy that remediates exists for slots.'] : []),
    ...(/^audit/i.test(effect) ? [] : warnings(effect, builtIn, found)),
  ];
  const one = (definition: string, suffix: string): PlannedAssignment => ({
    name: `func-harden-${definition.slice(0, 8)}`,
    title: `${title}${suffix}`,
    definition,
    effect,
    parameters,
    open,
    roles: asFix ? fix.roles : effect === 'DeployIfNotExists' ? roles : [],
    notes,
  });
  const twin = asFix ? fix.slot : slot;
  return [one(asFix ? fix.id : policy, ''), ...(twin === undefined ? [] : [one(twin, ' (slots)')])];
}

/** Returns what an effect other than an audit does to resources without answers. Most definitions about apps leave out Container Apps. */
function warnings(effect: PolicyEffect, { deny }: BuiltIn, found: readonly Found[]): string[] {
  const hostings = found
    .flatMap(({ control }) => Object.entries(control.notOn ?? {}))
    .filter(([key]) => /^(Y1|FC1|EP|D|windows|linux)\b/.test(key))
    .map(([key, reason]) => `${effect} also affects ${hostingName(key)}: ${reason}.`);
  const canLockOut = effect !== 'Deny' && found.some(({ control }) => 'risk' in control && control.risk === 'lock-out');
  return [
    ...(effect === 'Deny' && deny !== undefined ? [deny] : []),
    ...(canLockOut ? [`${effect} can lock callers out of every resource that it changes, and func-harden checked none of them.`] : []),
    ...new Set(hostings),
  ];
}

/** Returns parameters from answers: only if every app gives the same answer, and it is a resource id. */
function given({ parameters = {} }: BuiltIn, found: readonly Found[]): { parameters: Record<string, Json>; open: string[] } {
  const values: Record<string, Json> = {};
  const open: string[] = [];
  for (const [name, source] of Object.entries(parameters)) {
    if ('value' in source) {
      values[name] = source.value;
      continue;
    }
    const [step, question] = source.answer;
    const answers = [...new Set(found.map(({ decided }) => decided.decisions[step]?.answers[question]))];
    if (answers.length === 1 && typeof answers[0] === 'string' && answers[0].startsWith('/')) values[name] = answers[0];
    else open.push(name);
  }
  return { parameters: values, open };
}

const exemption = ({ id, decided: { target } }: Found, assignment: string, reason: string, by: string, until: string): Exemption => ({
  // One assignment can serve several controls of an app.
  name: `func-harden-${id}-${target.name}${target.slot ? `-${target.slot}` : ''}`.replace(/[^\w.-]+/g, '-').slice(0, 64),
  assignment,
  target,
  title: `${id} of ${target.label}`,
  why: `Accepted by ${by}: ${reason}`,
  until: `${until}T23:59:59Z`,
});
