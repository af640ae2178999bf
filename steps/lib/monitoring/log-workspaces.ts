/** Logs of an app in a workspace: which are sent, by which setting, and which are missing. */
import { type Context, type Draft, type GuardFinding, type Verdict, clear, stop, warn } from '../../../src/contract/index.ts';
import {
  byNameOrId,
  type DiagnosticSetting,
  includesWord,
  type Json,
  sameResource,
  sameWord,
  severalHave,
  type Workspace,
} from '../../../src/azure/index.ts';
import { lostText, lostWorkspaces, refusalOfWorkspace } from './workspace-refusals.ts';
import { categoriesSent, destinationsOf, groupsSent, namesSent, rowsWith, workspacesWithLogs } from './diagnostic-settings.ts';

type X = Context<{ readonly workspace?: string; readonly categories?: readonly string[] }>;

const WANTED = 'all categories sent to a workspace';

/** The name of the diagnostic setting that func-harden creates. */
const SETTING = 'func-harden';

export const workspaceOf = ({ facts, answers }: X): Workspace | undefined => byNameOrId(facts.workspaces.value, answers.workspace ?? '');
export const severalWorkspaces = ({ facts, answers }: X) => severalHave('workspaces', facts.workspaces.value, answers.workspace);
export const offeredLogs = ({ facts }: X): string[] =>
  (facts.site.properties.eligibleLogCategories || 'FunctionAppLogs').split(',').flatMap((name) => name.trim() || []);
const categories = (x: X): readonly string[] => x.answers.categories ?? offeredLogs(x);
/** Returns the settings that send to the selected workspace, or to any. */
const intoWorkspace = ({ facts, answers }: X): DiagnosticSetting[] =>
  facts.diagnosticSettings.value.filter(({ properties: { workspaceId } }) => {
    const meant = answers.workspace?.toLowerCase();
    return workspaceId && (meant === undefined || workspaceId.toLowerCase() === meant || workspaceId.toLowerCase().endsWith(`/${meant}`));
  });
/** The workspaces that settings name and that store no data now, with the reason. */
const stoppedWorkspaces = ({ facts }: X): { readonly workspace: Workspace; readonly why: string }[] =>
  (facts.maybe('workspaces')?.value ?? []).flatMap((workspace) => {
    const why = refusalOfWorkspace(workspace);
    const isNamed = facts.diagnosticSettings.value.some(({ properties }) => sameResource(properties.workspaceId, workspace.id));
    return why !== undefined && isNamed ? [{ workspace, why }] : [];
  });

const lacking = (x: X, settings = intoWorkspace(x)): string[] => {
  const sent = categoriesSent(settings, offeredLogs(x));
  return categories(x).filter((category) => !includesWord(sent, category));
};
/** Returns the settings of others that send to the same workspace. No other setting may send the same categories there. */
const besideOurs = (x: X): DiagnosticSetting[] =>
  x.facts.diagnosticSettings.value.filter(
    ({ name, properties }) => !sameWord(name, SETTING) && properties.workspaceId?.toLowerCase() === workspaceOf(x)?.id.toLowerCase(),
  );

/** Creates or extends our own setting. The settings of others stay as they are. */
export function sendLogs(x: X): Draft[] {
  const workspace = workspaceOf(x);
  if (!workspace) return [];
  const instanceId = `${x.facts.site.id}/providers/Microsoft.Insights/diagnosticSettings/${SETTING}`;
  const own = x.facts.diagnosticSettings.value.find(({ name }) => sameWord(name, SETTING));
  const added = lacking(x);
  if (added.length === 0) return [];
  const logs = rowsWith(own, besideOurs(x), added, offeredLogs(x));
  // Metrics and other sinks of an existing setting are kept.
  return [
    {
      whole: 'diagnosticSettings',
      instanceId,
      to: { properties: { ...(own?.properties as Record<string, Json> | undefined), workspaceId: workspace.id, logs } },
    },
  ];
}

export function judgeLogs(x: X): Verdict {
  const left = lacking(x);
  const sent = [...new Set(intoWorkspace(x).flatMap(namesSent))].join(', ');
  const gone = lostWorkspaces(
    x.facts,
    x.facts.diagnosticSettings.value.map(({ properties }) => properties.workspaceId),
  );
  const isGone = ({ properties }: DiagnosticSetting): boolean => gone.some((id) => sameResource(id, properties.workspaceId));
  const stopped = stoppedWorkspaces(x);
  const isStopped = ({ properties }: DiagnosticSetting): boolean =>
    stopped.some(({ workspace }) => sameResource(workspace.id, properties.workspaceId));
  const unstored = lacking(
    x,
    intoWorkspace(x).filter((one) => !isStopped(one)),
  );
  if (left.length === 0 && unstored.length > 0)
    return {
      state: 'fail',
      found: `not stored: ${unstored.join(', ')}; ${stopped.map(({ workspace, why }) => `workspace ${workspace.name} stores no data: ${why}`).join('; ')}`,
      wanted: WANTED,
      stays: 'the app sends all categories, and its workspace does not store them now',
    };
  const unsure =
    lacking(
      x,
      intoWorkspace(x).filter((one) => !isGone(one)),
    ).length > 0
      ? `; ${lostText(gone)}`
      : x.answers.categories === undefined && !x.facts.site.properties.eligibleLogCategories
        ? '; Azure does not report which other categories the app has'
        : '';
  const away = x.facts.diagnosticSettings.value.filter((one) => !intoWorkspace(x).includes(one) && destinationsOf(one).length > 0);
  const kept = categoriesSent(away, offeredLogs(x));
  const nowhere = left.filter((category) => !includesWord(kept, category));
  const elsewhere = left.filter((category) => includesWord(kept, category));
  const places = [...new Set(away.flatMap(destinationsOf))].join(' and ');
  const found = [
    ...(nowhere.length > 0 ? [`not sent: ${nowhere.join(', ')}`] : []),
    ...(elsewhere.length > 0 ? [`sent only to ${places} (not checked): ${elsewhere.join(', ')}`] : []),
  ].join('; ');
  // Logs may be kept and searched outside a workspace too, unless the answer names one.
  const isMissing = nowhere.length > 0 || (left.length > 0 && x.answers.workspace !== undefined);
  return {
    state: isMissing ? 'fail' : left.length > 0 || unsure ? 'unknown' : 'pass',
    found: found || `${sent}${unsure}`,
    wanted: WANTED,
    lines: x.facts.diagnosticSettings.value.map(
      (one) => `${one.name}: ${namesSent(one).join(', ') || 'no logs'} to ${destinationsOf(one).join(' and ') || 'no destination'}`,
    ),
  };
}

/** Checks what prevents sending the logs to the workspace. */
export function logsGuard(x: X): GuardFinding {
  const several = severalWorkspaces(x);
  if (several) return stop(several);
  const unknown = categories(x).filter((category) => !includesWord(offeredLogs(x), category));
  const workspace = workspaceOf(x);
  if (!workspace)
    return stop(
      `Workspace "${x.answers.workspace ?? ''}" was not found in this subscription, or you have no permission to read it. Check the name, or choose a different workspace.`,
    );
  const stopped = refusalOfWorkspace(workspace);
  if (stopped && lacking(x).length === 0)
    return stop(`Workspace ${workspace.name} stores no data: ${stopped}. Fix the workspace first, or choose a different workspace.`);
  if (unknown.length > 0)
    return stop(
      `The App Service plan does not offer the categories ${unknown.join(', ')}. Choose from these categories: ${offeredLogs(x).join(', ')}.`,
    );
  const full = x.facts.diagnosticSettings.value.filter(({ name }) => !sameWord(name, SETTING)).length >= 5;
  const groups = groupsSent(besideOurs(x));
  if (groups.length > 0 && !full)
    return warn(
      `Another setting sends the group ${groups.join(', ')} to this workspace. Azure refuses to send a category to one workspace twice (409), so this change leaves out the known categories of the group. If Azure added others to the group, the change fails.`,
    );
  if (stopped && !full)
    return warn(`Workspace ${workspace.name} stores no data now: ${stopped}. Logs that are sent until it does are lost.`);
  return full
    ? stop('The app has five diagnostic settings, which is the maximum. Add the categories to an existing setting.')
    : clear('The workspace exists, and the plan offers the categories.');
}

/** Checks that the workspace receives logs of the app once the plan is applied. Without them, Sentinel has nothing of the app to analyze. */
export function logsArrive(x: X): GuardFinding {
  const workspace = workspaceOf(x);
  return !workspace || workspacesWithLogs(x.planned.diagnosticSettings.value).some((id) => sameResource(id, workspace.id))
    ? clear('At most one workspace has this name.')
    : stop(`The app sends no logs to ${workspace.name}. Send them there first, or in the same plan (control diagnostics).`);
}
