import type { AnyControl } from '../../contract/index.ts';
import { ownMember } from '../../azure/index.ts';
import type { App, PlanKind, Site, Target } from '../../azure/index.ts';
const PLAN_OF_TIER: Readonly<Record<string, PlanKind>> = { dynamic: 'Y1', flexconsumption: 'FC1', elasticpremium: 'EP' };

export const PLAN_NAME: Readonly<Record<PlanKind, string>> = {
  Y1: 'Consumption',
  FC1: 'Flex Consumption',
  EP: 'Elastic Premium',
  D: 'Dedicated',
  CA: 'Container Apps',
};

/** Returns a key of `notOn` in words: `Consumption`, `Dedicated, linux`. */
export const hostingName = (key: string): string =>
  key.replace(/^(Y1|FC1|EP|D|CA)(?![a-zA-Z0-9])/, (plan) => PLAN_NAME[plan as PlanKind]).replace('-', ', ');

/** Returns the app with its hosting. The site alone is enough, because `properties.sku` repeats the tier of the plan. */
export function appOf(target: Target, site: Site): App {
  const { sku, reserved, managedEnvironmentId, hostingEnvironmentProfile } = site.properties;
  const words = (site.kind ?? '').toLowerCase().split(/[\s,]+/);
  const containerApps = Boolean(managedEnvironmentId) || words.includes('azurecontainerapps');
  return {
    name: target.name,
    ...(target.slot ? { slot: target.slot } : {}),
    plan: containerApps ? 'CA' : (ownMember(PLAN_OF_TIER, (sku ?? '').toLowerCase()) ?? 'D'),
    os: reserved || words.includes('linux') ? 'linux' : 'windows',
    ase: Boolean(hostingEnvironmentProfile?.id),
  };
}

/** Whether the value is read even where `notOn` names the hosting, because a bad value fails there all the same. */
export function isReadAnyway(control: AnyControl): boolean {
  if (control.kind !== 'setting') return control.kind === 'rule' && control.judgeAnyway !== undefined;
  // A switch that behaves badly where it is not set cannot be set to anything worse.
  const isBadUnset = typeof control.absent === 'boolean' && typeof control.expect === 'object' && 'equals' in control.expect;
  return !control.inert && !(isBadUnset && (control.expect as { equals: unknown }).equals !== control.absent);
}

/** Returns the reason why a control does not apply to this hosting, or undefined where it does. */
export function notOn(control: AnyControl, app: App): string | undefined {
  const reasons = control.notOn ?? {};
  return reasons[`${app.plan}-${app.os}`] ?? reasons[app.plan] ?? reasons[app.os] ?? (app.slot ? reasons.slot : undefined);
}
