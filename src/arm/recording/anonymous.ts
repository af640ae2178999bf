/** Replaces everything in an exchange that identifies its owner: names, ids, addresses, settings and secrets. */
import { decoded, type Json } from '../../azure/index.ts';
import { isPlain } from '../../change/redact.ts';
import { isRecord } from '../../change/json-paths.ts';
import { secrets, withoutCredentials } from '../../change/secrets.ts';
import { isCredential, isPublicField } from '../../change/secret-shapes.ts';
import { holdsSecrets } from '../secret-places.ts';
import { isCommon } from './public-words.ts';
import type { Texts } from './texts.ts';

/** A request and its answer, as they were sent and received. */
export interface Exchange {
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly responseHeaders: Readonly<Record<string, string>>;
  readonly requestBody: Json;
  readonly responseBody: Json;
}

const SETTINGS = /\/config\/(appsettings|connectionstrings)(\/list)?$/i;
const KEYS = /\/(listkeys|listsyncstatus|newpassword|publishxml)$|\/secrets\/[^/]+|\/(function|system|host|master)?keys\/[^/]+$/i;
/** Members with words of Azure, also where they contain blanks. */
const OF_AZURE =
  /^(location|geoRegion|details|localizedValue|code|query|type|kind|tier|size|family|status\w*|state|\w*State|reason|runtimeVersion|\w*FxVersion|apiVersion|resourceType|operationName|category\w*|permissions|actions|notActions|dataActions|notDataActions|roleName)$/i;
/** Members with names that a person chose. */
const NAMES = /^(\w*name|\w*names|managementGroups|queue|container|table|share|slot|workerId|repo|branch|hubName|eventHubName)$/i;
/** Rows of a site whose names are Azure's. */
const ROW_OF_AZURE = /^(?:Linux|Windows)FxVersion$/i;
/** A text in a query of Azure Resource Graph. */
const QUOTED = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/g;
const QUOTED_OF_AZURE = /^['"](?:microsoft\.[a-z]+(?:\/[a-z]+)*|functionapp|workflowapp|\/config\/web)['"]$/i;
const NAME_OF_AZURE = /^(sku|plan|metricName|kind|runtime|categoryName|timeZone|operationName|keyName|displayStatus)$/i;
/** Members with text that a person wrote. */
const WRITTEN =
  /^(displayName|description|notes|title|comments?|route|author|author_email|deployer|owner|message_text|subject|friendlyName|text|test_data|createdBy|lastModifiedBy|requestMessage|message|appCommandLine|loginParameters|excludedPaths|clientCertExclusionPaths|healthCheckPath|arguments|documentRoot|physicalPath|virtualPath|scriptProcessor)$/i;
const HOSTS =
  /^(host|hostname|hostnames|enabledHostNames|defaultHostName|fqdn|fqdns|domain|domains|customDomain|allowedOrigins|ftpsHostName)$/i;
/** Members whose own member names a person chose. */
const MAPS =
  /^(tags|functionKeys|systemKeys|headers|metadata|azureStorageAccounts|customOpenIdConnectProviders|environmentVariables|files)$/i;

export class Anonymizer {
  private readonly texts: Texts;

  constructor(texts: Texts) {
    this.texts = texts;
  }

  exchange(one: Exchange): Exchange {
    const { pathname } = new URL(one.url);
    const path = decoded(pathname);
    return {
      ...one,
      url: this.texts.url(one.url),
      responseHeaders: Object.fromEntries(
        Object.entries(one.responseHeaders).map(([name, value]) => [
          name,
          /^https?:/i.test(value) ? this.texts.url(value) : this.texts.known(value),
        ]),
      ),
      requestBody: this.#body(one.requestBody, path),
      responseBody: this.#body(one.responseBody, path),
    };
  }

  #body(body: Json, path: string): Json {
    const isError = isRecord(body) && (isRecord(body['error']) || ('Code' in body && 'Message' in body));
    if (isError) return this.#said(body);
    if (SETTINGS.test(path) && isRecord(body) && isRecord(body['properties']))
      return { ...(this.#value({ ...body, properties: {} }, '', []) as object), properties: this.#settings(body['properties']) };
    if (KEYS.test(path)) return this.#secrets(body, '', true);
    return this.#value(body, '', [], holdsSecrets(path));
  }

  /** Replaces the names in a failure message of Azure; all other words in it are Azure's own. */
  #said(value: Json): Json {
    if (Array.isArray(value)) return (value as readonly Json[]).map((item) => this.#said(item));
    if (isRecord(value)) return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, this.#said(inner)]));
    return typeof value === 'string' ? this.texts.known(secrets.fromQuote(value)) : value;
  }

  #settings(settings: { readonly [name: string]: Json }): Json {
    return Object.fromEntries(
      Object.entries(settings).map(([name, value]) => [
        this.texts.setting(name),
        isRecord(value)
          ? { ...value, ...('value' in value ? { value: this.#setting(name, value['value'] ?? null) } : {}) }
          : this.#setting(name, value),
      ]),
    );
  }

  #setting(name: string, value: Json): Json {
    if (typeof value !== 'string') return value;
    if (
      value === '' ||
      /^(true|false|\d{1,5})$/i.test(value) ||
      (isPlain(`properties[${JSON.stringify(name)}]`, value) && !value.startsWith('@'))
    )
      return this.#clean(value);
    // The value is the name of another setting.
    if (/(__accountName|_accountName)$/i.test(name)) return this.texts.name(value);
    return this.texts.secret(value);
  }

  /** Replaces every text, except those that are known not to be secret. */
  #secrets(value: Json, member: string, isTop = false): Json {
    if (Array.isArray(value)) return (value as readonly Json[]).map((item) => this.#secrets(item, member));
    if (isRecord(value))
      return Object.fromEntries(
        Object.entries(value).map(([name, inner]) => {
          const shown =
            MAPS.test(member) || (isTop && typeof inner === 'string' && !isPublicField(name) && !/^(masterKey|value|nextLink)$/.test(name))
              ? this.texts.name(name)
              : name;
          return [shown, this.#secrets(inner, name)];
        }),
      );
    if (typeof value !== 'string') return value;
    if (isPublicField(member) || /^(contentType|nextLink|kid)$/i.test(member)) return this.#text(value, member, []);
    return this.texts.secret(value);
  }

  #value(value: Json, member: string, above: readonly string[], isSecretPlace = false): Json {
    if (Array.isArray(value))
      return (value as readonly Json[]).map((item) =>
        /^(appSettings|connectionStrings)$/i.test(member) ? this.#listed(item) : this.#value(item, member, above, isSecretPlace),
      );
    if (isRecord(value)) {
      const within = [...above, member];
      const isNamed = MAPS.test(member);
      return Object.fromEntries(
        Object.entries(value).map(([name, inner]) => [
          isNamed ? this.texts.setting(name) : /[/@.:]|\d\D+\d/.test(name) ? this.texts.known(name) : name,
          isNamed ? this.#own(inner, name, within) : (this.#nameInId(value, name) ?? this.#value(inner, name, within, isSecretPlace)),
        ]),
      );
    }
    if (typeof value !== 'string') return value;
    if (isSecretPlace && isCredential(member) && !isPublicField(member)) return this.texts.secret(value);
    return this.#text(value, member, above);
  }

  /** Returns the name of a resource from its id: the position in the id shows whether Azure or a person chose the name. */
  #nameInId({ id, name }: { readonly [key: string]: Json }, member: string): string | undefined {
    if (member !== 'name' || typeof id !== 'string' || typeof name !== 'string' || name.includes('/')) return undefined;
    if (!/^\/subscriptions\/.*\/providers\//i.test(id) || !id.toLowerCase().endsWith(`/${name.toLowerCase()}`)) return undefined;
    // The name can have a different case than the id.
    const shown = this.texts.path(`${id.slice(0, id.length - name.length)}${name}`);
    return this.#clean(shown.slice(shown.lastIndexOf('/') + 1));
  }

  /** Replaces the value of a member whose name a person chose. */
  #own(value: Json, member: string, above: readonly string[]): Json {
    if (Array.isArray(value)) return (value as readonly Json[]).map((item) => this.#own(item, member, above));
    return typeof value === 'string' ? this.#clean(this.texts.free(value)) : this.#value(value, member, above);
  }

  /** Replaces a setting that an app is created with. */
  #listed(item: Json): Json {
    if (!isRecord(item)) return item;
    const name = typeof item['name'] === 'string' ? item['name'] : '';
    return Object.fromEntries(
      Object.entries(item).map(([member, value]) => [
        member,
        member === 'name' ? this.texts.setting(name) : member === 'value' ? this.#setting(name, value) : this.#value(value, member, []),
      ]),
    );
  }

  #text(value: string, member: string, above: readonly string[]): string {
    const parent = above.at(-1) ?? '';
    if (value === '' || /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)?$/.test(value)) return value;
    const { texts } = this;
    // Names are in quotes. A word of the query language outside of them may also be a name, such as "order".
    if (member === 'query')
      return this.#clean(value.replaceAll(QUOTED, (quoted) => (QUOTED_OF_AZURE.test(quoted) ? quoted : texts.known(quoted))));
    const isSecret = /(password|secret|connectionString|key|token|sas(Url)?)$/i.test(member) && !/^(kid|publicKeyToken)$/i.test(member);
    // The form of a text counts too, because a member may be newer than this list.
    if (isSecret || withoutCredentials(value) !== value) return texts.secret(value);
    if (
      /settingName$/i.test(member) ||
      (member === 'connection' && parent === 'bindings') ||
      /^(appSetting|connectionString|azureStorageConfig)Names$/.test(member)
    )
      return texts.setting(value);
    if (HOSTS.test(member) || (member === 'name' && /^(hostNameSslStates|hostNameBindings)$/i.test(parent)))
      return value.includes('/') ? this.#clean(texts.known(value)) : this.#clean(texts.host(value));
    const [, container, image] = /^((?:DOCKER|COMPOSE|KUBE)\|)(.*)$/is.exec(value) ?? [];
    if (container !== undefined) return `${container}${this.#clean(texts.free(image ?? ''))}`;
    if (WRITTEN.test(member)) return this.#clean(texts.free(value));
    if (
      NAMES.test(member) &&
      !NAME_OF_AZURE.test(member) &&
      !NAME_OF_AZURE.test(parent) &&
      !(parent === 'properties' && ROW_OF_AZURE.test(value)) &&
      !/^[/@]/.test(value) &&
      !value.includes('://') &&
      !isCommon(value)
    )
      return this.#clean(/\s/.test(value) ? texts.free(value) : texts.name(value));
    return this.#clean(
      OF_AZURE.test(member) || !/\s/.test(value) || /^\/(subscriptions|providers)\//i.test(value) ? texts.known(value) : texts.free(value),
    );
  }

  /** Removes the remaining secrets that the scrubber knows, because services quote them. */
  #clean(text: string): string {
    return secrets.fromText(text);
  }
}
