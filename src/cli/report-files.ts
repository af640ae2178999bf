/** `--format FORMAT` and `--format FORMAT=FILE`, which can be repeated. */
import { didYouMean } from '../text/nearest.ts';
import type { CommandSpec } from './commands.ts';
import { FORMATS, type Options, type ReportFile } from './options.ts';
import { cliErrors } from './errors.ts';

/** Adds a `--format`. @throws UserError if the format is unknown */
export function addFormat(text: string, before: readonly string[] = []): readonly string[] {
  const [format = ''] = text.split('=', 1);
  if (!FORMATS.some((one) => one === format))
    throw cliErrors.notAChoice({ option: 'format', text: format, hint: didYouMean(format, FORMATS), choices: FORMATS });
  return [...before, text];
}

/** Returns the options with each `--format FORMAT=FILE` as a report file. @throws UserError if two formats are given for the result */
export function withReports(
  { options: names }: CommandSpec,
  given: Omit<Options, 'format'> & { readonly format?: readonly string[] },
): Options {
  if (!names.includes('format') || given.format === undefined) return given as unknown as Options;
  const { format, ...rest } = given;
  const plain = format.filter((text) => !text.includes('='));
  const reports = format
    .filter((text) => text.includes('='))
    .map((text) => ({ format: text.slice(0, text.indexOf('=')), file: text.slice(text.indexOf('=') + 1) }) as ReportFile);
  const files = reports.map(({ file }) => file);
  const twice = files.find((file, index) => files.indexOf(file) !== index);
  if (plain.length > 1) throw cliErrors.severalFormats({ formats: plain });
  if (files.includes('')) throw cliErrors.noReportFile();
  if (twice !== undefined) throw cliErrors.sameReportFile({ file: twice });
  return {
    ...rest,
    ...(plain[0] === undefined ? {} : { format: plain[0] as ReportFile['format'] }),
    ...(reports.length > 0 ? { reports } : {}),
  };
}
