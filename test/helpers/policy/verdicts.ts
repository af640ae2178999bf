/** Judges one configuration of the grid by the controls, in process. */
import { catalogue } from '../../../steps/index.ts';
import { assess, readsOfSteps, type ControlState } from '../../../src/engine/judge/assess.ts';
import { FactStore } from '../../../src/engine/judge/facts.ts';
import { ArmFailure, type ArmReader } from '../../../src/engine/ports.ts';
import { parseSiteId } from '../../../src/engine/fleet/targets.ts';
import type { Body } from '../../../src/change/json-paths.ts';
import type { ResourceKey } from '../../../src/azure/index.ts';
import type { Case } from './grid.ts';

const failure = new ArmFailure({ kind: 'forbidden', code: 'x', message: 'not part of the grid', next: '' });

const bodiesOf = (one: Case): Partial<Record<ResourceKey, Body>> => ({
  site: one.site,
  siteConfig: one.config,
  appSettings: one.settings,
  connectionStrings: { properties: {} },
  authSettings: one.auth,
  scmPolicy: { properties: { allow: one.publishing.scm } },
  ftpPolicy: { properties: { allow: one.publishing.ftp } },
  storageAccounts: { value: [one.account], missing: [] },
  vaults: { value: [one.vault] },
  functions: { value: [{ name: 'fn/PlaceOrder', properties: { config: { bindings: [{ type: 'httpTrigger', authLevel: 'function' }] } } }] },
  slots: { value: [] },
});

/** By the id of the control. */
export async function statesOf(one: Case, asked: ReadonlySet<string>): Promise<ReadonlyMap<string, ControlState>> {
  const steps = catalogue.flatMap((step) => {
    const controls = step.controls.filter(({ id }) => asked.has(`${step.id}.${id}`));
    return controls.length > 0 ? [{ ...step, controls }] : [];
  });
  const bodies = bodiesOf(one);
  const reader: ArmReader = {
    read: (_, key) => Promise.resolve(bodies[key] ? { state: 'read', body: bodies[key] } : { state: 'unreadable', failure }),
    readOne: () => Promise.reject(new Error('not asked for')),
    knows: () => true,
    describe: (target, key) => ({ key, id: target.id, apiVersion: '', secret: false, restarts: false, replaces: false }),
  };
  const store = new FactStore(reader, { ...parseSiteId(one.id)!, location: '', kind: one.site.kind, tags: {} });
  await store.load(readsOfSteps(steps));
  const states = assess(steps, store, reader, { decisions: {}, today: '2026-11-28' });
  return new Map(states.flatMap(({ controls }) => controls).map((state) => [state.id, state]));
}
