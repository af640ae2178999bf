/**
 * Access rules as Azure returns them. It sorts rules by priority and adds a row for all other callers, which it computes from the default
 * action and ignores in a request (recorded). azapi compares whole lists, so a file without that row never matches.
 */
import type { Json } from '../../azure/index.ts';
import { plain } from '../../change/value.ts';
import type { Edit } from '../../change/edit.ts';
import { isRecord, membersOf } from '../../change/json-paths.ts';
import { toOf, type ExportedChange } from './exported-changes.ts';

const RULES = /^(?:scm)?ipSecurityRestrictions$/i;
const LAST = 2_147_483_647;

/** Returns the edits of a change with its access rules as Azure returns them. Rules without a default action in the same change stay as they are. */
export const withComputedRows = ({ key, sets }: ExportedChange): readonly Edit[] =>
  key === 'siteConfig' ? sets.map((edit) => computed(edit, sets)) : sets;

/** Whether the file sets rules whose computed row it does not know. */
export const lacksComputedRow = (change: ExportedChange): boolean =>
  change.key === 'siteConfig' && change.sets.some((edit) => isRules(edit) && computed(edit, change.sets) === edit);

const nameOf = ({ path }: Edit): string => membersOf(path).at(-1) ?? '';
const isRules = (edit: Edit): boolean => RULES.test(nameOf(edit)) && Array.isArray(toOf(edit));

function computed(edit: Edit, sets: readonly Edit[]): Edit {
  const action = sets.find((other) => nameOf(other).toLowerCase() === `${nameOf(edit)}DefaultAction`.toLowerCase());
  const to = action && toOf(action);
  if (!isRules(edit) || (to !== 'Allow' && to !== 'Deny')) return edit;
  const rows = (toOf(edit) as readonly Json[]).toSorted((a, b) => priorityOf(a) - priorityOf(b));
  const last = { ipAddress: 'Any', action: to, priority: LAST, name: `${to} all`, description: `${to} all access` };
  return { ...edit, after: plain([...rows, last]) };
}

const priorityOf = (row: Json): number => (isRecord(row) && typeof row['priority'] === 'number' ? row['priority'] : LAST);
