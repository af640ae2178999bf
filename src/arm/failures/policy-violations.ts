/** The Azure Policy assignments that denied a request, from the details of the error or from the identifiers in its message. */
import { isRecord, parsedJson } from '../../change/json-paths.ts';
import { plainText } from '../../text/plain.ts';

/** The most assignments that are named. One or two deny a request. */
const MOST = 5;

/** Returns the assignments that an error names, as a person can refer to them: display name, name and scope. */
export function assignmentsIn(error: unknown): string[] {
  const found: string[] = [];
  const visit = (value: unknown, depth: number): void => {
    if (depth > 8) return;
    if (Array.isArray(value)) for (const item of value) visit(item, depth + 1);
    if (!isRecord(value)) return;
    const own = assignmentIn(value);
    if (own) found.push(own);
    else for (const [key, inner] of Object.entries(value)) visit(/^message$/i.test(key) ? identifiersIn(inner) : inner, depth + 1);
  };
  visit(error, 0);
  return [...new Set(found)].slice(0, MOST);
}

/** Returns one violation (`policyAssignmentName` and so on), or one identifier (`policyAssignment: { name, id }`). */
function assignmentIn(value: Readonly<Record<string, unknown>>): string | undefined {
  const text = (of: unknown) => (typeof of === 'string' && of !== '' ? plainText(of).slice(0, 300) : undefined);
  const nested = value['policyAssignment'];
  const [id, display, name] = isRecord(nested)
    ? [text(nested['id']), text(nested['name']), undefined]
    : [text(value['policyAssignmentId']), text(value['policyAssignmentDisplayName']), text(value['policyAssignmentName'])];
  const own = name ?? id?.split('/').at(-1);
  const shown = display ?? own;
  if (shown === undefined) return undefined;
  const scope = (isRecord(nested) ? undefined : text(value['policyAssignmentScope'])) ?? scopeOf(id);
  const about = [own === shown ? undefined : own, scope && `assigned at ${scope}`].filter(Boolean);
  return `"${shown}"${about.length > 0 ? ` (${about.join(', ')})` : ''}`;
}

const scopeOf = (id: string | undefined): string | undefined =>
  id === undefined ? undefined : /^(.+)\/providers\/Microsoft\.Authorization\/policyAssignments\//i.exec(id)?.[1];

/** Returns the identifiers, which are JSON in the message: `Policy identifiers: '[{...}]'`. */
function identifiersIn(message: unknown): unknown {
  const sign = "Policy identifiers: '";
  const at = typeof message === 'string' ? message.indexOf(`${sign}[`) : -1;
  const end = at < 0 ? -1 : (message as string).indexOf("]'", at);
  return end < 0 ? undefined : parsedJson((message as string).slice(at + sign.length, end + 1));
}

/** Denied by a policy of the organization, or by a restriction that Azure itself puts on a subscription. */
export const POLICY = 'RequestDisallowedByPolicy';
const BY_AZURE = 'RequestDisallowedByAzure';
export const isPolicyCode = (code: string): boolean => code === POLICY || code === BY_AZURE;

/**
 * Returns the advice on a request that a policy denied; undefined where nothing more is known of it. Azure requires multifactor
 * authentication by policies too: learn.microsoft.com/cli/azure/use-azure-cli-successfully-troubleshooting.
 */
export function policyAdvice(code: string, message: string, assignments: readonly string[]): string | undefined {
  if (code === BY_AZURE)
    return 'Azure itself restricts this subscription. Read the message, and open a support request to change the restriction.';
  if (code === POLICY && /\bMFA\b|multi-?factor/i.test(message))
    return 'Sign in again with multifactor authentication (for example: az logout, then az login), then try again.';
  return assignments.length > 0
    ? `Ask the owner of the Azure Policy assignment ${assignments.join(' or ')} for an exemption, or skip the control.`
    : undefined;
}
