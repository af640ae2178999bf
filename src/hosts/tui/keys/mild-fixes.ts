/** Whether everything safe, or safe and disruptive, fixes anything, so that the keys for it are offered only where they do something. */
import type { Decisions } from '../../../contract/index.ts';
import type { Finding } from '../../../engine/findings/finding.ts';
import { isSafeFix, type MildRisk } from '../../../engine/findings/safe-fixes.ts';
import type { StepState } from '../../../engine/judge/assess.ts';
import { appsIn, visibleFindings } from '../state/findings.ts';
import { DISRUPTIVE, SAFE, type Command, type KeyBinding } from './key-binding.ts';
import type { WizardState } from '../state/state.ts';

const RISKS: Readonly<Record<'safe' | 'disruptive', readonly MildRisk[]>> = { safe: ['safe'], disruptive: ['safe', 'disruptive'] };
type Kind = keyof typeof RISKS;

const isFixedBy = (kind: Kind, steps: readonly StepState[], decisions: Decisions = {}): boolean =>
  steps.some(({ step, controls }) => controls.some((state) => isSafeFix(step, state, decisions[step.id], RISKS[kind])));

/** The results for apps and lists that were computed once; none of them is ever mutated. */
const known = { safe: new WeakMap<object, boolean>(), disruptive: new WeakMap<object, boolean>() };

function once(kind: Kind, about: object, compute: () => boolean): boolean {
  const before = known[kind].get(about);
  if (before !== undefined) return before;
  const fresh = compute();
  known[kind].set(about, fresh);
  return fresh;
}

/** Whether one of the apps with these findings has a finding of this kind, on the list or filtered out of it. */
function isAnyFixed(kind: Kind, list: readonly Finding[], all: readonly Finding[]): boolean {
  const risks: readonly string[] = RISKS[kind];
  // Disruptive fixes that require an answer are counted too: only the plan knows whether the answer is the recommended one.
  const isMild = ({ risk, fix }: Finding) => (risk === 'safe' ? fix === 'safe' : risks.includes(risk));
  return once(kind, list, () => {
    if (list.some(isMild)) return true;
    const ids = new Set(appsIn(list).map(({ id }) => id));
    return all.some((finding) => isMild(finding) && finding.apps.some(({ id }) => ids.has(id)));
  });
}

function isFixed(kind: Kind, { screen, open, fleet, findings }: WizardState): boolean {
  switch (screen.at) {
    case 'areas':
      return open !== undefined && isFixedBy(kind, open.steps, open.decisions);
    case 'fleet':
      // An app that is not read yet may have something to fix.
      return fleet.some(({ steps, why }) => (steps ? once(kind, steps, () => isFixedBy(kind, steps)) : why === undefined));
    case 'findings':
      return isAnyFixed(kind, visibleFindings(findings, screen), findings?.list ?? []);
    default:
      return true;
  }
}

/** The binding, or only its key where nothing would be fixed: a key that has this meaning on every such screen says so. */
const binding = (key: KeyBinding, isOffered: boolean): KeyBinding => (isOffered ? key : { ...key, shown: '', says: '' });

/** The keys that fix everything safe, and everything safe and disruptive. */
export function mildBindings(state: WizardState): { readonly safe: KeyBinding; readonly disruptive: KeyBinding } {
  return { safe: binding(SAFE, isFixed('safe', state)), disruptive: binding(DISRUPTIVE, isFixed('disruptive', state)) };
}

/** Returns what the screen says where a key would fix nothing. */
export function nothingToFix(state: WizardState, command: Command | undefined): string | undefined {
  if (command !== 'safe' && command !== 'disruptive') return undefined;
  if (isFixed(command, state)) return undefined;
  return command === 'safe' && isFixed('disruptive', state)
    ? 'No safe fix is left. Press F to include disruptive fixes.'
    : 'No finding is left that can be fixed without your answer.';
}
