/** Line prompts that select apps. A long list is not printed, because a screen reader would read all of it; its apps are selected by text. */
import type { Target } from '../../azure/index.ts';
import { plainText } from '../../text/plain.ts';
import type { Choice, Menu, Prompts } from './prompts.ts';

/** Apps that are listed without asking for text first. */
export const MOST_LISTED = 20;
const MOST_NAMED = 10;

export const appChoice = (target: Target): Choice<Target> => ({
  name: `${target.label}, resource group ${target.resourceGroup}`,
  value: target,
});

/** Returns a choice that also says how many controls of the app are queued, as far as the app was read. */
const withQueue = (target: Target, queues: ReadonlyMap<string, number>): Choice<Target> => {
  const choice = appChoice(target);
  const queued = queues.get(target.id) ?? 0;
  return queued === 0 ? choice : { ...choice, name: `${choice.name}, ${queued} queued` };
};

/** Several of these apps: by number where there are few, else by a part of their names or tags. None where a person chose none. */
export async function chooseApps(
  apps: readonly Target[],
  marked: readonly Target[],
  prompts: Pick<Prompts, 'say' | 'line' | 'several'>,
): Promise<readonly Target[]> {
  if (apps.length <= 1) return apps;
  if (apps.length <= MOST_LISTED) return prompts.several('Which function apps?', apps.map(appChoice), marked);
  prompts.say(`\nType a part of the app name or of the resource group, or a tag such as env=prod.`);
  const text = await prompts.line(`Which of the ${apps.length} function apps? Enter for all:`, {
    check: (typed) => (appsWith(apps, typed).length > 0 ? true : 'No app matches.'),
  });
  const chosen = appsWith(apps, text);
  prompts.say(`${chosen.length} ${chosen.length === 1 ? 'app' : 'apps'}: ${namesOf(chosen)}`);
  return chosen;
}

/** Returns the apps whose name, resource group or tags contain the text. */
export function appsWith(apps: readonly Target[], text: string): readonly Target[] {
  const wanted = text.trim().toLowerCase();
  const words = ({ label, resourceGroup, tags }: Target): string[] => [
    label,
    resourceGroup,
    ...Object.entries(tags).map(([name, value]) => `${name}=${value}`),
  ];
  return wanted === '' ? apps : apps.filter((app) => words(app).some((word) => word.toLowerCase().includes(wanted)));
}

/** The names of apps, the first ones where there are many. */
export function namesOf(apps: readonly Pick<Target, 'label'>[]): string {
  const names = apps.slice(0, MOST_NAMED).map(({ label }) => plainText(label));
  const more = apps.length - names.length;
  return `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** Selects an app, or an action on several apps. A long list is printed only on request. */
export async function chooseApp(
  apps: readonly Target[],
  queues: ReadonlyMap<string, number>,
  menu: Menu,
  prompts: Prompts,
): Promise<Target | 'findings' | 'safe' | 'disruptive' | 'undo' | 'leave'> {
  const only = apps[0];
  if (apps.length === 1 && only) return only;
  const others = [
    { name: 'list the findings of several apps', value: 'findings' as const },
    { name: 'apply all safe fixes on several apps', value: 'safe' as const },
    { name: 'apply disruptive and safe fixes on several apps', value: 'disruptive' as const },
    { name: 'undo log', value: 'undo' as const },
    { name: 'leave', value: 'leave' as const },
  ];
  const isLong = apps.length > MOST_LISTED;
  const choicesOf = (some: readonly Target[]) => some.map((app) => withQueue(app, queues));
  const queued = apps.filter(({ id }) => queues.get(id));
  if (isLong && queued.length > 0) prompts.say(`\nApps with queued changes: ${namesOf(queued)}`);
  for (;;) {
    const what = isLong
      ? await prompts.unlessBack(() =>
          prompts.choose(`${apps.length} function apps. What now?`, [{ name: 'open one app', value: 'one' as const }, ...others], {
            menu,
          }),
        )
      : await prompts.unlessBack(() =>
          prompts.choose<Target | (typeof others)[number]['value']>('Which function app?', [...choicesOf(apps), ...others], {
            menu,
          }),
        );
    if (what === undefined) prompts.say('To leave, type leave.');
    else if (what !== 'one') return what;
    else {
      const chosen = await prompts.unlessBack(async () =>
        prompts.choose<Target | undefined>('Which function app?', [
          ...choicesOf(await foundApps(apps, prompts)),
          { name: 'back', value: undefined },
        ]),
      );
      if (chosen) return chosen;
    }
  }
}

async function foundApps(apps: readonly Target[], prompts: Prompts): Promise<readonly Target[]> {
  const check = (text: string) => (appsWith(apps, text).length > 0 ? true : 'No app matches.');
  return appsWith(apps, await prompts.line('Type a part of its name, or press Enter to list all:', { check }));
}
