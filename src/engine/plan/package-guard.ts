/** The address of the package that an app runs from, and the time until which its signature is valid. */
import type { GuardFinding } from '../../contract/index.ts';
import { type AppSettings, isReference, packageSetting } from '../../azure/index.ts';

/** Days before the end of a signature within which a restart gets a warning. */
const SOON = 30;
const DAY = 86_400_000;

const parameter = (address: string, name: string): string | undefined =>
  URL.canParse(address) ? (new URL(address).searchParams.get(name) ?? undefined) : undefined;

/** Checks the package that a restart fetches. The app is empty after it where the signature has expired. `today`: ISO date. */
export function packageAfterRestart(settings: AppSettings, today: string): GuardFinding[] {
  const { name, value: address } = packageSetting(settings) ?? { name: '', value: '' };
  if (!/^https?:\/\//i.test(address) && !isReference(address)) return [];
  if (isReference(address))
    return [
      {
        level: 'warn',
        says: `${name} comes from a vault or configuration store, so func-harden did not check whether the URL is still valid. If the URL has expired, the app has no code after a restart.`,
      },
    ];
  if (parameter(address, 'sig') === undefined) return [];
  const end = parameter(address, 'se');
  const until = Date.parse(end ?? '');
  if (Number.isNaN(until))
    return [
      {
        level: 'warn',
        says: `The signature in ${name} has no expiry date. If it has expired, the app has no code after a restart.`,
      },
    ];
  const left = Math.floor((until - Date.parse(today)) / DAY);
  const date = new Date(until).toISOString().slice(0, 10);
  if (left < 0)
    return [
      {
        level: 'warn',
        says: `The signature in ${name} expired on ${date}. After a restart, the app cannot load its code. Deploy the app again first.`,
      },
    ];
  return left <= SOON
    ? [
        {
          level: 'warn',
          says: `The signature in ${name} expires on ${date}. After that date, the app cannot load its code at a restart. Deploy the app again before that date.`,
        },
      ]
    : [];
}
