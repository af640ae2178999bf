/** Replaces names, hosts, addresses and ids in texts with stand-ins. */
import {
  AZURE_DOMAIN,
  GIVEN_NAME,
  PLATFORM_SETTING,
  IDS_OF_AZURE,
  isCommon,
  isNamedByAzure,
  isServiceLabel,
  isTechnical,
  TOP_LEVEL,
} from './public-words.ts';
import { decoded } from '../../azure/resources/json.ts';
import type { StandIns } from './stand-ins.ts';

const GUID = '[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}';
const IPV4 = String.raw`(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?:\/\d{1,2})?(?![\w.])`;
const IPV6 = String.raw`(?<![\w:])(?=[0-9a-fA-F:]*::|(?:[0-9a-fA-F]{1,4}:){7})[0-9a-fA-F:]{2,39}(?:\/\d{1,3})?(?![\w:])`;
const URL_LIKE = String.raw`\b[a-z][a-z0-9+.-]*:\/\/[^\s"'<>\x60;,|()]+`;
const ARM_ID = String.raw`\/(?:subscriptions|providers)\/[^\s"'<>\x60;,|]+`;
const MAIL = String.raw`[\w.+-]+@[\w-]+(?:\.[\w-]+)+`;
const CHUNK = String.raw`[\p{L}\p{N}_]+(?:[-.][\p{L}\p{N}_]+)*`;
const PIECES = new RegExp(`(${URL_LIKE})|(${ARM_ID})|(${MAIL})|(${GUID})|(${IPV6}|${IPV4})|(${CHUNK})`, 'gu');
const WHOLE_GUID = new RegExp(`^${GUID}$`);
const WORDS = /\p{L}+|\p{N}+/gu;
/** The words of a setting's name: with a capital first letter, all in capitals, or numbers. */
const CAMEL = /\p{Lu}?\p{Ll}+|\p{Lu}+(?!\p{Ll})|\p{L}+|\p{N}+/gu;
/** Parts of a connection string whose values are words. */
const WORDS_OF_CONNECTION =
  /^\s*(DefaultEndpointsProtocol|EndpointSuffix|Authorization|Authentication|Encrypt|TrustServerCertificate|MultipleActiveResultSets|Persist Security Info|ssl\w*|Pooling|(?:\w+ )?Timeout|TransportType|UseDevelopmentStorage|abortConnect)=/i;
/** Query members whose values are words of the API. */
const PLAIN_QUERY = /^(api-version|includeSlots|\$top|\$skip|\$expand|monitor|deleteEmptyServerFarm|sv|sr|sp)$/i;
/** Domains directly below which customers have their names. */
const OF_APPS = /^(azurewebsites|azurefd|azureedge|azure-api|azurecr|trafficmanager)\./i;
const ARM_HOST = /^management\./i;
const SIGN_IN_HOST = /^(login|sts|graph)\./i;

export class Texts {
  /** Chosen names that were found in places for names, in lower case. */
  readonly #names = new Set<string>();

  private readonly standIns: StandIns;

  constructor(standIns: StandIns) {
    this.standIns = standIns;
  }

  /** Replaces a chosen name. */
  name(text: string): string {
    if (text === '' || GIVEN_NAME.test(text)) return text;
    if (WHOLE_GUID.test(text)) return this.standIns.guid(text);
    if (text.includes('/'))
      return text
        .split('/')
        .map((part) => this.name(part))
        .join('/');
    if (text.length > 2 && !isCommon(text)) this.#names.add(text.toLowerCase());
    if (/^[\w*-]+(\.[\w-]+)+$/.test(text) && (AZURE_DOMAIN.test(text) || TOP_LEVEL.test(text.split('.').at(-1) ?? '')))
      return this.host(text);
    const replaced = text.replace(new RegExp(GUID, 'g'), (guid) => this.standIns.guid(guid));
    if (replaced !== text) return replaced.replace(/^.*?(?=[.-]?00000000-)/, (rest) => this.#nameWords(rest));
    return this.#nameWords(text);
  }

  #nameWords(text: string): string {
    const mapped = text.replace(WORDS, (word) =>
      (/\p{L}/u.test(word) ? word.length > 2 : word.length > 3) ? this.standIns.word(word) : word,
    );
    return mapped === text ? text.replace(WORDS, (word) => this.standIns.word(word)) : mapped;
  }

  /** Replaces the name of a setting, a tag or a header. Its purpose stays recognizable, its owner does not. */
  setting(text: string): string {
    if (text.includes('/subscriptions/')) return this.known(text);
    const switched = /^(AzureWebJobs[._])(.+)([._]Disabled)$/i.exec(text);
    if (switched) return `${switched[1]}${this.name(switched[2] ?? '')}${switched[3]}`;
    const platform = PLATFORM_SETTING.exec(text)?.[0] ?? '';
    if (platform !== '') return `${platform}${this.setting(text.slice(platform.length))}`;
    return text.replace(CAMEL, (word) => (isTold(word) ? word : this.standIns.word(word)));
  }

  host(text: string): string {
    const [, name = text, port = ''] = /^(.*?)(:\d+)?$/.exec(text) ?? [];
    if (/^(localhost|\*)$/i.test(name)) return text;
    if (/^[\d.]+$/.test(name) || name.startsWith('[')) return `${/^[\d.]+$/.test(name) ? this.standIns.address(name) : name}${port}`;
    const domain =
      AZURE_DOMAIN.exec(name)?.[1] ?? (TOP_LEVEL.test(name.split('.').at(-1) ?? '') && name.includes('.') ? name.split('.').at(-1)! : '');
    const own = domain ? name.slice(0, -domain.length).replace(/\.$/, '') : name;
    const isAzure = AZURE_DOMAIN.test(name);
    const all = own === '' ? [] : own.split('.');
    // The first of several labels is a customer's name, even if it is a known word: an account can be called `data`.
    const isService = (label: string, at: number) =>
      /^(\*|privatelink)$/i.test(label) ||
      (isServiceLabel(label) && (isAzure ? at > 0 || (all.length === 1 && !OF_APPS.test(domain)) : at === 0));
    const labels = all.map((label, at) => (isService(label, at) ? label : this.name(label)));
    return `${[...labels, ...(domain ? [domain] : [])].join('.')}${port}`;
  }

  /** Replaces names and ids in an address, and every query value that is not a word of the API. */
  url(text: string): string {
    const [, scheme = '', user = '', host = '', path = '', query = ''] =
      /^([a-z][a-z0-9+.-]*:\/\/)([^/@]*@)?([^/?#]*)((?:\/[^?#]*)?)(\?.*)?$/i.exec(text) ?? [];
    if (scheme === '') return this.known(text);
    const segments = ARM_HOST.test(host) ? this.path(path) : SIGN_IN_HOST.test(host) ? this.known(path) : this.#vaultPath(path);
    return `${scheme}${user && this.secret(user)}${WHOLE_GUID.test(host) ? this.standIns.guid(host) : this.host(host)}${segments}${this.query(query)}`;
  }

  query(text: string): string {
    if (text === '') return '';
    const parts = text
      .slice(1)
      .split('&')
      .map((part) => {
        const at = part.indexOf('=');
        const [name, value] = at < 0 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)];
        const plain = decoded(name);
        if (at < 0 || PLAIN_QUERY.test(plain)) return part;
        // Normalized by URL, so that a link and the request that follows it have the same address.
        const mapped = plain.toLowerCase() === '$filter' ? this.known(decoded(value)) : this.secret(decoded(value));
        return `${name}=${encodeURIComponent(mapped.toWellFormed())}`;
      });
    return `?${parts.join('&')}`;
  }

  #vaultPath(path: string): string {
    return path
      .split('/')
      .map((segment, at, all) => (at > 0 && /^secrets$/i.test(all[at - 1] ?? '') ? this.name(segment) : this.free(decoded(segment))))
      .join('/');
  }

  /** Replaces the names in the path of a resource, by their position. */
  path(text: string): string {
    const segments = text.split('/');
    let type: string | undefined;
    let isType = false;
    return segments
      .map((raw, at) => {
        const segment = decoded(raw);
        const before = segments[at - 1] ?? '';
        if (/^providers$/i.test(segment) && (type === undefined || isType)) {
          [type, isType] = ['', false];
          return raw;
        }
        if (type === '') {
          [type, isType] = [segment, true];
          return raw;
        }
        if (type !== undefined && isType) {
          [type, isType] = [segment, false];
          return raw;
        }
        if (type !== undefined) {
          isType = true;
          return this.#named(type, raw, segment);
        }
        if (/^(subscriptions|tenants|managementGroups)$/i.test(before))
          return WHOLE_GUID.test(segment) ? this.standIns.guid(segment) : this.name(segment);
        return /^(resourceGroups|vault|secrets)$/i.test(before) ? this.name(segment) : this.known(segment);
      })
      .join('/');
  }

  #named(type: string, raw: string, name: string): string {
    if (/^appsettings$/i.test(type)) return this.setting(name);
    if (isNamedByAzure(type) || (IDS_OF_AZURE.test(type) && WHOLE_GUID.test(name))) return raw;
    return this.name(name);
  }

  /** Replaces known chosen names in a text of Azure; all other words stay. */
  known(text: string): string {
    if (/^\/(subscriptions|providers)\/[^\n]*$/i.test(text)) return this.path(text);
    return this.#pieces(text, (chunk) => this.#knownIn(chunk, (part) => part));
  }

  /** Replaces a text that a person wrote; only technical words stay. */
  free(text: string): string {
    const own = (part: string) => part.replace(WORDS, (word) => (isTold(word) ? word : this.standIns.word(word)));
    return this.#pieces(text, (chunk) => this.#knownIn(chunk, own));
  }

  /** Replaces a secret. Its form and the names of its parts stay. */
  secret(text: string): string {
    if (/^@Microsoft\.(KeyVault|AppConfiguration)\(/i.test(text)) return this.#reference(text);
    const word = (value: string) => value.replace(/[\p{L}\p{N}]+/gu, (one) => this.standIns.word(one));
    const value = (given: string): string =>
      /^[a-z][a-z0-9+.-]*:\/\//i.test(given)
        ? this.#secretUrl(given)
        : AZURE_DOMAIN.test(given.replace(/^tcp:|,\d+$/gi, ''))
          ? given.replace(/(?<=^tcp:|^)[\w.-]+/i, (host) => (host === 'tcp' ? host : this.host(host)))
          : WHOLE_GUID.test(given)
            ? this.standIns.guid(given)
            : word(given);
    if (!/^[^;=\s]{1,40}(?: [^;=]{1,30})?=[^;]/.test(text) || /^[\w+/-]+={0,2}$/.test(text))
      return text
        .split(/(-----[A-Z ]+-----|\s+)/)
        .map((part) => (/^-----|^\s/.test(part) ? part : value(part)))
        .join('');
    return text
      .split(';')
      .map((part) => {
        const [, name = '', given = part] = /^([^=]*=)(.*)$/s.exec(part) ?? [];
        if (WORDS_OF_CONNECTION.test(name)) return part;
        return `${name}${/^\s*AccountName=/i.test(name) ? this.name(given) : value(given)}`;
      })
      .join(';');
  }

  #secretUrl(text: string): string {
    const [, scheme = '', user = '', host = '', path = '', query = ''] =
      /^([a-z][a-z0-9+.-]*:\/\/)([^/@]*@)?([^/?#]*)((?:\/[^?#]*)?)(\?.*)?$/is.exec(text) ?? [];
    const word = (value: string) => value.replace(/[\p{L}\p{N}]+/gu, (one) => this.standIns.word(one));
    const isKnown = /^hooks\.slack\.com$/i.test(host) ? '/services' : '';
    return `${scheme}${word(user)}${this.host(host)}${isKnown && path.startsWith(isKnown) ? isKnown + word(path.slice(isKnown.length)) : this.#vaultPath(path)}${this.query(query)}`;
  }

  /** Replaces the names in a reference to a vault. */
  #reference(text: string): string {
    return text
      .replace(/(SecretUri|Endpoint)=([^;)]+)/gi, (_, name: string, url: string) => `${name}=${this.url(url)}`)
      .replace(
        /(VaultName|SecretName|SecretVersion|Key|Label)=([^;)]+)/gi,
        (_, name: string, value: string) => `${name}=${this.name(value)}`,
      );
  }

  #pieces(text: string, chunk: (text: string) => string): string {
    return text.replace(PIECES, (all, url?: string, id?: string, mail?: string, guid?: string, address?: string) => {
      if (url) return this.url(url);
      if (id) return this.path(id);
      if (mail) return mail.replace(/^(.*)@(.*)$/, (_, local: string, host: string) => `${this.name(local)}@${this.host(host)}`);
      if (guid) return this.standIns.guid(guid);
      if (address) return this.standIns.address(address);
      return chunk(all);
    });
  }

  /** Replaces names in a word with hyphens and dots, the longest first. */
  #knownIn(chunk: string, otherwise: (part: string) => string): string {
    if (AZURE_DOMAIN.test(chunk) && chunk.includes('.')) return this.host(chunk);
    if (isRandom(chunk)) return this.standIns.word(chunk);
    const parts = chunk.split(/([-._])/);
    let replaced = '';
    for (let at = 0; at < parts.length; at++) {
      let until = parts.length;
      while (until > at && !this.#names.has(parts.slice(at, until).join('').toLowerCase())) until -= 1;
      if (at % 2 === 0 && until > at) {
        replaced += this.name(parts.slice(at, until).join(''));
        at = until - 1;
      } else replaced += otherwise(parts[at] ?? '');
    }
    return replaced;
  }
}

const isTold = (word: string): boolean => word.length <= 2 || isTechnical(word) || /^\p{N}{1,3}$/u.test(word);

/** Whether a text is an id, digest, password or token; no word has that form. */
const isRandom = (chunk: string): boolean =>
  /^[0-9a-f]{20,}$/i.test(chunk) ||
  (/^\w{10,}$/.test(chunk) && [/[a-z]/, /[A-Z]/, chunk.length < 20 ? /\d\D+\d/ : /\d.*\d/].every((kind) => kind.test(chunk)));
