/**
 * End of support of languages, with sources. The page of Azure Functions decides, because Functions provides the
 * language: learn.microsoft.com/azure/azure-functions/functions-versions#languages, as of September 2026. A month there means
 * its last day. If the makers of the language, or other pages of Microsoft, give another day, both days are kept.
 */
import { ownMember } from '../own-member.ts';
import { compareVersions } from '../versions.ts';

export interface EndOfSupport {
  readonly until: string;
  /** The date of another source, and its name. */
  readonly other?: { readonly until: string; readonly by: string };
}

const on = (until: string): EndOfSupport => ({ until });
const disputed = (until: string, other: string, by: string): EndOfSupport => ({ until, other: { until: other, by } });

const ENDS: Readonly<Record<string, Readonly<Record<string, EndOfSupport>>>> = {
  // Also https://dotnet.microsoft.com/platform/support/policy/dotnet-core
  dotnet: { '6.0': on('2024-11-12'), '7.0': on('2024-05-14'), '8.0': on('2026-11-10'), '9.0': on('2026-11-10'), '10.0': on('2028-11-14') },
  // Also https://nodejs.org/en/about/previous-releases
  node: {
    '14': on('2023-04-30'),
    '16': on('2023-09-11'),
    '18': on('2025-04-30'),
    '20': on('2026-04-30'),
    '22': on('2027-04-30'),
    '24': on('2028-04-30'),
  },
  // Also https://devguide.python.org/versions/
  python: {
    '3.7': on('2023-06-27'),
    '3.8': on('2024-10-07'),
    '3.9': on('2025-10-31'),
    '3.10': on('2026-10-31'),
    '3.11': on('2027-10-31'),
    '3.12': on('2028-10-31'),
    '3.13': on('2029-10-31'),
    '3.14': disputed('2029-04-30', '2030-10-31', 'python.org'),
  },
  java: {
    // Earlier editions of the page of Azure Functions, and the support page of Eclipse Temurin, which builds this Java.
    '8': disputed('2027-09-30', '2026-11-30', 'older pages of Microsoft'),
    '11': on('2027-09-30'),
    '17': on('2027-09-30'),
    '21': on('2028-09-30'),
    // https://learn.microsoft.com/java/openjdk/support
    '25': disputed('2029-05-31', '2030-09-30', 'the page of the Microsoft Build of OpenJDK'),
  },
  // Also https://learn.microsoft.com/powershell/scripting/install/powershell-support-lifecycle
  powershell: { '7.0': on('2022-12-03'), '7.2': on('2024-11-08'), '7.4': on('2026-11-10'), '7.6': on('2028-11-14') },
};

/** C# in-process model: https://aka.ms/azure-functions-retirements/in-process-model */
export const IN_PROCESS_ENDS = '2026-11-10';

/** Linux in a Consumption plan, and the last versions it gets: learn.microsoft.com/azure/azure-functions/functions-versions#languages */
export const LINUX_CONSUMPTION_ENDS = '2028-09-30';
export const LAST_ON_LINUX_CONSUMPTION: Readonly<Record<string, string>> = {
  dotnet: '.NET 9',
  java: 'Java 21',
  node: 'Node.js 22',
  powershell: 'PowerShell 7.4',
  python: 'Python 3.12',
};

/** Plans of version 3 have the tiers IsolatedV2 and IsolatedMV2: learn.microsoft.com/azure/app-service/environment/overview#retirement */
export const OLD_ENVIRONMENTS_END = '2024-08-31';

/** App Service on Kubernetes with Azure Arc: learn.microsoft.com/azure/app-service/overview-arc-integration */
export const ARC_ENDS = '2026-03-31';

/** The last day of host version 3 on Linux Consumption: learn.microsoft.com/azure/azure-functions/functions-versions */
export const V3_STOPS_ON_LINUX = '2026-09-30';

/** End of support of the versions of the host: learn.microsoft.com/azure/azure-functions/functions-versions#retired-versions */
export const HOST_ENDS: Readonly<Record<string, string>> = { '1': '2026-09-14', '2': '2022-12-13', '3': '2022-12-13' };

/** Removes prefixes such as `~` (`~22`) and `v` (`v8.0`), and the `1.` of `1.8`, an older name of Java 8. */
export const bareVersion = (language: string, version: string): string => {
  const bare = version.trim().replace(/^[~v]+/i, '');
  return language === 'java' ? bare.replace(/^1\.(?=\d)/, '') : bare;
};

/** Returns when the support of a version ends; `none` for an older version that is not in the table, undefined if it is not known. */
export function endOfSupport(language: string, version: string): EndOfSupport | 'none' | undefined {
  const ends = ownMember(ENDS, language);
  const bare = bareVersion(language, version);
  // The platform chooses the version for `lts` and `latest`, and an incomplete version can match several.
  if (!ends || !/^\d+(\.\d+)*([._+-].*)?$/s.test(bare)) return undefined;
  const [major = '', minor] = bare.split(/[._+-]/);
  const known = Object.keys(ends);
  const meant = known.filter(
    (name) => name === major || name === `${major}.${minor}` || (minor === undefined && name.startsWith(`${major}.`)),
  );
  if (meant.length > 0) return meant.length === 1 ? ends[meant[0]!] : undefined;
  const newest = known.toSorted(compareVersions).at(-1) ?? '';
  return compareVersions(`${major}.${minor ?? 0}`, newest) > 0 ? undefined : 'none';
}
