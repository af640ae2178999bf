/** Access restriction rules of a site or its SCM site: their effect, and what several areas require of them. */
import { type Closing, type Context, type Draft, type GuardFinding, clear, warn } from '../../../src/contract/index.ts';
import {
  type AccessRule,
  actionOf,
  type DefaultAction,
  effectiveDefault,
  hasUnknownTag,
  headersOf,
  rulesForAllCallers,
  rulesOutAll,
  type Facts,
  isDeny,
  isIpv6,
  isOn,
  isPublicAddress,
  isTag,
  reach,
  type RestrictionRow,
  rowsOf,
  ruleOf,
  valuesOf,
  withPrefix,
  wholeInternet,
} from '../../../src/azure/index.ts';
import { scmCallers } from '../deployments.ts';

type X = Context<unknown>;

/** The rules of a site or its SCM site, and the effective action for callers that no rule matches. */
export interface SiteRestrictions {
  readonly rows: readonly RestrictionRow[];
  /** The default action as ARM has it; null where it was never set. */
  readonly stored: DefaultAction | null;
  /** A default action that is neither Allow nor Deny. */
  readonly odd?: string;
  /** The action for callers that no rule allows; Deny also where a rule denies every caller before the default action. */
  readonly effective: DefaultAction;
}

export interface RestrictionAnswers {
  readonly rules?: readonly AccessRule[];
  readonly defaultAction?: DefaultAction;
}

/** Assembles the restrictions of a site. `shown`: the action of the row that the service adds for callers that no rule matches. */
export function restrictionsOf(
  rows: readonly RestrictionRow[] | null | undefined,
  stored: string | null | undefined,
  shown?: string | null,
): SiteRestrictions {
  const action = actionOf(stored);
  return {
    rows: (rows ?? []).map(withPrefix),
    stored: action,
    ...(stored && action === null ? { odd: stored } : {}),
    effective: rulesOutAll(rows ?? []) ? 'Deny' : (action ?? actionOf(shown) ?? effectiveDefault(rows ?? [], action)),
  };
}

export const mainSiteRestrictions = ({ siteConfig: { properties, othersGet } }: Pick<Facts, 'siteConfig'>): SiteRestrictions =>
  restrictionsOf(properties.ipSecurityRestrictions, properties.ipSecurityRestrictionsDefaultAction, othersGet?.main);
/** Returns the access restrictions of the SCM site itself, which may use those of the main site instead. */
export const scmSiteRestrictions = ({ siteConfig: { properties, othersGet } }: Pick<Facts, 'siteConfig'>): SiteRestrictions =>
  restrictionsOf(properties.scmIpSecurityRestrictions, properties.scmIpSecurityRestrictionsDefaultAction, othersGet?.scm);

export const nameOf = ({ name }: Pick<RestrictionRow, 'name'>): string => (name ? `rule "${name}"` : 'a rule without a name');

/** The question for the default action, of the main site as of the SCM site. */
export const DEFAULT_ACTION = {
  kind: 'choice',
  exempts: true,
  label: 'Default action for all other callers',
  help: 'Deny makes the rules an allow list.',
  options: ['Deny', 'Allow'],
  preselect: 'Deny',
} as const;

/**
 * Checks that the operator keeps access. `where` names the site. Outside an App Service Environment, rules match public addresses only
 * (overview-access-restrictions, "IP-based access restriction rules").
 */
export function ownAddress({ app, myIp }: Pick<X, 'app' | 'myIp'>, { rows, effective }: SiteRestrictions, where: string): GuardFinding {
  if (!myIp)
    return {
      level: 'warn',
      own: true,
      says: `Your public IP address is not set, so func-harden cannot check whether you keep access to ${where}. Set it with --my-ip; in the wizard, press i in the list of areas.`,
    };
  if (!app.ase && !isPublicAddress(myIp))
    return {
      level: 'warn',
      own: true,
      says: `Your IP address ${myIp} is not a public address, so access rules do not match it. Set your public IP address with --my-ip to check whether you keep access to ${where}.`,
    };
  const mine = reach(myIp, rows, effective);
  if (mine === 'allowed') return clear(`Your IP address ${myIp} keeps access to ${where}.`);
  return {
    level: 'warn',
    own: true,
    says:
      mine === 'denied'
        ? `Your IP address ${myIp} loses access to ${where}.`
        : `Whether your IP address ${myIp} keeps access to ${where} depends on a service tag, subnet or header.`,
  };
}

/** The number of rules that a text names. Further rules are counted. */
const MOST_NAMED = 4;
const whoOf = (row: RestrictionRow): string => {
  const who = row.vnetSubnetResourceId
    ? `subnet ${row.vnetSubnetResourceId.split('/').slice(-3).join('/')}`
    : `${isTag(row) ? 'service tag ' : hasUnknownTag(row) ? `tag ${row.tag ?? ''} ` : ''}${valuesOf(row).join(', ')}`;
  const headers = headersOf(row).map(([name]) => name);
  return `${who}${headers.length > 0 ? ` with ${headers.join(', ')}` : ''}${row.name ? ` (${row.name})` : ''}`;
};

/** Lists the service tags of a rule that are neither all of Azure, nor Front Door, whose id a header requires. */
export const serviceTagsOf = (row: RestrictionRow): string[] =>
  isTag(row) ? valuesOf(row).filter((tag) => !/^(internet$|azurefrontdoor\.backend$|azurecloud(\.|$))/i.test(tag)) : [];

/** Describes which callers the rules allow. */
export function admitted({ rows, effective }: SiteRestrictions): string {
  const open = rulesForAllCallers(rows);
  if (open.length > 0) {
    const families = wholeInternet(
      open.flatMap((row) => valuesOf(row).map((value) => (/^(any|internet)$/i.test(value) ? '0.0.0.0/0' : value))),
    );
    return `Every ${families.join(' and ')} caller is allowed by ${open.map(nameOf).join(' and ')}.`;
  }
  if (effective === 'Allow')
    return rows.some(isDeny)
      ? 'The default action is Allow, so all callers are allowed except those that a rule denies.'
      : 'The default action is Allow, so all callers are allowed.';
  const allows = rows.filter((row) => !isDeny(row));
  if (allows.length === 0) return 'No caller from the internet is allowed.';
  const rest =
    allows.length > MOST_NAMED ? ` and ${allows.length - MOST_NAMED} more ${allows.length - MOST_NAMED === 1 ? 'rule' : 'rules'}` : '';
  // A service tag can contain addresses of both families, and a subnet is not an address.
  const noIpv6 = allows.every((row) => !isTag(row) && !row.vnetSubnetResourceId && !valuesOf(row).some(isIpv6))
    ? ' Callers with IPv6 addresses get 403, because no rule contains an IPv6 range.'
    : '';
  const cloud = allows.some((row) => isTag(row) && valuesOf(row).some((tag) => /^azurecloud(\.|$)/i.test(tag)))
    ? ' The service tag AzureCloud contains the addresses of all Azure customers.'
    : '';
  const services = [...new Set(allows.flatMap(serviceTagsOf))];
  const shared =
    services.length > 0 ? ` A service tag contains the addresses that a service uses for all its customers: ${services.join(', ')}.` : '';
  return `Allowed callers: ${allows.slice(0, MOST_NAMED).map(whoOf).join('; ')}${rest}. All others get 403.${noIpv6}${cloud}${shared}`;
}

/** Returns the rules of one action that no rule of the new list has for the same callers under the same conditions. */
function gone(before: SiteRestrictions, after: SiteRestrictions, isOne: (row: RestrictionRow) => boolean): readonly string[] {
  const sourceOf = (row: RestrictionRow): string => {
    const { ip, serviceTag, subnet, headers } = ruleOf(row);
    return JSON.stringify([ip, serviceTag, subnet, headers, hasUnknownTag(row) && row.tag]).toLowerCase();
  };
  const kept = new Set(after.rows.filter(isOne).map(sourceOf));
  return before.rows.filter((row) => isOne(row) && !kept.has(sourceOf(row))).map(whoOf);
}

const FRONT_DOOR_TAG = 'azurefrontdoor.backend';
/** The header in which Azure Front Door sends its own id. */
const DOOR_HEADER = 'x-azure-fdid';

/** Returns the Front Door ids that a rule requires, in lower case; none where it requires no id. */
export const doorIdsOf = (row: Pick<RestrictionRow, 'headers'>): readonly string[] =>
  headersOf(row).flatMap(([name, values]) => (name === DOOR_HEADER ? values.map((id) => id.toLowerCase()) : []));
export const namesFrontDoor = (row: RestrictionRow): boolean =>
  isTag(row) && valuesOf(row).some((tag) => tag.toLowerCase() === FRONT_DOOR_TAG);

/** Returns the rules with this Front Door allowed. It is added where no rule requires its id, before the first rule that denies. */
function withFrontDoor(rules: readonly AccessRule[], frontDoorId: string): readonly AccessRule[] {
  const rows = rowsOf(rules);
  const isIn = rows.some((row) => !isDeny(row) && namesFrontDoor(row) && doorIdsOf(row).includes(frontDoorId.toLowerCase()));
  if (isIn) return rules;
  const denying = rows.find(isDeny)?.priority ?? Number.MAX_SAFE_INTEGER;
  const door: AccessRule = {
    name: 'front-door',
    priority: Math.max(1, Math.min(100, denying - 1)),
    action: 'Allow',
    serviceTag: 'AzureFrontDoor.Backend',
    headers: { [DOOR_HEADER]: [frontDoorId] },
  };
  return [...rules, door];
}

const ownerAnswers = (x: X): RestrictionAnswers => (x.decidedIn('access-restrictions', 'rules') ?? {}) as RestrictionAnswers;

/**
 * Returns the rules that all areas together want for the main site; undefined if no area changes them. Area access-restrictions owns the
 * list: the rules it answers stay, and area gateway adds its Front Door. If only gateway is answered, the list contains only the Front Door.
 */
export function mainRules(x: X): readonly AccessRule[] | undefined {
  const { rules } = ownerAnswers(x);
  const door = x.decidedIn('gateway', 'only-way')?.['frontDoorId'];
  if (typeof door !== 'string') return rules;
  return withFrontDoor(rules ?? [], door);
}

const RULES_AT = ['siteConfig', 'properties.ipSecurityRestrictions'] as const;
const DEFAULT_AT = ['siteConfig', 'properties.ipSecurityRestrictionsDefaultAction'] as const;

/** Declares rules as a lockout: they refuse callers that they do not name, unless the default allows all callers. */
export const closesRestrictions = (rules: 'ipSecurityRestrictions' | 'scmIpSecurityRestrictions'): readonly Closing[] => [
  { at: ['siteConfig', `properties.${rules}DefaultAction`], when: 'Deny' },
  {
    at: ['siteConfig', `properties.${rules}`],
    when: (rows, beside) => Array.isArray(rows) && rows.length > 0 && beside(`properties.${rules}DefaultAction`) !== 'Allow',
  },
];

/** Returns the drafts for the rules of the main site, the same in every area that requires some. */
export function mainRulesDrafts(x: X): Draft[] {
  const rules = mainRules(x);
  if (!rules) return [];
  const { defaultAction } = (x.decidedIn('access-restrictions', 'default-action') ?? {}) as RestrictionAnswers;
  const closes = typeof x.decidedIn('gateway', 'only-way')?.['frontDoorId'] === 'string';
  return [
    { at: RULES_AT, to: rowsOf(rules) as never, absent: [] },
    // Written explicitly, because the meaning of a null default depends on the number of rules.
    mainDefaultDraft(x, defaultAction ?? (closes ? 'Deny' : mainSiteRestrictions(x.facts).effective)),
  ];
}

export const mainDefaultDraft = (x: X, to: DefaultAction): Draft => ({
  at: DEFAULT_AT,
  to,
  absent: effectiveDefault(mainSiteRestrictions(x.facts).rows, null),
});

/** Notes that several areas write the rules of the main site, and the merged result. */
export function mergeNote(x: X): GuardFinding[] {
  const { rules } = ownerAnswers(x);
  const door = x.decidedIn('gateway', 'only-way')?.['frontDoorId'];
  if (!rules || typeof door !== 'string') return [];
  const added = mainRules(x) !== rules;
  return [
    clear(
      added
        ? `The rules of areas access-restrictions and gateway are sent in one request: the rules in your answers, and the rule "front-door" for ${door}.`
        : 'The rules in your answers for area access-restrictions already allow the Front Door of area gateway.',
    ),
  ];
}

/** Returns the effect of access rules that people notice. */
export const restrictionEffect = (restrictions: SiteRestrictions): string =>
  rulesForAllCallers(restrictions.rows).length > 0 || (restrictions.effective === 'Allow' && !restrictions.rows.some(isDeny))
    ? 'The access rules refuse no caller.'
    : restrictions.effective === 'Deny'
      ? 'Callers that match no allow rule get 403.'
      : 'Callers that match a deny rule get 403.';
/** Notes the removed rules with their callers: those that lose access, and those that no rule denies any more. */
export function removedNote(before: SiteRestrictions, after: SiteRestrictions): GuardFinding[] {
  const isOpen = after.effective === 'Allow' && !after.rows.some(isDeny);
  const allowing = isOpen ? [] : gone(before, after, (row) => !isDeny(row));
  const denying = gone(before, after, isDeny);
  return [
    ...(allowing.length > 0 ? [warn(`These rules are removed: ${allowing.join('; ')}.`)] : []),
    ...(denying.length > 0
      ? [
          warn(
            `These rules that deny are removed: ${denying.join('; ')}. Their callers are allowed where another rule or the default action allows them.`,
          ),
        ]
      : []),
  ];
}

/** Returns who deploys no more where the SCM site has the rules of the main site. */
export const scmSiteToo = (x: X): GuardFinding[] =>
  isOn(x.planned.siteConfig.properties.scmIpSecurityRestrictionsUseMain)
    ? [
        warn(
          'The SCM site uses the same rules. If no rule allows build agents, the Azure CLI and the file views of the portal, they get 403 and deployments fail.',
        ),
        ownAddress(x, mainSiteRestrictions(x.planned), 'the SCM site'),
        ...scmCallers(x.facts.maybe('deployments'), x.facts.maybe('sourceControl'), x.facts.siteConfig.properties.scmType),
      ]
    : [];
