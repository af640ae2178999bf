/** Answers of older API versions of other providers than Microsoft.Web: the members that each version returned in the recordings. */
import { idOf, nulls, propertiesOf, asObject } from '../parts.ts';
import type { Json, JsonObject } from '../state.ts';

type Older = (version: string, body: JsonObject) => JsonObject;
const withMembers = (body: JsonObject, members: JsonObject): JsonObject => ({ ...body, properties: { ...propertiesOf(body), ...members } });

const OLDER: Readonly<Record<string, Older>> = {
  'microsoft.authorization/roleassignments': (version, body) =>
    version >= '2017-10-01-preview' && version <= '2018-09-01-preview' ? withMembers(body, { canDelegate: false }) : body,
  'microsoft.insights/diagnosticsettings': (version, body) => (version < '2021' ? { ...body, ...nulls('type', 'location') } : body),
  'microsoft.insights/components': (version, body) =>
    version < '2018' ? withMembers(body, nulls('PackageId', 'HockeyAppId', 'HockeyAppToken')) : body,
  'microsoft.managedidentity/userassignedidentities': (version, body) => {
    if (version >= '2018-11-30') return body;
    const { tenantId = '', principalId = '', clientId = '' } = propertiesOf(body);
    const query = `tid=${String(tenantId)}&oid=${String(principalId)}&aid=${String(clientId)}`;
    return withMembers(body, { clientSecretUrl: `{origin}${idOf(body)}/credentials?${query}` });
  },
  'microsoft.operationalinsights/workspaces': (version, body) => {
    if (version >= '2021') return body;
    const { lastSkuUpdate: _, ...sku } = asObject(propertiesOf(body)['sku']);
    const portalUrl = `{origin}/Account?resource=${encodeURIComponent(idOf(body).toLowerCase())}`;
    return withMembers(body, { source: 'Azure', ...(version < '2020' ? { sku, portalUrl } : {}) });
  },
  'microsoft.storage/storageaccounts': (version, body) => {
    if (version >= '2016') return body;
    const { name } = asObject(body['sku'] ?? null);
    return withMembers(body, { accountType: name ?? 'Standard_LRS' });
  },
};

/** Returns the members that an older version returned for a resource, or for each in a list. Errors and answers without a body stay as they are. */
export function membersIn(type: string, version: string, body: Json): Json {
  const older = OLDER[type.toLowerCase()];
  const whole = asObject(body);
  if (!older || Object.keys(whole).length === 0) return body;
  const { value } = whole;
  if (Array.isArray(value)) return { ...whole, value: value.map((one) => older(version, asObject(one))) };
  return 'properties' in whole ? older(version, whole) : body;
}
