import { nameIn } from './ids.ts';
import type { Binding, Functions } from './resources.ts';

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
/** Describes which functions show no trigger; undefined if all show one. */
export function triggersNotSeen(functions: Functions): string | undefined {
  const names = withoutTrigger(functions);
  return names.length === 0 ? undefined : `Azure lists no trigger of ${names.join(', ')}`;
}

/** Formats each function as one line: its trigger, and the level of an HTTP trigger. */
export function functionLines(functions: Functions): string[] {
  return functions.value.map((one) => {
    const trigger = bindingsOf(one).find(({ type }) => type.endsWith('Trigger'));
    const level = trigger?.type === 'httpTrigger' ? `, level ${trigger.authLevel ?? 'function'}` : '';
    return `${nameIn(one.name)}: ${trigger?.type ?? 'no trigger known'}${level}`;
  });
}

/** Lists the connection settings that functions use. A storage binding without a connection uses the storage of the host. */
export function connectionsOf(functions: Functions): { readonly name: string; readonly connection: string; readonly type: string }[] {
  return functions.value.flatMap((one) =>
    bindingsOf(one).flatMap((binding) => {
      const storage = /^(queue|blob|table)/i.test(binding.type) ? 'AzureWebJobsStorage' : undefined;
      const connection = binding.connection ?? storage;
      return connection ? [{ name: nameIn(one.name), connection, type: binding.type }] : [];
    }),
  );
}
