/** By line prompts: one change on one app or on several, in one preview, one confirmation and one run. */
import { hasChanges, isPlanned, type BatchApp, type BatchWork } from '../../engine/findings/batch.ts';
import { emptyWave, type Wave } from '../../engine/run/waves.ts';
import type { Session } from '../../engine/session.ts';
import { withoutStops } from '../../engine/plan/plan.ts';
import type { Target } from '../../azure/index.ts';
import { plainText } from '../../text/plain.ts';
import { appOrCount, waveChoices, workTitle } from '../../view/batch-text.ts';
import { plansLines } from '../../view/plan-lines.ts';
import { chooseApps } from './line-apps.ts';
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
  const chosen = await chooseApps(apps, [], tools.prompts);
  if (chosen.length > 0) await fixAllSafe(chosen, tools);
}

export const fixAllSafe = (targets: readonly Target[], tools: SafeTools): Promise<void> =>
  planAndConfirm({ kind: 'safe', risks: ['safe'] }, targets, tools);

/** Plans the work in these apps, shows it as groups, asks once and sends it. */
export async function planAndConfirm(work: BatchWork, targets: readonly Target[], tools: SafeTools): Promise<void> {
  const { session, prompts, log, signal } = tools;
  prompts.say(`${workTitle(work)}. Planning on ${appOrCount(targets)}; nothing is sent before you confirm.`);
  const planned = new Map<string, BatchApp>();
  const each = (app: BatchApp) => void planned.set(app.target.id, app);
  await session.planBatch(work, { targets, each, signal });
  const apps = [...planned.values()].toSorted((a, b) => (a.target.label < b.target.label ? -1 : 1));
  for (const app of apps) if (!isPlanned(app)) prompts.say(`${plainText(app.target.label)}: not read. ${plainText(app.why)}`);
  const plans = apps.filter(isPlanned).map(({ plan }) => withoutStops(plan));
  const ready = apps.filter(hasChanges);
  prompts.print(plansLines(plans, prompts.look, { hint: false }));
  const first = ready.length > 1 && !session.dryRun ? await chooseWaves(ready, prompts) : undefined;
  await log.confirmed({ do: 'batch', apps: ready, ...(first ? { first } : {}) }, []);
}

/** Which apps go first; the other apps follow only if that went well. */
async function chooseWaves(apps: readonly { readonly target: Target }[], prompts: Prompts): Promise<readonly Wave[] | undefined> {
  const choices = waveChoices(apps.map(({ target }) => target)).filter(({ waves }) => !waves || emptyWave(apps, waves) === undefined);
  prompts.say('\nWhich apps are changed first? If one of them fails, the other apps are not changed.');
  const numbered = choices.map(({ says }, index) => ({ name: says, value: index }));
  return choices[await prompts.choose('Order?', numbered, 0)]?.waves;
}
