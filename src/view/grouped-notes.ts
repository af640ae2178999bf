/** Sentences about many apps: each once, with its apps. */

/** Sentences of one kind about many apps: the most frequent one, and the number of different ones. */
export interface GroupedNote {
  readonly says: string;
  readonly apps: readonly string[];
  readonly others: number;
}

/** The labels of the apps that a sentence is about, by the sentence. */
export type Sayings = Map<string, string[]>;

export function addSaying(sayings: Sayings, says: string, app: string): void {
  const apps = sayings.get(says);
  if (apps) apps.push(app);
  else sayings.set(says, [app]);
}

export function sayingsOf(notes: readonly { readonly app: string; readonly says: string }[]): Sayings {
  const sayings: Sayings = new Map();
  for (const { app, says } of notes) addSaying(sayings, says, app);
  return sayings;
}

/**
 * Groups sentences of one kind. A sentence about all apps is not a variant of the sentences about single apps, so it is a separate note. A
 * guard may give several reasons, so sentences count as similar only if most of their words are the same: they differ in names and numbers.
 */
export function notesOfKind(sayings: Sayings): GroupedNote[] {
  const all = [...sayings];
  const apps = appsIn(all).length;
  const isShared = ([, own]: Saying) => new Set(own).size === apps;
  const groups: { readonly words: ReadonlySet<string>; readonly sayings: Saying[] }[] = [];
  for (const one of all.filter((each) => !isShared(each))) {
    const words = wordsOf(one[0]);
    const group = groups.find((each) => areSimilar(each.words, words));
    if (group) group.sayings.push(one);
    else groups.push({ words, sayings: [one] });
  }
  return [...all.filter(isShared).map((one) => [one]), ...groups.map((one) => one.sayings)].map(mostFrequentNote);
}

const wordsOf = (text: string): ReadonlySet<string> => new Set(text.match(/[\p{L}\p{N}_-]+/gu));

function areSimilar(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  const common = [...a].filter((word) => b.has(word)).length;
  return common * 3 >= Math.min(a.size, b.size) * 2;
}

type Saying = readonly [says: string, apps: readonly string[]];

function mostFrequentNote(sayings: readonly Saying[]): GroupedNote {
  const [most] = sayings.toSorted(([, a], [, b]) => b.length - a.length);
  return { says: most?.[0] ?? '', apps: appsIn(sayings), others: sayings.length - 1 };
}

/** Returns each app once. */
function appsIn(sayings: readonly Saying[]): readonly string[] {
  const apps = new Set<string>();
  for (const [, own] of sayings) for (const app of own) apps.add(app);
  return [...apps];
}
