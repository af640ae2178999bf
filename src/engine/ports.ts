/** Everything that the engine requires from outside. It has no HTTP, no files and no clock except these. */
import type { CloudNames, Json, ResourceKey, Target } from '../azure/index.ts';
import type { Entry } from '../change/undo-log.ts';
import type { Right } from './plan/rights.ts';
import type { Body } from '../change/json-paths.ts';
import type { ArmRequest, Evidence } from '../change/change.ts';
import { secrets } from '../change/secrets.ts';

/** A resource as it was read, or the failure. `body: null`: the resource does not exist. */
export type Fact = { readonly state: 'read'; readonly body: Body | null } | { readonly state: 'unreadable'; readonly failure: ArmFailure };

interface ResourceRef {
  readonly key: ResourceKey;
  readonly id: string;
  readonly apiVersion: string;
  /** Whether every value of the resource is a secret. */
  readonly secret: boolean;
  /** Whether every write to the resource restarts the app. */
  readonly restarts: boolean;
  /** Whether a write replaces all members, so that a missing member is removed. */
  readonly replaces: boolean;
}

export interface Assignment {
  readonly path: string;
  /** The value to write; undefined removes a member of a collection. At the empty path, the body of the new resource; null: delete. */
  readonly to: Json | undefined;
}

/** Reads resources. An audit gets only this, so that it cannot write. */
export interface ArmReader {
  /** The connected cloud; the public one where this is missing. */
  readonly cloud?: CloudNames;
  /** Reads a resource. `known` reads another resource of the same app, for resources that are found through it. */
  read(target: Target, key: ResourceKey, known: (key: ResourceKey) => Promise<Fact>): Promise<Fact>;
  /** Reads one resource without a cache: that of the app, or the one with this id. The body of a missing one is null. */
  readOne(target: Target, key: ResourceKey, instanceId?: string): Promise<Fact>;
  describe(target: Target, key: ResourceKey, instanceId?: string): ResourceRef;
  /** Whether this version knows a resource key. An undo log may name others. */
  knows(key: string): boolean;
}

interface Sent {
  readonly status: number;
  readonly correlationId: string | null;
  /** Set where Azure accepted the request (202) and named no operation that reports the result. */
  readonly isOpen?: true;
  /** Set where Azure refused the request because the resource already exists under another name. */
  readonly exists?: {
    readonly code: string;
    readonly message: string;
    /** Whether it exists under the name that was sent, so that an earlier send of the same request may have created it. */
    readonly sameName: boolean;
  };
}

export interface WhileSending {
  readonly onProgress?: (status: string, elapsed: number) => void;
  /** Called before each wait until a new object is known in all of Azure: what is waited for, and the milliseconds so far. */
  readonly onWait?: (what: string, elapsed: number) => void;
  /** Returns whether the values of a request are still current, before it is sent again after Azure was busy. */
  readonly isCurrent?: () => Promise<boolean>;
}

export interface ArmWriter extends ArmReader {
  /** Makes the request for these assignments, merged onto the fresh body where ARM replaces the whole. */
  request(target: Target, key: ResourceKey, fresh: Body | null, sets: readonly Assignment[], instanceId?: string): ArmRequest;
  /** Returns the evidence that Azure accepts a request that writes at these paths. */
  evidence?(request: ArmRequest, key: ResourceKey, paths: readonly string[]): Evidence;
  /** Returns the rights that a request requires, on its resource and on the resources that its body names. */
  needs(request: ArmRequest, key: ResourceKey): readonly Right[];
  /** Resolves when Azure has completed the request, long-running operations included. @throws ArmFailure */
  send(request: ArmRequest, meanwhile?: WhileSending): Promise<Sent>;
}

export type FailureKind =
  | 'signed-out'
  | 'forbidden'
  | 'missing'
  | 'locked'
  | 'policy'
  /** Another operation uses the resource. The request was not done and can succeed later. */
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

/** A failed request: what happened, whether a write may have been done all the same, and the next step. */
export class ArmFailure extends Error {
  readonly kind: FailureKind;
  readonly status: number | null;
  readonly #said: FailureFields;
  /** Whether the service may have done the write although no good answer came. */
  readonly mayHaveHappened: boolean;
  /** Set if Azure accepted the write (2xx), which is not sent again. `broke`: its end is not known; `ended`: Azure reports a failure. */
  readonly taken: 'broke' | 'ended' | undefined;
  /** The ARM action that was missing, where the service names it. */
  readonly lacks: string | undefined;
  /** Whether `next` says whom to ask, or what to do, about the policies that deny the request. */
  readonly namesPolicies: boolean;
  /** The milliseconds after which the service asks for a retry, where it does. */
  readonly retryAfter: number | undefined;
  constructor(given: FailureFields) {
    super();
    this.name = 'ArmFailure';
    this.#said = given;
    // Azure may quote a secret that func-harden reads only later, so the message is cleaned when it is shown.
    Object.defineProperty(this, 'message', { get: () => secrets.fromQuote(this.#said.message), configurable: true });
    this.kind = given.kind;
    this.status = given.status ?? null;
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

  get correlationId(): string | null {
    const { correlationId } = this.#said;
    return correlationId && /^[\w.-]{1,64}$/.test(correlationId) ? secrets.fromQuote(correlationId) : null;
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
  /** Returns the milliseconds since a fixed moment, which a change of the machine's clock does not affect. */
  elapsed(): number;
  /** Resolves early, without an error, when the signal fires. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** Calls once after this time. The returned function cancels the call. */
  after(milliseconds: number, call: () => void): () => void;
}

export interface Keyboard {
  /** Returns the keys that were typed and not read yet; undefined where that cannot be determined. */
  waiting(): Uint8Array | undefined;
  /** Stops all processes of the job, as Ctrl-Z does, until the shell continues it. Absent where no such signal exists. */
  readonly suspend?: () => Promise<void>;
  close(): void;
}

/**
 * Asks one question at a terminal. The prompt gets only keys that were typed after the question was written.
 * Its input emits `continued` after the process was suspended: who listens writes the question again.
 */
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

/** A lock that this process holds. Calling it releases the lock. */
export interface Hold {
  (): Promise<void>;
  /** Called before each write. @throws UserError where another process took the lock, or it can no longer be renewed */
  readonly assertHeld: () => Promise<void>;
}

/** Prevents two processes from working on the same app or the same run: a folder of files, or any other store of leases. */
export interface Locks {
  /** Locks an app. @throws UserError that names the holder: at once, or with `isPatient` only when it is clear that the holder is alive */
  hold(target: Target, run: string, how?: { readonly isPatient: boolean }): Promise<Hold>;
  /** Locks a run. @throws UserError that names the holder */
  holdRun(run: string): Promise<Hold>;
}

export interface Subscription {
  readonly id: string;
  readonly name: string;
  readonly tenantId: string | null;
}

/** An app with its facts in the inventory, which may be out of date and may lack members. */
export interface Inventoried {
  readonly target: Target;
  readonly held: ReadonlyMap<ResourceKey, Body>;
}

/** A Logic App has the resource type of function apps and is another product. A container app of kind `functionapp` is not an App Service app. */
export type LeftOutKind = 'Logic App' | 'container app';
/** Called with the name of each app that is left out. */
export type LeftOut = (name: string, kind: LeftOutKind) => void;

/** Finds function apps. Workflow apps (Logic Apps) and container apps are left out. All members throw ArmFailure. */
export interface Discovery {
  subscriptions(): Promise<Subscription[]>;
  /** Returns the ids of the subscriptions below a management group, at any depth. */
  subscriptionsUnder(managementGroup: string): Promise<readonly string[]>;
  /** Yields the function apps of one subscription, page by page. */
  apps(subscriptionId: string, leftOut?: LeftOut): AsyncGenerator<Target>;
  slots(app: Target): Promise<Target[]>;
  /** Yields the apps and slots of one subscription from Azure Resource Graph, sorted by id. */
  inventory(subscriptionId: string, leftOut?: LeftOut): AsyncGenerator<Inventoried>;
  /** Yields the apps of one subscription, without slots, with the site as the list of ARM has it: without its configuration. */
  sites(subscriptionId: string): AsyncGenerator<Inventoried>;
  /**
   * Yields the configuration of these apps and slots, at most a hundred of any subscription, by the site's id in lower case, from Azure
   * Resource Graph, which may be out of date.
   */
  configs(apps: readonly Target[]): AsyncGenerator<readonly [string, Body]>;
  /** Returns the number of apps, without slots. */
  count(subscriptionId: string): Promise<number>;
}

/** The signed-in account, as far as the token describes it. */
export interface Account {
  /** The object id. */
  readonly id: string | null;
  /** Whether the account is an app or identity instead of a person. */
  readonly isApp: boolean;
  readonly name: string | null;
  readonly tenant: string | null;
}

export interface Tenant {
  readonly id: string;
  readonly name: string;
}

/** A signed-in connection to Azure. */
export interface Connection {
  readonly endpoint: string;
  readonly account: Account;
  /** The sign-in method in words, and the end of its token; null where that is not known. */
  readonly signIn: { readonly way: string; readonly until: Date | null };
  /** Returns the tenants that the account belongs to, also as a guest. @throws ArmFailure */
  readonly tenants: () => Promise<Tenant[]>;
  readonly reader: ArmReader;
  /** Returns a reader for many apps, which reads shared resources once. */
  readonly surveyor: () => ArmReader;
  readonly writer: ArmWriter;
  /** Returns a writer for the plans of many apps, which reads shared resources once a minute. A change is sent with `writer`. */
  readonly planner: () => ArmWriter;
  readonly discovery: Discovery;
}
