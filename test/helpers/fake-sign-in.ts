/** A fake `az` or `azd` that prints what a test sets, and records its calls. */
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface FakeTool {
  /** For PATH: only this tool and the tools of the shell. */
  readonly path: string;
  readonly calls: () => Promise<string[]>;
}

/** The behavior of each call, in order; the last one is repeated. */
export type Call = { readonly token: string } | { readonly stderr: string } | 'slow';

export async function fakeSignIn(folder: string, tool: 'az' | 'azd', ...answers: readonly Call[]): Promise<FakeTool> {
  const bin = join(folder, 'bin');
  const log = join(folder, 'calls');
  await mkdir(bin, { recursive: true });
  await writeFile(log, '');
  const ends = new Date(Date.now() + 3_600_000);
  const printed = (token: string) =>
    tool === 'az' ? { accessToken: token, expires_on: Math.floor(ends.getTime() / 1000) } : { token, expiresOn: ends.toISOString() };
  const cases = answers.map((answer, index) => {
    const at = index === answers.length - 1 ? '*' : String(index + 1);
    if (answer === 'slow') return `${at}) exec sleep 30;;`;
    if ('stderr' in answer) return `${at}) echo '${answer.stderr}' >&2; exit 1;;`;
    return `${at}) echo '${JSON.stringify(printed(answer.token))}';;`;
  });
  await writeFile(
    join(bin, tool),
    `#!/bin/sh\necho "$*" >> '${log}'\ncase $(wc -l < '${log}' | tr -d ' ') in\n${cases.join('\n')}\nesac\n`,
  );
  await chmod(join(bin, tool), 0o755);
  return {
    path: `${bin}:/usr/bin:/bin`,
    calls: async () => (await readFile(log, 'utf8')).split('\n').filter(Boolean),
  };
}
