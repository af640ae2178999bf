/** The way to the file share that holds the code of an app: whether it is private. */
import type { Context, Verdict } from '../../src/contract/index.ts';
import { accountOf, CONTENT_SHARE, isReference, sameResource, type StorageAccount, subnetName, valueOf } from '../../src/azure/index.ts';
import { isApproved } from './networks.ts';

/** The older name of contentShareTraffic. */
const OVER_NETWORK = 'WEBSITE_CONTENTOVERVNET';

export function judgeContentShare({ facts }: Context<unknown>): Verdict {
  const wanted = 'through the network, to a private endpoint or by a rule for the subnet';
  const setting = valueOf(facts.appSettings, CONTENT_SHARE);
  const accounts = facts.storageAccounts.value;
  if (!setting) return { state: 'not-applicable', found: 'no setting names a content share', wanted };
  const { virtualNetworkSubnetId: subnet, outboundVnetRouting: routing } = facts.site.properties;
  if (!subnet) return { state: 'fail', found: 'the app is in no network', wanted };
  const routed = [routing?.allTraffic === true, routing?.contentShareTraffic === true, valueOf(facts.appSettings, OVER_NETWORK) === '1'];
  if (!routed.includes(true)) return { state: 'fail', found: 'content is not routed through the network', wanted };
  const name = accountOf(setting);
  const account = accounts.find((one) => one.name.toLowerCase() === name);
  if (isReference(setting)) return { state: 'unknown', found: `${CONTENT_SHARE} is a reference, and its account is not shown`, wanted };
  if (!account) return { state: 'unknown', found: `${name ?? 'its account'} is not in this subscription, or you may not see it`, wanted };
  const way = privateWay(account, subnet);
  return {
    state: way === undefined ? 'fail' : 'pass',
    found: `${account.name}: ${way ?? 'no approved private endpoint, and no rule for the subnet of the app'}`,
    wanted,
    lines: way === undefined ? [] : ['A private endpoint leads to one service of the account: the share needs the one for file.'],
  };
}

function privateWay({ properties }: StorageAccount, subnet: string): string | undefined {
  if ((properties.privateEndpointConnections ?? []).some(isApproved)) return 'an approved private endpoint';
  const isNamed = (properties.networkAcls?.virtualNetworkRules ?? []).some(({ id }) => sameResource(id, subnet));
  return isNamed ? `a rule for ${subnetName(subnet)}` : undefined;
}
