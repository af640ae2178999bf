/** Functions that anyone can call: without a key, and without a sign-in in front of them. */
import type { Verdict } from '../../src/contract/index.ts';
import {
  type Facts,
  includesWord,
  isOn,
  nameIn,
  linkedNote,
  openedBy,
  type OpenedFunction,
  proxiesNotSeen,
  signInOf,
  tenantFault,
  triggersNotSeen,
  webhookFunctions,
} from '../../src/azure/index.ts';
import { calledFunctions, excludedFrom } from './sign-in.ts';

/** Returns the functions that requests reach without the sign-in, through an excluded path. */
const passedBy = (facts: Facts): OpenedFunction[] => openedBy(excludedFrom(facts), calledFunctions(facts, facts.functions));

/** Returns whether a function is disabled. The host answers its callers with 404, except those with the master key. */
const isDisabled = ({ functions }: Facts, name: string): boolean =>
  functions.value.some((one) => nameIn(one.name) === name && isOn(one.properties.isDisabled));
const withoutKey = (facts: Facts): string[] =>
  calledFunctions(facts, facts.functions).flatMap(({ name, isAnonymous }) => (isAnonymous ? [name] : []));

/** Returns the names of functions that run without a key. */
export const anonymousFunctions = (facts: Facts): string[] => withoutKey(facts).filter((name) => !isDisabled(facts, name));

/** Returns what Azure does not show of endpoints that may require no key. */
function endpointsNotSeen(facts: Facts, onPurpose: readonly string[] = []): string[] {
  const byHost = webhookFunctions(facts.functions, facts.maybe('appSettings')).filter(
    ({ name, isKeyUnknown }) => isKeyUnknown && !includesWord(onPurpose, name),
  );
  return [
    triggersNotSeen(facts.functions) ?? [],
    proxiesNotSeen(facts.maybe('appSettings')) ?? [],
    byHost.length > 0
      ? `host.json decides whether the endpoint of ${byHost.map(({ name }) => name).join(', ')} requires a key (webhookAuthorizationLevel)`
      : [],
  ].flat();
}

/** Judges whether each function without a key has a sign-in, or is listed as intentionally public. */
export function judgeAnonymous(facts: Facts, onPurpose: readonly string[]): Verdict {
  const wanted = 'a key, authentication, or the function listed as intentionally public';
  const all = anonymousFunctions(facts);
  const left = all.filter((name) => !includesWord(onPurpose, name));
  const off = withoutKey(facts).filter((name) => isDisabled(facts, name));
  const none = off.length === 0 ? 'none' : `none enabled; ${off.join(', ')} would run without a key`;
  const notSeen = endpointsNotSeen(facts, onPurpose);
  if (left.length === 0 && notSeen.length === 0)
    return { state: 'pass', found: all.length === 0 ? none : `${all.join(', ')}, listed as intentionally public`, wanted };
  const unknown = (found: string): Verdict => ({ state: 'unknown', found, wanted });
  const hidden = `${notSeen.join(', and ')}, so it is unknown which functions require a key`;
  const bySetting = webhookFunctions(facts.functions, facts.maybe('appSettings')).map(({ name }) => name);
  const byCode = (name: string): string =>
    bySetting.includes(name)
      ? `${name}: an app setting sets webhookAuthorizationLevel to Anonymous; remove the setting.`
      : `${name}: authLevel is set in the function's code; change it there.`;
  const named = left.length > 0 ? `${left.join(', ')}: ` : '';
  const signIn = signInOf(facts);
  // A sign-in that accepts accounts of any tenant protects nothing.
  const fault = signIn.state === 'required' ? tenantFault(facts.authSettings, facts.maybe('appSettings')) : undefined;
  if (left.length === 0 && (signIn.state !== 'required' || fault)) return unknown(hidden);
  if (signIn.state === 'unknown') return unknown(named + signIn.found);
  if (signIn.state === 'open') return { state: 'fail', found: left.join(', '), wanted, lines: left.map(byCode) };
  if (fault?.state === 'open') return { state: 'fail', found: named + fault.found, wanted, lines: left.map(byCode) };
  const passing = passedBy(facts).filter(
    ({ name, isKeyUnknown }) => left.includes(name) || (isKeyUnknown && !includesWord(onPurpose, name)),
  );
  const sure = passing.filter(({ cover }) => cover === 'yes');
  const paths = (some: readonly OpenedFunction[]): string => some.map(({ name, path }) => `${name} (${path})`).join(', ');
  if (sure.length > 0)
    return { state: 'fail', found: `excluded from authentication: ${paths(sure)}`, wanted, lines: sure.map(({ name }) => byCode(name)) };
  if (passing.length > 0) return unknown(`perhaps excluded from authentication: ${paths(passing)}`);
  if (fault) return unknown(named + fault.found);
  if (linkedNote(facts.authSettings).length > 0) return unknown(named + signIn.found);
  // Endpoints that are not known are behind the sign-in as well, unless a path is excluded.
  if (notSeen.length > 0 && excludedFrom(facts).length > 0)
    return unknown(`${notSeen.join(', and ')}, and paths are excluded from authentication: ${excludedFrom(facts).join(', ')}`);
  return { state: 'pass', found: left.length > 0 ? `${all.join(', ')}, behind authentication` : 'none without authentication', wanted };
}
