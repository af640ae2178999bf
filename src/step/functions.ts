import { nameIn } from './each.ts';
import type { Functions } from './resources.ts';

const bindingsOf = (one: Functions['value'][number]) => one.properties.config?.bindings ?? [];

/** Whether a function of the app starts by a trigger of this type, like `eventGridTrigger`. */
export const hasTrigger = (functions: Functions, type: string): boolean =>
  functions.value.some((one) => bindingsOf(one).some((binding) => binding.type === type));

/** One line a function: what starts it, and who may call it. */
export function functionLines(functions: Functions): string[] {
  return functions.value.map((one) => {
    const trigger = bindingsOf(one).find(({ type }) => type.endsWith('Trigger'));
    const level = trigger?.type === 'httpTrigger' ? `, level ${trigger.authLevel ?? 'function'}` : '';
    return `${nameIn(one.name)}: ${trigger?.type ?? 'no trigger known'}${level}`;
  });
}

/** Which function reaches which connection setting; a storage trigger without one uses the host's storage. */
export function connectionsOf(functions: Functions): { readonly name: string; readonly connection: string; readonly type: string }[] {
  return functions.value.flatMap((one) =>
    bindingsOf(one).flatMap((binding) => {
      const storage = /^(queue|blob|table)/i.test(binding.type) ? 'AzureWebJobsStorage' : undefined;
      const connection = binding.connection ?? storage;
      return connection ? [{ name: nameIn(one.name), connection, type: binding.type }] : [];
    }),
  );
}
