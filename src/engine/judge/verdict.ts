import { compareVersions, isOff, isOn, sameWord, type Json } from '../../azure/index.ts';
import type { AnyControl, Expect, Setting, Verdict } from '../../contract/index.ts';
import { valueAt } from '../../change/json-paths.ts';
import type { AnyContext } from './circumstances.ts';

/** Judges a control: a rule by its own function, a setting by the value that it expects. */
export function judge(control: Exclude<AnyControl, { kind: 'attestation' }>, context: AnyContext): Verdict {
  if (control.kind === 'rule') return control.judge(context);
  const value = settingValue(control, context);
  const expect: Expect = typeof control.expect === 'function' ? control.expect(context) : control.expect;
  // A switch that is stored as a word is shown like any other switch.
  const shown = isOn(value) ? true : isOff(value) ? false : value;
  return { state: meets(value, expect) ? 'pass' : 'fail', found: readableValue(shown), wanted: wantedText(expect) };
}

function settingValue(setting: Setting<unknown>, context: AnyContext): Json {
  const body = context.facts[setting.at[0]] as unknown as Json;
  return valueAt(body, setting.at[1]) ?? setting.absent ?? null;
}

function meets(value: Json, expect: Expect): boolean {
  if ('equals' in expect) return isSame(value, expect.equals);
  if ('oneOf' in expect) return expect.oneOf.some((one) => isSame(value, one));
  if ('positive' in expect) return typeof value === 'number' && value > 0;
  // Some readers of YAML turn a version into a number before they send it.
  const version = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  return (expect.form?.test(version) ?? true) && compareVersions(version, expect.atLeastVersion) >= 0;
}

/**
 * Whether two values are equal. Azure accepts words in any case and returns the case that was sent, and a switch may be stored as the
 * word "true" or "false".
 */
const isSame = (a: Json, b: Json): boolean => a === b || sameWord(a, b) || (b === true && isOn(a)) || (b === false && isOff(a));

function wantedText(expect: Expect): string {
  if ('equals' in expect) return readableValue(expect.equals);
  if ('oneOf' in expect) return expect.oneOf.map(readableValue).join(' or ');
  return 'positive' in expect ? 'more than 0' : `${expect.atLeastVersion} or later`;
}

/** Returns a text of a verdict. It is made from what Azure said, and so maybe no text. */
export const words = (value: unknown): string => (typeof value === 'string' ? value : readableValue(value as Json));

/** Returns a value as a person reads it. */
const readableValue = (value: Json | undefined): string =>
  value === true
    ? 'on'
    : value === false
      ? 'off'
      : value === null || value === undefined
        ? 'not set'
        : typeof value === 'string'
          ? value || '(empty)'
          : typeof value === 'object'
            ? JSON.stringify(value)
            : String(value);
