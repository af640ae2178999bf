/**
 * Returns how many times as much processor time `work` takes for `large` as for `small`, the least of three tries: other work on the
 * machine changes a time, and hardly this ratio.
 */
export function growth<T>(small: T, large: T, work: (size: T) => void): number {
  const cost = (size: T): number => {
    const before = process.cpuUsage();
    work(size);
    const { user, system } = process.cpuUsage(before);
    return user + system;
  };
  cost(small);
  return Math.min(...[0, 1, 2].map(() => cost(large) / Math.max(1, cost(small))));
}
