/** Makes a unified diff of one file for `git apply`. */

const CONTEXT = 3;

export function unifiedDiff(file: string, before: string, after: string): string {
  const [a, b] = [linesOf(before), linesOf(after)];
  const steps = stepsBetween(a, b);
  const hunks: string[] = [];
  for (let at = 0; at < steps.length;) {
    if (steps[at]?.kind === ' ') {
      at += 1;
      continue;
    }
    const start = Math.max(0, at - CONTEXT);
    let end = at;
    // Changes closer than two contexts share a hunk.
    for (let next = at; next < steps.length && next <= end + 2 * CONTEXT; next++) if (steps[next]?.kind !== ' ') end = next;
    const own = steps.slice(start, Math.min(steps.length, end + CONTEXT + 1));
    const count = (without: string) => own.filter(({ kind }) => kind !== without).length;
    const [first] = own;
    const [old, now] = [count('+'), count('-')];
    const range = (line: number, length: number) => `${length === 0 ? line : line + 1}${length === 1 ? '' : `,${length}`}`;
    hunks.push(
      `@@ -${range(first?.a ?? 0, old)} +${range(first?.b ?? 0, now)} @@\n${own.map(({ kind, text }) => `${kind}${text}${text.endsWith('\n') ? '' : '\n\\ No newline at end of file\n'}`).join('')}`,
    );
    at = start + own.length;
  }
  return hunks.length === 0
    ? ''
    : `diff --git ${named('a', file)} ${named('b', file)}\n--- ${named('a', file)}\n+++ ${named('b', file)}\n${hunks.join('')}`;
}

/** Formats the name of a file like git: in quotes if it contains special characters. */
function named(side: 'a' | 'b', file: string): string {
  const name = `${side}/${file}`;
  if (!/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}"\\]/u.test(name)) return name;
  const bytes = [...new TextEncoder().encode(name)];
  const quoted = bytes.map((byte) => {
    const character = String.fromCharCode(byte);
    if (character === '"' || character === '\\') return `\\${character}`;
    return byte >= 0x20 && byte < 0x7f ? character : `\\${byte.toString(8).padStart(3, '0')}`;
  });
  return `"${quoted.join('')}"`;
}

const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

interface Step {
  readonly kind: ' ' | '-' | '+';
  readonly text: string;
  /** Number of lines of each file before the edit. */
  readonly a: number;
  readonly b: number;
}

/** Finds the shortest edit script between two lists of lines (Myers), after removing the common start and end. */
function stepsBetween(a: readonly string[], b: readonly string[]): Step[] {
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;
  const [x, y] = [a.slice(head, a.length - tail), b.slice(head, b.length - tail)];
  const kinds: Step['kind'][] = [...Array<Step['kind']>(head).fill(' '), ...middle(x, y), ...Array<Step['kind']>(tail).fill(' ')];
  let [i, j] = [0, 0];
  return kinds.map((kind) => {
    const step: Step = { kind, text: (kind === '+' ? b[j] : a[i]) ?? '', a: i, b: j };
    if (kind !== '+') i += 1;
    if (kind !== '-') j += 1;
    return step;
  });
}

function middle(x: readonly string[], y: readonly string[]): Step['kind'][] {
  const most = x.length + y.length;
  const traces: Map<number, number>[] = [];
  let reached = new Map([[1, 0]]);
  for (let distance = 0; distance <= most; distance++) {
    const next = new Map(reached);
    for (let k = -distance; k <= distance; k += 2) {
      const down = k === -distance || (k !== distance && (reached.get(k - 1) ?? 0) < (reached.get(k + 1) ?? 0));
      let i = down ? (reached.get(k + 1) ?? 0) : (reached.get(k - 1) ?? 0) + 1;
      while (i < x.length && i - k < y.length && x[i] === y[i - k]) i += 1;
      next.set(k, i);
      if (i >= x.length && i - k >= y.length) return wayBack([...traces, reached], x.length, y.length);
    }
    traces.push(reached);
    reached = next;
  }
  return [];
}

function wayBack(traces: readonly Map<number, number>[], endX: number, endY: number): Step['kind'][] {
  const kinds: Step['kind'][] = [];
  let [i, j] = [endX, endY];
  for (let distance = traces.length - 1; distance >= 0; distance--) {
    const reached = traces[distance] ?? new Map<number, number>();
    const k = i - j;
    const down = k === -distance || (k !== distance && (reached.get(k - 1) ?? 0) < (reached.get(k + 1) ?? 0));
    const from = down ? k + 1 : k - 1;
    const fromX = reached.get(from) ?? 0;
    const fromY = fromX - from;
    while (i > fromX && j > fromY && i > 0 && j > 0) {
      kinds.push(' ');
      i -= 1;
      j -= 1;
    }
    if (distance > 0) kinds.push(down ? '+' : '-');
    [i, j] = [fromX, fromY];
  }
  return kinds.toReversed();
}
