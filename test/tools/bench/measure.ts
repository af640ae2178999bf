/** Medians with their spread, as ratios to a baseline of the same run. */
export interface Figure {
  readonly name: string;
  /** Unit, by default milliseconds; empty for a plain number. */
  readonly unit?: string;
  readonly median: number;
  readonly p99: number;
  readonly runs: number;
  readonly baseline?: { readonly name: string; readonly median: number };
  readonly goal?: string;
  readonly met?: boolean;
}

export const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

export function figureOf(name: string, times: readonly number[], more: Partial<Figure> = {}): Figure {
  const sorted = times.toSorted((a, b) => a - b);
  return { name, median: percentile(sorted, 0.5), p99: percentile(sorted, 0.99), runs: times.length, ...more };
}

export const ratio = ({ median, baseline }: Figure): number | undefined => (baseline ? median / baseline.median : undefined);

export function tableOf(figures: readonly Figure[]): string {
  const rows = figures.map((one) => [
    one.name,
    `${one.median.toFixed(one.unit === '' ? 2 : 1)} ${one.unit ?? 'ms'}`.trimEnd(),
    one.runs > 1 ? `${one.p99.toFixed(1)} ${one.unit ?? 'ms'}` : '',
    one.baseline ? `${(ratio(one) ?? 0).toFixed(2)} x ${one.baseline.name}` : '',
    one.goal ?? '',
    one.met === undefined ? '' : one.met ? 'met' : 'NOT MET',
  ]);
  const all = [['FIGURE', 'MEDIAN', 'P99', 'RATIO', 'GOAL', ''], ...rows];
  const widths = all[0]!.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('   ')
        .trimEnd(),
    )
    .join('\n');
}
