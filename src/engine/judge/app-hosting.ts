import type { AnyControl } from '../../contract/index.ts';
import { isOn, ownMember } from '../../azure/index.ts';
import type { App, PlanKind, Site, Target } from '../../azure/index.ts';
/** Tiers of plans with dedicated machines. */
const DEDICATED = /^(Free|Shared|Basic|Standard|Premium|Isolated|PremiumContainer)/i;
const PLAN_OF_TIER: Readonly<Record<string, PlanKind>> = { dynamic: 'Y1', flexconsumption: 'FC1', elasticpremium: 'EP' };

const PLAN_NAME: Readonly<Record<PlanKind, string>> = {
  Y1: 'Consumption',
  FC1: 'Flex Consumption',
  EP: 'Elastic Premium',
  D: 'Dedicated',
  CA: 'Container Apps',
};

const OS_NAME: Readonly<Record<App['os'], string>> = { windows: 'Windows', linux: 'Linux' };

/** Returns plan and operating system in words: `Consumption, Windows`. */
export const hostingOf = ({ plan, os, onArc }: Pick<App, 'plan' | 'os' | 'onArc'>): string =>
  `${onArc ? 'Azure Arc' : PLAN_NAME[plan]}, ${OS_NAME[os]}`;

/** Returns a key of `notOn` in words: `Consumption`, `Dedicated, Linux`. */
export const hostingName = (key: string): string =>
  key
    .replace(/^(Y1|FC1|EP|D|CA)(?![a-zA-Z0-9])/, (plan) => PLAN_NAME[plan as PlanKind])
    .replace(/(windows|linux)$/, (os) => OS_NAME[os as App['os']])
    .replace('-', ', ');

/** Returns the app with its hosting. The site alone is enough, because `properties.sku` repeats the tier of the plan. */
export function appOf(target: Target, site: Site): App {
  const { sku, reserved, managedEnvironmentId, hostingEnvironmentProfile } = site.properties;
  const words = (site.kind ?? '').toLowerCase().split(/[\s,]+/);
  const containerApps = Boolean(managedEnvironmentId) || words.includes('azurecontainerapps');
  const known = ownMember(PLAN_OF_TIER, (sku ?? '').toLowerCase());
  const isTold = known !== undefined || DEDICATED.test(sku ?? '') || Boolean(hostingEnvironmentProfile?.id);
  // Only Flex Consumption has this member.
  const plan = containerApps ? 'CA' : (known ?? (!isTold && site.properties.functionAppConfig ? 'FC1' : 'D'));
  const isAssumed = plan === 'D' && !isTold;
  return {
    name: target.name,
    ...(target.slot ? { slot: target.slot } : {}),
    plan,
    os: isOn(reserved) || words.includes('linux') ? 'linux' : 'windows',
    ase: Boolean(hostingEnvironmentProfile?.id),
    ...(isAssumed ? { isAssumed: true as const } : {}),
    ...(words.includes('kubernetes') || /^kubernetes$/i.test(sku ?? '') ? { onArc: true as const } : {}),
  };
}

/** Whether the value is read even where `notOn` names the hosting, because a bad value fails there all the same. */
export function isReadAnyway(control: AnyControl): boolean {
  if (control.kind !== 'setting') return control.kind === 'rule' && control.judgeAnyway !== undefined;
  // If the default of a switch is the bad value, no set value can be worse.
  const isBadUnset = typeof control.absent === 'boolean' && typeof control.expect === 'object' && 'equals' in control.expect;
  return !control.inert && !(isBadUnset && (control.expect as { equals: unknown }).equals !== control.absent);
}

/** Returns the reason why a control does not apply to this hosting, or undefined where it does. */
export function notOn(control: AnyControl, app: App): string | undefined {
  const reasons = control.notOn ?? {};
  return reasons[`${app.plan}-${app.os}`] ?? reasons[app.plan] ?? reasons[app.os] ?? (app.slot ? reasons.slot : undefined);
}

/** Whether the reason of a control that does not apply is that of a plan which is only assumed. */
export const isAssumedReason = ({ notOn: reasons = {} }: AnyControl, { plan, os, isAssumed }: App): boolean =>
  isAssumed === true && (reasons[`${plan}-${os}`] ?? reasons[plan]) !== undefined;
