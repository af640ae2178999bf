/** A second app called fn-orders, in another resource group of the sample subscription. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ORDERS, SITES, temporaryFolder, world, type World } from './world.ts';

export const TWIN = `${SITES}/rg-events/providers/Microsoft.Web/sites/FN-Orders`;

/** The sample subscription with both apps, each with a slot `staging`. */
export async function twins(): Promise<World> {
  const state = await (await world()).state();
  const app = state.sites[ORDERS.toLowerCase()]!;
  const twin = { ...app, id: TWIN, name: 'FN-Orders', tags: { env: 'twin' } };
  const slots = [app, twin].map((one) => ({ ...one, id: `${one.id}/slots/staging`, slot: 'staging' }));
  const sites = { ...state.sites, ...Object.fromEntries([twin, ...slots].map((site) => [site.id.toLowerCase(), site])) };
  const file = join(await temporaryFolder(), 'state.json');
  await writeFile(file, JSON.stringify({ ...state, sites }));
  return world({ stateFile: file });
}
