/**
 * The contract of a step: everything that a file in `steps/` may use. A step is one area of Microsoft's guidance, written as data and pure
 * functions. It does no I/O and does not use the terminal.
 */
import type { App, At, CloudNames, Facts, Json, NotOn, ResourceKey } from '../azure/index.ts';
import type { Answers, Question, Questions } from './questions.ts';
import type { BuiltIn } from './policy.ts';
import { requirementsOf } from './initiatives.ts';
import type { Draft, Risk } from './draft.ts';
import type { Problem } from './problem.ts';

export type Severity = 'critical' | 'high' | 'medium' | 'low';
export type Group = 'operation' | 'deployment' | 'network';
/** The input of the functions of a step. */
export interface Context<A> {
  readonly app: App;
  /** The endpoint names of the connected cloud. */
  readonly cloud: CloudNames;
  readonly facts: Facts;
  readonly answers: A;
  /** The current date as an ISO date. */
  readonly today: string;
  /** Whether the plan in progress changes this control of the step; always true while judging. */
  readonly chosen: (control: string) => boolean;
  /** The operator's public IP address, where it is known. */
  readonly myIp?: string;
  /** The object id of the signed-in caller, where the token has it. */
  readonly me?: string;
  /** Whether the caller is an app or an identity instead of a person. */
  readonly meIsApp?: boolean;
  /** The facts as they will be once the plan so far is applied; the same as `facts` while judging. */
  readonly planned: Facts;
  /** Returns the answers of another area whose control the plan changes too, else undefined. For properties that both areas write. */
  readonly decidedIn: (step: string, control: string) => Readonly<Record<string, Json>> | undefined;
}

/** The desired value of a setting. Versions are compared as versions, not as text. */
export type Expect =
  | { readonly equals: Json }
  | { readonly oneOf: readonly Json[] }
  /** `form`: what Azure names its versions like, so that 1.20 is none. */
  | { readonly atLeastVersion: string; readonly form?: RegExp }
  | { readonly positive: true };

/** The judgment on one control of one app. */
export interface Verdict {
  readonly state: 'pass' | 'fail' | 'unknown' | 'not-applicable';
  /** The current value as a person reads it; never a secret. */
  readonly found: string;
  readonly wanted: string;
  /** Details for a person: rules, names, and what is overridden. */
  readonly lines?: readonly string[];
  /** The settings or connection strings that the finding is about, by their names in the facts. */
  readonly names?: readonly string[];
  /** The reason why the finding remains, or why it stays unknown, although every answer is applied. */
  readonly stays?: string;
  /** Resources outside the app that the verdict is about, and that other apps may use as well. Where some of them are wrong, only those. */
  readonly about?: readonly JudgedResource[];
}

/** A resource that a verdict is about. */
export interface JudgedResource {
  /** The ARM id. */
  readonly id: string;
  readonly found: string;
}

/** The result of a guard. */
export interface GuardFinding {
  /** `clear`: the change is safe here · `warn`: the operator must read this first · `stop`: the change is not offered. */
  readonly level: 'clear' | 'warn' | 'stop';
  readonly says: string;
  /** Set where the question for approval repeats the finding: the caller may lose their own access, or a check could not be made. */
  readonly own?: true;
  /** Set where the check could not be made, so that the change may do what the check prevents. */
  readonly unchecked?: true;
}

const finding =
  <L extends GuardFinding['level']>(level: L) =>
  (says: string) => ({ level, says });
export const clear = finding('clear');
export const warn = finding('warn');
export const stop = finding('stop');

/** A check before a change. Ids L1 to L31 are the known ways to lock callers out. */
export interface Guard<A> {
  readonly id: string;
  /** Resources that are read only when a change is planned, so that an audit does not read them. */
  readonly reads?: readonly ResourceKey[];
  readonly check: (x: Context<A>) => GuardFinding | readonly GuardFinding[];
}

/** Requirements of benchmarks that a control answers, by benchmark. */
export interface Compliance {
  /** Microsoft Cloud Security Benchmark. */
  readonly mcsb?: readonly string[];
  /** CIS Azure Foundations, by version. */
  readonly cis?: Readonly<Record<string, string | readonly string[]>>;
  /** CIS Azure Compute Services 2.0.0. It replaces the section of CIS Azure Foundations on apps: 2.3 is for function apps, 2.4 for their slots. */
  readonly cisCompute?: readonly string[];
  /** NIST SP 800-53, revision 5, in addition to the requirements of the policy definition. */
  readonly nist?: readonly string[];
  /** ISO/IEC 27001:2022, Annex A, in addition to the requirements of the policy definition. */
  readonly iso27001?: readonly string[];
}

interface Judged<A> {
  /** The id in words, unique in its step. Outside the step it is `step.control`. */
  readonly id: string;
  readonly label: string;
  readonly because: string;
  readonly severity: Severity;
  readonly docs?: string;
  readonly compliance?: Compliance;
  /** The Azure Policy definition that checks the same. */
  readonly policy?: BuiltIn;
  /** The reasons why the control does not apply, by plan, by plan and OS (`Y1-linux`), or on a slot. A setting with a bad value still fails there. */
  readonly notOn?: NotOn;
  /** Returns true, or the reason why the control does not apply to this app; `unknown` where the deciding value is not known. */
  readonly appliesTo?: (x: Context<A>) => true | string | { readonly unknown: string };
  /** Questions whose answers the change requires. */
  readonly needs?: readonly (keyof A & string)[];
  /** Set where the change is not safe for nearly every app; `--profile baseline` leaves the control out. */
  readonly strict?: true;
  /** The reason why the control is changed only when it is chosen by its own name, never with its area. */
  readonly optIn?: string;
  readonly guards?: readonly Guard<A>[];
}

interface Changing<A> {
  readonly risk: Risk;
  /** The effect that people notice when the change is applied, in one line. */
  readonly effect: string;
  /** Returns the effect in one plan, where it depends on the other changes of that plan (`planned`). */
  readonly effectOf?: (x: Context<A>) => string;
}

/** A control about one property, whose desired value is known. */
export interface Setting<A> extends Judged<A>, Changing<A> {
  readonly kind: 'setting';
  readonly at: At;
  readonly expect: Expect | ((x: Context<A>) => Expect);
  readonly set: Json | ((x: Context<A>) => Json);
  /** The value that a null or missing property behaves as. Undo writes it where nothing was set. */
  readonly absent?: Json;
  /** Set where Azure always returns a value, so that no value means "not set". */
  readonly alwaysSet?: true;
  /** The argument of azurerm, the Terraform provider: `site_config.ftps_state`. */
  readonly terraform?: string;
  /** Set where no value has an effect on the hostings that `notOn` names, or ARM refuses to change it there, so that no value is bad. */
  readonly inert?: true;
}

/** A control about several values, a value that only a person knows, or more than one change. */
export interface Rule<A> extends Judged<A>, Partial<Changing<A>> {
  readonly kind: 'rule';
  readonly reads: readonly ResourceKey[];
  readonly judge: (x: Context<A>) => Verdict;
  /** Returns the verdict on a hosting that `notOn` names, where the value has a meaning there all the same. */
  readonly judgeAnyway?: (x: Context<A>) => Verdict | undefined;
  readonly draft?: (x: Context<A>) => readonly Draft[];
  /** Resources that are read only for the draft, so that an audit does not read them. */
  readonly draftReads?: readonly ResourceKey[];
  /** Set where the control can be chosen although it passes: only its answers decide what to change. */
  readonly onDemand?: true;
  /** Resources that the draft writes, where these are not the resources that were judged. */
  readonly writes?: readonly ResourceKey[];
  /** Resources that are read while the change is applied or reverted: for proofs, and for values that are known only then. */
  readonly later?: readonly ResourceKey[];
  /** Arguments of azurerm (Terraform) for what the draft sets: `{ 'site properties.clientCertMode': 'client_certificate_mode' }`. */
  readonly terraform?: Readonly<Record<`${ResourceKey} ${string}`, string>>;
  /** Set where the draft writes access rules that may name subnets. Such rules require an additional permission. */
  readonly namesSubnets?: true;
}

/** A statement that no API can verify. It is never shown as pass. */
export interface Attestation<A> extends Judged<A> {
  readonly kind: 'attestation';
  readonly statement: string;
  readonly evidence: string;
  readonly validForDays: number;
  /** Resources that `subject` reads, and the lines that name what the statement covers in this app. */
  readonly reads?: readonly ResourceKey[];
  readonly subject?: (x: Context<A>) => readonly string[];
}

export interface Option {
  readonly value: string;
  readonly label: string;
}

export type Control<A> = Setting<A> | Rule<A> | Attestation<A>;

/** A value that locks someone out when it is written back. Undo of such a change requires the confirmation of a lockout. */
export interface Closing {
  readonly at: At;
  /** The value, or a function of the value and of the other values that are written to the resource at the same time. */
  readonly when: Json | ((value: Json, beside: (path: string) => Json | undefined) => boolean);
}

/** The value of a shared property that an area's answers require. */
export interface Claim {
  /** The control that writes the property. A control that is not chosen claims nothing. */
  readonly control: string;
  /** The property in words: "the default action of the main site". */
  readonly property: string;
  readonly value: Json;
  /** The path inside the answers, starting with the question. */
  readonly path: readonly (string | number)[];
}

/** One area of the guidance: its questions and its controls. */
export interface Step<Q extends Questions = Questions> {
  /** The version of this contract. Required in an area from outside this repository; left out here. */
  readonly contract?: 1;
  readonly id: string;
  readonly title: string;
  readonly group: Group;
  readonly why: string;
  readonly docs: readonly string[];
  readonly questions?: Q;
  /** Returns the initial value of a question in the wizard, from the current state of the app. It becomes an answer only when a person confirms it. */
  readonly prefill?: { readonly [K in keyof Q]?: (x: Context<Answers<Q>>) => Answers<Q>[K] };
  /** Returns the choices for a question. What it looks at is read only in an interactive host, so a control must read it too. */
  readonly options?: { readonly [K in keyof Q]?: (x: Context<Answers<Q>>) => readonly Option[] };
  /** Whether another answer makes the question unnecessary. */
  readonly skip?: { readonly [K in keyof Q]?: (answers: Answers<Q>) => boolean };
  /** Returns the problems of answers that are valid one by one and contradict each other. Paths start with the question. */
  readonly contradictions?: (answers: Answers<Q>) => readonly Problem[];
  /** Returns the values that the answers require in properties that another area writes too. Different ones contradict each other. */
  readonly claims?: (answers: Answers<Q>) => readonly Claim[];
  /** Values that the area writes or removes, and that lock someone out when undo writes them back. */
  readonly closes?: readonly Closing[];
  /** App settings whose values are fixed words of the platform and never secrets. They are shown and recorded as they are. */
  readonly plain?: readonly (string | RegExp)[];
  readonly controls: readonly Control<Answers<Q>>[];
}

// A catalog holds steps with different answers; each step checks its own when it is written.
// oxlint-disable-next-line typescript/no-explicit-any
export type AnyStep = Step<any>;
// oxlint-disable-next-line typescript/no-explicit-any
export type AnyControl = Control<any>;

/** Declares questions on their own, so that helpers of a file know the answers: `Context<Answers<typeof questions>>`. */
export const defineQuestions = <const Q extends Questions>(questions: Q): Q => questions;

/** Declares an area. Returns it unchanged; the call only infers the types of its answers. */
export const defineStep = <const Q extends Questions = {}>(step: Step<Q>): Step<Q> => step;

/** Returns the requirements of benchmarks and of Azure Policy that a control answers. */
export function complianceOf({ compliance, policy }: AnyControl): Compliance & { readonly policy?: string } {
  const definitions = policy ? [policy.id, ...(policy.slot === undefined ? [] : [policy.slot])] : [];
  const nist = requirementsOf('nist', definitions, compliance?.nist);
  const iso27001 = requirementsOf('iso27001', definitions, compliance?.iso27001);
  return {
    ...compliance,
    ...(nist.length > 0 ? { nist } : {}),
    ...(iso27001.length > 0 ? { iso27001 } : {}),
    ...(policy ? { policy: policy.id } : {}),
  };
}

/** Returns each requirement of CIS Azure Foundations with its version. */
export const cisOf = ({ cis = {} }: Compliance): readonly (readonly [version: string, id: string])[] =>
  Object.entries(cis).flatMap(([version, ids]) => [ids].flat().map((id) => [version, id] as const));

/** Returns the requirements of CIS Azure Compute Services that hold for an app, or for a slot. */
export const cisComputeOf = ({ cisCompute = [] }: Compliance, isSlot: boolean): readonly string[] =>
  cisCompute.filter((id) => !id.startsWith(isSlot ? '2.3.' : '2.4.'));

export const questionsOf = (step: AnyStep): readonly (readonly [string, Question])[] => Object.entries((step.questions ?? {}) as Questions);

/** Returns the page about a control: its own, or the first one of its area. */
export const pageOf = ({ docs: [first] }: Pick<AnyStep, 'docs'>, control?: Pick<AnyControl, 'docs'>): string | undefined =>
  control?.docs ?? first;

/** Whether ARM can change the control. A control that writes nothing is only reported. */
export const isChangeable = (control: AnyControl): boolean =>
  control.kind === 'setting' || (control.kind === 'rule' && control.draft !== undefined && control.writes?.length !== 0);
