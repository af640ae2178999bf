/** Functions of ARM templates that are operators and literals in other languages. */
import { equals } from '../change/json-paths.ts';
import { mapOf, type Place, plainOf, scalar, textOf, unresolved, type Value, whyUnresolved } from './value.ts';

/** Returns the value of a call; undefined for another function, or where the arguments do not decide it. */
export function templateCall(name: string, args: readonly Value[], at: Place): Value | undefined {
  const truths = args.map((one) => (one.kind === 'scalar' && typeof one.value === 'boolean' ? one.value : undefined));
  const [first, second] = args;
  switch (name.toLowerCase()) {
    case 'not':
      return truths[0] === undefined ? undefined : scalar(!truths[0], at);
    case 'and':
      return truths.includes(false) ? scalar(false, at) : truths.includes(undefined) ? undefined : scalar(true, at);
    case 'or':
      return truths.includes(true) ? scalar(true, at) : truths.includes(undefined) ? undefined : scalar(false, at);
    case 'equals': {
      const [a, b] = [first && plainOf(first), second && plainOf(second)];
      return a === undefined || b === undefined ? undefined : scalar(equals(a, b), at);
    }
    case 'if': {
      const chosen = truths[0] === undefined ? undefined : args[truths[0] ? 1 : 2];
      if (chosen || args.length !== 3) return chosen;
      return {
        kind: 'unresolved',
        why: (first && whyUnresolved(first)) ?? 'a condition that cannot be evaluated',
        at,
        either: args.slice(1),
      };
    }
    case 'createarray':
      return { kind: 'list', items: args, at };
    case 'createobject': {
      const names = args.filter((_, index) => index % 2 === 0).map(textOf);
      const open = names.includes(undefined) || args.length % 2 > 0 ? 'a name that cannot be evaluated' : undefined;
      return mapOf(
        names.flatMap((key, index) => {
          const value = args[2 * index + 1];
          return key !== undefined && value ? [[key, open === undefined ? value : unresolved(open, value.at)] as const] : [];
        }),
        at,
        open === undefined ? {} : { open },
      );
    }
    default:
      return undefined;
  }
}
