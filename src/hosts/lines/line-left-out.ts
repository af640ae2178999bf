/** Line prompts that leave out changes and apps of a plan for several apps. */
import { hasChanges, summaryOf, type BatchApp, type BatchGroup, type Untick } from '../../engine/findings/batch.ts';
import type { Session } from '../../engine/session.ts';
import type { Target } from '../../azure/index.ts';
import { appsCount, controlLabel, editText } from '../../view/batch-text.ts';
import { FIX_WORDS } from '../../view/finding-lines.ts';
import { appChoice, appsWith, MOST_LISTED, namesOf } from './line-apps.ts';
import type { Prompts } from './prompts.ts';

export const NOTHING_LEFT_OUT: Untick = { groups: [], apps: [] };

/** Asks for the changes and apps that are left out. Enter keeps those that were left out before. */
export async function chooseLeftOut(
  all: readonly BatchApp[],
  off: Untick,
  { session, prompts }: { readonly session: Pick<Session, 'steps'>; readonly prompts: Prompts },
): Promise<Untick> {
  const { groups } = summaryOf(all);
  const apps = all.filter(hasChanges).map(({ target }) => target);
  const name = ({ control, edit, risk, apps }: BatchGroup): string =>
    `${[controlLabel(session.steps, control), editText({ edit }, prompts.look)].filter(Boolean).join(': ')}; ${appsCount(apps.length)}, ${FIX_WORDS[risk]}`;
  const choices = groups.map((group) => ({ name: name(group), value: group.key }));
  return {
    groups: groups.length > 1 ? await prompts.several('Select the changes that must not be sent.', choices, off.groups) : [],
    apps: apps.length > 1 ? await chooseAppsLeftOut(apps, off.apps, prompts) : [],
  };
}

/** Asks for apps by number, or by text where there are many. */
async function chooseAppsLeftOut(apps: readonly Target[], off: readonly string[], prompts: Prompts): Promise<readonly string[]> {
  const isOff = ({ id }: Target) => off.includes(id);
  if (apps.length <= MOST_LISTED)
    return (await prompts.several('Select the apps that must not be changed.', apps.map(appChoice), apps.filter(isOff))).map(
      ({ id }) => id,
    );
  prompts.say('\nType a part of the names, of a resource group, or a tag such as env=prod. Type none to change all apps.');
  const before = apps.filter(isOff);
  const typed = (
    await prompts.line(
      `Which of the ${apps.length} function apps must not be changed? Enter for ${before.length === 0 ? 'none' : 'the same as before'}:`,
      {
        check: (text) => (text.trim().toLowerCase() === 'none' || appsWith(apps, text).length > 0 ? true : 'No app matches.'),
      },
    )
  ).trim();
  if (typed.toLowerCase() === 'none') return [];
  const chosen = typed === '' ? before : [...new Set([...before, ...appsWith(apps, typed)])];
  if (chosen.length > 0) prompts.say(`Left out: ${appsCount(chosen.length)}: ${namesOf(chosen)}`);
  return chosen.map(({ id }) => id);
}
