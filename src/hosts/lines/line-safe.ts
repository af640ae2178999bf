/** Line prompts that apply every safe fix at once, on one app or several, in one preview, one confirmation and one run. */
import { hasChanges, isPlanned, type BatchApp } from '../../engine/findings/batch.ts';
import type { Session } from '../../engine/session.ts';
import { withoutStops } from '../../engine/plan/plan.ts';
import type { Target } from '../../azure/index.ts';
import { plainText } from '../../text/plain.ts';
import { plansLines } from '../../view/plan-lines.ts';
import type { LineLog } from './line-log.ts';
import type { Prompts } from './prompts.ts';

export interface SafeTools {
  readonly session: Session;
  readonly prompts: Prompts;
  readonly log: LineLog;
  readonly signal: AbortSignal;
}

/** Applies the same fixes on several apps, in one run. */
export async function fixOnSeveral(apps: readonly Target[], tools: SafeTools): Promise<void> {
  const choices = apps.map((target) => ({ name: `${target.label}, resource group ${target.resourceGroup}`, value: target }));
  const chosen = await tools.prompts.several('Which function apps?', choices, []);
  if (chosen.length > 0) await fixAllSafe(chosen, tools);
}

export async function fixAllSafe(targets: readonly Target[], { session, prompts, log, signal }: SafeTools): Promise<void> {
  prompts.say(targets.length > 1 ? `Reading ${targets.length} apps.` : 'Reading the app.');
  const planned = new Map<string, BatchApp>();
  const each = (app: BatchApp) => void planned.set(app.target.id, app);
  await session.planBatch({ kind: 'safe', risks: ['safe'] }, { targets, each, signal });
  const apps = [...planned.values()].toSorted((a, b) => (a.target.label < b.target.label ? -1 : 1));
  for (const app of apps) if (!isPlanned(app)) prompts.say(`${plainText(app.target.label)}: not read. ${plainText(app.why)}`);
  const plans = apps.filter(isPlanned).map(({ plan }) => withoutStops(plan));
  await log.confirmed({ do: 'batch', apps: apps.filter(hasChanges) }, plansLines(plans, prompts.look));
}
