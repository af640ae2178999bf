import type { Tenant } from '../engine/ports.ts';
import { isRecord } from '../change/json-paths.ts';
import { plainText } from '../text/plain.ts';
import type { ArmClient } from './client.ts';

/** Returns the tenants that the account belongs to. @throws ArmFailure */
export async function tenantsOf(client: ArmClient): Promise<Tenant[]> {
  const found: Tenant[] = [];
  for await (const item of client.list('/tenants', '2022-12-01')) {
    if (!isRecord(item) || typeof item['tenantId'] !== 'string') continue;
    const { tenantId, displayName, defaultDomain } = item;
    const name = [displayName, defaultDomain].find((one) => typeof one === 'string' && one !== '');
    found.push({ id: plainText(tenantId), name: plainText(typeof name === 'string' ? name : tenantId) });
  }
  return found;
}
