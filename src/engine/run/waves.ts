/** Waves of a run: apps that are changed and verified before the others, by their number or by a tag. */
import type { Target } from '../../azure/index.ts';
import { hasTag, tagOf } from '../fleet/selectors.ts';

/** A wave: the first apps by number, or all apps with a tag, written `KEY=VALUE`. */
export type Wave = number | string;

type Targeted = { readonly target: Pick<Target, 'tags'> };

/** Returns the apps of each wave and, last, all other apps. A wave without apps is left out. */
export function splitWaves<T extends Targeted>(apps: readonly T[], waves: readonly Wave[]): readonly (readonly T[])[] {
  let others = apps;
  const split = waves.map((wave) => {
    const own = typeof wave === 'number' ? others.slice(0, wave) : others.filter(({ target }) => hasTag(target, wave));
    const taken = new Set(own);
    others = others.filter((app) => !taken.has(app));
    return own;
  });
  return [...split, others].filter((some) => some.length > 0);
}

/** Returns a wave by a tag that none of these apps has, because all apps after it would be changed at once. */
export const emptyWave = (apps: readonly Targeted[], waves: readonly Wave[]): string | undefined =>
  waves.find((wave): wave is string => typeof wave === 'string' && !apps.some(({ target }) => hasTag(target, wave)));

/** Parses `--canary`: a number of apps, or `KEY=VALUE`, where several values with commas between them are one wave each. */
export function parseWaves(text: string): readonly Wave[] | undefined {
  if (/^\d{1,6}$/.test(text)) return Number(text) > 0 ? [Number(text)] : undefined;
  const at = text.indexOf('=');
  const values = text
    .slice(at + 1)
    .split(',')
    .map((value) => value.trim())
    .filter(Boolean);
  return at > 0 && values.length > 0 ? values.map((value) => `${text.slice(0, at)}=${value}`) : undefined;
}

/** The most values of a tag that gives waves. A tag with more values differs from app to app. */
const MOST_VALUES = 6;

interface WaveTag {
  readonly name: string;
  readonly values: readonly string[];
}

/** Returns the tags that divide these apps, with their values. */
export function waveTags(targets: readonly Pick<Target, 'tags'>[]): readonly WaveTag[] {
  const names = new Map(targets.flatMap(({ tags }) => Object.keys(tags)).map((name) => [name.toLowerCase(), name]));
  return [...names.values()].toSorted().flatMap((name) => {
    const found = targets.map(({ tags }) => tagOf(tags, name));
    const values = [...new Set(found.filter((value) => value !== undefined && value !== ''))].toSorted() as string[];
    const isOnAllAlike = values.length === 1 && found.every((value) => value === values[0]);
    return values.length === 0 || values.length > MOST_VALUES || isOnAllAlike ? [] : [{ name, values }];
  });
}

/** Returns the name of the waves for people: `1 app`, `ring=0`, `ring=0, then ring=1`. */
export const wavesText = (waves: readonly Wave[]): string =>
  waves.map((wave) => (typeof wave === 'number' ? `${wave} ${wave === 1 ? 'app' : 'apps'}` : wave)).join(', then ');
