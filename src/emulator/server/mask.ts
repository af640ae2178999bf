/** Hides secrets of an exchange for logs. */
import { isObject, type Json } from '../state.ts';

const MASK = '(masked)';
/** Paths where every text is a secret. */
const LISTED_KEYS = /\/(listkeys|publishxml)(\?|$)/i;
const SECRET_PLACES = /\/vault\/[^/]+\/secrets\/|\/vaults\/[^/]+\/secrets\/|\/(functionKeys|systemKeys|keys)\/[^/?]+(\?|$)/i;
const SECRET_MEMBERS = /^(value|.*password.*)$/i;
/** Texts that are secrets at any path. */
const SECRET_TEXTS =
  /(AccountKey|SharedAccessKey|sig|password|pwd)=[^;&]+|^[\w+/=-]{40,}$|:\/\/[^/\s:@]*:[^/\s@]+@|-----BEGIN|^eyJ[\w-]+\.eyJ/i;

/** Settings are secrets, except references and words of the platform. */
const SETTINGS = /\/config\/(appsettings|connectionstrings)(\/list)?(\?|$)/i;
const PLAIN_SETTING =
  /^(true|false|~?\d{1,2}|blob|files|keyvault|managedidentity|dotnet-isolated|python|node|java|powershell|Development|Production)$/i;

function settings(value: Json): Json {
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, settings(inner)]));
  if (typeof value !== 'string') return value;
  return PLAIN_SETTING.test(value) || /^@Microsoft\.KeyVault\(/i.test(value) ? value : MASK;
}

export function masked(body: Json, url: string): Json {
  if (SETTINGS.test(url) && isObject(body) && isObject(body['properties'])) return { ...body, properties: settings(body['properties']) };
  if (LISTED_KEYS.test(url)) return all(body);
  return hidden(body, SECRET_PLACES.test(url), '');
}

/** Hides every text except the names of keys. */
function all(value: Json, name = ''): Json {
  if (Array.isArray(value)) return value.map((item) => all(item));
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, all(inner, key)]));
  return typeof value === 'string' && !/^(keyName|permissions|code|message)$/.test(name) ? MASK : value;
}

/** An app is created with its settings in the body. */
const SENT_SETTINGS = /^(appSettings|connectionStrings)$/i;
const sentSetting = (item: Json): Json =>
  isObject(item) ? Object.fromEntries(Object.entries(item).map(([key, inner]) => [key, key === 'name' ? inner : settings(inner)])) : item;

function hidden(value: Json, inSecret: boolean, name: string): Json {
  if (Array.isArray(value)) return value.map((item) => (SENT_SETTINGS.test(name) ? sentSetting(item) : hidden(item, inSecret, name)));
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, hidden(inner, inSecret, key)]));
  if (typeof value !== 'string') return value;
  if (/^@Microsoft\.KeyVault\(/i.test(value)) return value;
  return (inSecret && SECRET_MEMBERS.test(name)) || isSecretText(value, name) ? MASK : value;
}

const SECRET_NAMES = /(password|secret|apikey|api_key|token|key)$/i;
const isSecretText = (value: string, name: string): boolean =>
  (SECRET_TEXTS.test(value) && !/^\/subscriptions\//i.test(value) && !/^[0-9a-f-]+$/i.test(value)) ||
  (SECRET_NAMES.test(name) && value.length > 7 && !/^[A-Za-z]+$/.test(value) && !/^InstrumentationKey$/i.test(name));
