/** What the engine needs from outside. It knows no HTTP, no files and no clock but these. */
import type { CloudNames, Json, ResourceKey, Target } from '../azure/index.ts';
import type { Entry } from '../change/undo-log.ts';
import type { Right } from './plan/rights.ts';
import type { Body } from '../change/json-paths.ts';
import type { ArmRequest, Evidence } from '../change/change.ts';
import { secrets } from '../change/secrets.ts';

export type Fact = { readonly state: 'read'; readonly body: Body | null } | { readonly state: 'unreadable'; readonly failure: ArmFailure };

export interface ResourceRef {
  readonly key: ResourceKey;
  readonly id: string;
  readonly apiVersion: string;
  /** Whether every value of it is a secret. */
  readonly secret: boolean;
  /** Whether any write to it restarts the app. */
  readonly restarts: boolean;
  /** Whether a write replaces all members, so that one that is left out goes. */
  readonly replaces: boolean;
}

export interface Assignment {
  readonly path: string;
  /** The empty path is the resource itself: a body makes it, null takes it away. undefined removes a member of a collection. */
  readonly to: Json | undefined;
}

/** Reads. Audit is given nothing else, so that it cannot write. */
export interface ArmReader {
  /** The cloud that is read; the public one where it does not say. */
  readonly cloud?: CloudNames;
  /** `known` reads another resource of the same app, for those that are found through it. */
  read(target: Target, key: ResourceKey, known: (key: ResourceKey) => Promise<Fact>): Promise<Fact>;
  /** One resource afresh: that of the app, or the one with this id. A missing one is null. */
  readOne(target: Target, key: ResourceKey, instanceId?: string): Promise<Fact>;
  describe(target: Target, key: ResourceKey, instanceId?: string): ResourceRef;
  /** Whether there is such a resource at all: an undo log may name one that this version does not know. */
  knows(key: string): boolean;
}

export interface Sent {
  readonly status: number;
  readonly correlationId: string | null;
  /** Azure refused it, because what it makes exists already under another name. */
  readonly exists?: {
    readonly code: string;
    readonly message: string;
    /** It exists under the very name that was sent: an earlier send of the same request may have made it. */
    readonly sameName: boolean;
  };
}

export interface WhileSending {
  readonly onProgress?: (status: string, elapsed: number) => void;
  /** Told before each wait for something new to be known everywhere: what is waited for, and for how many milliseconds so far. */
  readonly onWait?: (what: string, elapsed: number) => void;
  /** Asked before a request that was refused while Azure was busy is sent again: whether what it was made from still stands. */
  readonly isCurrent?: () => Promise<boolean>;
}

export interface ArmWriter extends ArmReader {
  /** The request that makes these assignments, on top of what was just read where ARM replaces the whole. */
  request(target: Target, key: ResourceKey, fresh: Body | null, sets: readonly Assignment[], instanceId?: string): ArmRequest;
  /** What shows that Azure takes a request that writes at these paths. */
  evidence?(request: ArmRequest, key: ResourceKey, paths: readonly string[]): Evidence;
  /** What the caller must hold for a request, there and on what its body leads to. */
  needs(request: ArmRequest, key: ResourceKey): readonly Right[];
  /** Resolves once Azure is done with it, long operations included. @throws ArmFailure */
  send(request: ArmRequest, meanwhile?: WhileSending): Promise<Sent>;
}

export type FailureKind =
  | 'signed-out'
  | 'forbidden'
  | 'missing'
  | 'locked'
  | 'policy'
  /** Another operation holds the resource; the request was not done, and passes later. */
  | 'busy'
  | 'conflict'
  /** Azure asks the Functions host of the app, and the host does not answer: it is stopped, starting or broken. */
  | 'host'
  | 'throttled'
  | 'invalid'
  | 'server'
  | 'network'
  | 'untrusted';

interface FailureFields {
  readonly kind: FailureKind;
  readonly status?: number | null;
  readonly code: string;
  readonly message: string;
  readonly correlationId?: string | null;
  readonly mayHaveHappened?: boolean;
  readonly taken?: 'broke' | 'ended';
  readonly next: string;
  readonly lacks?: string;
  readonly retryAfter?: number;
  readonly namesPolicies?: boolean;
}

/** Why a request failed: what happened, whether a write may have been done all the same, and what to do next. */
export class ArmFailure extends Error {
  readonly kind: FailureKind;
  readonly status: number | null;
  readonly correlationId: string | null;
  readonly #said: FailureFields;
  /** True where the service may have done the write though no good answer came. */
  readonly mayHaveHappened: boolean;
  /** Azure took the write (2xx) and `broke`: how it ended could not be learnt, or `ended`: Azure says that it ended badly. It is not sent again. */
  readonly taken: 'broke' | 'ended' | undefined;
  /** The ARM action that was missing, where the service named it. */
  readonly lacks: string | undefined;
  /** Azure said which policy assignments stand against it; they are in `next`. */
  readonly namesPolicies: boolean;
  /** Milliseconds after which the service asks to be asked again, where it says so. */
  readonly retryAfter: number | undefined;
  constructor(given: FailureFields) {
    super();
    this.name = 'ArmFailure';
    this.#said = given;
    // Azure may quote a secret that is read only after this came: the words are cleaned when somebody looks at them.
    Object.defineProperty(this, 'message', { get: () => secrets.fromQuote(this.#said.message), configurable: true });
    this.kind = given.kind;
    this.status = given.status ?? null;
    this.correlationId = given.correlationId && /^[\w.-]{1,64}$/.test(given.correlationId) ? secrets.fromQuote(given.correlationId) : null;
    this.taken = given.taken;
    this.mayHaveHappened = given.mayHaveHappened ?? given.taken !== undefined;
    this.lacks = given.lacks;
    this.namesPolicies = given.namesPolicies ?? false;
    this.retryAfter = given.retryAfter;
  }

  /** Returns the same failure with another message or advice. */
  with(changes: Pick<Partial<FailureFields>, 'message' | 'next' | 'mayHaveHappened'>): ArmFailure {
    return new ArmFailure({ ...this.#said, mayHaveHappened: this.mayHaveHappened, ...changes });
  }

  get code(): string {
    return secrets.fromQuote(this.#said.code);
  }

  get next(): string {
    return secrets.fromQuote(this.#said.next);
  }
}

export interface Clock {
  now(): Date;
  /** Milliseconds since some moment; the clock of the machine may be set meanwhile, this one goes on. */
  elapsed(): number;
  /** Resolves early, without error, when the signal fires. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** Calls once this time is over, unless what comes back is called before. */
  after(milliseconds: number, call: () => void): () => void;
}

/** The keyboard of a terminal. */
export interface Keyboard {
  /** Takes what was typed and not read yet; undefined where that cannot be found out. */
  waiting(): Uint8Array | undefined;
  close(): void;
}

/** Asks one question at a terminal: what a prompt reads there was typed after the question was written. */
export type Asking = <T>(
  ask: (streams: { readonly input: NodeJS.ReadableStream; readonly output: NodeJS.WriteStream }) => Promise<T>,
) => Promise<T>;

/** An open run in the undo log. */
export interface Journal {
  readonly run: string;
  /** Resolves when the line is on disk. */
  append(entry: Entry): Promise<void>;
  close(): Promise<void>;
}

/** A lock that this process holds; calling it gives the lock back. */
export interface Hold {
  (): Promise<void>;
  /** Asked before each write. @throws a UserError where the lock was lost to another process, or can no longer be renewed */
  readonly assertHeld: () => Promise<void>;
}

/** Keeps two processes off the same app and off the same run: a folder of files, or anything else that grants leases. */
export interface Locks {
  /** @throws a UserError that tells who holds it; at once where it is not patient, else once it is clear that the holder lives */
  hold(target: Target, run: string, how?: { readonly isPatient: boolean }): Promise<Hold>;
  /** @throws a UserError that tells who holds it */
  holdRun(run: string): Promise<Hold>;
}

export interface Subscription {
  readonly id: string;
  readonly name: string;
  readonly tenantId: string | null;
}

/** An app with what the inventory holds of it: facts that may lag behind, and may lack members. */
export interface Inventoried {
  readonly target: Target;
  readonly held: ReadonlyMap<ResourceKey, Body>;
}

/** Told of each Logic App by its name: it shares the type with function apps and is another product. */
export type LeftOut = (name: string) => void;

/** Finds function apps; workflow apps (Logic Apps) are left out. All throw ArmFailure. */
export interface Discovery {
  subscriptions(): Promise<Subscription[]>;
  /** The ids of the subscriptions below a management group, at any depth. */
  subscriptionsUnder(managementGroup: string): Promise<readonly string[]>;
  /** The function apps of one subscription, page by page as they come. */
  apps(subscriptionId: string, leftOut?: LeftOut): AsyncGenerator<Target>;
  slots(app: Target): Promise<Target[]>;
  /** The apps and slots of one subscription from Azure Resource Graph, by id. */
  inventory(subscriptionId: string, leftOut?: LeftOut): AsyncGenerator<Inventoried>;
  /** How many apps that is, slots left out. */
  count(subscriptionId: string): Promise<number>;
}

/** Who is signed in, as far as the token tells. */
export interface Account {
  /** Object id. */
  readonly id: string | null;
  /** No person: an app or identity. */
  readonly isApp: boolean;
  readonly name: string | null;
  readonly tenant: string | null;
}

export interface Tenant {
  readonly id: string;
  readonly name: string;
}

/** A signed-in way to Azure. */
export interface Connection {
  readonly endpoint: string;
  readonly account: Account;
  /** Which way was taken, in words, and how long its token lives; null where it does not tell. */
  readonly signIn: { readonly way: string; readonly until: Date | null };
  /** Those that the account has a place in, be it as a guest. @throws ArmFailure */
  readonly tenants: () => Promise<Tenant[]>;
  readonly reader: ArmReader;
  /** Reads many apps: what they share is asked for once. */
  readonly surveyor: () => ArmReader;
  readonly writer: ArmWriter;
  readonly discovery: Discovery;
}
