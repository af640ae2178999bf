import type { AnyControl, App, Site, PlanKind } from '../step.ts';
import type { Target } from './ports.ts';

const PLAN_OF_SKU: Readonly<Record<string, PlanKind>> = { Dynamic: 'Y1', FlexConsumption: 'FC1', ElasticPremium: 'EP' };

export const PLAN_NAME: Readonly<Record<PlanKind, string>> = {
  Y1: 'Consumption',
  FC1: 'Flex Consumption',
  EP: 'Elastic Premium',
  D: 'Dedicated',
  CA: 'Container Apps',
};

/** What the hosting of this app allows, from the site alone: `properties.sku` repeats the plan's tier. */
export function appOf(target: Target, site: Site): App {
  const { sku = '', reserved, managedEnvironmentId, hostingEnvironmentProfile } = site.properties;
  const containerApps = Boolean(managedEnvironmentId) || site.kind.includes('azurecontainerapps');
  return {
    name: target.name,
    ...(target.slot ? { slot: target.slot } : {}),
    plan: containerApps ? 'CA' : (PLAN_OF_SKU[sku] ?? 'D'),
    os: reserved || site.kind.includes('linux') ? 'linux' : 'windows',
    ase: Boolean(hostingEnvironmentProfile?.id),
  };
}

/** Why a control does not apply to this hosting, or undefined where it does. */
export function notOn(control: AnyControl, app: App): string | undefined {
  const reasons = control.notOn ?? {};
  return reasons[`${app.plan}-${app.os}`] ?? reasons[app.plan] ?? reasons[app.os] ?? (app.slot ? reasons.slot : undefined);
}
