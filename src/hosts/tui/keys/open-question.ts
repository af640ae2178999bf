/** The question on screen and the keys that answer it, once the frame with the question was written to the terminal. */
import type { KeyEvent } from '../fields/key-events.ts';
import type { Command } from './keys.ts';
import { flowOf } from '../state/derived-state.ts';
import { LEAST, type WizardState } from '../state/state.ts';

interface Question {
  readonly kind: 'preview' | 'naming' | 'done' | 'cut-off' | 'ask' | 'sign';
  /** Distinguishes it from the previous question on the same screen. */
  readonly name: string;
}

/** Returns the question on the screen; undefined if there is none, or if something covers it. */
export function questionOf(state: WizardState): Question | undefined {
  const { screen, columns, rows, help } = state;
  if (help !== undefined || columns < LEAST.columns || rows < LEAST.rows) return undefined;
  const flow = flowOf(state);
  if (flow) return flow.kind === 'preview' || flow.kind === 'naming' || flow.kind === 'done' ? { kind: flow.kind, name: '' } : undefined;
  if (screen.at === 'batch')
    return screen.isRead && !screen.details && !screen.choosing && !screen.isSettling
      ? { kind: 'preview', name: JSON.stringify([screen.off, screen.first ?? []]) }
      : undefined;
  if (screen.at === 'campaign') return { kind: 'ask', name: `${screen.oneByOne?.index ?? ''} ${screen.question}` };
  if (screen.at === 'cut-off') return { kind: 'cut-off', name: '' };
  if (screen.at !== 'area') return undefined;
  const { mode } = screen;
  if (mode.kind === 'ask') return { kind: 'ask', name: mode.question };
  return mode.kind === 'sign' ? { kind: 'sign', name: mode.field } : undefined;
}

/** Returns whether there is a question that may not be on the terminal yet. */
export const isAsking = (state: WizardState): boolean => !state.acceptsKeys && questionOf(state) !== undefined;

/** Returns whether a key answers the question; keys that move, view or go back do not. */
export function isAnswer(state: WizardState, event: KeyEvent, command: Command | undefined): boolean {
  const question = questionOf(state);
  if (!question || command === 'help') return false;
  switch (question.kind) {
    case 'preview':
      return command === 'confirm' || command === 'refuse' || command === 'queue' || command === 'theirs';
    case 'naming':
      return command !== 'back' && command !== 'scroll';
    case 'done':
    case 'cut-off':
      return true;
    case 'ask':
    case 'sign':
      return event.type === 'key' && event.name === 'enter';
  }
}

/** Returns the state after a step. A question that is new, or drawn again for another size, must be written to the terminal first. */
export function withKeysPaused(before: WizardState, after: WizardState): WizardState {
  const [was, is] = [questionOf(before), questionOf(after)];
  const isSame = was?.kind === is?.kind && was?.name === is?.name && before.columns === after.columns && before.rows === after.rows;
  return isSame ? after : { ...after, asked: after.asked + 1, acceptsKeys: false };
}
