/** The logs that diagnostic settings send, and to where. Azure refuses a category twice for one workspace, also in a group (409). */
import type { Verdict } from '../../../src/contract/index.ts';
import { type DiagnosticSetting, type Facts, includesWord, isOn, type Json, nameIn, sameResource } from '../../../src/azure/index.ts';

type Row = NonNullable<DiagnosticSetting['properties']['logs']>[number];

/** Categories of an app that belong to Azure's group `audit`. */
const AUDIT = /AuditLogs$/i;
const isGroup = (group: string, name: string): boolean => group.toLowerCase() === name.toLowerCase();

/** Returns the categories that a row sends, of those that the app offers. Groups that are not known contain no known category. */
function categoriesOf({ category, categoryGroup, enabled }: Row, offered: readonly string[]): readonly string[] {
  if (!isOn(enabled)) return [];
  if (category) return [category];
  if (isGroup(categoryGroup ?? '', 'allLogs')) return offered;
  return isGroup(categoryGroup ?? '', 'audit') ? offered.filter((one) => AUDIT.test(one)) : [];
}

export const categoriesSent = (settings: readonly DiagnosticSetting[], offered: readonly string[]): string[] => [
  ...new Set(settings.flatMap(({ properties }) => (properties.logs ?? []).flatMap((row) => categoriesOf(row, offered)))),
];

/** Returns the categories and groups that a setting sends, as a person reads them. */
export const namesSent = ({ properties }: DiagnosticSetting): string[] =>
  (properties.logs ?? [])
    .filter(({ enabled }) => isOn(enabled))
    .flatMap(({ category, categoryGroup }) => category ?? (categoryGroup ? `group ${categoryGroup}` : []));

/** Returns the workspaces that receive logs. A setting may name a workspace and send only metrics, or nothing. */
export const workspacesWithLogs = (settings: readonly DiagnosticSetting[]): string[] =>
  settings.filter((one) => namesSent(one).length > 0).flatMap(({ properties }) => properties.workspaceId || []);

/** Returns where a setting sends its logs. Azure accepts several destinations in one setting. */
export const destinationsOf = ({ properties }: DiagnosticSetting): string[] => [
  ...(properties.workspaceId ? [nameIn(properties.workspaceId)] : []),
  ...(properties.eventHubAuthorizationRuleId ? ['an event hub'] : []),
  ...(properties.storageAccountId ? ['a storage account'] : []),
  ...(properties.marketplacePartnerId ? ['a partner'] : []),
];

/** Groups other than `allLogs`, whose categories Azure decides. */
export const groupsSent = (settings: readonly DiagnosticSetting[]): string[] => [
  ...new Set(
    settings.flatMap(({ properties }) =>
      (properties.logs ?? []).flatMap(({ categoryGroup, enabled }) =>
        isOn(enabled) && categoryGroup && !isGroup(categoryGroup, 'allLogs') ? [categoryGroup] : [],
      ),
    ),
  ),
];

/**
 * Returns the rows with which a setting sends these categories as well: without those that other settings send to the same workspace, and
 * with a group replaced by its categories, because Azure does not accept categories together with a group.
 */
export function rowsWith(
  own: DiagnosticSetting | undefined,
  others: readonly DiagnosticSetting[],
  added: readonly string[],
  offered: readonly string[],
): Json[] {
  const held = categoriesSent(others, offered);
  const rows = own?.properties.logs ?? [];
  // If a category must be sent, an enabled row replaces its disabled row.
  const kept = rows.filter(({ category, enabled }) => category && !includesWord(enabled ? held : added, category));
  const spelled = categoriesSent(own ? [own] : [], offered);
  const named = kept.map(({ category }) => category ?? '');
  const more = [...new Set([...spelled, ...added])].filter((one) => !includesWord(named, one) && !includesWord(held, one));
  return [...(kept as readonly Json[]), ...more.map((category) => ({ category, enabled: true }))];
}

const isUnder = (list: readonly { readonly id: string }[], start: string): boolean =>
  list.some(({ id }) => `${id.toLowerCase()}/`.startsWith(`${start.toLowerCase()}/`));

/** Whether Sentinel is on for a workspace. */
export const isOnboarded = ({ sentinel }: Pick<Facts, 'sentinel'>, workspace: string): boolean => isUnder(sentinel.value, workspace);

/** Judges whether Sentinel uses the workspaces that receive the logs, or the selected one. Other subscriptions are not known. */
export function judgeOnboarding({ workspaces, sentinel }: Facts, sinks: readonly string[], meant: string | undefined): Verdict {
  const ids = meant === undefined ? sinks : [meant, ...sinks];
  const distinct = (list: readonly string[]): string[] => [...new Map(list.map((id) => [id.toLowerCase(), id])).values()];
  const namesOf = (list: readonly string[]): string => distinct(list).map(nameIn).join(', ');
  const wanted = 'enabled';
  // The workspace of the answer receives no logs yet, so Sentinel cannot analyze them there.
  if (sinks.length === 0) return { state: 'fail', found: 'no workspace receives the logs', wanted };
  const seen = ids.filter((id) => isUnder(workspaces.value, id));
  const off = seen.filter((id) => !isOnboarded({ sentinel }, id));
  const about = (list: readonly string[], found: string) => distinct(list).map((id) => ({ id, found }));
  if (off.length > 0)
    return { about: about(off, 'Microsoft Sentinel is not enabled'), state: 'fail', found: `not enabled on ${namesOf(off)}`, wanted };
  const hidden = ids.filter((id) => !seen.includes(id));
  return hidden.length > 0 && (meant === undefined || !sinks.some((id) => sameResource(id, meant)))
    ? { state: 'unknown', found: `${namesOf(hidden)}: not among the workspaces of this subscription, so not checked`, wanted }
    : { about: about(seen, wanted), state: 'pass', found: wanted, wanted };
}
