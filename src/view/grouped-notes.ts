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

/** Each sentence of a kind is a note of its own up to this many: a guard may give several reasons. */
const MOST_EACH = 3;

/** Groups sentences of one kind. A sentence about all apps is not a variant of the sentences about single apps, so it is a separate note. */
export function notesOfKind(sayings: Sayings): GroupedNote[] {
  const all = [...sayings];
  const apps = appsIn(all).length;
  const isShared = ([, own]: Saying) => new Set(own).size === apps;
  const others = all.filter((one) => !isShared(one));
  const groups = others.length > MOST_EACH ? [others] : others.map((one) => [one]);
  return [...all.filter(isShared).map((one) => [one]), ...groups].map(mostFrequentNote);
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
