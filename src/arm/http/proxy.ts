import { armErrors } from '../errors.ts';
/** Checks the variables that name a proxy before Microsoft's library reads them. */

/** The variables in the order in which the library uses the first that is set. */
const NAMES = ['HTTPS_PROXY', 'ALL_PROXY', 'HTTP_PROXY'].flatMap((name) => [name, name.toLowerCase()]);

/** Checks the proxy. @throws UserError where it is not the address of a proxy; the value may contain a password and is not shown */
export function checkProxy(environment: Readonly<Record<string, string | undefined>>): void {
  const name = NAMES.find((one) => environment[one]);
  if (name === undefined || /^https?:$/.test(URL.parse(environment[name] ?? '')?.protocol ?? '')) return;
  throw armErrors.invalidProxy({ name });
}
