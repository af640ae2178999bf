/** Instances of a Terraform block: one, by `count`, or by `for_each`. */
import { attributeValue, itemsOf, type Scope } from '../evaluate.ts';
import { type Block, formOf } from '../syntax.ts';
import { COST } from '../effort.ts';
import { mapOf, scalar, unresolved, type Value, whyUnresolved } from '../value.ts';

export interface Repeat {
  readonly key?: string | number;
  /** End of the address: `["orders"]`. */
  readonly suffix: string;
  readonly scope: Scope;
  /** The form of `count` or `for_each`, where it is not resolved. */
  readonly when?: string;
}

/** Returns one scope per instance of a block. */
export function repeated(block: Block, own: Scope): readonly Repeat[] {
  const repeats = repeatsOf(block, own);
  own.spend(COST.instance * repeats.length);
  return repeats;
}

/** Instances of one block that are judged one by one. */
const MOST_INSTANCES = 1000;

function repeatsOf(block: Block, own: Scope): readonly Repeat[] {
  const of = (name: string) => {
    const attribute = block.attributes.find((one) => one.name === name);
    return attribute && { attribute, value: attributeValue(attribute, own) };
  };
  const [count, each] = [of('count'), of('for_each')];
  if (each) {
    const items = itemsOf(each.value);
    if (items)
      return items.map(([key, value]) => ({
        key,
        suffix: `[${JSON.stringify(key)}]`,
        scope: withNames(own, {
          each: mapOf(
            [
              ['key', scalar(key, value.at)],
              ['value', value],
            ],
            value.at,
          ),
        }),
      }));
    const why = `for_each is not resolved: ${whyUnresolved(each.value) ?? 'it is not a map of literals'}`;
    return [
      {
        suffix: '',
        when: formOf(each.attribute.value),
        scope: withNames(own, {
          each: mapOf(
            [
              ['key', unresolved(why, each.value.at)],
              ['value', unresolved(why, each.value.at)],
            ],
            each.value.at,
          ),
        }),
      },
    ];
  }
  if (count) {
    const { value } = count;
    const number = value.kind === 'scalar' && typeof value.value === 'number' ? value.value : undefined;
    if (number !== undefined && number <= MOST_INSTANCES)
      return Array.from({ length: Math.max(0, Math.trunc(number)) }, (_, index) => ({
        key: index,
        suffix: `[${index}]`,
        scope: withNames(own, { count: mapOf([['index', scalar(index, value.at)]], value.at) }),
      }));
    const why = `count is not resolved: ${whyUnresolved(value) ?? (number === undefined ? 'it is not a number' : `it is more than ${MOST_INSTANCES}`)}`;
    return [
      {
        suffix: '',
        when: formOf(count.attribute.value),
        scope: withNames(own, { count: mapOf([['index', unresolved(why, value.at)]], value.at) }),
      },
    ];
  }
  return [{ suffix: '', scope: own }];
}

export function withNames(scope: Scope, names: Readonly<Record<string, Value>>): Scope {
  return {
    ...scope,
    lookUp: (path, at, text) => {
      const [first] = path;
      const own = typeof first === 'string' && Object.hasOwn(names, first) ? names[first] : undefined;
      return own ? [own, 1] : scope.lookUp(path, at, text);
    },
  };
}
