/** The address of the package that an app runs from, and the time until which its signature is valid. */
import type { GuardFinding } from '../../contract/index.ts';
import { type AppSettings, isReference, RUN_FROM_PACKAGE } from '../../azure/index.ts';

/** Days before the end of a signature within which a restart gets a warning. */
const SOON = 30;
const DAY = 86_400_000;

/** Returns the URL of the package; the name of the setting is matched without regard to case. undefined if the app does not run from a URL. */
function packageAddress({ properties }: AppSettings): string | undefined {
  const [, value] = Object.entries(properties).find(([name]) => name.toUpperCase() === RUN_FROM_PACKAGE) ?? [];
  return value !== undefined && (/^https?:\/\//i.test(value) || isReference(value)) ? value : undefined;
}

const parameter = (address: string, name: string): string | undefined =>
  URL.canParse(address) ? (new URL(address).searchParams.get(name) ?? undefined) : undefined;

/** Checks the package that a restart fetches. The app is empty after it where the signature has expired. `today`: ISO date. */
export function packageAfterRestart(settings: AppSettings, today: string): GuardFinding[] {
  const address = packageAddress(settings);
  if (address === undefined) return [];
  if (isReference(address))
    return [
      {
        level: 'warn',
        says: `${RUN_FROM_PACKAGE} comes from a vault or configuration store, so func-harden did not check whether the URL is still valid. If the URL has expired, the app has no code after a restart.`,
      },
    ];
  if (parameter(address, 'sig') === undefined) return [];
  const end = parameter(address, 'se');
  const until = Date.parse(end ?? '');
  if (Number.isNaN(until))
    return [
      {
        level: 'warn',
        says: `The signature in ${RUN_FROM_PACKAGE} has no expiry date. If it has expired, the app has no code after a restart.`,
      },
    ];
  const left = Math.floor((until - Date.parse(today)) / DAY);
  const date = new Date(until).toISOString().slice(0, 10);
  if (left < 0)
    return [
      {
        level: 'warn',
        says: `The signature in ${RUN_FROM_PACKAGE} expired on ${date}. After a restart, the app cannot load its code. Deploy the app again first.`,
      },
    ];
  return left <= SOON
    ? [
        {
          level: 'warn',
          says: `The signature in ${RUN_FROM_PACKAGE} expires on ${date}. After that date, the app cannot load its code at a restart. Deploy the app again before that date.`,
        },
      ]
    : [];
}
