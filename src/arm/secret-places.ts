/** Places of secrets in Azure. The scrubber learns the values that are read from them and written to them. */
import { isRecord } from '../change/json-paths.ts';
import { isPlain } from '../change/redact.ts';
import { secrets } from '../change/secrets.ts';
import { isPublicField } from '../change/secret-shapes.ts';
import { decoded, type Json } from '../azure/index.ts';

const LISTED = /\/(list\w*|newpassword|publishxml)$/i;
const SENT = /\/(config\/(appsettings|connectionstrings|authsettings(V2)?)|secrets\/[^/]+|(function|system|host|master)?keys\/[^/]+)$/i;

/** Members of authentication settings that findings show: paths, addresses and names. */
const OF_SIGN_IN = /^(excludedPaths|allowedAudiences|allowedExternalRedirectUrls|openIdIssuer|issuer|clientId|\w+SettingName)$/i;
const SIGN_IN = /\/config\/authsettings(V2)?(\/list)?$/i;

/** Whether a value is not a secret: a reference, a fixed word of the platform, or the name or type of a value. */
const isPublic = (member: string, value: string): boolean => isPublicField(member) || isPlain(member, value);

/** Whether texts at this path may be secrets. */
export const holdsSecrets = (path: string): boolean => SENT.test(path) || LISTED.test(path);

/** Teaches the scrubber the names that are addresses. */
export function permitNames(path: string): void {
  for (const segment of path.split('/')) if (segment.length > 2) secrets.permit(segment.includes('%') ? decoded(segment) : segment);
}

/** Teaches the scrubber the secrets of an exchange. */
export function learnFrom(path: string, sent: Json | null, answered: Json): void {
  if (!holdsSecrets(path)) return;
  const isShown = SIGN_IN.test(path) ? (member: string, value: string) => OF_SIGN_IN.test(member) || isPublic(member, value) : isPublic;
  if (sent !== null && SENT.test(path)) secrets.learnAll(withoutTags(sent), isShown);
  secrets.learnAll(withoutTags(answered), isShown);
}

/** Azure repeats the tags of the site in the answer with its settings. Reports show tags, for example the mail address of an owner. */
const withoutTags = (body: Json): Json => (isRecord(body) ? { ...body, tags: null } : body);
