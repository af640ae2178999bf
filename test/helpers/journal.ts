import { hashOf, NO_LINE } from '../../src/files/undo-log/journal-chain.ts';
import type { Entry, RunStart } from '../../src/change/undo-log.ts';
import type { Journal } from '../../src/engine/ports.ts';
import type { Target } from '../../src/azure/index.ts';

export const runStart = (run: string, target: Target): RunStart => ({
  type: 'run-start',
  at: 't',
  run,
  tool: 'test',
  user: 'u',
  account: null,
  tenant: null,
  endpoint: '',
  mode: 'replay',
  answersDigest: null,
  targets: [target],
});

/** An undo log in memory with a started run; `entries` has its lines. */
export function memoryJournal(target: Target): { readonly journal: Journal; readonly entries: Entry[] } {
  const entries: Entry[] = [runStart('r', target)];
  return { entries, journal: { run: 'r', append: (entry) => Promise.resolve(void entries.push(entry)), close: () => Promise.resolve() } };
}

/** Rebuilds the chain of digests in the lines of a log, like an attacker who knows how it is made. */
export function rechained(text: string): string {
  let prev = NO_LINE;
  return text
    .split('\n')
    .map((line) => {
      const made = line.startsWith('{"v":2') ? line.replace(/"prev":"[^"]*"/, `"prev":"${prev}"`) : line;
      prev = hashOf(made);
      return made;
    })
    .join('\n');
}
