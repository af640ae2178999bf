/**
 * The contract of a step: everything a file in `steps/` may use. A step is one area of Microsoft's guidance,
 * written as data and pure functions; it does no I/O and knows no terminal.
 */
import type { App, At, CloudNames, Facts, Json, NotOn, ResourceKey } from '../azure/index.ts';
import type { Answers, Question, Questions } from './questions.ts';
import type { BuiltIn } from './policy.ts';
import type { Proof } from './deferred.ts';
import { requirementsOf } from './initiatives.ts';
import type { Problem } from './problem.ts';

/** What a change can do to people who use the app: no client and no deployment fails · clients, deployments or costs are affected · somebody is shut out · cannot be taken back. Each may restart the app. */
export type Risk = 'safe' | 'disruptive' | 'lock-out' | 'one-way';
export type Severity = 'critical' | 'high' | 'medium' | 'low';
export type Group = 'operation' | 'deployment' | 'network';
export interface Context<A> {
  readonly app: App;
  /** What the cloud that was connected to calls its endpoints. */
  readonly cloud: CloudNames;
  readonly facts: Facts;
  readonly answers: A;
  /** ISO date. */
  readonly today: string;
  /** Whether a control of this step is to be changed in the plan that is being made; always true while judging. */
  readonly chosen: (control: string) => boolean;
  /** The operator's own public address, where it was given. */
  readonly myIp?: string;
  /** Object id of the signed-in caller, where the token tells it. */
  readonly me?: string;
  /** Whether the caller is an app or identity, and no person. */
  readonly meIsApp?: boolean;
  /** The facts as they will be once everything that is planned so far is applied; the same as `facts` while judging. */
  readonly planned: Facts;
  /** The answers of another area of this app whose control is to be changed as well; undefined where it is not. For properties that both write. */
  readonly decidedIn: (step: string, control: string) => Readonly<Record<string, Json>> | undefined;
}

/** What a setting should be. Versions are compared as versions, never as text. */
export type Expect =
  { readonly equals: Json } | { readonly oneOf: readonly Json[] } | { readonly atLeastVersion: string } | { readonly positive: true };

export interface Verdict {
  readonly state: 'pass' | 'fail' | 'unknown' | 'not-applicable';
  /** As a person reads it; secrets never. */
  readonly found: string;
  readonly wanted: string;
  /** More lines for the person: rules, names, what is shadowed. */
  readonly lines?: readonly string[];
  /** Why the finding stays although everything that was answered is in place. */
  readonly stays?: string;
  /** The resources beside the app that it is about, which other apps may use as well: the wrong ones where some are wrong. */
  readonly about?: readonly JudgedResource[];
}

/** One resource that a verdict is about. */
export interface JudgedResource {
  /** ARM id. */
  readonly id: string;
  readonly found: string;
}

/** What ties a change to others and to proof that it works. */
interface Links {
  /** What this piece does by itself, where that is less than what its control does. */
  readonly risk?: Risk;
  /** Sent only after the changes that this plan makes to these resources, or to the one with the id; not at all where one of those failed. */
  readonly after?: readonly (ResourceKey | `${ResourceKey} ${string}`)[];
  /** What must hold just before it is sent, read afresh. */
  readonly needs?: Proof;
  /** What must hold once it was sent; the change takes itself back where it does not. */
  readonly proof?: Proof;
  /** What no other app of the same plan may want otherwise. */
  readonly reserves?: Reservation;
}

/** Something that apps share, as `as` wants it; where two apps of a plan want it differently, the later one is stopped. */
export interface Reservation {
  readonly on: string;
  readonly as: string;
  /** Why the earlier app stands against it, as the end of a sentence about that app. */
  readonly says: string;
}

/** One property to set, one resource to make or take away, or one action to call. Secrets go by `later`, never as text: it is read when the request goes out. */
export type Draft = Links &
  (
    | {
        readonly at: At;
        /** ARM id of the resource, where its kind has several. */
        readonly instanceId?: string;
        readonly to: Json;
        /** The value that behaves like "not set", for undo where ARM takes no null back (arm: null means no change). */
        readonly absent?: Json;
        /** Where undo finds the value again, where it is a secret that no file may hold. */
        readonly restore?: Json;
      }
    /** A resource made (its body) or taken away (null) as a whole; `restore` is what undo puts back, `stays` why undo leaves it. */
    | { readonly whole: ResourceKey; readonly instanceId: string; readonly to: Json; readonly restore?: Json; readonly stays?: string }
    | { readonly call: ResourceKey; readonly instanceId?: string; readonly to?: Json; readonly says: string }
  );

export const keyOfDraft = (draft: Draft): ResourceKey => ('at' in draft ? draft.at[0] : 'whole' in draft ? draft.whole : draft.call);

export interface GuardFinding {
  /** `clear` nothing stands against it · `warn` read this first · `stop` the change is not offered. */
  readonly level: 'clear' | 'warn' | 'stop';
  readonly says: string;
  /** The caller's own way in is at stake. */
  readonly own?: true;
}

const finding =
  <L extends GuardFinding['level']>(level: L) =>
  (says: string) => ({ level, says });
export const clear = finding('clear');
export const warn = finding('warn');
export const stop = finding('stop');

/** What must be looked at before the change; ids L1 to L31 are the known ways to lock people out. */
export interface Guard<A> {
  readonly id: string;
  /** Read only when a change is planned, so that an audit does not pay for it. */
  readonly reads?: readonly ResourceKey[];
  readonly check: (x: Context<A>) => GuardFinding | readonly GuardFinding[];
}

export interface Compliance {
  /** Microsoft Cloud Security Benchmark. */
  readonly mcsb?: readonly string[];
  /** CIS Azure Foundations, by version. */
  readonly cis?: Readonly<Record<string, string | readonly string[]>>;
  /** NIST SP 800-53, revision 5, beside what follows from the policy definition. */
  readonly nist?: readonly string[];
  /** ISO/IEC 27001:2022, Annex A, beside what follows from the policy definition. */
  readonly iso27001?: readonly string[];
}

interface Judged<A> {
  /** In words, unique in its step; outside it is `step.control`. */
  readonly id: string;
  readonly label: string;
  readonly because: string;
  readonly severity: Severity;
  readonly docs?: string;
  readonly compliance?: Compliance;
  /** The Azure Policy definition that says the same. */
  readonly policy?: BuiltIn;
  /** Why it does not apply there, by plan, OS or both (`Y1-linux`), or to a slot. A setting that is set to a bad value fails there all the same. */
  readonly notOn?: NotOn;
  /** A reason why it does not apply to this app, or true; `unknown` where what decides that is not known. */
  readonly appliesTo?: (x: Context<A>) => true | string | { readonly unknown: string };
  /** Answers that its change needs. */
  readonly needs?: readonly (keyof A & string)[];
  /** Beyond what breaks next to nobody; `--profile baseline` leaves it out. */
  readonly strict?: true;
  /** Why it is changed only when chosen by its own name, never as part of its area. */
  readonly optIn?: string;
  readonly guards?: readonly Guard<A>[];
}

interface Changing<A> {
  readonly risk: Risk;
  /** What people notice when it is applied, in one line. */
  readonly effect: string;
  /** The same for one plan, where it depends on what else that plan does (`planned`). */
  readonly effectOf?: (x: Context<A>) => string;
}

export interface Setting<A> extends Judged<A>, Changing<A> {
  readonly kind: 'setting';
  readonly at: At;
  readonly expect: Expect | ((x: Context<A>) => Expect);
  readonly set: Json | ((x: Context<A>) => Json);
  /** The value that a null or missing property behaves as: undo writes it where nothing was set. */
  readonly absent?: Json;
  /** Azure tells a value always, so nothing stands for "not set". */
  readonly alwaysSet?: true;
  /** What azurerm, the Terraform provider, calls it: `site_config.ftps_state`. */
  readonly terraform?: string;
  /** On hostings that `notOn` names no value of it does anything, or ARM refuses to change it, so that none is bad there. */
  readonly inert?: true;
}

export interface Rule<A> extends Judged<A>, Partial<Changing<A>> {
  readonly kind: 'rule';
  readonly reads: readonly ResourceKey[];
  readonly judge: (x: Context<A>) => Verdict;
  /** The verdict on a hosting that `notOn` names, where the value says something all the same. */
  readonly judgeAnyway?: (x: Context<A>) => Verdict | undefined;
  readonly draft?: (x: Context<A>) => readonly Draft[];
  /** Read for the draft only, so that an audit does not pay for it. */
  readonly draftReads?: readonly ResourceKey[];
  /** Can be chosen although nothing is wrong: only its answers say what there is to do. */
  readonly onDemand?: true;
  /** What the draft changes, where that is not what was judged. */
  readonly writes?: readonly ResourceKey[];
  /** Read while it is applied or taken back: by proofs, and for values that are known only then. */
  readonly later?: readonly ResourceKey[];
  /** What azurerm, the Terraform provider, calls what the draft sets: `{ 'site properties.clientCertMode': 'client_certificate_mode' }`. */
  readonly terraform?: Readonly<Record<`${ResourceKey} ${string}`, string>>;
  /** Access rules that it writes may name subnets, and those need a right of their own. */
  readonly namesSubnets?: true;
}

/** What no API can show. Never shown as pass. */
export interface Attestation<A> extends Judged<A> {
  readonly kind: 'attestation';
  readonly statement: string;
  readonly evidence: string;
  readonly validForDays: number;
  /** What the statement is about in this app, line by line, and what that is read from. */
  readonly reads?: readonly ResourceKey[];
  readonly subject?: (x: Context<A>) => readonly string[];
}

export interface Option {
  readonly value: string;
  readonly label: string;
}

export type Control<A> = Setting<A> | Rule<A> | Attestation<A>;

/** A value that shuts somebody out where it is written back: undo of a change then asks as for a lock-out. */
export interface Closing {
  readonly at: At;
  /** The value, or what tells by it and by what else is written to the resource at the same time. */
  readonly when: Json | ((value: Json, beside: (path: string) => Json | undefined) => boolean);
}

/** One value of a shared property that an area's answers ask for. */
export interface Claim {
  /** The control that writes it; what is not chosen claims nothing. */
  readonly control: string;
  /** In words: "the default action of the main site". */
  readonly property: string;
  readonly value: Json;
  /** Where in the answers it is asked for, from the question on. */
  readonly path: readonly (string | number)[];
}

export interface Step<Q extends Questions = Questions> {
  /** The version of this contract that an area of one's own is written for; needed there, left out in ours. */
  readonly contract?: 1;
  readonly id: string;
  readonly title: string;
  readonly group: Group;
  readonly why: string;
  readonly docs: readonly string[];
  readonly questions?: Q;
  /** Where a question starts in the wizard, from what the app has today; never an answer by itself. */
  readonly prefill?: { readonly [K in keyof Q]?: (x: Context<Answers<Q>>) => Answers<Q>[K] };
  /** What a person may choose from, from what is there today. What it looks at is read when somebody is there to ask; a control reads it too. */
  readonly options?: { readonly [K in keyof Q]?: (x: Context<Answers<Q>>) => readonly Option[] };
  /** A question that another answer makes needless. */
  readonly skip?: { readonly [K in keyof Q]?: (answers: Answers<Q>) => boolean };
  /** What is wrong with answers that are each fine but do not go together; paths start at the question. */
  readonly contradictions?: (answers: Answers<Q>) => readonly Problem[];
  /** What the answers settle in properties that another area writes too. Two areas that settle one differently contradict each other. */
  readonly claims?: (answers: Answers<Q>) => readonly Claim[];
  /** Values that it writes or takes away, and that shut somebody out when undo writes them back. */
  readonly closes?: readonly Closing[];
  /** App settings that it writes whose values are words of the platform, never secrets: they are shown and recorded as they are. */
  readonly plain?: readonly (string | RegExp)[];
  readonly controls: readonly Control<Answers<Q>>[];
}

// A catalogue holds steps with different answers; each step checks its own when it is written.
// oxlint-disable-next-line typescript/no-explicit-any
export type AnyStep = Step<any>;
// oxlint-disable-next-line typescript/no-explicit-any
export type AnyControl = Control<any>;

/** Questions that stand by themselves, so that the helpers of a file know the answers: `Context<Answers<typeof questions>>`. */
export const defineQuestions = <const Q extends Questions>(questions: Q): Q => questions;

export const defineStep = <const Q extends Questions = {}>(step: Step<Q>): Step<Q> => step;

/** What a control answers for in benchmarks and in Azure Policy. */
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

/** Each requirement of CIS Azure Foundations with its version. */
export const cisOf = ({ cis = {} }: Compliance): readonly (readonly [version: string, id: string])[] =>
  Object.entries(cis).flatMap(([version, ids]) => [ids].flat().map((id) => [version, id] as const));

export const questionsOf = (step: AnyStep): readonly (readonly [string, Question])[] => Object.entries((step.questions ?? {}) as Questions);
