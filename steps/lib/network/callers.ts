/**
 * Callers of an app over HTTP or with a key, other than people: what access restriction rules, client certificates, closed public access
 * and new keys break for them. Sources: learn.microsoft.com/azure/azure-functions/functions-bindings-event-grid, storage blob trigger
 * (source EventGrid), durable-functions-http-api; virtual-network/service-tags-overview for the meaning of a service tag.
 */
import { type GuardFinding, clear, warn } from '../../../src/contract/index.ts';
import {
  type SiteConfig,
  triggersNotSeen,
  type Binding,
  rulesForAllCallers,
  type Functions,
  httpFunctions,
  webhookFunctions,
  nameIn,
  type RestrictionRow,
  headersOf,
} from '../../../src/azure/index.ts';
import type { SiteRestrictions } from './access-restrictions.ts';

/** A kind of service or client that calls the app over HTTP. */
interface Kind {
  readonly name: string;
  readonly path: string;
  /** The system key that it calls with. */
  readonly key?: string;
  /** The service tag of its addresses; undefined where its addresses are not known. */
  readonly tag?: string;
  /** The function that stops working without access. */
  readonly loss: string;
}

export interface Caller extends Kind {
  readonly functions: readonly string[];
}

/** The path below which the host accepts what services send to triggers. */
const WEBHOOKS = '/runtime/webhooks/';
const kind = (name: string, extension: string, loss: string, tag?: string): Kind => ({
  name,
  path: `${WEBHOOKS}${extension}`,
  key: `${extension}_extension`,
  loss,
  ...(tag === undefined ? {} : { tag }),
});
const grid = (extension: string): Kind => kind('Event Grid', extension, 'its events are not delivered', 'AzureEventGrid');
const DURABLE = kind('Clients of Durable Functions', 'durabletask', 'starting, querying and ending orchestrations over HTTP fails');
const MCP = kind('MCP clients', 'mcp', 'their tool calls fail');
const CONNECTOR = kind('Connector Namespace', 'connector', 'its events are not delivered');
const BLOBS = grid('blobs');
const HTTP: Kind = {
  name: 'HTTP callers',
  path: '/api',
  loss: 'Logic Apps, API Management, webhooks and other clients get 403',
};

/** Kinds of callers by trigger, in lower case. */
const KINDS: Readonly<Record<string, Kind>> = {
  eventgridtrigger: grid('eventgrid'),
  orchestrationtrigger: DURABLE,
  activitytrigger: DURABLE,
  entitytrigger: DURABLE,
  signalrtrigger: kind('SignalR Service', 'signalr', 'its messages are not delivered', 'AzureSignalR'),
  webpubsubtrigger: kind('Web PubSub', 'webpubsub', 'its events are not delivered', 'AzureWebPubSub'),
  connectortrigger: CONNECTOR,
  mcptooltrigger: MCP,
  mcpresourcetrigger: MCP,
  mcpprompttrigger: MCP,
  authenticationeventstrigger: {
    name: 'Microsoft Entra ID',
    path: `${WEBHOOKS}customauthenticationextension`,
    loss: 'sign-ins that use the custom authentication extension fail',
  },
  httptrigger: HTTP,
};

/** Triggers that the host polls or starts itself, or that the sidecar of Dapr calls. Any other trigger may be called over HTTP. */
const NOT_CALLED =
  /^(timer|file|apiHubFile|queue|blob|serviceBus|eventHub|cosmosDB(Mongo)?|documentDB|sql|mySql|kafka|rabbitMQ|redis(PubSub|List|Stream)|dapr\w+|warmup|manual|assistantSkill)Trigger$/i;

/** Returns the type of a trigger as KINDS has it. C# class libraries and the portal write that of Entra ID in other forms (Azure/azure-functions-ux#6665). */
const nameOf = ({ type }: Binding): string =>
  type.toLowerCase().replace(/^(webjobs)?authenticationevents?trigger$/, 'authenticationeventstrigger');

/** Returns the kind of caller for a trigger (any case of its type). A blob trigger is called only where Event Grid reports blobs. */
function kindOf(binding: Binding): Kind | undefined {
  const { source } = binding;
  const name = nameOf(binding);
  if (name === 'blobtrigger') return source?.toLowerCase() === 'eventgrid' ? BLOBS : undefined;
  return Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
}

/** Returns everything that calls the functions of the app over HTTP, with the functions that it calls. */
function callersOf(functions: Functions): Caller[] {
  const found = new Map<Kind, string[]>();
  for (const { name, properties } of functions.value)
    for (const called of new Set((properties.config?.bindings ?? []).flatMap((binding) => kindOf(binding) ?? [])))
      found.set(called, [...(found.get(called) ?? []), nameIn(name)]);
  return [...found].map(([called, names]) => ({ ...called, functions: names }));
}

/** Warns about callers that the list of functions does not show, and about triggers of extensions that func-harden does not know. */
export function unknownCallers(functions: Functions): GuardFinding[] {
  const notSeen = triggersNotSeen(functions);
  const others = functions.value.flatMap(({ name, properties }) =>
    (properties.config?.bindings ?? []).flatMap((binding) =>
      /trigger$/i.test(binding.type) && !NOT_CALLED.test(binding.type) && !Object.hasOwn(KINDS, nameOf(binding))
        ? [`${nameIn(name)} (${binding.type})`]
        : [],
    ),
  );
  return [
    ...(notSeen === undefined ? [] : [warn(`${notSeen}, so its callers are unknown (for example Event Grid).`)]),
    ...(others.length === 0 ? [] : [warn(`func-harden does not know the trigger of ${others.join(', ')}, so its callers are unknown.`)]),
  ];
}

type Match = 'yes' | 'maybe' | 'no';

/** Whether a rule matches callers from the service tag. Without a tag, the addresses of the callers are not known. */
function matches(row: RestrictionRow, tag: string | undefined): Match {
  if (row.vnetSubnetResourceId) return tag === undefined ? 'maybe' : 'no';
  const values = (row.ipAddress ?? '').toLowerCase().split(',');
  const texts = values.map((one) => one.trim());
  // Tags are written by hand and may be in any case.
  const isTag = row.tag?.toLowerCase() === 'servicetag';
  const found = isTag ? tagMatch(texts, tag?.toLowerCase()) : texts.some((one) => one === '0.0.0.0/0' || one === 'any') ? 'yes' : 'maybe';
  const asks = headersOf(row).length > 0;
  return asks && found === 'yes' ? 'maybe' : found;
}

/**
 * Whether a rule on service tags matches a tag. `AzureCloud` covers the public addresses of Azure, and so those of each service;
 * `Internet` covers them too ("The address range includes the Azure-owned public IP address space").
 */
function tagMatch(names: readonly string[], tag: string | undefined): Match {
  if (names.includes('internet')) return 'yes';
  if (tag === undefined) return 'maybe';
  if (names.includes(tag) || names.includes('azurecloud')) return 'yes';
  return names.some((one) => one.startsWith(`${tag}.`) || one.startsWith('azurecloud.')) ? 'maybe' : 'no';
}

const isDeny = (row: RestrictionRow): boolean => row.action?.toLowerCase() === 'deny';

interface Passage {
  readonly reach: 'allowed' | 'denied' | 'depends';
  /** The rule that decides; undefined if the default action does. */
  readonly by?: string;
}

/** Whether the rules allow callers from a service tag, and the rule that decides. */
export function passageOf(tag: string | undefined, { rows, effective }: SiteRestrictions): Passage {
  const maybe = new Set<boolean>();
  const pass = (allowed: boolean, by?: string): Passage => ({
    reach: maybe.has(!allowed) ? 'depends' : allowed ? 'allowed' : 'denied',
    ...(by === undefined ? {} : { by }),
  });
  for (const row of rows.toSorted((a, b) => (a.priority ?? 0) - (b.priority ?? 0))) {
    const match = matches(row, tag);
    if (match === 'yes') return pass(!isDeny(row), row.name ?? 'a rule');
    if (match === 'maybe') maybe.add(!isDeny(row));
  }
  return pass(effective === 'Allow');
}

const whom = ({ name, functions }: Caller): string => `${name} (${functions.join(', ')})`;

/** Checks whether access rules refuse a caller. */
function behindRules(caller: Caller, restrictions: SiteRestrictions): GuardFinding {
  const { tag, loss } = caller;
  const { reach, by } = passageOf(tag, restrictions);
  if (tag === undefined)
    return warn(
      `${whom(caller)} may call from any network. If no rule allows that network, ${loss}. func-harden did not search for these callers.`,
    );
  if (reach === 'allowed') return clear(`${whom(caller)} keeps access: ${by ? `rule ${by} allows it` : 'the default action is Allow'}.`);
  if (reach === 'denied')
    return warn(
      `${whom(caller)} is locked out by ${by ? `rule ${by}` : 'the default action'}: ${loss}. Add a rule that allows the service tag ${tag}${by ? ` before it` : ''}.`,
    );
  return warn(
    `No rule names the service tag ${tag}. ${whom(caller)} keeps access only if rules for addresses, regions or headers allow it; otherwise ${loss}.`,
  );
}

/** Warns about the tag of API Management: its control plane uses it, and its gateways call from other addresses. */
function falseTags({ rows }: SiteRestrictions): GuardFinding[] {
  return rows
    .filter(
      (row) => !isDeny(row) && row.tag?.toLowerCase() === 'servicetag' && /(^|,)\s*ApiManagement(\.|,|\s|$)/i.test(row.ipAddress ?? ''),
    )
    .map(({ name = 'a rule' }) =>
      warn(
        `Rule ${name} allows the service tag ApiManagement, which contains only the management addresses of API Management. Its gateways call from their own public address or subnet. Add a rule for that address or subnet.`,
      ),
    );
}

/** Returns the API Management instance that is linked with the app. Other instances that call it are not visible. */
export function linkedApi({ properties }: Pick<SiteConfig, 'properties'>): string | undefined {
  return /\/providers\/Microsoft\.ApiManagement\/service\/([^/]+)/i.exec(properties.apiManagementConfig?.id ?? '')?.[1];
}

/** Whether the restrictions refuse no caller at all. */
const isOpen = ({ rows, effective }: SiteRestrictions): boolean =>
  !rows.some(isDeny) && (effective === 'Allow' || rulesForAllCallers(rows).length > 0);

/** Returns the callers of functions that these access rules refuse. */
export function lockedOutByRules(functions: Functions, restrictions: SiteRestrictions): GuardFinding[] {
  if (isOpen(restrictions)) return [];
  return [
    ...callersOf(functions).map((caller) => behindRules(caller, restrictions)),
    ...falseTags(restrictions),
    ...unknownCallers(functions),
  ];
}

/** Returns the callers of functions that cannot present a client certificate, except on excluded paths. */
export function lockedOutByCertificate(functions: Functions, exclusions: readonly string[]): GuardFinding[] {
  const excluded = exclusions.map((path) => path.toLowerCase());
  const isExcluded = (path: string): boolean => excluded.some((one) => `${path}/`.startsWith(`${one.replace(/\/$/, '')}/`));
  return [
    ...callersOf(functions).map((caller): GuardFinding => {
      if (isExcluded(caller.path)) return clear(`${whom(caller)}: ${caller.path} requires no certificate.`);
      return caller.tag === undefined
        ? warn(`${whom(caller)} that send no client certificate are refused: ${caller.loss}.`)
        : warn(`${whom(caller)} sends no client certificate and gets 403: ${caller.loss}.`);
    }),
    ...unknownCallers(functions),
  ];
}

/** Returns the callers of functions from the internet, which are refused when public access is off. */
export const lockedOutByPrivateAccess = (functions: Functions): GuardFinding[] => [
  ...callersOf(functions).map((caller): GuardFinding =>
    warn(
      caller.tag === undefined
        ? `${whom(caller)} outside the virtual network get 403: ${caller.loss}.`
        : `${whom(caller)} calls from the internet and gets 403: ${caller.loss}.`,
    ),
  ),
  ...unknownCallers(functions),
];

/** Returns the callers that use a system key, written `system/NAME`, and are refused until they have the new one. */
export function holdersOf(place: string, functions: Functions | undefined): GuardFinding {
  const name = place.replace(/^system\//, '').toLowerCase();
  const known = functions && callersOf(functions).find(({ key }) => key === name);
  const kinds = [...Object.values(KINDS), BLOBS].find(({ key }) => key === name);
  const who = known ? whom(known) : kinds?.name;
  if (kinds?.name === 'Event Grid')
    return warn(`${place}: ${who ?? 'Event Grid'} delivers events with this key. Create each event subscription again.`);
  return warn(`${place}: ${who ?? 'every caller of the webhooks of the extension'} gets 401 until it uses the new key.`);
}

/**
 * Returns the paths that a sign-in must leave open, because services call triggers there with a key that the host requires. A path where
 * host.json may require no key stays behind the sign-in: left open, anyone could call it.
 */
export const webhookPaths = (functions: Functions): string[] => {
  const keyless = webhookFunctions(functions).map(({ template }) => template);
  const paths = callersOf(functions).flatMap(({ path }) => (path.startsWith(WEBHOOKS) && !keyless.includes(path) ? [path] : []));
  return [...new Set(paths)].toSorted();
};

/** Returns the callers whose plain HTTP requests are lost when they are redirected. */
export function redirectedCallers(functions: Functions): GuardFinding | readonly GuardFinding[] {
  const names = httpFunctions(functions).map(({ name }) => name);
  const unknown = unknownCallers(functions);
  if (names.length === 0 && unknown.length > 0) return unknown;
  return names.length === 0
    ? clear('No function has an HTTP trigger.')
    : warn(
        `HTTP functions: ${names.join(', ')}. A caller that POSTs to http:// is redirected and loses its request body. A gateway that forwards or probes over http:// gets the redirect too, and may report the app as unhealthy.`,
      );
}
