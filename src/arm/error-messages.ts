import { plainText } from '../text/plain.ts';

/** A page that a front end of a provider answers with, put into the message as it came. */
const PAGE = /<!doctype html|<html[\s>]/i;
const STACK = /\s*\r?\n\s*(?:at \S+\(|--- End of )[\s\S]*$/;

/** Returns the message of an error as one short text: of a page its title, and no stack trace. */
export function readableMessage(message: string): string {
  const start = message.slice(0, 4000);
  const page = PAGE.exec(start);
  if (!page) return plainText(start.replace(STACK, '')).slice(0, 2000);
  const title = /<title>([^<]*)<\/title>/i.exec(start)?.[1] ?? /<h[1-3]>([^<]*)<\/h[1-3]>/i.exec(start)?.[1];
  const before = start.slice(0, page.index).trim();
  return plainText(
    [before, `The service returned a web page instead of a reason${title ? `: ${title.trim()}` : '.'}`].filter(Boolean).join(' '),
  );
}

/** Returns the advice where App Service, and not this request, was refused by the storage account. */
export const shareRefused = (message: string): string | undefined =>
  /file share failed\b.*\(403\)/is.test(message)
    ? 'App Service cannot reach the storage account of the content share. Check its firewall, its private endpoints and whether it accepts account keys, then preview again.'
    : undefined;
