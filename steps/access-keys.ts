import { anonymousFunctions, judgeAnonymous } from './lib/anonymous-functions.ts';
import {
  type Answers,
  type Context,
  defineQuestions,
  defineStep,
  type Draft,
  type GuardFinding,
  later,
  clear,
  stop,
  warn,
} from '../src/contract/index.ts';
import { holdersOf } from './lib/network/callers.ts';
import {
  includesWord,
  isReference,
  KEY_STORE,
  KEY_STORE_VAULT,
  keyPath,
  keyPlaces,
  LACKS,
  nameIn,
  notSeenIn,
  oddKeys,
  settingAt,
} from '../src/azure/index.ts';
import { judgeKeyStore, newKeys, reachesStore, storeDrafts } from './lib/host-keys.ts';
import { switchedTo } from './lib/on-off.ts';

type X = Context<Answers<typeof questions>>;

const DOCS = 'https://learn.microsoft.com/azure/azure-functions/function-keys-how-to';
const HOMEPAGE = 'AzureWebJobsDisableHomepage';

const rotation = ({ facts, answers }: X): Draft[] =>
  (answers.rotate ?? []).map((place) => ({
    call: 'accessKey',
    instanceId: `${facts.site.id}/${keyPath(place)}`,
    to: {
      properties: {
        name: nameIn(keyPath(place)),
        value: later({ from: 'new-key', place }),
      },
    },
    says: `Creates a new key ${place}. The old key stops working at once.`,
  }));

function whoBreaks({ facts, answers }: X): GuardFinding[] {
  const chosen = answers.rotate ?? [];
  const known = keyPlaces(facts.accessKeys);
  return chosen.map((place): GuardFinding => {
    if (!known.includes(place)) return stop(`The app has no key ${place}. Choose one of these keys: ${known.join(', ')}.`);
    if (place === 'master') return warn('master: tools and pipelines that call /admin get 401 until they use the new key.');
    if (place.startsWith('system/')) return holdersOf(place, facts.maybe('functions'));
    return warn(
      `${place}: callers that use this key get 401 until they use the new key. func-harden did not search Logic Apps, API Management and other clients for this key.`,
    );
  });
}

const questions = defineQuestions({
  open: {
    kind: 'names',
    exempts: true,
    of: 'functions',
    label: 'Which functions are intentionally public?',
    help: 'For example a webhook that checks its own signature, or a health probe. All other HTTP functions should require a key.',
    example: 'Health',
    pattern: /^[\w-]+$/,
  },
  known: {
    kind: 'names',
    optional: true,
    exempts: true,
    of: 'keys',
    label: 'Which additional keys are intended?',
    help: 'Write host/NAME, system/NAME or FUNCTION/NAME. The default keys and the keys of extensions are expected and need no entry.',
    example: 'host/ci',
    // Any key that Azure lists may be accepted, including names that ARM cannot change.
    pattern: /^[^\s/]+\/[^\s/]+$/,
  },
  rotate: {
    kind: 'names',
    of: 'keys',
    label: 'Which keys should be rotated?',
    help: 'Write master, host/NAME, system/NAME or FUNCTION/NAME. Each later func-harden replay with this answer replaces these keys again.',
    example: 'host/default',
    pattern: /^(master|[\w-]+\/[\w-]+)$/,
  },
  store: {
    kind: 'choice',
    label: 'Where should the host store its keys?',
    help: 'blob: encrypted, in the storage account of the app (AzureWebJobsStorage). keyvault: as secrets in a vault that you choose.',
    options: ['blob', 'keyvault'],
    preselect: 'blob',
  },
  vault: {
    kind: 'pick',
    of: 'vault',
    label: 'Which vault should store the keys?',
    help: 'The identity of the app must be allowed to read and write secrets in this vault.',
    example: 'kv-contoso',
  },
});

export default defineStep({
  id: 'access-keys',
  title: 'Function access keys',
  group: 'operation',
  why: 'An access key is a password that all callers share. Anyone who obtains the key can call the app.',
  docs: ['https://learn.microsoft.com/azure/azure-functions/security-concepts#function-access-keys', DOCS],
  questions,
  skip: { vault: ({ store }) => store !== 'keyvault' },
  prefill: { rotate: () => [] },
  options: {
    open: ({ facts }) => anonymousFunctions(facts).map((value) => ({ value, label: value })),
    known: ({ facts }) => oddKeys(facts.accessKeys).map((value) => ({ value, label: value })),
    rotate: ({ facts }) => keyPlaces(facts.accessKeys).map((value) => ({ value, label: value })),
    vault: ({ facts }) => facts.vaults.value.map(({ name }) => ({ value: name, label: name })),
  },
  plain: [HOMEPAGE, KEY_STORE, KEY_STORE_VAULT],
  controls: [
    {
      kind: 'rule',
      id: 'anonymous',
      label: 'Anonymous functions',
      because: 'Without a key or authentication, anyone who knows the URL can call the function.',
      severity: 'high',
      strict: true,
      reads: ['functions', 'authSettings', 'siteConfig', 'appSettings'],
      docs: 'https://learn.microsoft.com/azure/azure-functions/functions-bindings-http-webhook-trigger#http-auth',
      judge: ({ facts, answers }) => judgeAnonymous(facts, answers.open ?? []),
    },
    {
      kind: 'rule',
      id: 'inventory',
      label: 'Unexpected keys',
      because: 'A forgotten key is never removed and keeps giving access.',
      severity: 'low',
      strict: true,
      reads: ['accessKeys'],
      docs: DOCS,
      judge: ({ facts, answers }) => {
        const odd = oddKeys(facts.accessKeys).filter((place) => !includesWord(answers.known, place));
        return {
          state: odd.length > 0 ? 'fail' : 'pass',
          found: odd.length > 0 ? `${odd.join(', ')}` : `${keyPlaces(facts.accessKeys).length} keys, all expected`,
          wanted: 'only expected keys, or each additional key accepted',
          lines: [`All keys of the app: ${keyPlaces(facts.accessKeys).join(', ') || 'none'}`],
        };
      },
    },
    {
      kind: 'rule',
      id: 'rotate',
      onDemand: true,
      label: 'Access key rotation',
      because: 'A key that was sent by mail, logged, or known to a former employee gives access until it is replaced.',
      severity: 'low',
      risk: 'one-way',
      strict: true,
      optIn: 'Callers that use one of these keys get 401 until they use the new key. The old key cannot be restored.',
      effect: 'The old keys stop working at once.',
      reads: ['site'],
      draftReads: ['accessKeys'],
      writes: ['accessKey'],
      needs: ['rotate'],
      docs: 'https://learn.microsoft.com/azure/azure-functions/function-keys-how-to#renew-or-create-access-keys',
      judge: ({ answers }) => {
        const chosen = answers.rotate ?? [];
        return chosen.length > 0
          ? { state: 'fail', found: `selected for rotation: ${chosen.join(', ')}`, wanted: 'new keys' }
          : { state: 'not-applicable', found: 'no key is selected; Azure does not report the age of keys', wanted: 'new keys' };
      },
      draft: rotation,
      guards: [{ id: 'L15', reads: ['functions'], check: whoBreaks }],
    },
    {
      kind: 'setting',
      id: 'admin-isolation',
      label: 'Admin endpoint isolation',
      because: 'With the master key, a caller of /admin can run functions, read files and get all other keys.',
      severity: 'medium',
      risk: 'disruptive',
      strict: true,
      effect: 'Calls to /admin from the internet get 403, even with the master key.',
      ...switchedTo('on', 'siteUnlisted', 'properties.functionsRuntimeAdminIsolationEnabled'),
      docs: 'https://learn.microsoft.com/azure/azure-functions/security-concepts#disable-administrative-endpoints',
      notOn: LACKS.adminIsolation,
      compliance: { mcsb: ['NS-2'] },
      guards: [
        {
          id: 'L25',
          check: () => [
            warn('Tools and pipelines that call /admin with the master key (trigger sync, file access, health checks) get 403.'),
            // Azure/azure-functions-host#11856 (June 2026)
            warn(
              'After a deployment, the SCM site calls /admin to register triggers. Hosts without the fix of June 2026 refuse this call, and then new or changed triggers may not run. Check them after the next deployment.',
            ),
            clear('Only /admin is blocked. Calls to functions and webhooks are not affected.'),
          ],
        },
      ],
    },
    {
      kind: 'rule',
      id: 'secret-storage',
      label: 'Key storage location',
      because: 'Keys in files are part of the app content, so anyone who can read the content can read the keys.',
      severity: 'medium',
      risk: 'lock-out',
      strict: true,
      optIn: 'The host creates new keys in the new location, and callers that use an old key get 401.',
      effect: 'The host creates new keys in the new location. Undo restores the old location with the keys that it still holds.',
      reads: ['appSettings', 'site'],
      draftReads: ['vaults', 'identityRoles', 'stickyNames'],
      writes: ['stickyNames', 'appSettings'],
      needs: ['store', 'vault'],
      docs: 'https://learn.microsoft.com/azure/azure-functions/function-keys-how-to#manage-key-storage',
      judge: judgeKeyStore,
      draft: storeDrafts,
      guards: [
        { id: 'L16', reads: ['neighbours'], check: newKeys },
        { id: 'L17', reads: ['vnetConnection', 'virtualNetworks'], check: reachesStore },
      ],
    },
    {
      kind: 'rule',
      id: 'home-page',
      label: 'Default home page',
      because: 'The default page shows that a function app runs here, and its version.',
      severity: 'low',
      risk: 'safe',
      effect: 'The root URL of the app returns 204 instead of the page.',
      reads: ['appSettings'],
      docs: 'https://learn.microsoft.com/azure/azure-functions/functions-app-settings#azurewebjobsdisablehomepage',
      judge: ({ facts }) => {
        const value = facts.appSettings.properties[HOMEPAGE];
        if (isReference(value)) return { state: 'unknown', found: notSeenIn([HOMEPAGE]), wanted: 'hidden' };
        // The host knows no other word for it (HomepageMiddleware of azure-functions-host).
        const hidden = /^true$/i.test(value ?? '');
        return { state: hidden ? 'pass' : 'fail', found: hidden ? 'hidden' : 'shown', wanted: 'hidden' };
      },
      draft: () => [{ at: settingAt(HOMEPAGE), to: 'true' }],
    },
  ],
});
