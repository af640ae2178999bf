/** Checks before every write: locks and policies in scope, restarts, slots. preflight.ts checks rights. */
import { showValue } from '../../change/value.ts';
import { OWNER_READS, ownerNotes } from './code-owners.ts';
import { makesWhole } from './lock-notes.ts';
import { packageAfterRestart } from './package-guard.ts';
import {
  checksContentShare,
  CONTENT_SHARE,
  isReference,
  SKIP_CHECK,
  valueOf,
  type Json,
  type PolicyInForce,
  type ResourceKey,
} from '../../azure/index.ts';
import type { Circumstances } from '../judge/circumstances.ts';
import type { FactStore } from '../judge/facts.ts';
import type { Change, GuardNote } from '../../change/change.ts';
import type { ArmFailure } from '../ports.ts';
import { membersOf } from '../../change/json-paths.ts';

const EVERY_CHANGE: readonly ResourceKey[] = ['locks', 'policyEffects', ...OWNER_READS];

/** The resources that may be read before a change. */
export const GENERAL_READS: readonly ResourceKey[] = [...EVERY_CHANGE, 'permissions', 'slots', 'stickyNames', 'appSettings'];

/** Returns the resources that the notes on these changes are made from. */
export function generalReads(changes: readonly Change[]): ResourceKey[] {
  const swapped = changes.filter(isSwapped);
  return [
    ...EVERY_CHANGE,
    ...(swapped.some(({ target }) => !target.slot) ? (['slots'] as const) : []),
    ...(swapped.some(({ key }) => key === 'appSettings') ? (['stickyNames'] as const) : []),
    // The settings of an app show whether it finds its code again after a restart.
    ...(changes.some(({ restarts }) => restarts) ? (['appSettings'] as const) : []),
  ];
}

/** Returns the notes of the general checks for one change of a plan. `seesChanges`: whether the caller sees who changed the app. */
export function generalNotes(
  change: Change,
  store: FactStore,
  plan: readonly Change[],
  { today, codeTags }: Pick<Circumstances, 'today' | 'codeTags'>,
  seesChanges: boolean | ArmFailure,
): GuardNote[] {
  const control = change.controls[0] ?? '';
  const notes = [
    ...lockNotes(store),
    ...policyNotes(change, store),
    ...settingNotes(change, store),
    ...packageNotes(change, store, today),
    ...slotNotes(change, store, plan),
    ...ownerNotes(change, store, codeTags, seesChanges),
  ];
  return notes.map((note) => ({ ...note, control, isGeneral: true }));
}

type Note = Omit<GuardNote, 'control'>;

function lockNotes(store: FactStore): Note[] {
  const locks = store.view.maybe('locks')?.value;
  if (!locks) return [{ id: 'L29', level: 'warn', says: `Locks could not be checked: ${failureOf(store, 'locks')}` }];
  const readOnly = locks.filter(({ properties }) => /^readonly$/i.test(properties.level ?? ''));
  return readOnly.map(({ name, properties }) => ({
    id: 'L29',
    level: 'warn',
    says: `The lock "${name}"${properties.notes ? ` (${properties.notes})` : ''} blocks every change to this app. Ask its owner to remove it first.`,
  }));
}

/** Returns notes on policies that deny this change, change its values, or do so after it. Only Azure knows whether they do. */
function policyNotes(change: Change, store: FactStore): Note[] {
  const policies = store.view.maybe('policyEffects');
  if (!policies) return [{ id: 'L29', level: 'warn', says: `Policies could not be checked: ${failureOf(store, 'policyEffects')}` }];
  const named = (...effects: readonly PolicyInForce['effect'][]): readonly string[] => [
    ...new Set(policies.value.filter((one) => effects.includes(one.effect) && mayApply(one, change.path)).map(({ name }) => name)),
  ];
  const note = (says: string): Note => ({ id: 'L29', level: 'warn', says });
  const reverting = (says: string): Note => ({ ...note(says), mayRevert: true });
  const denying = named('deny').map((name): Note => ({
    ...note(`The policy "${name}" denies some changes here. If it denies this change, nothing is changed.`),
    policy: name,
  }));
  const changing = named('modify', 'append');
  const deploying = named('deployifnotexists');
  const keeping = change.method === 'DELETE' || makesWhole(change) ? named('denyaction') : [];
  return [
    ...denying,
    ...keeping.map((name) =>
      note(
        change.method === 'DELETE'
          ? `The policy "${name}" denies some deletions here. If it denies this deletion, nothing is deleted.`
          : `The policy "${name}" denies some deletions here. If it denies this deletion, undo cannot delete the new resource.`,
      ),
    ),
    ...(changing.length > 0
      ? [reverting(`Policies change the values of some requests here: ${quoted(changing)}. They may replace a new value.`)]
      : []),
    ...(deploying.length > 0
      ? [
          reverting(
            `Policies deploy settings after some changes here: ${quoted(deploying)}. They may replace a new value after it is verified.`,
          ),
        ]
      : []),
    ...(policies.unknown.length > 0 ? [note(`The effect of these policies could not be read: ${policies.unknown.join(', ')}.`)] : []),
  ];
}

/** Returns names in quotes, at most five: an initiative of a large organization has dozens. */
const quoted = (names: readonly string[]): string =>
  [
    ...names.slice(0, MOST_NAMES).map((name) => `"${name}"`),
    ...(names.length > MOST_NAMES ? [`${names.length - MOST_NAMES} more`] : []),
  ].join(', ');
const MOST_NAMES = 5;

/** Whether a policy may apply to a resource: to its type, the types above and below it, or to any type. */
function mayApply({ types }: PolicyInForce, path: string): boolean {
  const isUnder = (a: string, b: string): boolean => `${a}/`.startsWith(`${b}/`);
  return !types || typesOf(path).some((own) => types.some((type) => isUnder(own, type) || isUnder(type, own)));
}

/** Returns the resource types in a path, in small letters: of a resource, and of the resource that it extends. */
const typesOf = (path: string): readonly string[] =>
  path
    .toLowerCase()
    .split('/providers/')
    .slice(1)
    .map((part) =>
      part
        .split('/')
        .filter((_, index) => index === 0 || index % 2 === 1)
        .join('/'),
    );

/** Returns notes on a change of settings. They are replaced as a whole, and each write restarts the app. */
function settingNotes({ key }: Change, store: FactStore): Note[] {
  if (key !== 'appSettings') return [];
  const count = Object.keys(store.view.maybe('appSettings')?.properties ?? {}).length;
  const stopped = store.view.maybe('site')?.properties.state?.toLowerCase() === 'stopped';
  return [
    ...contentShareNotes(store),
    stopped
      ? { id: 'L22', level: 'clear', says: 'The app is stopped, so changing settings does not restart it.' }
      : {
          id: 'L22',
          level: 'warn',
          says: `Changing settings restarts the app. func-harden reads all ${count} settings again and sends them together.`,
        },
  ];
}

/** Returns a note where Azure checks the content share before it writes settings, and cannot read where the share is. */
function contentShareNotes(store: FactStore): Note[] {
  const settings = store.view.maybe('appSettings');
  return settings && checksContentShare(settings) && isReference(valueOf(settings, CONTENT_SHARE))
    ? [
        {
          id: 'content-share',
          level: 'warn',
          says: `Azure checks the content share when settings are written, and cannot resolve the reference in ${CONTENT_SHARE} then, so it may refuse the change. If the share exists, set the app setting ${SKIP_CHECK} to 1 first.`,
        },
      ]
    : [];
}

const SWAPPED: readonly ResourceKey[] = ['site', 'siteConfig', 'appSettings', 'scmPolicy', 'ftpPolicy'];

/** Whether a swap may move a change to another slot. */
const isSwapped = ({ key }: Change): boolean => SWAPPED.includes(key);

/** Returns notes on the package that every restart fetches again. */
function packageNotes({ restarts }: Change, store: FactStore, today: string): Note[] {
  if (!restarts || !store.fact('appSettings')) return [];
  const settings = store.view.maybe('appSettings');
  // Without the right to read settings this is unknown, because the app may not run from a package URL.
  if (!settings)
    return [
      {
        id: 'package',
        level: 'warn',
        says: `func-harden could not check whether the app finds its code after a restart: ${failureOf(store, 'appSettings')}`,
      },
    ];
  return packageAfterRestart(settings, today).map((found) => ({ id: 'package', ...found }));
}

/** Returns notes on slots. The next swap moves a change to another slot, and brings the old value back, as far as settings move with it. */
function slotNotes(change: Change, store: FactStore, plan: readonly Change[]): Note[] {
  if (!isSwapped(change)) return [];
  const swap = () => (change.key === 'appSettings' ? swapText(change, stickyAfter(store, plan)) : siteSwapText(change, store));
  if (change.target.slot) return swap() === '' ? [] : [{ id: 'L28', level: 'warn', says: swap().trim() }];
  if (store.fact('slots')?.state === 'unreadable')
    return [{ id: 'L28', level: 'warn', says: `func-harden could not check whether the app has slots: ${failureOf(store, 'slots')}` }];
  const slots = store.view.maybe('slots')?.value.map(({ name }) => name.split('/').at(-1) ?? name) ?? [];
  if (slots.length === 0) return [];
  return [
    {
      id: 'L28',
      level: 'warn',
      says: `The ${slots.length === 1 ? 'slot' : 'slots'} ${slots.join(', ')} ${slots.length === 1 ? 'is' : 'are'} not changed. func-harden treats each slot as a separate app.${swap()}`,
    },
  ];
}

/** Returns the lower-case names of the settings that stay with their slot after the plan; undefined where they could not be read. */
function stickyAfter(store: FactStore, plan: readonly Change[]): ReadonlySet<string> | undefined {
  const now = store.view.maybe('stickyNames');
  if (!now) return undefined;
  const planned = plan.find(({ key }) => key === 'stickyNames')?.diff.find(({ path }) => path.endsWith('appSettingNames'));
  const wanted = planned && showValue(planned.after);
  const names = Array.isArray(wanted) ? (wanted as readonly Json[]).map(String) : (now.properties.appSettingNames ?? []);
  return new Set(names.map((name) => name.toLowerCase()));
}

function swapText({ diff, target }: Change, sticky: ReadonlySet<string> | undefined): string {
  if (!sticky) return ' The list of slot settings could not be read. All other settings move with a swap.';
  const moving = diff
    .map(({ path, after }) => ({ name: membersOf(path).at(-1) ?? '', after: showValue(after) }))
    .filter(({ name }) => !sticky.has(name.toLowerCase()));
  if (moving.length === 0) return '';
  const byIdentity = moving.some(
    ({ name, after }) => /__(accountName|credential|clientId|[a-z]+Uri)$/i.test(name) || /^@Microsoft\.KeyVault\(/i.test(String(after)),
  );
  const names = moving.map(({ name }) => name).join(', ');
  return target.slot
    ? ` A swap moves ${names}: this value moves to production, and the value of production moves to this slot.${byIdentity ? " Identities do not move, so production's identity needs the same roles." : ''}`
    : ` A swap moves ${names}: the value of the slot moves to production, and this value moves to the slot.${byIdentity ? " Identities do not move, so the slot's identity needs the same roles." : ''}`;
}

/**
 * Members that stay with their slot by all pages of Microsoft: TLS and client certificates, CORS, access restriction rules, diagnostic
 * settings, identities. The pages disagree on general settings and on virtual network integration: app-service/deploy-staging-slots and
 * azure-functions/functions-deployment-slots.
 */
const STAYING =
  /^(httpsOnly|clientCert\w*|\w*minTls\w*|endToEndEncryptionEnabled|cors|(scm)?IpSecurityRestrictions\w*|\w*LoggingEnabled|keyVaultReferenceIdentity)$/i;
const OVERRIDE = 'WEBSITE_OVERRIDE_PRESERVE_DEFAULT_STICKY_SLOT_SETTINGS';

/** Returns the effect of a swap on members of the site or of its configuration; empty if they stay with their slot. */
function siteSwapText({ key, diff }: Change, store: FactStore): string {
  if (key !== 'site' && key !== 'siteConfig') return '';
  // Identities never move.
  const names = [...new Set(diff.flatMap(({ path }) => (path.startsWith('properties') ? (membersOf(path)[1] ?? []) : [])))];
  if (names.length === 0) return '';
  const settings = store.view.maybe('appSettings');
  if (!settings) return ` func-harden could not read the app settings, so it is unknown whether a swap moves ${names.join(', ')}.`;
  const override = valueOf(settings, OVERRIDE)?.trim();
  if (override !== undefined && !/^(1|true)$/i.test(override))
    return ` ${OVERRIDE} is set. If it is 0 or false in every slot, a swap moves ${names.join(', ')}: the value of the slot moves to production.`;
  const moving = names.filter((name) => !STAYING.test(name));
  return moving.length === 0
    ? ''
    : ` Microsoft's pages disagree on whether a swap moves ${moving.join(', ')}. Check the value after a swap.`;
}

function failureOf(store: FactStore, key: ResourceKey): string {
  const fact = store.fact(key);
  return fact?.state === 'unreadable' ? fact.failure.message : 'no response';
}
