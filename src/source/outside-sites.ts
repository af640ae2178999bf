/** Sites that are not in the code, and whose configuration or policies the code sets: a function app or a web app. */
import type { Shaped } from './shaped-resource.ts';
import { mapOf } from './value.ts';

const SITE = /^Microsoft\.Web\/sites(\/slots)?$/i;
const CHILD = /^(Microsoft\.Web\/sites(?:\/slots)?)\/(config|basicPublishingCredentialsPolicies)$/i;
/** The last name of the children that are read. */
const LAST = /^(web|appsettings|connectionstrings|authsettingsV2|scm|ftp)$/i;

interface OutsideSite {
  readonly site: Shaped;
  readonly children: readonly Shaped[];
}

/** Returns a stand-in for each such site, with the blocks that set it. */
export function outsideSites(all: readonly Shaped[]): OutsideSite[] {
  const sites = all.filter(({ type }) => SITE.test(type));
  const isOutside = ({ type, name, symbol = '', isBelow }: Shaped): boolean =>
    CHILD.test(type) &&
    isBelow !== true &&
    LAST.test(symbol.split('/').at(-1) ?? '') &&
    // The name of a site that only the deployment knows may be this one.
    (name === undefined
      ? sites.every((one) => one.name !== undefined)
      : !sites.some((one) => one.symbol?.toLowerCase() === above(symbol).toLowerCase()));
  const groups = Map.groupBy(all.filter(isOutside), ({ name, address }) => (name === undefined ? address : above(name).toLowerCase()));
  return [...groups.values()].flatMap((children) => {
    const [first] = children;
    return first ? [{ site: standIn(first), children }] : [];
  });
}

const above = (name: string): string => name.slice(0, name.lastIndexOf('/'));

function standIn({ type, name, symbol = '', why, address, at, language }: Shaped): Shaped {
  return {
    type: CHILD.exec(type)?.[1] ?? type,
    ...(name === undefined ? { why: why ?? 'its name is not resolved' } : { name: above(name) }),
    symbol: above(symbol),
    id: address,
    address,
    at,
    language,
    body: mapOf([], at),
  };
}
