import { basename } from 'node:path';
import { settingsOf } from '../app/settings.ts';
import type { CommandModule } from '../cli/invocation.ts';
import { EXIT } from '../engine/errors.ts';
import { configFile } from '../files/config-file.ts';
import { plainText, safeJson } from '../text/plain.ts';
import { line, span, type Span } from '../text/spans.ts';
import { table } from '../text/table.ts';
import { printOut } from '../view/print-lines.ts';

const COLUMNS = [
  { title: 'SETTING', priority: 1, least: 12 },
  { title: 'VALUE', priority: 1, least: 20 },
  { title: 'SOURCE', priority: 1, least: 11 },
  { title: 'WHERE IT IS SET', priority: 2, least: 24 },
] as const;
/** Columns below which each setting takes two lines, because the table would lose the place of a value. */
const NARROW = 78;

/** Shows the user's settings, and the source of each value. */
export const run: CommandModule['run'] = async ({ io, options, environment }) => {
  const settings = await settingsOf(options, environment, process.platform);
  if (options.json) {
    io.out(`${safeJson({ schemaVersion: 1, settings: settings.map(({ name, value, source }) => ({ name, value, source })) }, 2)}\n`);
    return EXIT.ok;
  }
  const file = configFile(environment, process.platform);
  const shown = settings.map(({ name, value, source, place }) => ({
    name: span(name),
    value: span(value === null ? 'not set' : plainText(value), value === null ? 'dim' : 'strong'),
    source: span(source),
    // The whole path of the file is below the table.
    place: span(plainText(file === undefined ? (place ?? '') : (place ?? '').replace(file, basename(file))), 'dim'),
  }));
  const narrow = () =>
    shown.flatMap(({ name, value, source, place }) => [
      line(name, ': ', value),
      line('  ', source, ...(place.text === '' ? [] : [': ', place])),
    ]);
  const wide = () => table(COLUMNS, shown.map(Object.values<Span>), io.width);
  const lines = [
    ...(io.width < NARROW ? narrow() : wide()),
    ...(file === undefined ? [] : [[], line(span('File: ', 'dim'), plainText(file))]),
  ];
  io.out(`${printOut(lines, io)}\n`);
  return EXIT.ok;
};
