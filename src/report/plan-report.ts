/** The summary of a plan from which its Markdown and HTML pages are written. */
import type { Change } from '../change/change.ts';
import type { Risk } from '../contract/index.ts';
import { RISKS } from '../engine/plan/risk.ts';
import type { Plan } from '../engine/plan/plan.ts';
import { diffLines, noChanges, shortResource } from '../view/change-lines.ts';
import {
  generalWarnings,
  leftOutGroups,
  othersText,
  planGroups,
  planTotals,
  type LeftOutGroup,
  type PlanGroup,
  type PlanTotals,
  type GroupedNote,
} from '../view/plan-groups.ts';
import { counted } from '../text/counted.ts';
import { lineText } from '../text/spans.ts';

export interface PlanReport {
  readonly tool: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly digest: string;
  readonly groups: readonly PlanGroup[];
  /** Messages of guards and effects, by the controls that they are about. */
  readonly notes: readonly { readonly about: string; readonly notes: readonly GroupedNote[] }[];
  readonly leftOut: readonly LeftOutGroup[];
  readonly totals: PlanTotals;
  readonly apps: readonly { readonly label: string; readonly resourceGroup: string; readonly changes: readonly Change[] }[];
}

export function planReport(
  plans: readonly Plan[],
  { tool, createdAt, digest }: Pick<PlanReport, 'tool' | 'createdAt' | 'digest'>,
): PlanReport {
  const groups = planGroups(plans);
  const general = generalWarnings(plans);
  const worst = ({ changes }: Plan) => Math.max(-1, ...changes.map(({ risk }) => RISKS.indexOf(risk)));
  return {
    tool,
    createdAt,
    digest,
    groups,
    notes: [...(general.length > 0 ? [{ about: 'Applies to all changes', notes: general }] : []), ...notesOfGroups(groups)],
    leftOut: leftOutGroups(plans),
    totals: planTotals(plans),
    apps: plans
      .filter(({ changes }) => changes.length > 0)
      .toSorted((a, b) => worst(b) - worst(a))
      .map(({ target, changes }) => ({ label: target.label, resourceGroup: target.resourceGroup, changes })),
  };
}

/** Returns each message once: controls of an area that change one resource often have the same messages. */
function notesOfGroups(groups: readonly PlanGroup[]): PlanReport['notes'] {
  const told = new Map<string, { readonly note: GroupedNote; readonly labels: Map<string, Set<string>> }>();
  for (const { area, label, warnings, effects } of groups)
    for (const note of [...warnings, ...effects]) {
      const key = JSON.stringify([note.says, note.others, note.apps]);
      const known = told.get(key) ?? { note, labels: new Map<string, Set<string>>() };
      told.set(key, known);
      known.labels.set(area, (known.labels.get(area) ?? new Set()).add(label));
    }
  const byAbout = new Map<string, GroupedNote[]>();
  for (const { note, labels } of told.values()) {
    const about = [...labels].map(([area, own]) => `${area}: ${[...own].join(', ')}`).join('; ');
    byAbout.set(about, [...(byAbout.get(about) ?? []), note]);
  }
  return [...byAbout].map(([about, notes]) => ({ about, notes }));
}

/** `296 changes in 264 requests on 209 apps, 264 restarts`. */
export const totalsText = ({ changes, requests, apps, restarts, leftOut }: PlanTotals): string =>
  requests === 0
    ? noChanges(leftOut)
    : `${counted(changes, 'change')} in ${counted(requests, 'request')} on ${counted(apps, 'app')}, ${counted(restarts, 'restart')}`;

/** Counts the groups of changes that need an approval by name. */
export const gravestText = (groups: readonly PlanGroup[]): string =>
  (['one-way', 'lock-out'] satisfies Risk[])
    .flatMap((risk) => {
      const own = groups.filter((group) => group.risk === risk);
      const apps = new Set(own.flatMap((group) => group.apps)).size;
      return own.length > 0 ? [`${risk} on ${counted(apps, 'app')}`] : [];
    })
    .join(', ');

export const resourceText = ({ method, resource }: Change): string => `${method} ${shortResource(resource)}`;

/** Formats the properties of a request, one text each. */
export const editTexts = ({ call, diff }: Change): string[] =>
  call === undefined ? diff.flatMap((edit) => diffLines(edit, { colour: false, ascii: false }).map(lineText)) : [call];

export const LEFT_OUT_WORDS = { blocked: 'blocked by a safety check', rights: 'missing permission', unknown: 'could not be read' } as const;

/** Formats a message that applies to several apps, with the number of other apps. */
export const noteText = ({ says, others }: GroupedNote): string => `${says}${othersText(others)}`;
