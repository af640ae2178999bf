/** A strict answers file for the whole sample subscription: everything is applied, and attestations are given. */
import { catalogue } from '../../steps/index.ts';
import { GONE } from '../../src/emulator/samples/sample-apps.ts';
import type { State } from '../../src/emulator/state.ts';
import { controlsNamed, tableOf } from './area-tables.ts';
import { answersOn } from './hostings.ts';
import { FUTURE_DAY } from './future.ts';

const UNTIL = FUTURE_DAY;
const SIGNED = { by: 'Dana Lee', until: UNTIL };

export const APPS = ['fn-orders', 'fn-events', 'fn-billing', 'fn-billing/staging', 'fn-intake', 'fn-reports', 'fn-ledger'];

/** Findings of the sample apps that people must fix: how an app was created, keys that are renewed manually. */
const BY_HAND = controlsNamed('byHand');
const ACCEPTED = { decision: 'accept', reason: 'mended with the next release', ...SIGNED };

/** Answers that depend on the app; other answers come from the tables of the areas. */
const answersFor = (area: string, app: string, remove: readonly string[]): unknown => {
  const { sample } = tableOf(area);
  return sample ? sample(app, remove) : answersOn('EP1')[area];
};

function stepsFor(app: string, remove: readonly string[]) {
  return Object.fromEntries(
    catalogue.map((step) => {
      const controls = step.controls.flatMap((control): [string, object][] => {
        if (BY_HAND.includes(`${step.id}.${control.id}`)) return [[control.id, ACCEPTED]];
        if (control.kind === 'attestation') return [[control.id, { decision: 'attest', evidence: 'https://dev.contoso.com/1', ...SIGNED }]];
        // No answer can move an app to another plan.
        if (step.id === 'runtime' && control.id === 'plan')
          return [[control.id, { decision: 'accept', reason: 'moves to Flex Consumption next year', ...SIGNED }]];
        return control.optIn && control.id !== 'rotate' ? [[control.id, { decision: 'apply' }]] : [];
      });
      const answers = answersFor(step.id, app, remove);
      return [
        step.id,
        {
          decision: 'apply',
          ...(step.id === 'access-keys' ? { reason: 'on purpose', ...SIGNED } : {}),
          ...(answers ? { answers } : {}),
          controls: Object.fromEntries(controls),
        },
      ];
    }),
  );
}

export const CONFIRMED = APPS.flatMap((app) => ['--confirm', app]);

export function strictAnswers(state: State): string {
  const gone = Object.values(state.resources).flatMap((one) =>
    (one['properties'] as Record<string, unknown>)['principalId'] === GONE ? [String(one['id']).split('/').at(-1)!] : [],
  );
  const apps = Object.fromEntries(APPS.map((app) => [app, { steps: stepsFor(app, app === 'fn-orders' ? gone : []) }]));
  return JSON.stringify({ version: 1, apps });
}
