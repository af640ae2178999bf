import { isRecord } from '../../change/json-paths.ts';
import { plainText } from '../../text/plain.ts';

/** A page that a front end of a provider answers with, put into the message as it came. */
const PAGE = /<!doctype html|<html[\s>]/i;
const STACK = /(?<!\s)(?=[^\S\n]*\n)\s+(?:at \S+\(|--- End of )[\s\S]*$/;

/** Returns the message of an error as one short text: of a page its title, and no stack trace. */
function readableMessage(message: string): string {
  const start = message.slice(0, 4000);
  const page = PAGE.exec(start);
  if (!page) return plainText(start.replace(STACK, '')).slice(0, 2000);
  const title = /<title>([^<]*)<\/title>/i.exec(start)?.[1] ?? /<h[1-3]>([^<]*)<\/h[1-3]>/i.exec(start)?.[1];
  const before = start.slice(0, page.index).trim();
  return plainText(
    [before, `The service returned a web page instead of a reason${title ? `: ${title.trim()}` : '.'}`].filter(Boolean).join(' '),
  );
}

/** Members of an error: ARM writes them in small letters, App Service does not. */
const text = (error: Record<string, unknown>, name: string): string | undefined => {
  const value = error[name] ?? error[`${name[0]!.toUpperCase()}${name.slice(1)}`];
  return typeof value === 'string' ? value : undefined;
};

/** The most details whose messages are shown. */
const MOST = 3;

/** Returns the errors inside an error, in their order: the outer one often says only that the request failed. */
export function detailsOf(error: Record<string, unknown>, depth = 0): { readonly code?: string; readonly message?: string }[] {
  const details = error['details'] ?? error['Details'];
  if (!Array.isArray(details) || depth > 3) return [];
  return details.filter(isRecord).flatMap((one) => {
    const [code, message] = [text(one, 'code'), text(one, 'message')];
    return [{ ...(code ? { code } : {}), ...(message ? { message } : {}) }, ...detailsOf(one, depth + 1)];
  });
}

/** Returns the message of an error with the messages of its details that say something else. */
export function messageWithDetails(message: string, details: readonly { readonly message?: string }[]): string {
  const others = details.flatMap((one) => one.message ?? []).filter((one) => !message.includes(one.trim()));
  const told = [...new Set(others)].slice(0, MOST).map((one) => readableMessage(one));
  return [readableMessage(message), ...told].reduce((all, one) => `${all.replace(/[.\s]*$/, '.')} ${one}`);
}

/** Returns the advice where App Service, and not this request, was refused by the storage account. */
export const shareRefused = (message: string): string | undefined =>
  /file share failed\b.*\(403\)/is.test(message)
    ? 'App Service cannot reach the storage account of the content share. Check its firewall, its private endpoints and whether it accepts account keys, then preview again.'
    : undefined;
