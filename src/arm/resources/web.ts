/** Microsoft.Web: the site, its configuration, keys, functions and deployments. */
import type { Json } from '../../azure/index.ts';
import { isRecord, equals, valueAt, withoutNulls, withValue, type Body } from '../../change/json-paths.ts';
import { ArmFailure } from '../../engine/ports.ts';
import { IDENTITIES, RULES, WHOLE_SITE } from '../reads/linked-resources.ts';
import {
  readList,
  bodyOf,
  get,
  itemsOf,
  checkNamedRow,
  readOnly,
  textOf,
  web,
  WEB,
  type Finder,
  type Resource,
} from '../resource-definition.ts';

const base = { apiVersion: WEB } as const;

export const site: Resource = {
  ...base,
  read: get,
  write: 'PATCH',
  restarts: true,
  actions: { read: web('read'), write: web('write') },
  together: [
    ['identity.type', 'identity.userAssignedIdentities'],
    ['deployment', 'runtime', 'scaleAndConcurrency'].map((name) => `properties.functionAppConfig.${name}`),
    ['allTraffic', 'applicationTraffic', 'contentShareTraffic', 'imagePullTraffic', 'backupRestoreTraffic'].map(
      (name) => `properties.outboundVnetRouting.${name}`,
    ),
  ],
  // User-assigned identities are sent by id; the service sets their other members.
  sent: (body) => {
    const users = valueAt(body, 'identity.userAssignedIdentities');
    return isRecord(users)
      ? withValue(body, 'identity.userAssignedIdentities', Object.fromEntries(Object.keys(users).map((id) => [id, {}])))
      : body;
  },
  // Without an identity the member is missing. "None" removes the identity.
  clean: (body) => (body['identity'] ? body : { ...body, identity: { type: 'None' } }),
};
export const siteIdentity: Resource = { ...site, links: IDENTITIES, through: ['site'], find: (x) => bodyOf(x, 'site') };
/**
 * A member that no schema of Microsoft's takes and the service returns and keeps. Microsoft's own way to write it is
 * `az resource update`: the site as it was just read goes back as a whole, with the one member changed. Its copy of the
 * configuration stays out: left out it is not touched, and Flex Consumption refuses half of what it returns there.
 */
export const siteUnlisted: Resource = {
  ...siteIdentity,
  links: WHOLE_SITE,
  write: 'PUT',
  replaces: 'body',
  sent: (body) => withoutNulls(withoutConfig(site.sent?.(body) ?? body)) as Body,
};
const withoutConfig = (body: Body): Body => withValue(body, 'properties.siteConfig', null);
export const siteConfig: Resource = {
  ...base,
  suffix: '/config/web',
  read: get,
  write: 'PATCH',
  actions: { read: web('config/read'), write: web('config/write') },
  links: RULES,
  restarts: true,
  together: [['properties.cors.allowedOrigins', 'properties.cors.supportCredentials']],
  clean: withoutMadeUpRows,
};
export const appSettings: Resource = {
  ...base,
  suffix: '/config/appsettings',
  read: { method: 'POST', suffix: '/list' },
  write: 'PUT',
  replaces: 'properties',
  restarts: true,
  secret: true,
  actions: { read: web('config/list/action'), write: web('config/write') },
  clean: inOneSpelling,
};
export const connectionStrings: Resource = {
  ...base,
  suffix: '/config/connectionstrings',
  read: { method: 'POST', suffix: '/list' },
  secret: true,
  ...readOnly(...web('config/list/action')),
  clean: inOneSpelling,
};
export const authSettings: Resource = {
  ...base,
  suffix: '/config/authsettingsV2',
  read: get,
  write: 'PUT',
  replaces: 'properties',
  restarts: true,
  actions: { read: web('config/read'), write: web('config/write') },
};
/** Whether settings of version 1 are in force. The secrets among them are removed when they are read. */
export const oldAuthSettings: Resource = {
  ...base,
  suffix: '/config/authsettings',
  read: { method: 'POST', suffix: '/list' },
  ...readOnly(...web('config/list/action')),
  find: findOldAuth,
};
export const references: Resource = {
  ...base,
  suffix: '/config/configreferences/appsettings',
  // Derived from the types in the path; it is the only action with this name in Microsoft's list of permissions.
  ...readList(...web('config/appsettings/read')),
};
export const referenceRefresh: Resource = {
  ...base,
  suffix: '/config/configreferences/appsettings/refresh',
  read: null,
  write: 'POST',
  actions: { read: [], write: web('config/write') },
};
export const stickyNames: Resource = {
  ...base,
  suffix: '/config/slotConfigNames',
  read: get,
  write: 'PUT',
  replaces: 'properties',
  siteOnly: true,
  // Three lists. A list that was never set is null.
  sent: (body) => withoutNulls({ properties: body['properties'] ?? {} }) as Body,
  actions: { read: web('config/read'), write: web('config/write') },
};
export const slots: Resource = { ...base, suffix: '/slots', siteOnly: true, clean: checkNamedRow, ...readList(...web('slots/read')) };
export const publishingPolicies: Resource = {
  ...base,
  suffix: '/basicPublishingCredentialsPolicies',
  ...readList(...web('basicPublishingCredentialsPolicies/read')),
};
export const scmPolicy: Resource = policy('scm');
export const ftpPolicy: Resource = policy('ftp');
export const functions: Resource = { ...base, suffix: '/functions', ...readList(...web('functions/read')) };
export const deployments: Resource = { ...base, suffix: '/deployments', ...readList(...web('deployments/read')) };
export const sourceControl: Resource = {
  ...base,
  suffix: '/sourcecontrols/web',
  read: get,
  missing: null,
  // The address of an external repository may contain its token, before the host or in the query.
  clean: (body) => {
    const address = valueAt(body, 'properties.repoUrl');
    const { protocol, host, pathname, username, password, search } = (typeof address === 'string' && URL.parse(address)) || {};
    return username || password || search ? withValue(body, 'properties.repoUrl', `${protocol}//${host}${pathname}`) : body;
  },
  ...readOnly(...web('sourcecontrols/read')),
};
export const publishingPassword: Resource = {
  ...base,
  suffix: '/newpassword',
  read: null,
  write: 'POST',
  actions: { read: [], write: web('newpassword/action') },
};
export const accessKeys: Resource = {
  ...base,
  suffix: '/host/default',
  ...readList(...web('host/listkeys/action', 'functions/listkeys/action')),
  through: ['functions'],
  find: findKeys,
};
export const accessKey: Resource = {
  ...base,
  read: null,
  write: 'PUT',
  secret: true,
  actions: { read: [], write: web('host/functionkeys/write', 'host/systemkeys/write', 'functions/keys/write') },
  // The service takes the value from the caller: 40 random bytes, as the host itself makes them.
  open: () => Promise.resolve({ properties: { value: newKey() } }),
};

function policy(name: 'scm' | 'ftp'): Resource {
  const place = `basicPublishingCredentialsPolicies/${name}`;
  return {
    ...base,
    suffix: `/${place}`,
    read: get,
    write: 'PUT',
    // One list request returns both policies.
    find: async (x) => {
      const listed = itemsOf(await bodyOf(x, 'publishingPolicies')).find((one) => one['name'] === name);
      return listed ?? ((await x.client.send('GET', `${x.target.id}/${place}`, WEB)).body as Body);
    },
    through: ['publishingPolicies'],
    actions: { read: web('basicPublishingCredentialsPolicies/read'), again: web(`${place}/read`), write: web(`${place}/write`) },
  };
}

const newKey = (): string => {
  const bytes = crypto.getRandomValues(new Uint8Array(40));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_');
};

/**
 * Azure compares names of settings without regard to case, so only one of two spellings counts. The same value under both is one
 * setting; of two values it is unknown which the app gets, and Azure refuses both together. @throws ArmFailure
 */
function inOneSpelling(body: Body): Body {
  const settings = Object.entries((body['properties'] ?? {}) as Body);
  const first = new Map<string, readonly [string, Json]>();
  for (const [name, value] of settings) {
    const known = first.get(name.toLowerCase());
    if (known && !equals(known[1], value))
      throw new ArmFailure({
        kind: 'conflict',
        code: 'TwoSpellings',
        message: `The settings ${known[0]} and ${name} differ only by case, so the value that the app gets is unknown.`,
        next: 'Delete one of them, then run the command again.',
      });
    if (!known) first.set(name.toLowerCase(), [name, value]);
  }
  return first.size === settings.length ? body : { ...body, properties: Object.fromEntries(first.values()) };
}

async function findOldAuth(x: Finder): Promise<Body> {
  try {
    const { body } = await x.client.send('POST', `${x.target.id}/config/authsettings/list`, WEB);
    const kept = ['enabled', 'configVersion', 'isAuthFromFile', 'authFilePath'].map((name): [string, Json] => [
      name,
      valueAt(body, `properties.${name}`) ?? null,
    ]);
    return { properties: Object.fromEntries(kept) };
  } catch (error) {
    // If version 2 is active, some answers refuse to show version 1.
    if (error instanceof ArmFailure && /auth version v2/i.test(error.message))
      return { properties: { enabled: false, configVersion: 'v2' } };
    throw error;
  }
}

/** Returns the names of keys. The values are removed before any other code gets them. */
async function findKeys(x: Finder): Promise<Body> {
  const keyNames = (value: Json | undefined): string[] => (isRecord(value) ? Object.keys(value) : []);
  const names = itemsOf(await bodyOf(x, 'functions')).map((one) => textOf(one['name']).split('/').at(-1) ?? '');
  const [host, ...each] = await Promise.all([
    x.client.send('POST', `${x.target.id}/host/default/listkeys`, WEB),
    ...names.map((name) => x.client.send('POST', `${x.target.id}/functions/${name}/listkeys`, WEB)),
  ]);
  return {
    properties: {
      functionKeys: keyNames(valueAt(host?.body, 'functionKeys')),
      systemKeys: keyNames(valueAt(host?.body, 'systemKeys')),
      functions: Object.fromEntries(names.map((name, index) => [name, keyNames(each[index]?.body)])),
    },
  };
}

/** Removes the last row of a restriction list ("Any"), which the service generates. Its action is kept next to the rules. */
function withoutMadeUpRows(body: Body): Body {
  const said: Record<string, Json> = {};
  const lists = { main: 'properties.ipSecurityRestrictions', scm: 'properties.scmIpSecurityRestrictions' } as const;
  const cleaned = Object.entries(lists).reduce((rest, [site, path]) => {
    const value = valueAt(rest, path);
    if (!Array.isArray(value)) return rest;
    const rows = value as readonly Json[];
    const madeUp = rows.findLast((row, index) => isMadeUp(row, index === rows.length - 1));
    said[site] = isRecord(madeUp) ? (madeUp['action'] ?? null) : null;
    return withValue(
      rest,
      path,
      rows.filter((row) => row !== madeUp),
    );
  }, body);
  return { ...cleaned, othersGet: { main: said['main'] ?? null, scm: said['scm'] ?? null } };
}

/** Whether the service generated a row. Up to 2021 its priority was 1. A rule for every caller that a person wrote is not the last. */
const isMadeUp = (row: Json, isLast: boolean): boolean =>
  isRecord(row) && /^any$/i.test(String(row['ipAddress'])) && (isLast || row['priority'] === 2_147_483_647);
