/** The keys of a text field, the same in every field of the wizard: a question, a name, a filter above a list. */
import { oneLine, type KeyEvent } from './key-events.ts';
import { edit, editedText, insert, type Edit } from './text-edit.ts';

/** Returns the field after a key; keys that do not edit text leave it unchanged. */
export const typedInto = (field: Edit, event: KeyEvent): Edit =>
  event.type === 'key' ? edit(field, event.name) : insert(field, oneLine(event));

/** Returns the filter of a list after a key, and the row with the cursor: another text shows another list, so it begins at the top. */
export function filtered(filter: Edit, cursor: number, event: KeyEvent): { readonly filter: Edit; readonly cursor: number } {
  const typed = typedInto(filter, event);
  return { filter: typed, cursor: editedText(typed) === editedText(filter) ? cursor : 0 };
}
