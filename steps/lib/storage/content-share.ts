/** Whether the traffic to the file share with the code of an app is private. */
import { type Context, type GuardFinding, type Verdict, warn } from '../../../src/contract/index.ts';
import {
  includesWord,
  type PrivateEndpoint,
  accountOf,
  checksContentShare,
  CONTENT_SHARE,
  SKIP_CHECK,
  isReference,
  routedBy,
  sameResource,
  sameWord,
  type StorageAccount,
  subnetName,
  usersOf,
  valueOf,
} from '../../../src/azure/index.ts';
import { listed, NEIGHBOURS_NOT_READ, uncheckedNeighbours } from '../neighbours.ts';
import { entranceOf } from '../network/firewalls.ts';
import { allowsSubnet, isApproved, isUncertain } from '../network/networks.ts';

export function judgeContentShare({ facts }: Context<unknown>): Verdict {
  const wanted = 'through the virtual network, to a private endpoint or by a rule for the subnet';
  const setting = valueOf(facts.appSettings, CONTENT_SHARE);
  const accounts = facts.storageAccounts.value;
  if (!setting) return { state: 'not-applicable', found: 'no setting names a content share', wanted };
  const { virtualNetworkSubnetId: subnet } = facts.site.properties;
  const routed = routedBy('contentShare', facts.site, () => facts.appSettings);
  if (!subnet) return { state: 'fail', found: 'the app is not integrated with a virtual network', wanted };
  if (routed === undefined) return { state: 'fail', found: 'content traffic is not routed through the virtual network', wanted };
  const name = accountOf(setting);
  const account = accounts.find((one) => one.name.toLowerCase() === name);
  if (isReference(setting))
    return { state: 'unknown', found: `${CONTENT_SHARE} is a reference, and its storage account is unknown`, wanted };
  if (!account)
    return {
      state: 'unknown',
      found: `${name ?? 'its account'} is not in this subscription, or you have no permission to read it`,
      wanted,
    };
  // With public access off, the rules of the firewall have no effect.
  const isOff = sameWord(account.properties.publicNetworkAccess, 'Disabled');
  const byRule = !isOff && allowsSubnet({ ...account, ...account.properties }, subnet);
  if (byRule) return { state: 'pass', found: `${account.name}: a rule for ${subnetName(subnet)}`, wanted };
  const endpoints = endpointsTo(account, facts.privateEndpoints.value);
  if (endpoints.some(leadsToFiles)) return { state: 'pass', found: `${account.name}: an approved private endpoint for its shares`, wanted };
  if (endpoints.includes(undefined))
    return {
      state: 'unknown',
      found: `${account.name}: an approved private endpoint, but its service is unknown: it is not in this subscription, or you have no permission to read it`,
      wanted,
    };
  if (endpointsTo(account, facts.privateEndpoints.value, isUncertain).some((one) => one === undefined || leadsToFiles(one)))
    return {
      state: 'unknown',
      found: `${account.name}: an approved private endpoint whose last operation failed; whether it still works is unknown`,
      wanted,
    };
  return {
    state: 'fail',
    found: `${account.name}: ${endpoints.length === 0 ? 'no approved private endpoint' : 'approved private endpoints, none of them for file'}, and ${isOff ? 'public network access is off' : 'no rule for the subnet of the app'}`,
    wanted,
    lines: ['A private endpoint serves one service of the account. The share needs a private endpoint for file.'],
  };
}

/** Warns about later writes of settings, at which Azure reaches for the content share from outside the network of the app. */
export function shareIsChecked({ app, facts }: Context<unknown>): GuardFinding[] {
  const account = accountOf(valueOf(facts.appSettings, CONTENT_SHARE));
  const isClosing = facts.storageAccounts.value.some(
    ({ name, properties }) => sameWord(name, account) && entranceOf(properties) === 'open',
  );
  return app.ase || !isClosing || !checksContentShare(facts.appSettings)
    ? []
    : [
        warn(
          `Azure checks the content share when settings are written, from outside the virtual network. Behind the firewall it may refuse later changes of settings (400, "Creation of storage file share failed"). Set the app setting ${SKIP_CHECK} to 1 first.`,
        ),
      ];
}

/** Returns the approved private endpoints of an account; undefined for endpoints that are not visible. */
const endpointsTo = (
  { properties }: StorageAccount,
  seen: readonly PrivateEndpoint[],
  counts = isApproved,
): readonly (PrivateEndpoint | undefined)[] =>
  (properties.privateEndpointConnections ?? [])
    .filter(counts)
    .map((connection) => seen.find(({ id }) => sameResource(id, connection.properties.privateEndpoint?.id)));

/** Whether an endpoint leads to the file service. The account lists the endpoint, and only the endpoint names the service. */
const leadsToFiles = (endpoint: PrivateEndpoint | undefined): boolean =>
  [endpoint?.properties.privateLinkServiceConnections ?? [], endpoint?.properties.manualPrivateLinkServiceConnections ?? []]
    .flat()
    .some(({ properties }) => includesWord(properties.groupIds, 'file'));

/**
 * Warns about apps of the same plan that keep their content in the same account and do not route it yet. With different settings, apps lost
 * access to their content (MicrosoftDocs/azure-docs#123611).
 */
export function othersInPlan({ facts }: Context<unknown>): readonly GuardFinding[] {
  const { site } = facts;
  const account = accountOf(valueOf(facts.appSettings, CONTENT_SHARE));
  if (account === undefined || routedBy('contentShare', site, () => facts.appSettings) !== undefined) return [];
  const [neighbours, sites] = [facts.maybe('neighbours'), facts.maybe('sites')];
  if (!neighbours || !sites) return NEIGHBOURS_NOT_READ;
  const isBeside = (id: string): boolean =>
    sites.value.some(
      (one) =>
        sameResource(one.id, id) &&
        sameResource(one.properties.serverFarmId, site.properties.serverFarmId) &&
        routedBy('contentShare', one, () => ({ properties: {} })) === undefined,
    );
  const names = usersOf(neighbours, 'accounts', [account]).flatMap(({ neighbour, use }) =>
    includesWord(use.settings, CONTENT_SHARE) && isBeside(neighbour.id) ? [neighbour.name] : [],
  );
  return [
    ...(names.length === 0
      ? []
      : [
          warn(
            `${listed(names)} ${names.length === 1 ? 'is' : 'are'} in the same plan and ${names.length === 1 ? 'keeps' : 'keep'} content in ${account} too. Apps of a plan that share this account must all route their content in the same way, or they may lose access to it. Change ${names.length === 1 ? 'that app' : 'those apps'} as well.`,
          ),
        ]),
    ...uncheckedNeighbours(neighbours).map((says) => warn(says)),
  ];
}
