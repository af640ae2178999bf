/** Which logs diagnostic settings send where. Azure refuses a category twice for one workspace, by its name or in a group (409). */
import { includesWord } from './any-case.ts';
import type { DiagnosticSetting, Json } from './resources.ts';

type Row = NonNullable<DiagnosticSetting['properties']['logs']>[number];

/** Categories of an app that Azure counts to its group `audit`. */
const AUDIT = /AuditLogs$/i;
const isGroup = (group: string, name: string): boolean => group.toLowerCase() === name.toLowerCase();

/** The categories that a row sends, of those that the app offers. Groups that are not known hold nothing that is known. */
function categoriesOf({ category, categoryGroup, enabled }: Row, offered: readonly string[]): readonly string[] {
  if (!enabled) return [];
  if (category) return [category];
  if (isGroup(categoryGroup ?? '', 'allLogs')) return offered;
  return isGroup(categoryGroup ?? '', 'audit') ? offered.filter((one) => AUDIT.test(one)) : [];
}

export const categoriesSent = (settings: readonly DiagnosticSetting[], offered: readonly string[]): string[] => [
  ...new Set(settings.flatMap(({ properties }) => (properties.logs ?? []).flatMap((row) => categoriesOf(row, offered)))),
];

/** As a person reads them: categories, and groups as such. */
export const namesSent = ({ properties }: DiagnosticSetting): string[] =>
  (properties.logs ?? [])
    .filter(({ enabled }) => enabled)
    .flatMap(({ category, categoryGroup }) => category ?? (categoryGroup ? `group ${categoryGroup}` : []));

/** Groups other than `allLogs`: Azure decides what they hold. */
export const groupsSent = (settings: readonly DiagnosticSetting[]): string[] => [
  ...new Set(
    settings.flatMap(({ properties }) =>
      (properties.logs ?? []).flatMap(({ categoryGroup, enabled }) =>
        enabled && categoryGroup && !isGroup(categoryGroup, 'allLogs') ? [categoryGroup] : [],
      ),
    ),
  ),
];

/**
 * The rows that a setting has to have so that it sends these categories as well: without those that other settings send to the same
 * workspace, and with a group spelled out, because Azure takes no categories beside one.
 */
export function rowsWith(
  own: DiagnosticSetting | undefined,
  others: readonly DiagnosticSetting[],
  added: readonly string[],
  offered: readonly string[],
): Json[] {
  const held = categoriesSent(others, offered);
  const rows = own?.properties.logs ?? [];
  const kept = rows.filter(({ category, enabled }) => category && !(enabled && includesWord(held, category)));
  const spelled = categoriesSent(own ? [own] : [], offered);
  const named = kept.map(({ category }) => category ?? '');
  const more = [...new Set([...spelled, ...added])].filter((one) => !includesWord(named, one) && !includesWord(held, one));
  return [...(kept as readonly Json[]), ...more.map((category) => ({ category, enabled: true }))];
}
