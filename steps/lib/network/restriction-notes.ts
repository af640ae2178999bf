/** Notes on access rules that match no caller: private addresses, and subnets without a service endpoint. */
import { clear, type Context, type GuardFinding, warn } from '../../../src/contract/index.ts';
import { isDeny, isPublicAddress, isRange, isTag, type RestrictionRow, valuesOf } from '../../../src/azure/index.ts';
import { nameOf, type SiteRestrictions } from './access-restrictions.ts';
import { boundByAddress } from '../host-names.ts';
import { connections, findSubnet, hasServiceEndpoint, isApproved } from './networks.ts';

type X = Context<unknown>;

/** Notes rules that match no caller, because App Service sees only public addresses of callers outside its own network. */
export function privateNote({ app }: Pick<X, 'app'>, { rows }: SiteRestrictions): GuardFinding[] {
  const isPrivate = (row: RestrictionRow): boolean =>
    !isTag(row) && valuesOf(row).some((value) => isRange(value) && !isPublicAddress(value));
  const names = app.ase ? [] : rows.filter((row) => !isDeny(row) && isPrivate(row)).map(nameOf);
  return names.length === 0
    ? []
    : [
        warn(
          `${names.join(', ').replace(/^./, (first) => first.toUpperCase())}: a private address range matches no caller of this app. Use the public address of the callers, a rule for their subnet, or a private endpoint.`,
        ),
      ];
}

/**
 * Notes what rules for subnets require. Sources: app-service/overview-access-restrictions, "rules based on service endpoints";
 * app-service/overview-app-gateway-integration (service endpoints do not work with an App Service Environment).
 */
export function subnetNote({ app, facts }: X, after: SiteRestrictions): GuardFinding[] {
  const rows = after.rows.filter((row) => !isDeny(row) && row.vnetSubnetResourceId);
  const listed = (some: readonly RestrictionRow[]): string =>
    some
      .map(nameOf)
      .join(', ')
      .replace(/^./, (first) => first.toUpperCase());
  if (rows.length === 0) return [];
  if (connections(facts.site).some(isApproved))
    return [
      warn(
        `${listed(rows)}: Azure does not support rules for subnets on an app with a private endpoint. Their callers must use the private endpoint.`,
      ),
    ];
  if (app.ase)
    return [warn(`${listed(rows)}: rules for subnets do not work in an App Service Environment. Use rules for private address ranges.`)];
  const own = boundByAddress(facts.site);
  if (own.length > 0)
    return [
      warn(
        `${listed(rows)}: Azure does not support rules for subnets on an app with an IP-based TLS binding (${own.join(', ')}). Change the binding to SNI first.`,
      ),
    ];
  const networks = facts.maybe('virtualNetworks')?.value ?? [];
  const known = rows.map((row) => ({ row, found: findSubnet(networks, row.vnetSubnetResourceId ?? '') }));
  const without = known.filter(({ found }) => found && !hasServiceEndpoint(found, 'Microsoft.Web')).map(({ row }) => row);
  const unseen = known.filter(({ found }) => !found).map(({ row }) => row);
  return [
    ...(without.length > 0
      ? [
          warn(
            `${listed(without)}: the subnet has no service endpoint for Microsoft.Web, so the rule matches no caller. Add the service endpoint to the subnet first.`,
          ),
        ]
      : []),
    ...(unseen.length > 0
      ? [
          warn(
            `${listed(unseen)}: a rule for a subnet matches only if the subnet has the service endpoint Microsoft.Web. func-harden did not check the subnets.`,
          ),
        ]
      : []),
    ...(without.length + unseen.length === 0 ? [clear(`${listed(rows)}: the subnet has a service endpoint for Microsoft.Web.`)] : []),
  ];
}
