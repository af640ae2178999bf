/** Reads and checks the values of options. */
import { type AnyStep, isAddress, type Decisions } from '../contract/index.ts';
import type { Invocation } from '../cli/invocation.ts';
import { APPS_AT_ONCE, type Options } from '../cli/options.ts';
import { namesTarget } from '../engine/judge/decisions.ts';
import { type UserError } from '../engine/errors.ts';
import type { Account } from '../engine/ports.ts';
import { isSelector } from '../engine/fleet/selectors.ts';
import { confirmedBy, sharedNames } from '../engine/fleet/targets.ts';
import { stateDirectory } from '../files/paths.ts';
import { didYouMean } from '../text/nearest.ts';
import { severalApps } from './target-selection.ts';
import { sameWord, type Target } from '../azure/index.ts';
import type { Circumstances } from '../engine/judge/circumstances.ts';
import { optionErrors } from './errors/options.ts';

const unknownArea = (wrong: readonly string[], ids: readonly string[]): UserError =>
  optionErrors.unknownArea({ areas: wrong.map((id) => ({ id, hint: didYouMean(id, ids) })) });

/** Returns the areas of `--step`, or all. @throws UserError for an unknown name */
export async function selectedSteps({ catalogue: load, options }: Invocation): Promise<readonly AnyStep[]> {
  const catalogue = await load();
  const wanted = options.step ?? [];
  const ids = catalogue.map(({ id }) => id);
  const wrong = wanted.filter((id) => !ids.includes(id));
  if (wrong.length > 0) throw unknownArea(wrong, ids);
  return wanted.length === 0 ? catalogue : catalogue.filter(({ id }) => wanted.includes(id));
}

export function circumstances(options: Options, decisions: Decisions, account?: Account): Circumstances {
  const { myIp, codeTag } = options;
  if (myIp !== undefined && !isAddress(myIp)) throw optionErrors.noAddress({ text: myIp });
  return {
    decisions,
    today: new Date().toISOString().slice(0, 10),
    ...(myIp ? { myIp } : {}),
    ...(codeTag ? { codeTags: codeTag } : {}),
    ...(account?.id ? { me: account.id, meIsApp: account.isApp } : {}),
  };
}

/** Returns the value of `--concurrency`. @throws UserError where it is not a number of apps */
export function concurrencyOf({ concurrency }: Options, usual: number = APPS_AT_ONCE.usual): number {
  return parseCount(concurrency ?? String(usual), 'concurrency', 8);
}

/** Parses a whole number from 1. @throws UserError where it is not one */
function parseCount(text: string, option: string, example: number): number {
  const count = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (count < 1) throw optionErrors.noNumberOfApps({ text, option, usual: example });
  return count;
}

/** Returns the place of the undo log: the option, else the variable, else the folder of the user. */
export const stateDirOf = ({ options, environment }: Invocation): string =>
  stateDirectory(environment, process.platform, options.state ?? options.stateDir ?? environment['FUNC_HARDEN_STATE']);

/**
 * Checks the names of `--confirm`. `notFound`: names that were selected and are no app, which was reported.
 * @throws UserError where a name is not an app of the run, or fits several apps
 */
export function checkConfirmed(options: Options, targets: readonly Target[], notFound: readonly string[] = []): void {
  const pattern = options.confirm?.find(isSelector);
  if (pattern !== undefined) throw optionErrors.patternInConfirm({ pattern });
  const several = sharedNames(options.confirm ?? [], targets);
  if (several.length > 0) throw severalApps('--confirm', several);
  const wrong = (options.confirm ?? []).filter(
    (name) => !targets.some((target) => namesTarget(name, target)) && !notFound.some((one) => sameWord(one, name)),
  );
  if (wrong.length > 0) throw optionErrors.unknownInConfirm({ names: wrong, apps: targets.map(confirmedBy(targets)) });
}

/** Whether the result is JSON. @throws UserError where two forms are requested at once */
export function isJson({ options: { json, format } }: Invocation): boolean {
  if (json && format !== undefined && format !== 'json') throw optionErrors.jsonAndFormat({ format });
  return json === true || format === 'json';
}

/** Returns an area by its id, or with one control by the id of the control. @throws UserError where there is none */
export function stepNamed(id: string, catalogue: readonly AnyStep[]): AnyStep {
  const area = catalogue.find((one) => one.id === id);
  if (area) return area;
  const controls = catalogue.flatMap((step) => step.controls.map((control) => ({ step, control, name: `${step.id}.${control.id}` })));
  const found = controls.filter(({ name, control }) => name === id || control.id === id);
  const [only] = found;
  if (only && found.length === 1) return { ...only.step, controls: [only.control] };
  const names =
    found.length > 0
      ? found.map(({ name }) => name)
      : [...catalogue.map((one) => one.id), ...controls.flatMap(({ name, control }) => [name, control.id])];
  if (found.length > 1) throw optionErrors.severalControls({ id, names });
  throw unknownArea([id], names);
}
