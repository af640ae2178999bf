/** Places in code that decide the value of each control, and whether the value is correct, judged by the areas themselves. */
import type { Json } from '../azure/index.ts';
import { equals } from '../change/json-paths.ts';
import { type AnyControl, type AnyStep, type Decisions, pageOf, type Severity } from '../contract/index.ts';
import type { ControlState } from '../engine/judge/assess.ts';
import type { Circumstances } from '../engine/judge/circumstances.ts';
import { isChosen } from '../engine/judge/decisions.ts';
import { type ReadValue, NOT_IN_CODE, NOT_RESOLVED } from './code-facts.ts';
import { declaredTwice, type Declared, type DeclaredApp, distinctApps, labelOf } from './declared.ts';
import { draftsOf, judged, plainWanted, seen, type Sight, type Verdict, type View, type Wanted, wantedBy } from './judging.ts';
import { failingValue, missingValue, ownValue, silentMember, undecidedValue } from './looked-values.ts';
import { plainOf, type Place, whyUnresolved } from './value.ts';

type PlaceState = 'declared' | 'absent' | 'not-resolved' | 'right';

export interface DeclaredPlace {
  /** Name, `name/slot`, or the address of a block whose name is not resolved. */
  readonly app: string;
  readonly id?: string;
  readonly control: string;
  readonly label: string;
  /** Why the control matters, and its documentation page. */
  readonly because: string;
  readonly docs: string;
  readonly severity: Severity;
  readonly state: PlaceState;
  /** Whether the code alone results in a finding; accepted findings do not count. */
  readonly isFinding: boolean;
  readonly at: Place;
  readonly address: string;
  readonly present: Json;
  readonly wanted: Json;
  readonly why: string | null;
  /** The values to change, if a patch can change them. */
  readonly edits: readonly Wanted[];
}

interface Judging {
  readonly steps: readonly AnyStep[];
  readonly decisions: (app: DeclaredApp) => Decisions;
  readonly today: string;
  /** Whether decisions limit the changes; otherwise safe and disruptive changes are made. */
  readonly hasAnswers: boolean;
}

/** Returns one place per app and control that code can contain. */
export async function placesOf(declared: Declared, judging: Judging): Promise<DeclaredPlace[]> {
  const places: DeclaredPlace[] = [];
  const twice = declaredTwice(declared);
  for (const app of distinctApps(declared)) {
    const others = app.name === undefined || app.id !== undefined ? undefined : twice.get(labelOf(app).toLowerCase());
    if (others && others[0] !== app.address) continue;
    const by = { decisions: judging.decisions(app), today: judging.today };
    const sights = await Promise.all(app.hostings.map((hosting) => seen(app, declared, hosting, judging.steps, by)));
    for (const step of judging.steps)
      for (const control of step.controls) {
        const found = placeOf(app, step, control, sights);
        const place = found && (app.outside === undefined ? found : uncertain(found, app.outside));
        if (place)
          places.push({
            ...(others ? several(place, others) : place),
            edits: others ? [] : meant(step, control, by.decisions, place.edits, judging),
          });
      }
  }
  return [...places, ...elsewherePlaces(declared, judging.steps)];
}

/** If several blocks declare the app, the code does not show which one is deployed. */
const several = (place: DeclaredPlace, addresses: readonly string[]): DeclaredPlace => ({
  ...place,
  state: 'not-resolved',
  isFinding: false,
  why: `several blocks declare this app: ${addresses.join(', ')}`,
});

/** Returns a value that code sets on a site of another code. What this code leaves out is set there. */
const uncertain = (place: DeclaredPlace, why: string): DeclaredPlace | undefined =>
  (place.state === 'declared' || place.state === 'right') && place.present !== null
    ? { ...place, state: 'not-resolved', isFinding: false, why, edits: [] }
    : undefined;

/** Returns the changes of a patch: the decided changes, or, without decisions, the changes of areas that cannot lock callers out. */
function meant(
  step: AnyStep,
  control: AnyControl,
  decisions: Decisions,
  edits: readonly Wanted[],
  { hasAnswers }: Judging,
): readonly Wanted[] {
  const decided = decisions[step.id];
  if (hasAnswers) return decided && isChosen(control, decided, undefined) ? edits : [];
  const risk = 'risk' in control ? control.risk : undefined;
  const isAsked = (control.needs ?? []).some(
    (name) => !('preselect' in ((step.questions as Record<string, object> | undefined)?.[name] ?? {})),
  );
  return control.optIn !== undefined || isAsked || risk === 'lock-out' || risk === 'one-way' ? [] : edits;
}

/** Returns the members that a module from elsewhere may set: all with an azurerm argument, if the module receives the name of an app. */
function elsewherePlaces({ elsewhere, apps }: Declared, steps: readonly AnyStep[]): DeclaredPlace[] {
  return elsewhere.flatMap(({ address, source, at, name }) => {
    if (
      name === undefined ||
      !/func|web|site/i.test(`${address} ${source}`) ||
      apps.some((app) => app.name?.toLowerCase() === name.toLowerCase())
    )
      return [];
    return steps.flatMap((step) =>
      step.controls.flatMap((control): DeclaredPlace[] => {
        const isOfApp =
          control.kind === 'setting'
            ? control.terraform !== undefined
            : control.kind === 'rule' &&
              control.terraform !== undefined &&
              !control.reads.some((key) => key === 'storageAccounts' || key === 'vaults');
        if (!isOfApp) return [];
        const why = `it may be declared in ${address} (source ${source}), whose code is not in this folder`;
        return [
          {
            app: name,
            ...headOf(step, control),
            state: 'not-resolved',
            isFinding: false,
            at,
            address,
            present: null,
            wanted: null,
            why,
            edits: [],
          },
        ];
      }),
    );
  });
}

const headOf = (step: AnyStep, control: AnyControl) => ({
  control: `${step.id}.${control.id}`,
  label: control.label,
  because: control.because,
  docs: pageOf(step, control) ?? '',
  severity: control.severity,
});

function placeOf(app: DeclaredApp, step: AnyStep, control: AnyControl, sights: readonly Sight[]): DeclaredPlace | undefined {
  if (control.kind === 'attestation') return undefined;
  const verdicts = sights.map((sight) => verdictOn(step, control, sight));
  const first = verdicts.find(({ state }) => state.state !== 'not-applicable') ?? verdicts[0];
  if (!first || verdicts.every(({ state }) => state.state === 'not-applicable')) return undefined;
  const found = ownValue(app, control, first.looked, first.state.names);
  const base = {
    app: labelOf(app),
    ...(app.id === undefined ? {} : { id: app.id }),
    ...headOf(step, control),
    address: found?.address ?? app.address,
    edits: [],
    isFinding: false,
  };
  const at = found?.value.at ?? app.at;
  // If a plan does not have the setting, a correct value is harmless.
  const all = new Set(verdicts.map(({ state }) => state.state));
  const states = all.has('fail') ? all : new Set([...all].filter((state) => state !== 'not-applicable'));
  if (states.has('unknown'))
    return notResolved(app, step, control, first.sight, verdicts.find(({ state }) => state.state === 'unknown') ?? first, { ...base, at });
  const words = { present: presentOf(found, first.state), wanted: wantedOf(first.state) };
  // The value is known, but its app only if the name is.
  if (app.why !== undefined && states.size > 0 && first.looked.every(({ value }) => value.kind === 'unresolved')) return undefined;
  if (states.size > 1)
    return {
      ...base,
      at,
      state: 'not-resolved',
      ...words,
      why: `it depends on the App Service plan, which is not resolved: ${app.hostings.map(({ sku }) => sku).join(', ')}`,
    };
  if (first.state.state === 'pass' || first.state.state === 'accepted')
    // The code itself contains the value, and not only a default of the provider or Azure.
    return found ? { ...base, at, state: 'right', ...words, why: first.state.reason } : undefined;
  if (first.state.state !== 'fail') return undefined;
  return finding(app, step, control, { view: first.view, by: first.sight.by }, first, base);
}

/** Judges a control for one plan. A vault that a setting names fails, whatever the settings that are not in the code refer to. */
function verdictOn(step: AnyStep, control: AnyControl, sight: Sight): Verdict & { readonly sight: Sight; readonly view: View } {
  const strict = judged(step, control, sight.strict, sight.by);
  if (strict.state.state === 'unknown' && control.kind === 'rule' && control.reads.includes('vaults')) {
    const lenient = judged(step, control, sight.lenient, sight.by);
    const isDecided = lenient.state.state === 'fail' || lenient.state.failure?.code === NOT_RESOLVED;
    if (isDecided && lenient.looked.some(({ key }) => key === 'vaults')) return { sight, view: sight.lenient, ...lenient };
  }
  return { sight, view: sight.strict, ...strict };
}

type Base = Omit<DeclaredPlace, 'at' | 'state' | 'present' | 'wanted' | 'why'>;

function finding(
  app: DeclaredApp,
  step: AnyStep,
  control: AnyControl,
  { view, by }: { readonly view: View; readonly by: Circumstances },
  { state, looked }: Verdict,
  base: Base,
): DeclaredPlace | undefined {
  const drafts = draftsOf(step, control, view, by);
  const edits = drafts.flatMap((draft) => wantedBy(app, view, draft));
  // The place comes from the change; otherwise from the values that the verdict read and named. Of several members, one that is not right yet.
  const edit = edits.find(({ value, to }) => !equals(plainOf(value), to)) ?? edits[0];
  const chosen = edit ? { ...edit, path: '' } : (ownValue(app, control, looked, state.names) ?? missingValue(app, control, drafts));
  if (!chosen) return undefined;
  const { value } = chosen;
  const wanted = edit ? plainWanted(edit) : wantedOf(state);
  const isAbsent = value.kind === 'absent' || (value.kind === 'map' && value.members.size === 0);
  const missing = value.kind === 'absent' && value.insert === undefined && edits.length === 0;
  return {
    ...base,
    edits,
    isFinding: true,
    address: chosen.address,
    at: value.at,
    state: isAbsent ? 'absent' : 'declared',
    present: isAbsent ? null : presentOf(chosen, state),
    wanted,
    why: state.reason ?? (missing ? 'the code does not declare it' : state.found || null),
  };
}

/** Values of app settings may be secrets, so only what the verdict itself names is shown. */
function presentOf(found: ReadValue | undefined, state: ControlState): Json {
  if (!found || found.value.kind === 'absent') return null;
  if (found.key === 'appSettings' || found.key === 'connectionStrings') return state.found;
  const plain = plainOf(found.value);
  if (plain === undefined) return null;
  const { value } = found;
  const back = value.kind === 'scalar' || value.kind === 'list' ? value.back?.(plain) : undefined;
  return back ?? plain;
}

const wantedOf = ({ wanted }: ControlState): Json => wanted || null;

function notResolved(
  app: DeclaredApp,
  step: AnyStep,
  control: AnyControl,
  sight: Sight,
  { state, looked }: Verdict,
  base: Base & { readonly at: Place },
): DeclaredPlace | undefined {
  const code = state.failure?.code;
  const silent = code === NOT_IN_CODE ? silentMember(looked) : undefined;
  if (silent)
    return {
      ...base,
      address: silent.address,
      at: silent.value.at,
      state: 'not-resolved',
      present: null,
      wanted: wantedOf(state),
      why: `${silent.path.replace(/^properties\./, '')} is not set, and the default of Azure is not in the code`,
    };
  const own = undecidedValue(app, control, state, sight.strict.reader);
  if (own)
    return {
      ...base,
      address: own.address,
      at: own.value.at,
      state: 'not-resolved',
      present: null,
      wanted: wantedOf(state),
      why: state.failure?.message ?? state.reason ?? state.found,
    };
  // Values that this kind of code cannot contain have no place.
  if (
    code === NOT_IN_CODE ||
    (code !== NOT_RESOLVED && state.failure === undefined && !looked.some(({ value }) => whyUnresolved(value) !== undefined))
  ) {
    return undefined;
  }
  // A setting with a bad value fails whatever the other values are; a verdict that names no value may depend on others.
  const lenient = judged(step, control, sight.lenient, sight.by);
  const named =
    lenient.state.state === 'fail'
      ? failingValue(
          lenient.looked.filter(({ key }) => key === 'appSettings'),
          lenient.state.names ?? [],
        )
      : undefined;
  if (named) return finding(app, step, control, { view: sight.lenient, by: sight.by }, { ...lenient, looked: [named] }, base);
  const value = looked.findLast((one) => whyUnresolved(one.value) !== undefined)?.value ?? ownValue(app, control, looked)?.value;
  return {
    ...base,
    at: value?.at ?? base.at,
    state: 'not-resolved',
    present: null,
    wanted: wantedOf(state),
    why: state.failure?.message ?? state.found,
  };
}
