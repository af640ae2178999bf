type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export type Operation = 'create' | 'modify' | 'delete';

interface Difference {
  readonly operation: Operation;
  readonly path: string;
  readonly before: Json;
  readonly after: Json;
}

export interface Comparison {
  readonly differences: readonly Difference[];
  /** The number of values and list items that stay as they are. */
  readonly same: number;
}

const isRecord = (value: Json): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

function canonical(value: Json): string {
  if (isList(value)) return `[${value.map(canonical).join(',')}]`;
  if (isRecord(value))
    return `{${Object.keys(value)
      .toSorted()
      .map((key) => `${JSON.stringify(key)}:${canonical(value[key] ?? null)}`)
      .join(',')}}`;
  return JSON.stringify(value);
}

/** Returns the differences between `before` and `after`. Items of a list are matched by their name, or by equality. */
export function compare(before: Json, after: Json, path = ''): Comparison {
  if (canonical(before) === canonical(after)) return { differences: [], same: 1 };
  if (isList(before) && isList(after)) return compareLists(before, after, path);
  if (isRecord(before) && isRecord(after)) {
    return join(
      [...new Set([...Object.keys(before), ...Object.keys(after)])].map((key) =>
        compare(before[key] ?? null, after[key] ?? null, path ? `${path}.${key}` : key),
      ),
    );
  }
  const operation = before === null ? 'create' : after === null ? 'delete' : 'modify';
  return { differences: [{ operation, path, before, after }], same: 0 };
}

function compareLists(before: readonly Json[], after: readonly Json[], path: string): Comparison {
  const left = new Map<string, Json[]>();
  for (const item of before) left.set(labelOf(item), [...(left.get(labelOf(item)) ?? []), item]);
  const parts: Comparison[] = [];
  for (const item of after) {
    const label = labelOf(item);
    const match = left.get(label)?.shift();
    parts.push(compare(match ?? null, item, `${path}[${label}]`));
  }
  // An item that is listed once more or once less than before is distinguished from an item that is added or removed.
  const again = (label: string, others: readonly Json[]) => (others.some((one) => labelOf(one) === label) ? ', listed again' : '');
  for (const [label, items] of left) parts.push(...items.map((item) => compare(item, null, `${path}[${label}${again(label, after)}]`)));
  const joined = join(parts);
  // The same items in another order: nothing to list, but a difference all the same.
  return joined.differences.length > 0 ? joined : { differences: [{ operation: 'modify', path, before, after }], same: 0 };
}

const labelOf = (item: Json): string =>
  isRecord(item) && typeof item['name'] === 'string' ? item['name'] : typeof item === 'string' ? item : canonical(item);

const join = (parts: readonly Comparison[]): Comparison => ({
  differences: parts.flatMap(({ differences }) => differences),
  same: parts.reduce((sum, { same }) => sum + same, 0),
});
