/** Which other apps keep the keys of their host in a vault: only their settings tell. */
import { productionOf } from '../../engine/targets.ts';
import type { Body } from '../../engine/values.ts';
import { isRecord } from '../../engine/values.ts';
import { ArmFailure } from '../../engine/ports.ts';
import { asSeen, hostKeysAddress, isReference, KEY_STORE, type AppSettings } from '../../step.ts';
import { all, list, readOnly, sameId, textOf, web, WEB, type Finder, type Resource } from '../resource.ts';

/** Apps whose settings are read. */
const MOST_APPS = 50;

export const keyStores: Resource = {
  suffix: '',
  apiVersion: WEB,
  read: list,
  write: null,
  actions: readOnly(...web('read', 'slots/read', 'config/list/action')),
  find: findStores,
};

async function findStores({ client, target }: Finder): Promise<Body> {
  const production = productionOf(target.id);
  const [sites, slots] = await Promise.all([
    all(client, `/subscriptions/${target.subscriptionId}/providers/Microsoft.Web/sites`, WEB),
    all(client, `${production}/slots`, WEB).catch((error: unknown): Body[] => {
      // Flex Consumption and Container Apps have none; a slot that could not be seen is counted.
      if (!(error instanceof ArmFailure)) throw error;
      return error.kind === 'forbidden' ? [{}] : [];
    }),
  ]);
  const others = [...sites.filter((site) => /\bfunctionapp\b/i.test(textOf(site['kind']))), ...slots].filter(
    (site) => !sameId(site['id'], target.id),
  );
  const found = await Promise.all(others.slice(0, MOST_APPS).map((site) => storeOf(client, site)));
  return {
    value: found.flatMap((one) => one ?? []).filter(isRecord),
    unknown: others.length - Math.min(others.length, MOST_APPS) + found.filter((one) => one === undefined).length,
  };
}

/** The vault of one app's keys; undefined where that cannot be told. */
async function storeOf(client: Finder['client'], site: Body): Promise<Body[] | undefined> {
  const id = textOf(site['id']);
  if (id === '') return undefined;
  try {
    const { body } = await client.send('POST', `${id}/config/appsettings/list`, WEB);
    const settings = asSeen('appSettings', body as Body) as unknown as AppSettings;
    if (isReference(settings.properties[KEY_STORE])) return undefined;
    const address = hostKeysAddress(settings);
    if (address === undefined) return [];
    return address === '' || isReference(address) ? undefined : [{ app: textOf(site['name']), address }];
  } catch (error) {
    if (!(error instanceof ArmFailure)) throw error;
    return undefined;
  }
}
