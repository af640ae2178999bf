/** Places of secrets in Azure. The scrubber learns what is read from and written to them. */
import { isPlain } from '../change/redact.ts';
import { secrets } from '../change/secrets.ts';
import { isPublicField } from '../change/secret-shapes.ts';
import type { Json } from '../azure/index.ts';

const LISTED = /\/(list\w*|newpassword|publishxml)$/i;
const SENT = /\/(config\/(appsettings|connectionstrings|authsettings(V2)?)|secrets\/[^/]+|(function|system|host|master)?keys\/[^/]+)$/i;

/** Whether a value is a reference or a word of the platform, or a name or type beside the values. */
const isPublic = (member: string, value: string): boolean => isPublicField(member) || isPlain(member, value);

/** Whether texts at this path may be secrets. */
export const holdsSecrets = (path: string): boolean => SENT.test(path) || LISTED.test(path);

/** Teaches the scrubber the secrets of an exchange, and the names that are addresses. */
export function learnFrom(path: string, sent: Json | null, answered: Json): void {
  for (const segment of path.split('/')) if (segment.length > 2) secrets.permit(decodeURIComponent(segment));
  if (!holdsSecrets(path)) return;
  if (sent !== null && SENT.test(path)) secrets.learnAll(sent, isPublic);
  secrets.learnAll(answered, isPublic);
}
