/** Confirming a set of changes, the same for areas and for undo. */
import type { Change } from '../engine/plan.ts';
import { edit, editOf, insert, textOf } from './edit.ts';
import type { KeyEvent } from './events.ts';
import type { Asked, Preview } from './state.ts';

export function previewOf(changes: readonly Change[]): Preview {
  return { changes, asked: askedFor(changes), typed: editOf(''), armed: false, bodies: false, scroll: 0 };
}

/** The riskiest change decides: the app's name, a yes, or Enter. */
function askedFor(changes: readonly Change[]): Asked {
  const risky = changes.find(({ risk }) => risk === 'lock-out' || risk === 'one-way');
  if (risky) return { name: risky.target.label };
  // A held Enter must not restart an app.
  return changes.some(({ risk, restarts }) => risk === 'disruptive' || restarts) ? 'yes' : 'enter';
}

/** The next preview, and whether it was confirmed by this key. A paste never confirms, nor does a key that came with others. */
export function pressPreview(preview: Preview, event: KeyEvent): { readonly preview: Preview; readonly confirmed: boolean } {
  const stay = (change: Partial<Preview> = {}) => ({ preview: { ...preview, ...change }, confirmed: false });
  if (event.type === 'key' && event.name === 'pagedown') return stay({ scroll: preview.scroll + 5 });
  if (event.type === 'key' && event.name === 'pageup') return stay({ scroll: Math.max(0, preview.scroll - 5) });
  if (event.type === 'key' && event.name === 'down') return stay({ scroll: preview.scroll + 1 });
  if (event.type === 'key' && event.name === 'up') return stay({ scroll: Math.max(0, preview.scroll - 1) });
  if (event.type === 'key' && event.name === 'tab') return stay({ bodies: !preview.bodies, scroll: 0 });
  if (!preview.armed || preview.changes.length === 0) return stay();
  const { asked } = preview;
  if (typeof asked === 'object') {
    if (event.type === 'character') return stay({ typed: insert(preview.typed, event.text) });
    if (event.type === 'paste') return stay({ typed: insert(preview.typed, event.text.replace(/[\r\n]/g, '')) });
    if (event.name === 'enter') return { preview, confirmed: event.glued !== true && textOf(preview.typed) === asked.name };
    return ['left', 'right', 'home', 'end', 'backspace', 'delete', 'clear', 'delete-word'].includes(event.name)
      ? stay({ typed: edit(preview.typed, event.name) })
      : stay();
  }
  if (asked === 'enter') return { preview, confirmed: event.type === 'key' && event.name === 'enter' && event.glued !== true };
  return { preview, confirmed: event.type === 'character' && event.alone && event.text.toLowerCase() === 'y' };
}

/** N where a yes is asked for. */
export const saysNo = (preview: Preview | undefined, event: KeyEvent): boolean =>
  preview?.asked === 'yes' && preview.armed && event.type === 'character' && event.text.toLowerCase() === 'n';
