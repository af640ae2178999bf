/** Initial values and choices of questions. They are read only in an interactive host. */
import { type AnyStep, type Option, questionsOf } from '../../contract/index.ts';
import type { Json } from '../../azure/index.ts';
import type { AnyContext } from './circumstances.ts';
import type { FactStore } from './facts.ts';
import { unexpectedShapeIn } from './unexpected-shape.ts';

type ByQuestion = Readonly<Record<string, ((x: AnyContext) => unknown) | undefined>> | undefined;

/** Reads the resources that the questions of these areas look at, in parallel. */
export async function readOffers(
  steps: readonly AnyStep[],
  store: FactStore,
  contextOf: (step: AnyStep) => AnyContext | Error,
): Promise<void> {
  const all = steps.flatMap((step) => {
    const context = contextOf(step);
    if (context instanceof Error) return [];
    return ([step.prefill, step.options] as ByQuestion[]).flatMap((by) =>
      questionsOf(step).flatMap(([name]) => (by?.[name] ? [() => offered(by, name, context)] : [])),
    );
  });
  await Promise.all(all.map((look) => store.looking(look)));
}

/** Returns the initial values of an area's questions. */
export const startsOf = (step: AnyStep, context: AnyContext | Error) => offersOf<Json>(step, step.prefill, context);
/** Returns the choices of an area's questions. */
export const choicesOf = (step: AnyStep, context: AnyContext | Error) => offersOf<readonly Option[]>(step, step.options, context);

function offersOf<T>(step: AnyStep, by: ByQuestion, context: AnyContext | Error): Record<string, T> {
  if (context instanceof Error) return {};
  return Object.fromEntries(
    questionsOf(step).flatMap(([name]): [string, T][] => {
      const value = offered(by, name, context);
      return value === undefined ? [] : [[name, value as T]];
    }),
  );
}

/** Returns the offer for one question; none where a resource could not be read. */
function offered(by: ByQuestion, name: string, context: AnyContext): unknown {
  try {
    return by?.[name]?.(context);
  } catch (error) {
    if (!unexpectedShapeIn(error, context.facts)) throw error;
    return undefined;
  }
}
