import { LACKS, compareVersions, defineStep, type Context, type Verdict } from '../src/step.ts';

/** End of support by language and version, as the makers publish it (dates as of November 2026). */
const END_OF_SUPPORT: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  // https://dotnet.microsoft.com/platform/support/policy/dotnet-core
  dotnet: { '6.0': '2024-11-12', '7.0': '2024-05-14', '8.0': '2026-11-10', '9.0': '2026-11-10', '10.0': '2028-11-14' },
  // https://nodejs.org/en/about/previous-releases
  node: { '16': '2023-09-11', '18': '2025-04-30', '20': '2026-04-30', '22': '2027-04-30', '24': '2028-04-30' },
  // https://devguide.python.org/versions/
  python: {
    '3.8': '2024-10-07',
    '3.9': '2025-10-31',
    '3.10': '2026-10-31',
    '3.11': '2027-10-31',
    '3.12': '2028-10-31',
    '3.13': '2029-10-31',
    '3.14': '2030-10-31',
  },
  // https://learn.microsoft.com/java/openjdk/support
  java: { '8': '2026-11-30', '11': '2027-09-30', '17': '2027-09-30', '21': '2028-09-30', '25': '2030-09-30' },
  // https://learn.microsoft.com/powershell/scripting/install/powershell-support-lifecycle
  powershell: { '7.2': '2024-11-08', '7.4': '2026-11-10', '7.6': '2028-11-14' },
};

interface Language {
  readonly name: string;
  readonly version: string;
}

const named = (name: string): string => (/dotnet/i.test(name) ? 'dotnet' : name.toLowerCase());

/** The language and version that the app runs on, from where its hosting keeps it; undefined where ARM does not tell. */
function languageOf({ app, facts }: Context<unknown>): Language | undefined {
  if (app.plan === 'FC1') {
    const { name, version } = facts.site.properties.functionAppConfig?.runtime ?? {};
    return name && version ? { name: named(name), version } : undefined;
  }
  const { linuxFxVersion, netFrameworkVersion, javaVersion, powerShellVersion } = facts.siteConfig.properties;
  if (app.os === 'linux') {
    const [name, version] = (linuxFxVersion ?? '').split('|');
    return name && version && !/^docker$/i.test(name) ? { name: named(name), version } : undefined;
  }
  if (javaVersion) return { name: 'java', version: javaVersion };
  if (powerShellVersion) return { name: 'powershell', version: powerShellVersion };
  // Windows tells a .NET version whatever the app is written in; only its settings say what that is.
  const { FUNCTIONS_WORKER_RUNTIME: worker, WEBSITE_NODE_DEFAULT_VERSION: node } = facts.appSettings.properties;
  if (worker === 'node') return /^~?\d[\d.]*$/.test(node ?? '') ? { name: 'node', version: node!.replace('~', '') } : undefined;
  // v4.0 stands where nobody set it, and for .NET Framework, which Windows keeps up to date.
  return /dotnet/i.test(worker ?? '') && netFrameworkVersion && netFrameworkVersion !== 'v4.0'
    ? { name: 'dotnet', version: netFrameworkVersion.replace(/^v/i, '') }
    : undefined;
}

function supported({ name, version }: Language, today: string): Verdict {
  const versions = END_OF_SUPPORT[name];
  const wanted = 'a version that gets security fixes';
  const shown = `${name} ${version}`;
  if (!versions) return { state: 'unknown', found: `${shown}: its end of support is not known here`, wanted };
  const known = Object.keys(versions);
  const match = versions[version] ?? versions[version.replace(/\.0$/, '')] ?? versions[version.split('.')[0] ?? ''];
  if (match)
    return {
      state: match < today ? 'fail' : 'pass',
      found: `${shown}, ${match < today ? 'without fixes since' : 'supported until'} ${match}`,
      wanted,
      lines: [`Change it where the app is deployed from: its project file, template or pipeline.`],
    };
  const newest = known.toSorted(compareVersions).at(-1) ?? '';
  if (compareVersions(version, newest) > 0) return { state: 'unknown', found: `${shown} is newer than what is known here`, wanted };
  return { state: 'fail', found: `${shown} is not supported any more`, wanted };
}

export default defineStep({
  id: 'runtime',
  title: 'Supported runtime',
  group: 'operation',
  why: 'A host or language that gets no more security fixes stays open to every hole found from then on.',
  docs: [
    'https://learn.microsoft.com/azure/azure-functions/functions-versions',
    'https://learn.microsoft.com/azure/azure-functions/language-support-policy',
  ],
  controls: [
    {
      kind: 'rule',
      id: 'functions-version',
      label: 'Functions host version',
      because: 'Only version 4 of the host is supported.',
      severity: 'high',
      compliance: { mcsb: ['PV-6'] },
      reads: ['appSettings'],
      notOn: LACKS.hostVersion,
      judge: ({ facts }) => {
        const version = facts.appSettings.properties['FUNCTIONS_EXTENSION_VERSION'];
        return {
          state: version && /^~?4(\.|$)/.test(version) ? 'pass' : 'fail',
          found: version ?? 'not set',
          wanted: '~4',
          lines: ['Change FUNCTIONS_EXTENSION_VERSION together with the code: versions are not compatible.'],
        };
      },
      docs: 'https://learn.microsoft.com/azure/azure-functions/functions-versions',
    },
    {
      kind: 'rule',
      id: 'language',
      label: 'Language version',
      because: 'The worker runs your code; its holes are yours.',
      severity: 'medium',
      compliance: { mcsb: ['PV-6'] },
      reads: ['site', 'siteConfig', 'appSettings'],
      notOn: LACKS.language,
      judge: (x) => {
        const language = languageOf(x);
        return language
          ? supported(language, x.today)
          : { state: 'unknown', found: 'ARM does not tell the language version of this app', wanted: 'a version that gets security fixes' };
      },
      docs: 'https://learn.microsoft.com/azure/azure-functions/language-support-policy',
    },
  ],
});
