/** Line prompts to accept a finding, to attest a control, and to revoke either. */
import type { Signed } from '../../contract/index.ts';
import type { StepState } from '../../engine/judge/assess.ts';
import { memberProblem, NO_DECISION, SIGNED_WITH, signedDecision } from '../../engine/judge/decisions.ts';
import type { OpenApp, Session } from '../../engine/session.ts';
import type { Prompts } from './prompts.ts';

interface SignTools {
  readonly session: Session;
  readonly prompts: Prompts;
}

/** Accepts a finding or attests what no API shows, with a name, a reason or evidence, and an end. */
export async function signControl(open: OpenApp, state: StepState, { session, prompts }: SignTools): Promise<void> {
  const check = (text: string) => memberProblem('', text.trim()) ?? true;
  const signable = state.controls.filter(({ state: one, control }) => one === 'fail' || control.kind === 'attestation');
  const choices = signable.map(({ control }) => ({
    name: control.kind === 'attestation' ? `${control.label}: ${control.statement}` : control.label,
    value: control,
  }));
  const control = await prompts.choose('Which control?', choices);
  const decision: Signed = control.kind === 'attestation' ? 'attest' : 'accept';
  const [, why] = SIGNED_WITH[decision];
  const by = await prompts.line('Name of the person who decides:', { start: session.account.name ?? '', check });
  const because = await prompts.line(why === 'reason' ? 'Reason:' : 'Link to the evidence:', { check });
  const until = await prompts.line('End date (YYYY-MM-DD):', {
    check: (text) => memberProblem('until', text.trim(), new Date()) ?? true,
  });
  const before = open.decisions[state.step.id] ?? NO_DECISION;
  const controls = { ...before.controls, [control.id]: signedDecision(decision, { by, [why]: because, until: until.trim() }) };
  await session.decide(open.target, state.step, { ...before, controls });
  prompts.say('Saved in the answers file.');
}

/** Takes an acceptance or an attestation back. */
export async function revokeSigned(open: OpenApp, { step, controls }: StepState, { session, prompts }: SignTools): Promise<void> {
  const before = open.decisions[step.id] ?? NO_DECISION;
  const choices = controls
    .filter(({ control }) => ['accept', 'attest'].includes(before.controls[control.id]?.decision ?? ''))
    .map(({ control }) => ({ name: control.label, value: control.id }));
  const id = await prompts.choose('Which control?', choices);
  const { [id]: _, ...rest } = before.controls;
  await session.decide(open.target, step, { ...before, controls: rest });
  prompts.say('Revoked.');
}
