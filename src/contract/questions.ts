import ipaddr from 'ipaddr.js';
import type { AccessRule, Json } from '../azure/index.ts';
import { ruleProblems } from './access-rule-problems.ts';
import type { Problem } from './problem.ts';

interface Asked {
  readonly label: string;
  readonly help: string;
  /** Set where only an interactive host asks the question. An answers file may leave it out. */
  readonly optional?: true;
  /** Set where an answer may accept a finding. Such an answer is an exception: it is valid only with a name, a reason and an end date. */
  readonly exempts?: true;
}

/** A question as data. Each host shows it in its own way, and the answers file is checked against it. */
export type Question =
  | (Asked & { readonly kind: 'choice'; readonly options: readonly string[]; readonly preselect?: string })
  | (Asked & { readonly kind: 'yesno'; readonly preselect?: boolean })
  | (Asked & { readonly kind: 'number'; readonly min: number; readonly max: number; readonly unit: string; readonly example: number })
  | (Asked & { readonly kind: 'text'; readonly pattern: RegExp; readonly example: string; readonly mayBeEmpty?: true })
  /** One existing resource of a kind, by name or resource id; hosts list the existing resources. */
  | (Asked & { readonly kind: 'pick'; readonly of: string; readonly example: string; readonly pattern?: RegExp; readonly mustExist?: true })
  /** Several names; hosts list the existing ones. */
  | (Asked & { readonly kind: 'names'; readonly of: string; readonly example: string; readonly pattern?: RegExp })
  | (Asked & { readonly kind: 'origins' })
  | (Asked & { readonly kind: 'rules' });

export type Questions = Readonly<Record<string, Question>>;

type AnswerTo<Q> = Q extends { kind: 'choice'; options: readonly (infer O)[] }
  ? O
  : Q extends { kind: 'yesno' }
    ? boolean
    : Q extends { kind: 'number' }
      ? number
      : Q extends { kind: 'origins' | 'names' }
        ? readonly string[]
        : Q extends { kind: 'rules' }
          ? readonly AccessRule[]
          : string;

export type Answers<Q extends Questions> = { readonly [K in keyof Q]?: AnswerTo<Q[K]> };
const wrong = (says: string, ...path: (string | number)[]): Problem => ({ path, says });
const shown = (value: unknown): string =>
  typeof value === 'string' ? `"${value.slice(0, 60)}"` : (JSON.stringify(value)?.slice(0, 60) ?? String(value));

const ACCEPT_INSTEAD = 'to keep it, accept the finding: set "decision: accept" and the fields "by", "reason" and "until"';

/** Returns why `text` is not a web origin that the guidance allows in CORS, or undefined where it is. */
export function originProblem(text: string): string | undefined {
  if (text === '*') return `"*" allows every website to call the app; list the origins, or ${ACCEPT_INSTEAD}`;
  if (text.toLowerCase() === 'null') return `"null" is the origin of every sandboxed page and local file; list the origins`;
  if (text.includes('*'))
    return `${shown(text)} has a wildcard, which also allows hosts of other owners; list each host, or ${ACCEPT_INSTEAD}`;
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return `${shown(text)} is not an origin; write it like https://www.contoso.com`;
  }
  if (url.protocol === 'http:')
    return `${shown(text)} is not https, so attackers can change its pages in transit; use https, or ${ACCEPT_INSTEAD}`;
  if (url.protocol !== 'https:') return `${shown(text)} must start with https://`;
  if (url.origin !== text.toLowerCase()) return `${shown(text)} must be scheme, host and port only: ${url.origin}`;
  return undefined;
}

/** The form of a GUID as Entra ID and Front Door write it. */
export const GUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

const OCTET = '(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
/** An IPv4 address as four decimal numbers. Programs read other forms as different addresses. */
const IPV4 = new RegExp(`^${OCTET}(\\.${OCTET}){3}$`);

/** Whether `text` is one IPv4 or IPv6 address in a form that every program reads alike. */
export const isAddress = (text: string): boolean =>
  text.includes(':') ? !text.includes('%') && ipaddr.IPv6.isValid(text) : IPV4.test(text);

/** Returns why `text` is not an address range, or undefined where it is one (IPv4 or IPv6 with a prefix length). */
export function cidrProblem(text: string): string | undefined {
  const [address = '', bits, ...more] = text.split('/');
  const most = address.includes(':') ? 128 : 32;
  if (!isAddress(address) || more.length > 0)
    return `${shown(text)} is not an address range; write it like 203.0.113.0/24 or 2001:db8::/48`;
  if (bits === undefined) return `${shown(text)} has no prefix length; write ${text}/${most}`;
  return /^\d{1,3}$/.test(bits) && Number(bits) <= most ? undefined : `${shown(text)} has no prefix length from 0 to ${most}`;
}

/** Returns every problem of one answer; an empty list where the answer is valid. */
export function answerProblems(question: Question, value: Json): Problem[] {
  switch (question.kind) {
    case 'choice':
      return typeof value === 'string' && question.options.includes(value)
        ? []
        : [wrong(`${shown(value)} is not one of ${question.options.map((option) => `"${option}"`).join(', ')}`)];
    case 'yesno':
      return typeof value === 'boolean' ? [] : [wrong(`${shown(value)} must be true or false`)];
    case 'number':
      return typeof value === 'number' && Number.isInteger(value) && value >= question.min && value <= question.max
        ? []
        : [wrong(`${shown(value)} must be a whole number from ${question.min} to ${question.max} (${question.unit})`)];
    case 'text':
      if (typeof value !== 'string') return [wrong(`${shown(value)} must be text`)];
      if (value === '' && question.mayBeEmpty) return [];
      if (value === '') return [wrong(`This answer is required; write it like ${question.example}`)];
      return question.pattern.test(value) ? [] : [wrong(`${shown(value)} is not valid; write it like ${question.example}`)];
    case 'pick':
      return typeof value === 'string' && (question.pattern ?? NAME_OR_ID).test(value)
        ? []
        : [
            wrong(
              `${shown(value)} is not a ${question.of}; write its ${question.example.startsWith('/') ? 'resource id' : 'name or resource id'}, like ${question.example}`,
            ),
          ];
    case 'names':
      return namesProblems(question, value);
    case 'origins':
      return originsProblems(value);
    case 'rules':
      return ruleProblems(value, cidrProblem);
  }
}

/** The form of a resource name, or of an ARM id. */
export const NAME_OR_ID = /^([\w(][\w.()-]{0,89}|\/subscriptions\/[^/\s]+\/[^\s]+)$/i;
/** The form of a text without a blank at either end. */
export const ONE_WORD = /^\S(.*\S)?$/;

function namesProblems({ of, example, pattern = ONE_WORD }: Extract<Question, { kind: 'names' }>, value: Json): Problem[] {
  if (!Array.isArray(value)) return [wrong(`${shown(value)} must be a list of ${of}, like [${example}]`)];
  return value.flatMap((name, index) => {
    if (typeof name !== 'string' || !pattern.test(name)) return [wrong(`${shown(name)} is not valid; write it like ${example}`, index)];
    return value.indexOf(name) < index ? [wrong(`${shown(name)} is listed twice`, index)] : [];
  });
}

function originsProblems(value: Json): Problem[] {
  if (!Array.isArray(value)) return [wrong(`${shown(value)} must be a list of origins, like ["https://www.contoso.com"]`)];
  const seen = new Set<string>();
  return value.flatMap((origin, index) => {
    if (typeof origin !== 'string') return [wrong(`${shown(origin)} must be text`, index)];
    const problem = originProblem(origin);
    if (problem) return [wrong(problem, index)];
    if (seen.has(origin.toLowerCase())) return [wrong(`${shown(origin)} is listed twice`, index)];
    seen.add(origin.toLowerCase());
    return [];
  });
}
