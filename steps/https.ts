import { defineStep, hasTrigger, isGivenName, LACKS, nameIn, type Context, type GuardFinding } from '../src/step.ts';

/** From strong to weak as App Service orders them; all of them keep past traffic safe if a key leaks, and none uses CBC. */
const STRONG_SUITES = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_AES_128_GCM_SHA256',
  'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
  'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
  'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384',
  'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
];
const RAISES_TO_13 = '1f01f1c7-539c-49b5-9ef4-d4ffa37d22e0';
const TLS_DOCS = 'https://learn.microsoft.com/azure/app-service/overview-tls';
const CERT_DOCS = 'https://learn.microsoft.com/azure/app-service/app-service-web-configure-tls-mutual-auth';
const VERSIONS = ['1.2', '1.3'] as const;

const httpFunctions = ({ facts }: Context<unknown>) =>
  facts.functions.value
    .filter(({ properties }) => properties.config?.bindings?.some(({ type }) => type === 'httpTrigger'))
    .map(({ name }) => nameIn(name));

/** Modes and exclusion paths that make the server ask for a certificate in mid-connection, which HTTP/2 and TLS 1.3 cannot do. */
const renegotiates = ({ facts }: Context<unknown>): boolean => {
  const { clientCertEnabled, clientCertMode, clientCertExclusionPaths } = facts.site.properties;
  return Boolean(clientCertEnabled) && (isMode(clientCertMode, 'OptionalInteractiveUser') || Boolean(clientCertExclusionPaths));
};
/** Not set is the default of a new app, Required (recorded: it stands there even while certificates are off). */
const isMode = (mode: string | null | undefined, asked: string): boolean => (mode || 'Required').toLowerCase() === asked.toLowerCase();

function policyRaisesTls({ facts }: Context<unknown>): GuardFinding {
  const assigned = facts.policyAssignments.value.find(
    ({ properties }) =>
      properties.policyDefinitionId?.toLowerCase().endsWith(RAISES_TO_13) && !/^donotenforce$/i.test(properties.enforcementMode ?? ''),
  );
  if (!assigned) return { level: 'clear', says: 'No Azure Policy assignment in scope rewrites the TLS version.' };
  return {
    level: 'warn',
    says: `Azure Policy "${assigned.properties.displayName ?? assigned.name}" lifts anything below 1.2 straight to 1.3; an undo below 1.2 would be overwritten.`,
  };
}

const oldClients = (asked: string | undefined, who: string): GuardFinding =>
  asked === '1.3'
    ? { level: 'warn', says: `TLS 1.3 only: ${who} must speak it. Many runtimes and devices stop at 1.2.` }
    : { level: 'warn', says: `${who} that speak only TLS 1.0 or 1.1 can no longer connect.` };

export default defineStep({
  id: 'https',
  title: 'Require HTTPS',
  group: 'operation',
  why: 'Plain HTTP and old TLS let anybody on the path read and change requests, keys in the URL included.',
  docs: ['https://learn.microsoft.com/azure/azure-functions/security-concepts#require-https', TLS_DOCS],
  questions: {
    minTls: {
      kind: 'choice',
      label: 'Lowest TLS version that callers may use',
      help: '1.2 is what nearly every client speaks; 1.3 shuts out more of them.',
      options: VERSIONS,
      preselect: '1.2',
    },
    scmMinTls: {
      kind: 'choice',
      label: 'Lowest TLS version for the deployment (scm) site',
      help: 'Build agents and the Azure CLI connect here.',
      options: VERSIONS,
      preselect: '1.2',
    },
  },
  controls: [
    {
      kind: 'setting',
      id: 'https-only',
      label: 'HTTPS only',
      because: 'Requests by plain HTTP are redirected instead of answered.',
      severity: 'high',
      risk: 'disruptive',
      effect: 'Plain HTTP is answered with a redirect; clients that POST by HTTP lose the body.',
      at: ['site', 'properties.httpsOnly'],
      absent: false,
      expect: { equals: true },
      set: true,
      compliance: { mcsb: ['DP-3'], cis: { '2.0': '9.2', '2.1': '9.2', '3.0': '9.1' }, policy: '6d555dd1-86f2-4f1c-8ed7-5abae7c6cbab' },
      guards: [
        {
          id: 'L14',
          reads: ['functions'],
          check: (x) => {
            const names = httpFunctions(x);
            return names.length === 0
              ? { level: 'clear', says: 'No function has an HTTP trigger.' }
              : {
                  level: 'warn',
                  says: `HTTP functions: ${names.join(', ')}. A caller that POSTs to http:// is redirected and its body is lost.`,
                };
          },
        },
      ],
    },
    {
      kind: 'setting',
      id: 'min-tls',
      label: 'Minimum TLS version',
      because: 'TLS 1.0 and 1.1 have known downgrade attacks.',
      severity: 'high',
      risk: 'disruptive',
      effect: 'Clients with older TLS fail to connect.',
      at: ['siteConfig', 'properties.minTlsVersion'],
      expect: ({ answers }) => ({ atLeastVersion: answers.minTls ?? '1.2' }),
      set: ({ answers }) => answers.minTls ?? '1.2',
      needs: ['minTls'],
      docs: TLS_DOCS,
      notOn: LACKS.ingressTls,
      compliance: {
        mcsb: ['DP-3', 'NS-8'],
        cis: { '2.0': '9.3', '2.1': '9.3', '3.0': '9.4' },
        policy: 'f9d614c5-c173-4d56-95a7-b4437057d193',
      },
      guards: [
        { id: 'L12', check: ({ answers }) => oldClients(answers.minTls, 'Clients') },
        { id: 'L31', reads: ['policyAssignments'], check: policyRaisesTls },
      ],
    },
    {
      kind: 'setting',
      id: 'scm-min-tls',
      label: 'Minimum TLS version of the scm site',
      because: 'Deployments carry the code and the credentials of the app.',
      severity: 'medium',
      risk: 'disruptive',
      effect: 'Build agents with older TLS fail to deploy.',
      at: ['siteConfig', 'properties.scmMinTlsVersion'],
      expect: ({ answers }) => ({ atLeastVersion: answers.scmMinTls ?? '1.2' }),
      set: ({ answers }) => answers.scmMinTls ?? '1.2',
      needs: ['scmMinTls'],
      docs: TLS_DOCS,
      notOn: LACKS.scmSite,
      compliance: { mcsb: ['DP-3', 'NS-8'] },
      guards: [{ id: 'L12', check: ({ answers }) => oldClients(answers.scmMinTls, 'Self-hosted build agents') }],
    },
    {
      kind: 'setting',
      id: 'http2',
      label: 'HTTP/2',
      because: 'HTTP/2 drops the ambiguities of HTTP/1.1 that request smuggling lives on.',
      severity: 'low',
      risk: 'safe',
      strict: true,
      effect: 'Clients may use HTTP/2; HTTP/1.1 goes on working.',
      at: ['siteConfig', 'properties.http20Enabled'],
      absent: false,
      expect: { equals: true },
      set: true,
      notOn: LACKS.ingressProtocol,
      compliance: { cis: { '2.0': '9.9', '2.1': '9.8', '3.0': '9.10' }, policy: 'e2c1c086-2d84-4019-bff3-c44ccd95113c' },
      guards: [
        {
          id: 'L11',
          reads: ['site'],
          check: (x) =>
            renegotiates(x)
              ? {
                  level: 'stop',
                  says: 'Client certificates are optional or have exclusion paths, which needs TLS renegotiation; HTTP/2 cannot do that and these requests would fail.',
                }
              : { level: 'clear', says: 'No client certificate setting needs TLS renegotiation.' },
        },
      ],
    },
    {
      kind: 'setting',
      id: 'end-to-end',
      label: 'TLS up to the worker',
      because: 'Inside the platform, requests travel from the front end to the worker encrypted as well.',
      severity: 'low',
      risk: 'safe',
      strict: true,
      effect: 'Requests inside the platform are encrypted; a little more CPU.',
      at: ['site', 'properties.endToEndEncryptionEnabled'],
      absent: false,
      expect: { equals: true },
      set: true,
      docs: TLS_DOCS,
      notOn: LACKS.endToEndEncryption,
      appliesTo: ({ facts }) => {
        const { sku } = facts.site.properties;
        if (/^(Standard|Premium|ElasticPremium|Isolated)/i.test(sku ?? '')) return true;
        if (/^(Free|Shared|Basic)$/i.test(sku ?? ''))
          return `the ${sku ?? ''} tier has no end-to-end encryption; it needs Standard or Premium`;
        return {
          unknown: sku
            ? `whether the ${sku} tier has end-to-end encryption is not known here`
            : 'ARM does not tell the tier of the plan, and not every tier has end-to-end encryption',
        };
      },
      compliance: { mcsb: ['DP-3'], policy: '387140f1-6da9-4741-bcee-3b5edcdfd9ec' },
    },
    {
      kind: 'setting',
      id: 'cipher-suite',
      label: 'Weakest cipher suite',
      because: 'The default still admits suites without forward secrecy.',
      severity: 'low',
      risk: 'disruptive',
      strict: true,
      optIn: 'Old clients may fail, and ARM cannot take it back to "not set", only to the suite that stands for it.',
      effect: 'Clients that offer weaker suites only fail to connect.',
      at: ['siteConfig', 'properties.minTlsCipherSuite'],
      absent: 'TLS_RSA_WITH_AES_128_CBC_SHA',
      expect: { oneOf: STRONG_SUITES },
      set: 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
      docs: `${TLS_DOCS}#minimum-tls-cipher-suite`,
      notOn: LACKS.cipherSuite,
      inert: true,
      compliance: { mcsb: ['DP-3'] },
    },
    {
      kind: 'rule',
      id: 'client-cert',
      label: 'Client certificates required',
      because: 'Only callers that hold a certificate reach the code; the code must still check which one.',
      severity: 'low',
      risk: 'lock-out',
      strict: true,
      optIn: 'Every caller without a certificate is shut out.',
      effect: 'Callers without a client certificate get 403.',
      notOn: LACKS.ingressCertificates,
      reads: ['site'],
      judge: ({ facts }) => {
        const { clientCertEnabled, clientCertMode } = facts.site.properties;
        return {
          state: clientCertEnabled && isMode(clientCertMode, 'Required') ? 'pass' : 'fail',
          found: clientCertEnabled ? clientCertMode || 'Required (not set)' : 'off',
          wanted: 'Required',
        };
      },
      draft: () => [
        { at: ['site', 'properties.clientCertEnabled'], to: true, absent: false },
        { at: ['site', 'properties.clientCertMode'], to: 'Required', absent: 'Required' },
      ],
      docs: CERT_DOCS,
      compliance: { mcsb: ['PV-2'], cis: { '2.0': '9.4' }, policy: 'ab6a902f-9493-453b-928d-62c30b11b5a6' },
      guards: [
        {
          id: 'L11',
          reads: ['functions', 'site'],
          check: (x) => {
            const grid = hasTrigger(x.facts.functions, 'eventGridTrigger');
            const paths = x.facts.site.properties.clientCertExclusionPaths;
            return [
              { level: 'warn', says: "The portal's Test/Run, Traffic Manager probes and webhooks send no certificate and would get 403." },
              ...(grid ? [{ level: 'warn' as const, says: 'A function is triggered by Event Grid, which sends no certificate.' }] : []),
              ...(paths
                ? [
                    {
                      level: 'warn' as const,
                      says: `Exclusion paths (${paths}) need TLS renegotiation: HTTP/2, TLS 1.3 and bodies over 100 KB fail.`,
                    },
                  ]
                : []),
            ];
          },
        },
      ],
    },
    {
      kind: 'rule',
      id: 'client-cert-exclusions',
      label: 'Client certificate exclusion paths',
      because: 'A path on this list is open to callers without a certificate.',
      severity: 'low',
      risk: 'lock-out',
      strict: true,
      optIn: 'Callers of the excluded paths would need a certificate from then on.',
      effect: 'The excluded paths ask for a certificate too.',
      notOn: LACKS.ingressCertificates,
      reads: ['site'],
      judge: ({ facts }) => {
        const { clientCertEnabled, clientCertExclusionPaths } = facts.site.properties;
        if (!clientCertEnabled) return { state: 'not-applicable', found: 'client certificates are off', wanted: 'none' };
        return {
          state: clientCertExclusionPaths ? 'fail' : 'pass',
          found: clientCertExclusionPaths || 'none',
          wanted: 'none, or each accepted',
        };
      },
      draft: () => [{ at: ['site', 'properties.clientCertExclusionPaths'], to: '' }],
      docs: CERT_DOCS,
    },
    {
      kind: 'rule',
      id: 'host-names',
      label: 'Custom host names bound with TLS',
      because: 'A host name without a certificate cannot be reached by HTTPS, so callers fall back to HTTP.',
      severity: 'medium',
      reads: ['site'],
      judge: ({ app, facts }) => {
        const { hostNameSslStates, defaultHostName = '' } = facts.site.properties;
        const wanted = 'each bound with a certificate';
        const own = (hostNameSslStates ?? []).filter(
          ({ name, hostType }) =>
            !/^repository$/i.test(hostType ?? '') && !isGivenName(name) && name.toLowerCase() !== defaultHostName.toLowerCase(),
        );
        const unbound = own.filter(({ sslState }) => /^disabled$/i.test(sslState ?? '')).map(({ name }) => name);
        if (own.length === 0) return { state: 'pass', found: 'no custom host name', wanted };
        // The suffix of an App Service Environment may be a domain of its owner, and the environment holds the certificate for it.
        const maybe = app.ase ? unbound.filter((name) => name.toLowerCase().startsWith(`${app.name.toLowerCase()}.`)) : [];
        const open = unbound.filter((name) => !maybe.includes(name));
        if (open.length === 0 && maybe.length > 0)
          return {
            state: 'unknown',
            found: `${maybe.join(', ')} may lie under the domain suffix of the environment, whose certificate was not looked at`,
            wanted,
          };
        return {
          state: open.length > 0 ? 'fail' : 'pass',
          found: open.length > 0 ? `without TLS: ${open.join(', ')}` : `${own.length} bound`,
          wanted,
          lines: open.map((name) => `Bind a certificate to ${name} in the portal or with: az functionapp config ssl bind`),
        };
      },
      docs: 'https://learn.microsoft.com/azure/app-service/configure-ssl-bindings',
      compliance: { mcsb: ['DP-3'] },
    },
  ],
});
