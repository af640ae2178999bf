/** The list of findings on screen. Sorting and filtering are cached, so that moving the cursor computes nothing. */
import type { Severity } from '../../../contract/index.ts';
import type { Target } from '../../../azure/index.ts';
import type { Finding } from '../../../engine/findings/finding.ts';
import { filterFindings, sortFindings, type FindingFilter } from '../../../engine/findings/order.ts';
import type { FindingRisk, Sort } from '../../../engine/findings/finding-terms.ts';
import { editedText } from '../fields/text-edit.ts';
import type { FindingsScreen, FoundFindings, WizardState } from './state.ts';

const sortedOnce = new WeakMap<readonly Finding[], Map<Sort, readonly Finding[]>>();

function sortedBy(
  { list, ownerTag, subscriptionNames }: Pick<FoundFindings, 'list'> & Partial<FoundFindings>,
  sort: Sort,
): readonly Finding[] {
  const known = sortedOnce.get(list) ?? new Map<Sort, readonly Finding[]>();
  sortedOnce.set(list, known);
  const sorted =
    known.get(sort) ??
    sortFindings(list, sort, {
      subscription: ({ subscriptionId }) => subscriptionNames?.get(subscriptionId.toLowerCase()),
      ...(ownerTag ? { ownerTag } : {}),
    });
  known.set(sort, sorted);
  return sorted;
}

interface Filtered {
  readonly filter: Required<FindingFilter>;
  readonly list: readonly Finding[];
}
/** The last filter of a sorted list, with its result. */
const filteredOnce = new WeakMap<readonly Finding[], Filtered>();

export function visibleFindings(found: FoundFindings | undefined, screen: FindingsScreen): readonly Finding[] {
  const sorted = sortedBy(found ?? { list: NONE }, screen.sort);
  const filter = { severities: screen.severities, risks: screen.risks, text: editedText(screen.filter).trim().toLowerCase() };
  if (filter.text === '' && filter.severities.length === 0 && filter.risks.length === 0) return sorted;
  const last = filteredOnce.get(sorted);
  const isSame = last !== undefined && last.filter.severities === filter.severities && last.filter.risks === filter.risks;
  if (isSame && last.filter.text === filter.text) return last.list;
  // A filter that extends the last one only needs to search the last result.
  const list = filterFindings(isSame && filter.text.startsWith(last.filter.text) ? last.list : sorted, filter);
  filteredOnce.set(sorted, { filter, list });
  return list;
}
const NONE: readonly Finding[] = [];

/** Whether a text, a severity or a risk hides findings of the list. */
export const isFiltered = ({ filter, severities, risks }: FindingsScreen): boolean =>
  editedText(filter) !== '' || severities.length + risks.length > 0;

const isReadWhole = (found: FoundFindings | undefined): boolean => found !== undefined && found.read + found.failed >= found.targets.length;

/** Adds findings that were read. The cursor stays on its finding, because a key may follow at once; at the top it stays on the worst. */
export function withFindings(before: WizardState, findings: FoundFindings): WizardState {
  const { notice: _, ...settled } = before;
  // After the last app, nothing waits for Azure any more.
  const isOver = !isReadWhole(before.findings) && isReadWhole(findings);
  const state = isOver ? settled : before;
  const { screen } = state;
  if (screen.at !== 'findings' || screen.cursor === 0) return { ...state, findings };
  const here = visibleFindings(state.findings, screen)[screen.cursor];
  const place = visibleFindings(findings, screen).findIndex(({ id, apps }) => id === here?.id && apps[0]?.id === here.apps[0]?.id);
  return { ...state, findings, screen: place < 0 ? screen : { ...screen, cursor: place } };
}

/** Lists the apps of these findings without duplicates, in order. */
export function appsIn(list: readonly Finding[]): readonly Target[] {
  const found = new Map<string, Target>();
  for (const { apps } of list) for (const app of apps) if (!found.has(app.id)) found.set(app.id, app);
  return [...found.values()];
}

/** The filters that a key cycles through. The lists are constants, so that the cached result is found again. */
const SEVERITY_FILTERS: readonly (readonly Severity[])[] = [[], ['critical', 'high'], ['medium'], ['low']];
const RISK_FILTERS: readonly (readonly FindingRisk[])[] = [[], ['safe'], ['disruptive'], ['lock-out', 'one-way'], ['by-hand']];

const after = <T>(list: readonly (readonly T[])[], now: readonly T[]): readonly T[] => {
  const at = list.findIndex((one) => one.join() === now.join());
  return list[(at + 1) % list.length] ?? [];
};
export const nextSeverities = (now: readonly Severity[]): readonly Severity[] => after(SEVERITY_FILTERS, now);
export const nextRisks = (now: readonly FindingRisk[]): readonly FindingRisk[] => after(RISK_FILTERS, now);
export const ALL_SEVERITIES = SEVERITY_FILTERS[0] as readonly Severity[];
export const ALL_RISKS = RISK_FILTERS[0] as readonly FindingRisk[];
