/** The input of a verdict besides the facts: decisions, the date, the caller, and the values that earlier apps of a plan reserve. */
import type { Context, Decisions, Profile, StepDecision } from '../../contract/index.ts';
import { isChosen } from './decisions.ts';
import type { FactStore } from './facts.ts';
import { appOf } from './app-hosting.ts';
import { ArmFailure } from '../ports.ts';
import type { Preflight } from '../plan/preflight.ts';
import { unexpectedShapeIn } from './unexpected-shape.ts';
import type { App, Site } from '../../azure/index.ts';

export interface Circumstances {
  readonly decisions: Decisions;
  /** The ISO date, for attestations and exceptions that expire. */
  readonly today: string;
  readonly myIp?: string;
  /** The object id of the caller. */
  readonly me?: string;
  readonly meIsApp?: boolean;
  /** The profile, which selects the controls of an area that is decided as a whole. */
  readonly profile?: Profile;
  /** Names of further tags that show that code declares an app; `*` matches any letters. */
  readonly codeTags?: readonly string[];
  /** Values that earlier apps of the same plan reserve. */
  readonly reserved?: Reserved;
  /** The caller's rights as far as they were read, where many apps are planned together. */
  readonly rights?: Preflight;
}

// As AnyStep: the answers differ from step to step.
// oxlint-disable-next-line typescript/no-explicit-any
export type AnyContext = Context<any>;

export function contextOf(
  store: FactStore,
  decided: StepDecision,
  by: Circumstances,
  chosen: (control: string) => boolean = () => true,
): AnyContext | ArmFailure {
  const site = store.fact('site');
  if (site?.state === 'unreadable') return site.failure;
  const app = knownApp(store);
  if (app instanceof ArmFailure) return app;
  return {
    app,
    cloud: store.cloud,
    facts: store.view,
    planned: store.view,
    answers: decided.answers,
    today: by.today,
    chosen,
    decidedIn: (step, control) => {
      const other = by.decisions[step];
      // Every control that shares a property with another area is a strict one.
      return other && isChosen({ id: control, strict: true }, other, by.profile) ? other.answers : undefined;
    },
    ...(by.myIp ? { myIp: by.myIp } : {}),
    ...(by.me ? { me: by.me, meIsApp: by.meIsApp === true } : {}),
  };
}

/** The hosting of each site that was read: every area of an app asks for it. */
const HOSTINGS = new WeakMap<Site, App>();

/** Returns the hosting of the site that was read. */
export function knownApp(store: FactStore): App | ArmFailure {
  try {
    const { site } = store.view;
    const known = HOSTINGS.get(site);
    if (known) return known;
    const app = appOf(store.target, site);
    HOSTINGS.set(site, app);
    return app;
  } catch (error) {
    const odd = unexpectedShapeIn(error, store.view);
    if (!odd) throw error;
    return odd;
  }
}

/** Values that earlier apps of the plan reserve, by the resource. */
export type Reserved = ReadonlyMap<string, { readonly as: string; readonly by: string }>;
