import type { CommandModule } from '../cli/invocation.ts';
import { FAIL_ON_SEVERITIES, SOURCE_FORMATS } from '../cli/options.ts';
import { EXIT, type ExitCode } from '../engine/errors.ts';
import { filterByProfile } from '../engine/judge/area-decisions.ts';
import { isJson, selectedSteps } from '../app/option-values.ts';
import { deliver } from '../app/delivery.ts';
import { checkCodeApps, selectPlaces, isPlaceOf, placeRows, readSource, writePatch } from '../app/source-code.ts';
import { loadAnswers } from '../files/answers/answers.ts';
import { pathFromRepository } from '../files/repository-root.ts';
import { isToChange, placesJson, placesMarkdown, placesSarif, placesLines } from '../report/source-places.ts';
import { printLines } from '../view/print-lines.ts';
import { plainText } from '../text/plain.ts';
import { commandErrors } from './errors.ts';

export const run: CommandModule['run'] = async (invocation) => {
  const { args, options, io, version } = invocation;
  const format = isJson(invocation) ? 'json' : SOURCE_FORMATS.find((one) => one === (options.format ?? 'text'));
  if (!format)
    throw commandErrors.formatOfAudit({
      format: options.format ?? '',
      supports: `source supports ${SOURCE_FORMATS.join(', ')}`,
      instead: 'func-harden source infra --json',
    });
  if (options.reports) throw commandErrors.reportOfAudit();
  checkCodeApps(options.app);
  const answers = options.answers === undefined ? undefined : await loadAnswers(options.answers, await invocation.catalogue());
  const folder = args[0] ?? answers?.answers.source;
  if (folder === undefined && options.template === undefined) throw commandErrors.noFolder();
  const steps = filterByProfile(await selectedSteps(invocation), options.profile);
  const code = await readSource(invocation, folder, steps, answers?.answers);
  const places = selectPlaces(code, options.app);
  const rows = placeRows(code, places);
  const isScreen = options.output === undefined && !io.piped;
  const text = await {
    text: () => printLines(placesLines(rows, options.app !== undefined), false, isScreen ? io.width : undefined),
    json: () => placesJson(rows),
    markdown: () => placesMarkdown(rows),
    sarif: async () => placesSarif(rows, version, await pathFromRepository(code.folder)),
  }[format]();
  await deliver(invocation, text);
  if (options.patch !== undefined) await writePatch(invocation, code, places, options.patch);
  for (const { file, line, why } of code.unreadable)
    io.err(`NOTE: ${plainText(file)}${line === undefined ? '' : `:${line}`} was not read completely: ${plainText(why)}\n`);
  const missing = (options.app ?? []).filter((name) => !places.some((place) => isPlaceOf(place, name)));
  for (const name of missing) io.err(`NOTE: This code does not contain the app ${plainText(name)}.\n`);
  return codeOf();

  function codeOf(): ExitCode {
    if (options.check) {
      const { failOn = 'low' } = options;
      const isGrave = (severity: string) => FAIL_ON_SEVERITIES.indexOf(severity as never) >= FAIL_ON_SEVERITIES.indexOf(failOn);
      if (places.some(({ isFinding, severity }) => isFinding && isGrave(severity))) return EXIT.findings;
    } else if (rows.some(isToChange)) return EXIT.findings;
    return code.unreadable.length > 0 || missing.length > 0 ? EXIT.failed : EXIT.ok;
  }
};
