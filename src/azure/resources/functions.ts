import { nameIn } from './ids.ts';
import type { AppSettings, Binding, Functions } from './resources.ts';

type OneFunction = Functions['value'][number];
const bindingsOf = (one: OneFunction) => one.properties.config?.bindings ?? [];

/** Types of bindings that steps name, in the documented spelling. */
const TYPES = new Map(
  [
    'http httpTrigger timerTrigger warmupTrigger eventGrid eventGridTrigger eventHub eventHubTrigger serviceBus serviceBusTrigger',
    'blob blobTrigger queue queueTrigger table cosmosDB cosmosDBTrigger sql sqlTrigger mySql mySqlTrigger kafka kafkaTrigger',
    'rabbitMQ rabbitMQTrigger signalR signalRTrigger signalRConnectionInfo webPubSub webPubSubTrigger webPubSubConnection',
    'webPubSubContext orchestrationTrigger activityTrigger entityTrigger durableClient orchestrationClient mcpToolTrigger',
    'mcpResourceTrigger mcpPromptTrigger mcpToolProperty assistantSkillTrigger',
  ]
    .join(' ')
    .split(' ')
    .map((type) => [type.toLowerCase(), type]),
);

const canonicalType = (type: string): string => TYPES.get(type.toLowerCase()) ?? type.replace(/trigger$/i, 'Trigger');
const inLowerCase = (binding: Binding, member: 'direction' | 'authLevel') =>
  typeof binding[member] === 'string' ? { [member]: binding[member].toLowerCase() } : {};

/** Returns the functions with their bindings in one spelling: the host reads `HttpTrigger` and `Anonymous` without regard to case. */
export function withCanonicalBindings(functions: Functions): Functions {
  const binding = (one: Binding): Binding =>
    typeof one?.type === 'string'
      ? { ...one, type: canonicalType(one.type), ...inLowerCase(one, 'direction'), ...inLowerCase(one, 'authLevel') }
      : one;
  const oneFunction = (one: OneFunction): OneFunction => {
    const bindings = one?.properties?.config?.bindings;
    return Array.isArray(bindings)
      ? { ...one, properties: { ...one.properties, config: { ...one.properties.config, bindings: bindings.map(binding) } } }
      : one;
  };
  return Array.isArray(functions.value) ? { ...functions, value: functions.value.map(oneFunction) } : functions;
}

/** Lists the functions for which Azure shows no trigger, so that their callers are unknown. */
export const withoutTrigger = (functions: Functions): string[] =>
  functions.value.filter((one) => !bindingsOf(one).some(({ type }) => /trigger$/i.test(type))).map(({ name }) => nameIn(name));

/**
 * Describes which functions of the app are not known; undefined if each shows its trigger. The list comes from the last synchronization with
 * the host: while that fails it is empty, or has the warm-up function alone, and the functions run all the same (Azure/azure-functions-host
 * #10169 and #10512, Azure/functions-action#135).
 */
export function triggersNotSeen(functions: Functions): string | undefined {
  if (functions.value.every((one) => bindingsOf(one).some(({ type }) => type === 'warmupTrigger')))
    return 'Azure lists no functions of the app';
  const names = withoutTrigger(functions);
  return names.length === 0 ? undefined : `Azure lists no trigger of ${names.join(', ')}`;
}

/**
 * Describes endpoints that the list of functions does not have; undefined if there are none. Versions 1 to 3 of the host read proxies.json,
 * version 4 only with the feature flag (learn.microsoft.com/azure/azure-functions/legacy-proxies).
 */
export function proxiesNotSeen(settings: AppSettings | undefined): string | undefined {
  const valueOf = (name: RegExp): string => Object.entries(settings?.properties ?? {}).find(([one]) => name.test(one))?.[1] ?? '';
  const mayBe =
    /^\s*~?[123](\.|\s*$)/.test(valueOf(/^FUNCTIONS_EXTENSION_VERSION$/i)) ||
    /(^|,)\s*EnableProxies\s*(,|$)/i.test(valueOf(/^AzureWebJobsFeatureFlags$/i));
  return mayBe ? 'the app may have proxies, which Azure Resource Manager does not show' : undefined;
}

/** Lists the functions with a blob trigger that polls for new blobs. With the source EventGrid, Azure notifies the trigger. */
export const pollingBlobTriggers = (functions: Functions): string[] =>
  functions.value
    .filter((one) => bindingsOf(one).some(({ type, source }) => type === 'blobTrigger' && !/^eventgrid$/i.test(source ?? '')))
    .map(({ name }) => nameIn(name));

/** Formats each function as one line: its trigger, and the level of an HTTP trigger. */
export function functionLines(functions: Functions): string[] {
  return functions.value.map((one) => {
    const trigger = bindingsOf(one).find(({ type }) => type.endsWith('Trigger'));
    const level = trigger?.type === 'httpTrigger' ? `, level ${trigger.authLevel ?? 'function'}` : '';
    return `${nameIn(one.name)}: ${trigger?.type ?? 'no trigger known'}${level}`;
  });
}

/** A setting that a binding of a function names. */
export interface BindingConnection {
  readonly name: string;
  /** The setting; the member of the binding where that holds the secret itself. */
  readonly connection: string;
  readonly type: string;
  readonly isSecret?: true;
  /** The setting has a secret and nothing else, whatever it looks like. */
  readonly keepsSecret?: true;
  /** The text of the binding, where the setting follows from the value of another setting: that value is not to be shown. */
  readonly text?: string;
}

/**
 * Members of a binding that name a setting: `connection`, in older extensions and for SQL, RabbitMQ and SignalR `connectionStringSetting`,
 * for Event Grid `topicKeySetting`, for Twilio `authTokenSetting`, for SendGrid `apiKey`, for Kafka `password` and others.
 */
const NAMES_SETTING = /^(connection|\w+Setting|api_?key|\w*password)$/i;
/** Members that name a setting with a password, a key or a token alone, and not a connection string. */
const NAMES_SECRET = /(password|api_?key|(key|token)Setting)$/i;
/** The setting of a binding that names none, by the start of its type. Sources: the pages of the bindings, and the host for storage. */
const BY_DEFAULT: readonly (readonly [type: RegExp, setting: string])[] = [
  [/^(queue|blob|table)/i, 'AzureWebJobsStorage'],
  [/^signalR/i, 'AzureSignalRConnectionString'],
  [/^webPubSub/i, 'WebPubSubConnectionString'],
  [/^sendGrid$/i, 'AzureWebJobsSendGridApiKey'],
  [/^twilioSms$/i, 'AzureWebJobsTwilioAuthToken'],
  [/^serviceBus/i, 'AzureWebJobsServiceBus'],
];
/** Bindings that need a connection, and whose default is not documented. */
const NEEDS_ONE = /^(eventHub|cosmosDB|sql|mySql)(Trigger)?$/i;

const namedBy = (binding: Binding): readonly (readonly [member: string, value: string])[] =>
  Object.entries(binding).flatMap(([member, value]) =>
    NAMES_SETTING.test(member) && typeof value === 'string' && value !== '' ? [[member, value] as const] : [],
  );

/** Lists the bindings that name no connection although they need one, as `Function (type)`. */
export const withoutConnection = (functions: Functions): string[] =>
  functions.value.flatMap((one) =>
    bindingsOf(one).flatMap((binding) =>
      NEEDS_ONE.test(binding.type) && namedBy(binding).length === 0 ? [`${nameIn(one.name)} (${binding.type})`] : [],
    ),
  );

/** Returns one text for all names of the same connection: the host ignores case, and adds a prefix to a name. */
export const connectionKey = (connection: string): string =>
  connection
    .toLowerCase()
    .replace(/^azurewebjobs/, '')
    .replaceAll('__', ':');

type Lookup = (setting: string) => string | undefined;

/**
 * Returns the setting that a binding names. Between percent signs is a setting whose value is that name or a part of it
 * (Azure/azure-webjobs-sdk#2267, Azure/Azure-Functions#1874); if its value is no name, it is the setting itself.
 */
function settingNamed(text: string, textOf: Lookup): Pick<BindingConnection, 'connection' | 'text'> {
  const filled = text.replace(/%([^%]+)%/g, (part, setting: string) => {
    const value = textOf(setting)?.trim() ?? '';
    return /^[^\s=;/]+$/.test(value) ? value : part;
  });
  return filled === text ? { connection: text.replace(/^%([^%]+)%$/, '$1') } : { connection: filled, text };
}

/**
 * Lists the settings that bindings of functions use. A storage binding without a connection uses the storage of the host. The Kafka
 * extension takes a text that names no setting for the password itself (ResolveSecureSetting), so such a text is never shown.
 */
export function connectionsOf(
  functions: Functions,
  isSetting: (name: string) => boolean = () => false,
  textOf: Lookup = () => undefined,
): BindingConnection[] {
  return functions.value.flatMap((one) =>
    bindingsOf(one).flatMap((binding) => {
      const of = { name: nameIn(one.name), type: binding.type };
      const named = namedBy(binding).map(([member, value]): BindingConnection => {
        const keeps = NAMES_SECRET.test(member) ? { keepsSecret: true as const } : {};
        if (!/password$/i.test(member)) return { ...of, ...settingNamed(value, textOf), ...keeps };
        const connection = value.replace(/^%(.*)%$/, '$1');
        const isSecret = connection === value && !isSetting(value);
        return isSecret ? { ...of, connection: member, isSecret } : { ...of, connection, ...keeps };
      });
      if (named.length > 0) return [...new Map(named.map((found) => [found.connection, found])).values()];
      return BY_DEFAULT.flatMap(([type, connection]) => (type.test(binding.type) ? [{ ...of, connection }] : []));
    }),
  );
}
