/** Texts of one change on many apps for all hosts: its title, its controls, and the apps that are changed first. */
import type { AnyStep } from '../contract/index.ts';
import type { Target } from '../azure/index.ts';
import type { BatchWork } from '../engine/findings/batch.ts';
import { confirmedBy } from '../engine/fleet/targets.ts';
import { plainText } from '../text/plain.ts';
import type { Look } from '../text/symbols.ts';
import { hasTag } from '../engine/fleet/selectors.ts';
import { waveTags, type Wave } from '../engine/run/waves.ts';

interface WaveChoice {
  readonly says: string;
  /** undefined: all apps at once. */
  readonly waves?: readonly Wave[];
}

/** Numbers of apps that may go first. */
const FIRST = [1, 5, 20] as const;

/** The apps that can be changed first: a number of apps, apps with a tag, or one wave for each value of the tag. */
export function waveChoices(targets: readonly Target[]): readonly WaveChoice[] {
  const counted = (tag: string) => appsCount(targets.filter((target) => hasTag(target, tag)).length);
  return [
    { says: 'All apps at once' },
    ...FIRST.filter((number) => number < targets.length).map((number) => ({ says: `${appsCount(number)} first`, waves: [number] })),
    ...waveTags(targets).flatMap(({ name, values }) => [
      ...values.map((value) => ({ says: `${name}=${value} first (${counted(`${name}=${value}`)})`, waves: [`${name}=${value}`] })),
      ...(values.length > 1
        ? [{ says: `In waves by ${name}: ${values.join(', then ')}`, waves: values.map((value) => `${name}=${value}`) }]
        : []),
    ]),
  ];
}

/** The text to type to confirm changes that can lock people out: the number of apps. */
export const appsCount = (number: number): string => `${number} ${number === 1 ? 'app' : 'apps'}`;

/** The only app by its name, several by their number. */
export const appOrCount = (targets: readonly Pick<Target, 'label'>[]): string =>
  targets.length === 1 ? plainText(targets[0]?.label ?? '') : appsCount(targets.length);

/** For one app, the confirmation is its name, as for a change on a single app. */
export function nameToType(risky: readonly { readonly target: Target }[]): string {
  const targets = risky.map(({ target }) => target);
  const [only] = targets;
  return targets.length === 1 && only ? confirmedBy(targets)(only) : appsCount(targets.length);
}

/** Returns the displayed name of a control; labels are unique only in their area. */
export function controlLabel(areas: readonly AnyStep[], id: string): string {
  const step = areas.find((one) => id.startsWith(`${one.id}.`));
  const control = step?.controls.find((one) => `${step.id}.${one.id}` === id);
  return step && control ? `${control.label} (${step.title})` : id;
}

/** The change of a group in signs that the terminal has. */
export const editText = ({ edit }: { readonly edit: string }, { ascii, spoken }: Look): string =>
  spoken ? edit.replaceAll('→', 'becomes').replaceAll('…', '...') : ascii ? edit.replaceAll('→', '->').replaceAll('…', '...') : edit;

export function workTitle(work: BatchWork): string {
  if (work.kind === 'safe') return work.risks.includes('disruptive') ? 'All safe and disruptive fixes' : 'All safe fixes';
  const labels = work.controls.map((name) => work.step.controls.find(({ id }) => id === name)?.label ?? name);
  return labels.length === 1 ? `${labels[0] ?? ''} (${work.step.title})` : work.step.title;
}
