import { armErrors } from '../errors.ts';
/** Checks the variables that name a proxy before Microsoft's library reads them. */

/** The variables in the order in which the library uses the first that is set. */
const NAMES = ['HTTPS_PROXY', 'ALL_PROXY', 'HTTP_PROXY'].flatMap((name) => [name, name.toLowerCase()]);

/** Checks the proxy. @throws UserError where it is not the address of a proxy; the value may contain a password and is not shown */
export function checkProxy(environment: Readonly<Record<string, string | undefined>>): void {
  const name = NAMES.find((one) => environment[one]);
  if (name === undefined) return;
  const url = URL.parse(environment[name] ?? '');
  if (!url || !/^https?:$/.test(url.protocol)) throw armErrors.invalidProxy({ name });
  try {
    // The library decodes them at each request, and would fail as if the connection were broken.
    decodeURIComponent(`${url.username}:${url.password}`);
  } catch {
    throw armErrors.invalidProxy({ name });
  }
}
