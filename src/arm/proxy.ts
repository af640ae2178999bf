/** The variables that name a proxy, looked at before Microsoft's library stumbles over them. */
import { EXIT, UserError } from '../engine/errors.ts';

/** In the order in which the library takes the first that is set. */
const NAMES = ['HTTPS_PROXY', 'ALL_PROXY', 'HTTP_PROXY'].flatMap((name) => [name, name.toLowerCase()]);

/** @throws UserError where it is no address of a proxy; its value may hold a password and is not shown */
export function checkProxy(environment: Readonly<Record<string, string | undefined>>): void {
  const name = NAMES.find((one) => environment[one]);
  if (name === undefined || /^https?:$/.test(URL.parse(environment[name] ?? '')?.protocol ?? '')) return;
  throw new UserError(`${name} is not a valid proxy URL.`, EXIT.usage, [`Example: http://proxy.example:8080 (with http:// or https://)`]);
}
