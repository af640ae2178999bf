/** Resources that another process uses: time, processor, memory. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

export interface Taken {
  readonly stdout: string;
  readonly milliseconds: number;
  /** User and system time. */
  readonly cpuMilliseconds: number;
  readonly peakMegabytes: number;
}

/** Linux counts the time of finished child processes in hundredths of a second. */
function ofChildren(): number {
  try {
    const line = readFileSync('/proc/self/stat', 'utf8');
    const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[13]) + Number(fields[14])) * 10;
  } catch {
    return Number.NaN;
  }
}

/** Runs one process at a time, because parallel ones would be counted too. NaN if the system does not show it. */
export async function taken(file: string, args: readonly string[], env: NodeJS.ProcessEnv, codes: readonly number[] = [0]): Promise<Taken> {
  const before = ofChildren();
  const began = performance.now();
  const child = spawn(file, [...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr, peakMegabytes] = ['', '', Number.NaN];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const look = async (): Promise<void> => {
    const [, peak] = /VmHWM:\s+(\d+)/.exec(await readFile(`/proc/${child.pid}/status`, 'utf8')) ?? [];
    if (peak) peakMegabytes = Number(peak) / 1024;
  };
  const timer = setInterval(() => void look().catch(() => undefined), 20);
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  clearInterval(timer);
  if (!codes.includes(code ?? -1)) throw new Error(`${file} ${args.join(' ')} ended with ${code}:\n${stderr}`);
  return { stdout, milliseconds: performance.now() - began, cpuMilliseconds: ofChildren() - before, peakMegabytes };
}
