/** Line prompts with a numbered list of the findings of the chosen apps, and the fix of a finding in one or several apps. */
import { type AnyControl, type AnyStep, pageOf, type Severity } from '../../contract/index.ts';
import type { Target } from '../../azure/index.ts';
import { mapLimited } from '../../engine/concurrency.ts';
import { Findings, type Finding } from '../../engine/findings/finding.ts';
import { sortFindings } from '../../engine/findings/order.ts';
import type { FindingRisk } from '../../engine/findings/finding-terms.ts';
import { ArmFailure } from '../../engine/ports.ts';
import { plainText } from '../../text/plain.ts';
import { queuedControls } from '../../view/app-progress.ts';
import { controlText, findingCounts, FIX_WORDS, unknownLine, valueOf } from '../../view/finding-lines.ts';
import { answersForApps } from './line-answers.ts';
import { chooseApps, namesOf } from './line-apps.ts';
import { planAndConfirm, type SafeTools } from './line-safe.ts';
import { Menu, type Choice } from './prompts.ts';
import { counted } from '../../text/counted.ts';

const CONCURRENCY = 8;
const PAGE = 20;
const FIXED = 'no longer fails';
/** Maximum number of apps whose values are listed one by one. */
const MOST_VALUES = 10;

/** A control that fails, with the apps that it fails in. */
interface ListedFinding {
  readonly step: AnyStep;
  readonly control: AnyControl;
  readonly severity: Severity;
  readonly risk: FindingRisk;
  /** The findings: one for each app, and one for each resource that apps share. */
  readonly findings: readonly Finding[];
  readonly apps: readonly Target[];
}

/** Lists the findings of these apps until the person goes back; what was changed is read again. */
export async function browseFindings(apps: readonly Target[], tools: SafeTools): Promise<void> {
  const { prompts, signal } = tools;
  const chosen = await chooseApps(apps, apps, prompts);
  if (chosen.length === 0) return;
  const kept = new Findings();
  /** The failed controls in the order of the first list, so that each keeps its number. */
  const listed = new Map<string, ListedFinding>();
  const menus = new Map<string, Menu>();
  let stale = chosen;
  let text = '';
  while (!signal.aborted) {
    await readFindings(stale, kept, tools);
    stale = [];
    const all = byControl(kept.all());
    for (const one of listed.values()) listed.set(keyOf(one), { ...one, findings: [] });
    for (const one of all) listed.set(keyOf(one), one);
    prompts.say('');
    prompts.print([findingCounts(kept.all(), chosen.length), ...(kept.unknown > 0 ? [unknownLine(kept.unknown)] : [])]);
    if (all.length === 0) return;
    const next = await prompts.unlessBack(() => chooseFinding([...listed.values()], chosen.length, text, menus, tools));
    if (next === undefined) return;
    if (typeof next === 'string') text = next;
    else stale = (await prompts.unlessBack(() => openFinding(next, tools))) ?? [];
  }
}

async function readFindings(targets: readonly Target[], kept: Findings, { session, prompts, log, signal }: SafeTools): Promise<void> {
  if (targets.length === 0) return;
  session.forgetShared();
  prompts.say(targets.length === 1 ? 'Reading the app.' : `Reading ${targets.length} apps.`);
  let read = 0;
  await mapLimited(targets, CONCURRENCY, async (target) => {
    if (signal.aborted) return;
    try {
      const judged = await session.survey(target);
      kept.add(target, judged.steps, { decisions: judged.decisions });
      log.queues.set(target.id, queuedControls(judged).size);
    } catch (error) {
      if (!(error instanceof ArmFailure)) throw error;
      prompts.say(`${plainText(target.label)}: not read. ${plainText(error.message)}`);
    }
    read += 1;
    // Printed rarely, because a screen reader reads each line.
    if (read % 100 === 0 && read < targets.length) prompts.say(`${read} of ${targets.length} apps read.`);
  });
}

/** Returns the findings with those of one control together, the most severe first. */
function byControl(findings: readonly Finding[]): readonly ListedFinding[] {
  const found = new Map<string, Finding[]>();
  for (const one of sortFindings(findings)) found.set(one.id, [...(found.get(one.id) ?? []), one]);
  return [...found.values()].map((own): ListedFinding => {
    const [{ step, control, severity, risk }] = own as [Finding];
    const apps = [...new Map(own.flatMap((one) => one.apps.map((app) => [app.id, app] as const))).values()];
    return { step, control, severity, risk, findings: own, apps };
  });
}

const keyOf = ({ step, control }: ListedFinding): string => `${step.id}.${control.id}`;

/** `high, disruptive, HTTPS only (Require HTTPS): 12 apps`: the order of a line is the same in every host. */
function listedText({ severity, risk, findings, apps, ...one }: ListedFinding, ofApps: number): string {
  const [only, ...others] = findings;
  if (!only) return plainText(`${controlText(one)}: ${FIXED}`);
  const value = others.length === 0 ? `current value: ${valueOf(only)}` : undefined;
  const where = apps.length === 1 ? (ofApps > 1 ? apps[0]?.label : undefined) : `${apps.length} apps`;
  const rest = [where, value].filter((part) => part !== undefined).join(', ');
  return plainText(`${severity}, ${FIX_WORDS[risk]}, ${controlText(one)}${rest === '' ? '' : `: ${rest}`}`);
}

/** The finding that a person chose, the text that they want to filter by, or undefined to go back. */
async function chooseFinding(
  all: readonly ListedFinding[],
  ofApps: number,
  text: string,
  menus: Map<string, Menu>,
  { prompts }: SafeTools,
): Promise<ListedFinding | string | undefined> {
  const names = all.map((one) => ({ one, name: listedText(one, ofApps) }));
  const holds = (name: string) => name.toLowerCase().includes(text.toLowerCase());
  const shown = names.filter(({ name }) => holds(name));
  const failing = (some: typeof names) => some.filter(({ one }) => one.findings.length > 0).length;
  if (text !== '')
    prompts.say(
      `${failing(shown)} of ${counted(failing(names), 'control')} ${failing(shown) === 1 ? 'matches' : 'match'} "${plainText(text)}".`,
    );
  for (let from = 0; ; from += PAGE) {
    const page = shown.slice(from, from + PAGE);
    const after = shown.length - from - page.length;
    const menu = menus.get(`${from} ${text}`) ?? new Menu();
    menus.set(`${from} ${text}`, menu);
    const choices: readonly Choice<ListedFinding | 'more' | 'filter' | 'all' | undefined>[] = [
      ...page.map(({ one, name }): Choice<ListedFinding> => ({ name, value: one })),
      ...(after > 0 ? [{ name: `more findings (${after})`, value: 'more' as const }] : []),
      ...(all.length > 1 ? [{ name: 'filter the list by text', value: 'filter' as const }] : []),
      ...(text === '' ? [] : [{ name: 'clear the filter', value: 'all' as const }]),
      { name: 'back', value: undefined },
    ];
    const what = await prompts.choose('Which finding?', choices, { menu });
    if (what === 'filter') return (await prompts.line('Text, for example lock-out or HTTPS:')).trim();
    if (what === 'all') return '';
    if (what !== 'more') return what;
  }
}

/** Tells a finding in full and fixes it where a person wants that. Returns the apps that may have changed. */
async function openFinding(found: ListedFinding, tools: SafeTools): Promise<readonly Target[]> {
  const { prompts } = tools;
  const { step, control, severity, risk, apps, findings } = found;
  if (findings.length === 0) {
    prompts.say(`${controlText(found)}: ${FIXED}`);
    return [];
  }
  prompts.say(`\n${controlText(found)}\nSeverity: ${severity}. Risk of the fix: ${FIX_WORDS[risk]}.\n${control.because}`);
  if (control.kind !== 'attestation' && control.effect) prompts.say(`Effect of the change: ${control.effect}`);
  for (const text of valueLines(found)) prompts.say(text);
  if (risk === 'by-hand') {
    const page = pageOf(step, control);
    prompts.say(`func-harden cannot change this control.${page ? ` Documentation: ${page}` : ''}`);
    return [];
  }
  const where = await prompts.choose('What now?', [
    ...(apps.length > 1
      ? [
          { name: `fix this in all ${apps.length} apps`, value: 'all' as const },
          { name: 'fix this in some of these apps', value: 'some' as const },
        ]
      : [{ name: `fix this in ${apps[0]?.label ?? ''}`, value: 'all' as const }]),
    { name: 'back to the findings', value: 'back' as const },
  ]);
  const targets = where === 'all' ? apps : where === 'some' ? await chooseApps(apps, [], prompts) : [];
  if (targets.length === 0) return [];
  const answered = await answersForApps(step, [control.id], targets, tools);
  if (!answered) return [];
  await planAndConfirm({ kind: 'controls', step, controls: [control.id], ...answered }, targets, tools);
  return targets;
}

/** The current and the desired value, once for the apps that have the same. */
function valueLines({ findings }: ListedFinding): string[] {
  const alike = new Map<string, Target[]>();
  for (const one of findings) {
    const key = `current value: ${valueOf(one)}; desired value: ${plainText(one.wanted)}`;
    alike.set(key, [...(alike.get(key) ?? []), ...one.apps]);
  }
  const lines = [...alike].map(([value, apps]) => `${namesOf(apps)}: ${value}`);
  const more = lines.length - MOST_VALUES;
  return more > 0 ? [...lines.slice(0, MOST_VALUES), counted(more, 'more value')] : lines;
}
