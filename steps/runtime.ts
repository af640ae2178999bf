import {
  ARC_ENDS,
  bareVersion,
  endOfSupport,
  type EndOfSupport,
  HOST_ENDS,
  IN_PROCESS_ENDS,
  LACKS,
  LAST_ON_LINUX_CONSUMPTION,
  LINUX_CONSUMPTION_ENDS,
  OLD_ENVIRONMENTS_END,
  V3_STOPS_ON_LINUX,
  valueOf,
  ownMember,
} from '../src/azure/index.ts';
import { type Context, defineStep, type Verdict } from '../src/contract/index.ts';

type X = Context<unknown>;

interface Language {
  readonly name: string;
  readonly version: string;
  /** C# in the in-process model. */
  readonly inProcess?: true;
}

const WANTED = 'a version that gets security updates';
const FIXED = /^~?4$/;

/** Returns the container image of the app, which contains the host and the language; undefined if the app runs none. */
function imageOf({ app, facts }: X): string | undefined {
  const { linuxFxVersion, windowsFxVersion } = facts.siteConfig.properties;
  return [linuxFxVersion, app.os === 'windows' ? windowsFxVersion : null].flatMap(
    (stack) => /^\s*docker\s*\|\s*(.*)/i.exec(stack ?? '')?.[1] ?? [],
  )[0];
}

/** Returns the app's language from the setting for the host; in-process C# is `dotnet`, isolated C# is `dotnet-isolated`. */
const workerOf = (settings: Parameters<typeof valueOf>[0] | undefined): string =>
  (settings && valueOf(settings, 'FUNCTIONS_WORKER_RUNTIME')?.trim().toLowerCase()) ?? '';

/** Whether a custom handler runs the functions: a program that the app brings with its own language runtime. Without it, Linux names the language. */
const isCustomHandler = ({ app, facts }: X): boolean =>
  app.plan === 'FC1'
    ? /^custom$/i.test(facts.site.properties.functionAppConfig?.runtime?.name?.trim() ?? '')
    : workerOf(facts.maybe('appSettings')) === 'custom' &&
      /^(|dotnet.*|custom.*)$/i.test(app.os === 'linux' ? (facts.siteConfig.properties.linuxFxVersion ?? '') : '');

const language = (name: string, version: string | null | undefined): Language | undefined => {
  const worker = name.trim().toLowerCase();
  if (worker === 'dotnet') return { name: 'dotnet', version: version ?? '', inProcess: true };
  return version ? { name: worker.startsWith('dotnet') ? 'dotnet' : worker, version } : undefined;
};

/** Returns the language and version of the app, from where its hosting stores them; undefined if ARM does not show them. */
function languageOf({ app, facts }: X): Language | undefined {
  if (app.plan === 'FC1') {
    const { name = '', version } = facts.site.properties.functionAppConfig?.runtime ?? {};
    return language(name, version);
  }
  const { linuxFxVersion, netFrameworkVersion, javaVersion, powerShellVersion } = facts.siteConfig.properties;
  if (app.os === 'linux') {
    const [name = '', version] = (linuxFxVersion ?? '').split('|');
    const worker = workerOf(facts.maybe('appSettings'));
    return language(worker.startsWith('dotnet') && (name === '' || /^dotnet/i.test(name)) ? worker : name, version);
  }
  // Windows stores a version for every language; only the app settings show which language the app uses.
  const worker = workerOf(facts.appSettings);
  if (worker === 'java') return language(worker, javaVersion);
  if (worker === 'powershell') return language(worker, powerShellVersion);
  if (worker === 'node') return language(worker, valueOf(facts.appSettings, 'WEBSITE_NODE_DEFAULT_VERSION'));
  // v4.0 is the default, and also means .NET Framework 4, which Windows keeps up to date.
  const version = /^v?4\.\d+$/i.test(netFrameworkVersion?.trim() ?? '') ? undefined : netFrameworkVersion;
  if (worker.startsWith('dotnet')) return language(worker, version);
  return undefined;
}

const nextOn = ({ app }: X, name: string): readonly string[] => [
  'Change the version in the project file, template or pipeline that deploys the app.',
  ...(app.plan === 'Y1' && app.os === 'linux' && ownMember(LAST_ON_LINUX_CONSUMPTION, name)
    ? [
        `Linux Consumption gets no version after ${ownMember(LAST_ON_LINUX_CONSUMPTION, name)}. For a newer version, move the app to Flex Consumption.`,
      ]
    : []),
];

/** Formats the end of support; if sources disagree, both dates are shown. */
function byDay(shown: string, { until, other }: EndOfSupport, today: string, lines: readonly string[]): Verdict {
  const but = other ? ` (date of the Azure Functions documentation; ${other.by}: ${other.until})` : '';
  if (until >= today) return { state: 'pass', found: `${shown}, supported until ${until}${but}`, wanted: WANTED, lines };
  if (other && other.until >= today) return { state: 'unknown', found: `${shown}: support ended on ${until}${but}`, wanted: WANTED, lines };
  return { state: 'fail', found: `${shown}, without security updates since ${until}${but}`, wanted: WANTED, lines };
}

function supported(x: X, { name, version, inProcess }: Language): Verdict {
  const end = endOfSupport(name, version);
  const lines = nextOn(x, name);
  if (inProcess) {
    const until = typeof end === 'object' && end.until < IN_PROCESS_ENDS ? end.until : IN_PROCESS_ENDS;
    const shown = `${['dotnet', bareVersion(name, version)].filter(Boolean).join(' ')} (in-process model)`;
    return byDay(shown, { until }, x.today, ['Migrate the code to the isolated worker model. func-harden cannot do this.', ...lines]);
  }
  const shown = `${name} ${version.trim().replace(/^[~v]+/i, '')}`;
  if (end === undefined) return { state: 'unknown', found: `${shown}: func-harden does not know its end of support`, wanted: WANTED };
  if (end === 'none') return { state: 'fail', found: `${shown} is no longer supported`, wanted: WANTED, lines };
  const verdict = byDay(shown, end, x.today, lines);
  return verdict.state === 'pass' ? (pinned(name, shown, bareVersion(name, version), verdict) ?? verdict) : verdict;
}

/**
 * Judges a patch version, which the platform does not update; undefined where a version is none. Sources:
 * azure-functions/functions-app-settings#website_node_default_version and app-service/configure-language-java-deploy-run, which recommends
 * a patch version of Java to owners who update it.
 */
function pinned(name: string, shown: string, bare: string, verdict: Verdict): Verdict | undefined {
  if (name === 'node' && /^\d+\.\d/.test(bare))
    return {
      state: 'fail',
      found: `${shown}, pinned: it gets no updates`,
      wanted: WANTED,
      lines: ['Name only the major version, for example ~22 in WEBSITE_NODE_DEFAULT_VERSION.'],
    };
  return name === 'java' && /^\d+\.\d+[._]\d/.test(bare)
    ? { ...verdict, found: `${verdict.found}; a pinned patch version, which you must update yourself` }
    : undefined;
}

const CHANGE_HOST = ['Change FUNCTIONS_EXTENSION_VERSION together with the code: versions are not compatible.'];
const ended = (version: string): string | undefined => HOST_ENDS[/^~?([123])(?:\.|$)/.exec(version)?.[1] ?? ''];

/** Judges the host in an image. Microsoft's own images name its version; they also pin the host of an app without a custom image. */
function hostInImage(image: string | undefined, version: string | undefined, wanted: string): Verdict {
  const tag = /^mcr\.microsoft\.com\/azure-functions\/[\w.-]+:(\d[\w.]*)/i.exec(image ?? '')?.[1] ?? '';
  const lines = ['Use a newer image, or set linuxFxVersion to the language and version of the app.'];
  if (ended(tag)) return { state: 'fail', found: `image with host ${tag}, without support since ${ended(tag)}`, wanted, lines };
  if (/^4\.\d/.test(tag)) return { state: 'fail', found: `image with host ${tag}, pinned: it gets no updates`, wanted, lines };
  // Tools write ~4 for every image. An old version that was set on purpose still counts.
  if (version && ended(version))
    return { state: 'fail', found: `${version}, without support since ${ended(version)}`, wanted, lines: CHANGE_HOST };
  return { state: 'not-applicable', found: 'the container image contains the host', wanted };
}

function hostVersion(x: X): Verdict {
  const version = valueOf(x.facts.appSettings, 'FUNCTIONS_EXTENSION_VERSION')?.trim();
  const wanted = '~4';
  const image = imageOf(x);
  if (image !== undefined || /(^|,)container(,|$)/i.test(x.facts.site.kind)) return hostInImage(image, version, wanted);
  if (!version) return { state: 'fail', found: 'not set', wanted, lines: CHANGE_HOST };
  if (FIXED.test(version)) return { state: 'pass', found: version, wanted };
  if (ended(version)) {
    const found = `${version}, without support since ${ended(version)}`;
    const stops =
      x.app.plan === 'Y1' && x.app.os === 'linux' ? [`Linux Consumption runs no app of version 3 after ${V3_STOPS_ON_LINUX}.`] : [];
    return { state: 'fail', found, wanted, lines: /^~?3/.test(version) ? [...stops, ...CHANGE_HOST] : CHANGE_HOST };
  }
  if (/^4\.\d/.test(version))
    return {
      state: 'fail',
      found: `${version}, pinned: it gets no updates`,
      wanted,
      lines: ['Set FUNCTIONS_EXTENSION_VERSION to ~4. Pin a version only until the app runs on the newest version.'],
    };
  return { state: 'unknown', found: `${version}: func-harden does not know whether it gets updates`, wanted };
}

export default defineStep({
  id: 'runtime',
  title: 'Supported runtime',
  group: 'operation',
  why: 'A host or language version without security updates stays exposed to every vulnerability found later.',
  docs: [
    'https://learn.microsoft.com/azure/azure-functions/functions-versions',
    'https://learn.microsoft.com/azure/azure-functions/language-support-policy',
  ],
  plain: [/FUNCTIONS_\w+/],
  controls: [
    {
      kind: 'rule',
      id: 'functions-version',
      label: 'Functions host version',
      because: 'Only host version 4 is supported. A pinned version gets no updates.',
      severity: 'high',
      compliance: { mcsb: ['PV-6'] },
      reads: ['appSettings', 'site', 'siteConfig'],
      notOn: LACKS.hostVersion,
      judge: hostVersion,
      docs: 'https://learn.microsoft.com/azure/azure-functions/set-runtime-version',
    },
    {
      kind: 'rule',
      id: 'language',
      label: 'Language version',
      because: 'Vulnerabilities of the language runtime are vulnerabilities of the app.',
      severity: 'medium',
      compliance: { mcsb: ['PV-6'], cis: { '3.0': ['9.8', '9.9'] }, cisCompute: ['2.3.1', '2.3.2', '2.4.1', '2.4.2'] },
      reads: ['site', 'siteConfig', 'appSettings'],
      notOn: LACKS.language,
      judge: (x) => {
        if (x.app.plan !== 'FC1' && imageOf(x) !== undefined)
          return { state: 'not-applicable', found: 'the container image contains the language runtime', wanted: WANTED };
        if (isCustomHandler(x))
          return { state: 'not-applicable', found: 'a custom handler: the app contains its own language runtime', wanted: WANTED };
        const found = languageOf(x);
        return found
          ? supported(x, found)
          : { state: 'unknown', found: 'Azure does not report the language version of this app', wanted: WANTED };
      },
      docs: 'https://learn.microsoft.com/azure/azure-functions/language-support-policy',
    },
    {
      kind: 'rule',
      id: 'plan',
      label: 'Retiring hosting plan',
      because:
        'The Linux Consumption plan will be retired and gets no new language versions. App Service Environment v1 and v2, and App Service on Azure Arc, are retired.',
      severity: 'low',
      strict: true,
      compliance: { mcsb: ['PV-6'] },
      reads: ['site'],
      notOn: LACKS.retirement,
      judgeAnyway: ({ app, facts }) => {
        const wanted = 'a plan that is not retiring';
        if (app.onArc)
          return {
            state: 'fail',
            found: `App Service on Azure Arc ended on ${ARC_ENDS}`,
            wanted,
            lines: ['Move the app to Azure Container Apps, or to a plan of Azure Functions.'],
          };
        return app.ase && /^(Isolated|Premium)$/i.test(facts.site.properties.sku ?? '')
          ? {
              state: 'fail',
              found: `App Service Environment v1 and v2 ended on ${OLD_ENVIRONMENTS_END}`,
              wanted,
              lines: ['Migrate the App Service Environment to v3.'],
            }
          : undefined;
      },
      judge: ({ today }) => ({
        state: 'fail',
        found: `Linux Consumption ${LINUX_CONSUMPTION_ENDS < today ? 'ended' : 'ends'} on ${LINUX_CONSUMPTION_ENDS} and gets no new language versions`,
        wanted: 'a plan that is not retiring',
        lines: ['Create the app again on a Flex Consumption plan. An existing plan cannot be converted.'],
      }),
      docs: 'https://learn.microsoft.com/azure/azure-functions/migration/migrate-plan-consumption-to-flex',
    },
  ],
});
