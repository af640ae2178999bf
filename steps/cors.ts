import { LACKS } from '../src/azure/index.ts';
import { appPolicy, defineStep, IF_NOT_EXISTS, originProblem, clear, warn } from '../src/contract/index.ts';

const PORTAL = /^https:\/\/portal\.azure\.(com|us|cn)$/i;

/** Returns what is wrong with an origin. Browsers compare the text, so an origin with a path or a trailing slash never matches. */
function faultOf(origin: string): string | undefined {
  const text = origin.trim();
  if (text === '*') return '* allows every website';
  if (/^http:/i.test(text)) return `${text} is not https`;
  if (text.includes('*')) return `${text} has a wildcard host`;
  if (text.toLowerCase() === 'null') return 'null allows every sandboxed page and local file';
  // A mobile app has its own URL scheme, which no website can send.
  if (/^[a-z][a-z0-9+.-]*:\/\/[\w.-]+(:\d+)?$/i.test(text)) return undefined;
  return originProblem(text) === undefined ? undefined : `${text} matches no website: an origin is scheme, host and port only`;
}

const sorted = (origins: readonly string[]): string => [...new Set(origins.map((origin) => origin.toLowerCase()))].toSorted().join(' ');

export default defineStep({
  id: 'cors',
  title: 'Restrict CORS',
  group: 'operation',
  why: 'CORS controls which websites may call the app from a browser. It does not restrict any other client.',
  docs: [
    'https://learn.microsoft.com/azure/azure-functions/security-concepts#restrict-cors-access',
    'https://learn.microsoft.com/azure/app-service/app-service-web-tutorial-rest-api#enable-cors',
  ],
  questions: {
    allowedOrigins: {
      kind: 'origins',
      label: 'Allowed CORS origins',
      help: 'For example https://www.contoso.com. An empty list allows none. Keep https://portal.azure.com if people test functions in the portal.',
    },
    supportCredentials: {
      kind: 'yesno',
      label: 'Allow these websites to send cookies and other credentials?',
      help: 'Required only if the browser authenticates with a cookie.',
      preselect: false,
    },
  },
  prefill: {
    allowedOrigins: ({ facts }) => {
      const today = facts.siteConfig.properties.cors?.allowedOrigins ?? [];
      const kept = today.filter((origin) => originProblem(origin) === undefined);
      return kept.filter((origin, index) => kept.findIndex((other) => other.toLowerCase() === origin.toLowerCase()) === index);
    },
  },
  controls: [
    {
      kind: 'rule',
      id: 'origins',
      label: 'Allowed CORS origins',
      because:
        "A wildcard origin lets any website call the app from a visitor's browser. A plain-HTTP origin lets anyone on the network path do the same.",
      severity: 'medium',
      risk: 'disruptive',
      effect: 'Browser calls from unlisted origins fail.',
      notOn: LACKS.ingressCors,
      terraform: { 'siteConfig properties.cors.allowedOrigins': 'site_config.cors.allowed_origins' },
      reads: ['siteConfig'],
      needs: ['allowedOrigins'],
      judge: ({ facts, answers }) => {
        const today = facts.siteConfig.properties.cors?.allowedOrigins ?? [];
        const found = today.length > 0 ? today.join(', ') : 'none';
        if (answers.allowedOrigins)
          return {
            state: sorted(today) === sorted(answers.allowedOrigins) ? 'pass' : 'fail',
            found,
            wanted: answers.allowedOrigins.join(', ') || 'none',
          };
        const faults = today.flatMap((origin) => faultOf(origin) ?? []);
        return { state: faults.length > 0 ? 'fail' : 'pass', found, wanted: 'https origins by name, or no origins', lines: faults };
      },
      draft: ({ answers }) => [{ at: ['siteConfig', 'properties.cors.allowedOrigins'], to: answers.allowedOrigins ?? [], absent: [] }],
      compliance: { mcsb: ['PV-2'], cisCompute: ['2.3.17', '2.4.16'] },
      policy: appPolicy(
        '0820b7b9-23aa-4725-a1ce-ae4558f718e5',
        'Function apps should not have CORS configured to allow every resource to access your apps',
        IF_NOT_EXISTS,
        { slot: 'a1a22235-dd10-4062-bd55-7d62778f41b0' },
      ),
      guards: [
        {
          id: 'L13',
          check: ({ facts, answers }) => {
            const keeps = answers.allowedOrigins?.some((origin) => PORTAL.test(origin));
            if (keeps) return clear('The origin of the portal stays in the list, so Test/Run in the portal keeps working.');
            const had = facts.siteConfig.properties.cors?.allowedOrigins?.some((origin) => PORTAL.test(origin));
            return warn(
              had
                ? 'The origin of the portal is removed. Test/Run in the portal stops working.'
                : 'The origin of the portal is not listed. Test/Run in the portal does not work.',
            );
          },
        },
      ],
    },
    {
      kind: 'setting',
      id: 'credentials',
      label: 'CORS credentials',
      because: 'With credentials, a listed website can act with the session of the visitor.',
      severity: 'medium',
      risk: 'disruptive',
      effect: 'Browsers no longer send cookies from other websites to the app.',
      notOn: LACKS.ingressCors,
      at: ['siteConfig', 'properties.cors.supportCredentials'],
      terraform: 'site_config.cors.support_credentials',
      absent: false,
      expect: ({ answers }) => (answers.supportCredentials ? { oneOf: [false, true] } : { equals: false }),
      set: false,
    },
  ],
});
