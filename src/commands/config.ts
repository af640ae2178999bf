import { settingsOf } from '../app/settings.ts';
import type { CommandModule } from '../cli/invocation.ts';
import { EXIT } from '../engine/errors.ts';
import { configFile } from '../files/config-file.ts';
import { plainText, safeJson } from '../text/plain.ts';
import { line, span } from '../text/spans.ts';
import { table } from '../text/table.ts';
import { printLines } from '../view/print-lines.ts';

/** Shows the user's settings, and the source of each value. */
export const run: CommandModule['run'] = async ({ io, options, environment }) => {
  const settings = await settingsOf(options, environment, process.platform);
  if (options.json) {
    io.out(`${safeJson({ schemaVersion: 1, settings: settings.map(({ name, value, source }) => ({ name, value, source })) }, 2)}\n`);
    return EXIT.ok;
  }
  const columns = [
    { title: 'SETTING', priority: 1, least: 12 },
    { title: 'VALUE', priority: 1, least: 20 },
    { title: 'SOURCE', priority: 1, least: 11 },
    { title: 'WHERE IT IS SET', priority: 3, least: 40 },
  ] as const;
  const rows = settings.map(({ name, value, source, place }) => [
    span(name),
    span(value === null ? 'not set' : plainText(value), value === null ? 'dim' : 'strong'),
    span(source),
    span(plainText(place ?? ''), 'dim'),
  ]);
  const file = configFile(environment, process.platform);
  const lines = [...table(columns, rows, io.width), ...(file === undefined ? [] : [[], line(span('File: ', 'dim'), plainText(file))])];
  io.out(`${printLines(lines, io.outLook.colour, io.width)}\n`);
  return EXIT.ok;
};
