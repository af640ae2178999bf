import { anonymousFunctions, judgeAnonymous } from './lib/sign-in.ts';
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
import { holdersOf } from './lib/callers.ts';
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
import { turned } from './lib/switches.ts';

type X = Context<Answers<typeof questions>>;

const DOCS = 'https://learn.microsoft.com/azure/azure-functions/function-keys-how-to';
const HOMEPAGE = 'AzureWebJobsDisableHomepage';

const rotation = ({ facts, answers }: X): Draft[] =>
  (answers.rotate ?? []).map((place) => ({
    call: 'accessKey',
    of: `${facts.site.id}/${keyPath(place)}`,
    to: {
      properties: {
        name: nameIn(keyPath(place)),
        value: later({ from: 'new-key', place }),
      },
    },
    says: `Makes a new key ${place}; the old one stops working at once.`,
  }));

function whoBreaks({ facts, answers }: X): GuardFinding[] {
  const chosen = answers.rotate ?? [];
  const known = keyPlaces(facts.accessKeys);
  return chosen.map((place): GuardFinding => {
    if (!known.includes(place)) return stop(`There is no key ${place}; the app has ${known.join(', ')}.`);
    if (place === 'master') return warn('master: tools and pipelines that call /admin get 401 until they have the new key.');
    if (place.startsWith('system/')) return holdersOf(place, facts.maybe('functions'));
    return warn(
      `${place}: everybody who calls with this key gets 401 until they have the new one. Logic Apps, API Management and other clients that hold it were not looked for.`,
    );
  });
}

const questions = defineQuestions({
  open: {
    kind: 'names',
    exempts: true,
    of: 'functions',
    label: 'Which functions may anybody call, on purpose?',
    help: 'A webhook that checks its own signature, a health probe. All other HTTP functions should ask for a key.',
    example: 'Health',
    pattern: /^[\w-]+$/,
  },
  known: {
    kind: 'names',
    optional: true,
    exempts: true,
    of: 'keys',
    label: 'Which keys beside the usual ones are there on purpose?',
    help: 'host/NAME or system/NAME. The default key and those of extensions are usual.',
    example: 'host/ci',
    // Whatever Azure lists may be accepted, also a name that ARM takes no change of.
    pattern: /^[^\s/]+\/[^\s/]+$/,
  },
  rotate: {
    kind: 'names',
    of: 'keys',
    label: 'Which keys are rotated?',
    help: 'master, host/NAME, system/NAME or FUNCTION/NAME. Each replay with this answer rotates them again.',
    example: 'host/default',
    pattern: /^(master|[\w-]+\/[\w-]+)$/,
  },
  store: {
    kind: 'choice',
    label: 'Where does the host keep its keys?',
    help: 'blob: in its storage account, encrypted. keyvault: as secrets of a vault that you choose.',
    options: ['blob', 'keyvault'],
    preselect: 'blob',
  },
  vault: {
    kind: 'pick',
    of: 'vault',
    label: 'Which vault keeps the keys?',
    help: 'The identity of the app must be allowed to read and write secrets there.',
    example: 'kv-contoso',
  },
});

export default defineStep({
  id: 'access-keys',
  title: 'Function access keys',
  group: 'operation',
  why: 'A key in a request is a password that everybody shares: it keeps strangers out only as long as nobody tells them.',
  docs: ['https://learn.microsoft.com/azure/azure-functions/security-concepts#function-access-keys', DOCS],
  questions,
  skip: { vault: ({ store }) => store !== 'keyvault' },
  prefill: { rotate: () => [] },
  options: {
    open: ({ facts }) => anonymousFunctions(facts.functions).map((value) => ({ value, label: value })),
    known: ({ facts }) => oddKeys(facts.accessKeys).map((value) => ({ value, label: value })),
    rotate: ({ facts }) => keyPlaces(facts.accessKeys).map((value) => ({ value, label: value })),
    vault: ({ facts }) => facts.vaults.value.map(({ name }) => ({ value: name, label: name })),
  },
  plain: [HOMEPAGE, KEY_STORE, KEY_STORE_VAULT],
  controls: [
    {
      kind: 'rule',
      id: 'anonymous',
      label: 'Functions that anybody may call',
      because: 'Without a key and without a sign-in, the address is all that a stranger needs.',
      severity: 'high',
      strict: true,
      reads: ['functions', 'authSettings', 'siteConfig', 'appSettings'],
      docs: 'https://learn.microsoft.com/azure/azure-functions/functions-bindings-http-webhook-trigger#http-auth',
      compliance: { mcsb: ['IM-1'] },
      judge: ({ facts, answers }) => judgeAnonymous(facts, answers.open ?? []),
    },
    {
      kind: 'rule',
      id: 'inventory',
      label: 'Keys that are there',
      because: 'A key that nobody remembers is one that nobody takes away.',
      severity: 'low',
      strict: true,
      reads: ['accessKeys'],
      docs: DOCS,
      judge: ({ facts, answers }) => {
        const odd = oddKeys(facts.accessKeys).filter((place) => !includesWord(answers.known, place));
        return {
          state: odd.length > 0 ? 'fail' : 'pass',
          found: odd.length > 0 ? `besides the usual: ${odd.join(', ')}` : `${keyPlaces(facts.accessKeys).length} keys, all usual`,
          wanted: 'the usual ones, or each accepted',
          lines: keyPlaces(facts.accessKeys),
        };
      },
    },
    {
      kind: 'rule',
      id: 'rotate',
      onDemand: true,
      label: 'Keys rotated',
      because: 'A key that was ever mailed, logged or left with somebody who went is only closed by a new one.',
      severity: 'low',
      risk: 'one-way',
      strict: true,
      optIn: 'Everybody who calls with one of these keys gets 401 until they have the new one, and the old one is gone for good.',
      effect: 'The old keys stop working at once.',
      reads: ['site'],
      draftReads: ['accessKeys'],
      writes: ['accessKey'],
      needs: ['rotate'],
      docs: 'https://learn.microsoft.com/azure/azure-functions/function-keys-how-to#renew-or-create-access-keys',
      judge: ({ answers }) => {
        const chosen = answers.rotate ?? [];
        return chosen.length > 0
          ? { state: 'fail', found: `to be rotated: ${chosen.join(', ')}`, wanted: 'new keys' }
          : { state: 'not-applicable', found: 'no key was chosen; ARM does not tell how old keys are', wanted: 'new keys' };
      },
      draft: rotation,
      guards: [{ id: 'L15', reads: ['functions'], check: whoBreaks }],
    },
    {
      kind: 'setting',
      id: 'admin-isolation',
      label: 'Admin endpoints closed to the internet',
      because: 'With the master key, /admin runs functions, reads files and hands out all other keys.',
      severity: 'medium',
      risk: 'disruptive',
      strict: true,
      effect: 'Calls to /admin from outside get 404 or 403, also with the master key.',
      ...turned('on', 'siteUnlisted', 'properties.functionsRuntimeAdminIsolationEnabled'),
      docs: 'https://learn.microsoft.com/azure/azure-functions/security-concepts#disable-administrative-endpoints',
      notOn: LACKS.adminIsolation,
      compliance: { mcsb: ['NS-2'] },
      guards: [
        {
          id: 'L25',
          check: () => [
            warn('Tools and pipelines that call /admin with the master key (trigger sync, file access, health checks) get 401 or 403.'),
            clear('Only /admin is closed: functions and webhooks are called as before.'),
          ],
        },
      ],
    },
    {
      kind: 'rule',
      id: 'secret-storage',
      label: 'Where keys are kept',
      because: 'Keys in files lie in the content of the app, readable for whoever reads that.',
      severity: 'medium',
      risk: 'lock-out',
      strict: true,
      optIn: 'The host makes new keys in the new place, and every caller with an old key gets 401.',
      effect: 'The host makes new keys in the new place; undo brings back the old place with the keys that are still there.',
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
      label: 'Default home page hidden',
      because: 'The page tells everybody that there is a function app, and which version.',
      severity: 'low',
      risk: 'safe',
      effect: 'The root of the app answers with 204 instead of the page.',
      reads: ['appSettings'],
      docs: 'https://learn.microsoft.com/azure/azure-functions/functions-app-settings#azurewebjobsdisablehomepage',
      judge: ({ facts }) => {
        const value = facts.appSettings.properties[HOMEPAGE];
        if (isReference(value)) return { state: 'unknown', found: notSeenIn([HOMEPAGE]), wanted: 'hidden' };
        const hidden = /^(true|1)$/i.test(value ?? '');
        return { state: hidden ? 'pass' : 'fail', found: hidden ? 'hidden' : 'shown', wanted: 'hidden' };
      },
      draft: () => [{ at: settingAt(HOMEPAGE), to: 'true' }],
    },
  ],
});
