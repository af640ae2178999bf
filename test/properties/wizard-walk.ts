/** The wizard driven by keys, without a terminal: what it waits for is known, so nothing sleeps. */
import type { Session } from '../../src/engine/session.ts';
import { flowOf } from '../../src/hosts/tui/state/derived-state.ts';
import { pilot, type Pilot } from '../tui/helpers.ts';
import type { Cloud } from '../helpers/in-process.ts';

export interface Walk extends Pilot {
  /** Presses keys as a user who sees the screen does, and waits until no work is in progress. */
  keys(...keys: readonly string[]): Promise<void>;
  /** What happens to the answers file when the person leaves. */
  finish(): Promise<void>;
}

export async function walk(here: Cloud): Promise<Walk> {
  let busy = 0;
  let held: Session | undefined;
  const counted = (session: Session): Session =>
    (held = new Proxy(session, {
      get(target, name) {
        const value = target[name as keyof Session] as unknown;
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => {
          const result = (value as (...all: unknown[]) => unknown).apply(target, args);
          if (!(result instanceof Promise)) return result;
          busy += 1;
          return result.finally(() => (busy -= 1));
        };
      },
    }));
  const wizard = await pilot(here, { columns: 100, rows: 40 }, {}, counted);
  const quiet = async () => {
    for (let still = 0; still < 3;) {
      await new Promise((resolve) => setImmediate(resolve));
      still = busy === 0 && !wizard.store.state().searching ? still + 1 : 0;
    }
  };
  await quiet();
  return {
    ...wizard,
    finish: () => held?.finish() ?? Promise.resolve(),
    async keys(...keys) {
      for (const key of keys) {
        wizard.answer(key);
        await quiet();
      }
    },
  };
}

/** Opens the only app. */
export async function openOnly(wizard: Walk): Promise<void> {
  await wizard.keys('enter');
  if (wizard.store.state().screen.at !== 'areas') throw new Error(`not the areas:\n${wizard.screen().join('\n')}`);
}

/** Goes back to the list of areas from any screen. */
export async function toAreas(wizard: Walk): Promise<void> {
  for (let tries = 0; tries < 10 && wizard.left() === undefined; tries++) {
    const { at } = wizard.store.state().screen;
    if (at === 'areas' && !flowOf(wizard.store.state())) return;
    await wizard.keys(at === 'apps' ? 'enter' : 'escape');
  }
}

/** Presses Enter on each question of these areas and queues them; areas that need other input are left. */
export async function enterThroughout(wizard: Walk, areas?: readonly string[]): Promise<void> {
  const steps = wizard.store.state().open?.steps ?? [];
  await wizard.keys('home');
  for (const { step } of steps) {
    const { screen: list } = wizard.store.state();
    if (list.at !== 'areas' || steps[list.cursor]?.step.id !== step.id) throw new Error(`not at ${step.id}`);
    if (areas && !areas.includes(step.id)) {
      wizard.press('down'); // The areas on the way are not read or answered.
      continue;
    }
    await wizard.keys('enter');
    const { screen } = wizard.store.state();
    await wizard.keys(screen.at === 'area' && screen.ticked.length > 0 ? 'w' : 'escape');
    const answered = new Set<string>();
    for (let tries = 0; ; tries++) {
      const { screen: now } = wizard.store.state();
      if (now.at !== 'area') break;
      if (tries > 60) throw new Error(`Enter leads nowhere:\n${wizard.screen().join('\n')}`);
      const asked = now.mode.kind === 'ask' ? now.mode.question : '';
      // If Enter gives no answer, Esc leads back to the areas.
      if (asked !== '' && answered.has(asked))
        for (let back = 0; wizard.store.state().screen.at === 'area'; back++) {
          if (back > 20) throw new Error(`Esc leads nowhere:\n${wizard.screen().join('\n')}`);
          await wizard.keys('escape');
        }
      else await wizard.keys('enter');
      answered.add(asked);
    }
    const { screen: after } = wizard.store.state();
    if (after.at === 'areas' && steps[after.cursor]?.step.id === step.id) await wizard.keys('down');
  }
}

/** Reviews and applies the queue, confirmed as it asks. */
export async function applyQueue(wizard: Walk): Promise<void> {
  await wizard.keys('g');
  for (let tries = 0; tries < 60; tries++) {
    const flow = flowOf(wizard.store.state());
    if (!flow || flow.kind === 'done') return;
    if (flow.kind === 'naming') {
      const asked = flow.preview.asked as { readonly name: string };
      await wizard.keys(...asked.name, 'enter');
    } else if (flow.kind === 'preview') {
      const { asked } = flow;
      // A preview that can lock people out is read to its end first.
      if (typeof asked === 'object' && !flow.read) await wizard.keys('end');
      else await wizard.keys(asked === 'yes' ? 'y' : 'enter');
    } else await wizard.keys('end');
  }
  throw new Error(`the queue does not end:\n${wizard.screen().join('\n')}`);
}
