/** `npm run bench`: prints a table, writes bench.json. `--smoke` runs each once, to see that it works. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { auditFigures } from './audit.ts';
import { findingsFigures } from './findings.ts';
import { fleetFigures } from './fleet.ts';
import { fleetRunFigures } from './fleet-runs.ts';
import { ratio, tableOf, type Figure } from './measure.ts';
import { sideBySideFigures } from './side-by-side.ts';
import { sourceFigures } from './source.ts';
import { startFigures } from './start.ts';
import { terminalFigures } from './terminal.ts';
import { upkeepFigures } from './upkeep.ts';

const smoke = process.argv.includes('--smoke');
/** `--only start audit terminal upkeep source findings fleet runs az`, or some of them: the whole takes about ten minutes. */
const only = process.argv.includes('--only') ? process.argv.slice(process.argv.indexOf('--only') + 1) : [];
const PARTS = {
  start: startFigures,
  audit: auditFigures,
  terminal: terminalFigures,
  upkeep: upkeepFigures,
  source: sourceFigures,
  findings: findingsFigures,
  fleet: fleetFigures,
  runs: fleetRunFigures,
  az: sideBySideFigures,
};
const unknown = only.filter((name) => !name.startsWith('--') && !(name in PARTS));
if (unknown.length > 0) {
  console.error(`Unknown part: ${unknown.join(', ')}. The parts are: ${Object.keys(PARTS).join(', ')}`);
  process.exit(64);
}
const figures: Figure[] = [];
for (const [name, part] of Object.entries(PARTS)) if (only.length === 0 || only.includes(name)) figures.push(...(await part(smoke)));

console.log(tableOf(figures));
if (!smoke) {
  const file = join(import.meta.dirname, '..', '..', '..', 'bench.json');
  await writeFile(
    file,
    `${JSON.stringify({ schemaVersion: 1, node: process.version, figures: figures.map((one) => ({ ...one, ratio: ratio(one) })) }, null, 2)}\n`,
  );
  console.log(`\n${file}`);
}
process.exitCode = figures.every(({ met }) => met !== false) || smoke ? 0 : 1;
