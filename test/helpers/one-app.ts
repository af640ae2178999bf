/** Verdicts on one app, given by the bodies that Azure would return; resources that are not given cannot be read. */
import { catalogue } from '../../steps/index.ts';
import { assess, readsOfSteps, type ControlState } from '../../src/engine/judge/assess.ts';
import type { Decisions } from '../../src/contract/index.ts';
import { FactStore } from '../../src/engine/judge/facts.ts';
import { ArmFailure, type ArmReader } from '../../src/engine/ports.ts';
import type { Body } from '../../src/change/json-paths.ts';
import type { Json, ResourceKey } from '../../src/azure/index.ts';
import { siteId, targetOf } from './places.ts';

/** Members that decide the hosting. */
export const PLANS = {
  Y1: { sku: 'Dynamic' },
  'Y1-linux': { sku: 'Dynamic', reserved: true },
  FC1: { sku: 'FlexConsumption', reserved: true },
  EP: { sku: 'ElasticPremium' },
  D: { sku: 'PremiumV3' },
  'D-linux': { sku: 'PremiumV3', reserved: true },
  CA: { sku: null, managedEnvironmentId: '/subscriptions/s/resourceGroups/rg/providers/Microsoft.App/managedEnvironments/e' },
} as const satisfies Readonly<Record<string, { readonly [name: string]: Json }>>;

type Members = { readonly [name: string]: Json };
export interface OneApp {
  readonly plan?: keyof typeof PLANS;
  readonly kind?: string;
  readonly identity?: Members;
  readonly site?: Members;
  readonly config?: Members;
  readonly settings?: Members;
  readonly others?: Partial<Record<ResourceKey, Body | undefined>>;
  readonly today?: string;
  readonly decisions?: Decisions;
}

/** The store of such an app, with everything read that judging needs. */
export async function storeOf(app: OneApp, reads: readonly ResourceKey[] = readsOfSteps(catalogue)) {
  const { load, reader } = storesOf(app);
  return { store: await load(reads), reader };
}

/** Stores of such an app, each with its own resources read. */
function storesOf({ plan = 'D', kind = 'functionapp', identity, site = {}, config = {}, settings = {}, others = {} }: OneApp) {
  const properties = { ...PLANS[plan], ...site };
  const whole: Body = { id: siteId('fn'), name: 'fn', kind, location: 'West Europe', ...(identity ? { identity } : {}), properties };
  const bodies: Partial<Record<ResourceKey, Body | undefined>> = {
    site: whole,
    siteIdentity: whole,
    siteUnlisted: whole,
    siteConfig: { properties: config },
    appSettings: { properties: settings },
    ...others,
  };
  const failure = new ArmFailure({ kind: 'forbidden', code: 'x', message: 'not given', next: '' });
  const reader: ArmReader = {
    read: (_, key) => Promise.resolve(bodies[key] ? { state: 'read', body: bodies[key] } : { state: 'unreadable', failure }),
    readOne: () => Promise.reject(new Error('not asked for')),
    knows: () => true,
    describe: (target, key) => ({ key, id: target.id, apiVersion: '', secret: false, restarts: false, replaces: false }),
  };
  const load = async (reads: readonly ResourceKey[]): Promise<FactStore> => {
    const store = new FactStore(reader, targetOf('fn'));
    await store.load(reads);
    return store;
  };
  return { load, reader };
}

/** Each control by its id, judged from the resources that it declares: a control that reads more fails here. */
export async function judgedOf(app: OneApp): Promise<(id: string) => ControlState> {
  const by = { decisions: app.decisions ?? {}, today: app.today ?? '2026-11-28' };
  const { load, reader } = storesOf(app);
  const stores = new Map<string, FactStore>();
  for (const step of catalogue)
    for (const control of step.controls)
      stores.set(`${step.id}.${control.id}`, await load(readsOfSteps([{ ...step, controls: [control] }])));
  return (id) => {
    const [area, name] = id.split('.');
    const step = catalogue.find((one) => one.id === area)!;
    const controls = step.controls.filter((one) => one.id === name);
    return assess([{ ...step, controls }], stores.get(id)!, reader, by)[0]!.controls[0]!;
  };
}
