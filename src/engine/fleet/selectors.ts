/** The keys of `apps:` in an answers file: a name, a resource id, a pattern of names, or tags. */
import type { Target } from '../../azure/index.ts';

type KeyKind = 'tag' | 'pattern' | 'name' | 'id';

/** Kinds of keys from weak to strong: a more specific key takes precedence. */
export const KEY_KINDS: readonly KeyKind[] = ['tag', 'pattern', 'name', 'id'];

const TAG = /^tag:/i;

export function kindOf(key: string): KeyKind {
  if (TAG.test(key)) return 'tag';
  if (key.startsWith('/')) return 'id';
  return /[*?]/.test(key) ? 'pattern' : 'name';
}

/** Whether a key may match several apps, so that no match is not a mistake. */
export const isSelector = (key: string): boolean => kindOf(key) === 'tag' || kindOf(key) === 'pattern';

export function matchesKey(key: string, target: Pick<Target, 'id' | 'label' | 'tags'>): boolean {
  switch (kindOf(key)) {
    case 'tag':
      return tagsOf(key).every((tag) => hasTag(target, tag));
    case 'pattern':
      return patternOf(key).test(target.label);
    case 'name':
      return key.toLowerCase() === target.label.toLowerCase();
    case 'id':
      return key.toLowerCase() === target.id.toLowerCase();
  }
}

/** Whether a key may match slots of an app: it has a part for the slot, and the part before it matches the app. */
export function matchesSlotsOf(key: string, app: Pick<Target, 'id' | 'name' | 'label' | 'tags'>): boolean {
  if (kindOf(key) === 'id') return key.toLowerCase().startsWith(`${app.id.toLowerCase()}/slots/`);
  const [name = '', slot] = key.split('/');
  return slot !== undefined && kindOf(key) !== 'tag' && matchesKey(name, app);
}

/** Whether an app has a tag: `KEY=VALUE`, or a key alone for any value. Names of tags ignore case, their values do not. */
export function hasTag({ tags }: Pick<Target, 'tags'>, wanted: string): boolean {
  const [key = '', ...value] = wanted.split('=');
  const found = tagOf(tags, key);
  return found !== undefined && (value.length === 0 || found === value.join('='));
}

/** Returns the value of a tag. Names of tags ignore case. */
export const tagOf = (tags: Target['tags'], name: string): string | undefined =>
  Object.entries(tags).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];

export function keyProblem(key: string): string | undefined {
  const kind = kindOf(key);
  if (kind === 'tag') {
    const wrong = tagsOf(key).find((tag) => !/^[^=]+=/.test(tag));
    return wrong === undefined
      ? undefined
      : `"${key}" requires a name and a value for each tag, for example tag:env=prod or tag:env=prod,team=shop`;
  }
  if (kind === 'id')
    return /[*?]/.test(key) ? `"${key}" is a resource id with * or ?; patterns work only with names, for example fn-*` : undefined;
  if (kind === 'name')
    return /[[\]{}!]/.test(key) ? `"${key}" is not an app name; a pattern supports only * and ?, for example fn-*` : undefined;
  const parts = key.split('/');
  if (parts.length > 2 || parts.includes(''))
    return `"${key}" is not a pattern; write APP or APP/SLOT with *, for example fn-* or fn-*/staging`;
  return /^[\w.*?-]+$/.test(key.replace('/', ''))
    ? undefined
    : `"${key}" has an invalid character; a pattern can contain letters, digits, -, * and ?`;
}

const tagsOf = (key: string): string[] =>
  key
    .replace(TAG, '')
    .split(',')
    .map((tag) => tag.trim());

/** Whether a text equals a name, or matches a pattern with `*` and `?`. Case is ignored. */
export const fitsText = (wanted: string, text: string): boolean =>
  /[*?]/.test(wanted) ? patternOf(wanted, '.').test(text) : wanted.toLowerCase() === text.toLowerCase();

/** Returns the expression for a pattern: `*` is any text and `?` any character, but neither matches the `/` before a slot. */
const patternOf = (key: string, any = '[^/]'): RegExp =>
  new RegExp(
    `^${key
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll(/\*+/g, `${any}*`)
      .replaceAll('?', any)}$`,
    'i',
  );
