/** An `az` that is no Azure CLI: prints what it is told, and notes how it was called. */
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface FakeAz {
  /** For PATH: nothing but this `az` and the shell's own tools. */
  readonly path: string;
  readonly calls: () => Promise<string[]>;
}

/** What each call does, in order; the last one stays. */
export type AzCall = { readonly token: string } | { readonly stderr: string } | 'slow';

export async function fakeSignIn(folder: string, ...answers: readonly AzCall[]): Promise<FakeAz> {
  const bin = join(folder, 'bin');
  const log = join(folder, 'calls');
  await mkdir(bin, { recursive: true });
  await writeFile(log, '');
  const expires = Math.floor(Date.now() / 1000) + 3600;
  const cases = answers.map((answer, index) => {
    const at = index === answers.length - 1 ? '*' : String(index + 1);
    if (answer === 'slow') return `${at}) exec sleep 30;;`;
    if ('stderr' in answer) return `${at}) echo '${answer.stderr}' >&2; exit 1;;`;
    return `${at}) echo '${JSON.stringify({ accessToken: answer.token, expires_on: expires, tokenType: 'Bearer' })}';;`;
  });
  await writeFile(
    join(bin, 'az'),
    `#!/bin/sh\necho "$*" >> '${log}'\ncase $(wc -l < '${log}' | tr -d ' ') in\n${cases.join('\n')}\nesac\n`,
  );
  await chmod(join(bin, 'az'), 0o755);
  return {
    path: `${bin}:/usr/bin:/bin`,
    calls: async () => (await readFile(log, 'utf8')).split('\n').filter(Boolean),
  };
}
