/** Line prompts for a change in one or several apps, with one preview, one confirmation and one run. */
import {
  hasChanges,
  isPlanned,
  sortByName,
  summaryOf,
  withoutUnticked,
  type BatchApp,
  type BatchWork,
} from '../../engine/findings/batch.ts';
import { emptyWave, type Wave } from '../../engine/run/waves.ts';
import type { BatchOptions, Job, Session } from '../../engine/session.ts';
import { withoutStops } from '../../engine/plan/plan.ts';
import type { Target } from '../../azure/index.ts';
import { plainText } from '../../text/plain.ts';
import { appOrCount, waveChoices, workTitle } from '../../view/batch-text.ts';
import { plansLines } from '../../view/plan-lines.ts';
import { chooseApps } from './line-apps.ts';
import { chooseLeftOut, NOTHING_LEFT_OUT } from './line-left-out.ts';
import type { LineLog } from './line-log.ts';
import type { Prompts } from './prompts.ts';

export interface SafeTools {
  readonly session: Session;
  readonly prompts: Prompts;
  readonly log: LineLog;
  readonly signal: AbortSignal;
}

/** Fixes of risk safe, or those that may restart an app as well. */
type MildRisks = 'safe' | 'disruptive';

/** Typed instead of an approval, to leave out changes or apps first. */
const SELECT = 's';

/** Applies the same fixes on several apps, in one run. */
export async function fixOnSeveral(apps: readonly Target[], risks: MildRisks, tools: SafeTools): Promise<void> {
  const chosen = await chooseApps(apps, [], tools.prompts);
  if (chosen.length > 0) await fixAll(chosen, risks, tools);
}

export const fixAll = (targets: readonly Target[], risks: MildRisks, tools: SafeTools): Promise<void> =>
  planAndConfirm({ kind: 'safe', risks: risks === 'safe' ? ['safe'] : ['safe', 'disruptive'] }, targets, tools);

/** Plans the work in these apps, shows it as groups, lets a person leave out changes and apps, asks once and sends it. */
export async function planAndConfirm(work: BatchWork, targets: readonly Target[], tools: SafeTools): Promise<void> {
  const { session, prompts, log } = tools;
  prompts.say(`${workTitle(work)}. Planning the changes for ${appOrCount(targets)}; nothing is sent before you confirm.`);
  const all = await planApps(work, { targets }, tools);
  for (const app of all) if (!isPlanned(app)) prompts.say(`${plainText(app.target.label)}: not read. ${plainText(app.why)}`);
  const canSelect = summaryOf(all).groups.length > 1 || all.filter(hasChanges).length > 1;
  for (let [shown, off] = [all, NOTHING_LEFT_OUT]; ;) {
    const apps = shown.filter(hasChanges);
    const plans = shown.filter(isPlanned).map(({ plan }) => withoutStops(plan));
    prompts.print(plansLines(plans, prompts.look, { hint: false }));
    const first = apps.length > 1 && !session.dryRun ? await chooseWaves(apps, prompts) : undefined;
    const job: Job = { do: 'batch', apps, ...(first ? { first } : {}) };
    if (!canSelect || session.dryRun || apps.length === 0) return log.confirmed(job, []);
    prompts.say(`To exclude changes or apps, type ${SELECT}.`);
    const approval = await log.approval(job, SELECT);
    if (approval !== 'other') return log.approved(job, approval === 'yes');
    off = await chooseLeftOut(all, off, tools);
    const left = withoutUnticked(all, off);
    shown = await planApps(work, { targets: left.apps.map(({ target }) => target), without: left.without }, tools);
  }
}

/** Returns the plan of each app, in the order of their names. */
async function planApps(
  work: BatchWork,
  apps: Pick<BatchOptions, 'targets' | 'without'>,
  { session, signal }: SafeTools,
): Promise<readonly BatchApp[]> {
  const planned = new Map<string, BatchApp>();
  await session.planBatch(work, { ...apps, signal, each: (app) => void planned.set(app.target.id, app) });
  return sortByName([...planned.values()]);
}

/** Asks for the apps that are changed first. The other apps follow only if these succeed. */
async function chooseWaves(apps: readonly { readonly target: Target }[], prompts: Prompts): Promise<readonly Wave[] | undefined> {
  const choices = waveChoices(apps.map(({ target }) => target)).filter(({ waves }) => !waves || emptyWave(apps, waves) === undefined);
  prompts.say('\nWhich apps are changed first? If one of them fails, the other apps are not changed.');
  const numbered = choices.map(({ says }, index) => ({ name: says, value: index }));
  return choices[await prompts.choose('Order?', numbered, { start: 0 })]?.waves;
}
