/**
 * Scaling of an app whose storage is behind a firewall. Sources: learn.microsoft.com/azure/azure-functions/functions-networking-options
 * ("Premium plan with virtual network triggers"); reports: Azure/azure-functions-host#5592, Azure/Azure-Functions#2489.
 */
import { type Context, type GuardFinding, warn } from '../../../src/contract/index.ts';
import { isOn, nameIn, triggersNotSeen } from '../../../src/azure/index.ts';

declare module '../../../src/azure/resources/site.ts' {
  interface SiteConfigMembers {
    /** Whether the app itself, inside its network, tells Azure when to scale. */
    readonly functionsRuntimeScaleMonitoringEnabled?: boolean | null;
  }
}

/** Triggers that read from a storage account. Durable Functions keep their queues there. */
const READS_STORAGE = /^(queue|blob|orchestration|activity|entity)trigger$/i;

/** Warns where Elastic Premium looks at the triggers from outside the network, which a closed firewall refuses. */
export function scaleNote({ app, facts }: Context<unknown>): GuardFinding[] {
  if (app.plan !== 'EP' || isOn(facts.maybe('siteConfig')?.properties.functionsRuntimeScaleMonitoringEnabled)) return [];
  const functions = facts.maybe('functions');
  const names = (functions?.value ?? []).flatMap(({ name, properties }) =>
    (properties.config?.bindings ?? []).some(({ type }) => READS_STORAGE.test(type)) ? [nameIn(name)] : [],
  );
  if (names.length === 0 && functions && triggersNotSeen(functions) === undefined) return [];
  return [
    warn(
      `Runtime scale monitoring is off, so Azure watches storage triggers from outside the network (${names.join(', ') || 'the triggers are unknown'}). Behind the firewall, they no longer start or scale the app. Turn on functionsRuntimeScaleMonitoringEnabled first.`,
    ),
  ];
}
