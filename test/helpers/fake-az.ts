/** A tiny `az` for scripts under test: `az rest` against an emulator, `az cloud show` for its endpoint. */
import { spawn, spawnSync } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { Outcome, World } from './world.ts';

const FAKE = `#!/bin/sh
case "$1" in
  cloud) echo "$FAKE_ENDPOINT/"; exit ;;
  rest) ;;
  *) echo "az $1 is not played here" >&2; exit 2 ;;
esac
shift
# Each program that is started takes longer than the request, so this starts only curl.
headers="$0.headers.$$" newline='
'
while [ $# -gt 0 ]; do
  case "$1" in
    --method) method="$2"; shift ;;
    --url) url="$2"; shift ;;
    --body) body="$2"; shift ;;
  esac
  shift
done
set -- -s -H "Authorization: Bearer $FAKE_TOKEN"
answer="$(curl "$@" -X "$method" -H 'Content-Type: application/json' \${body:+--data-binary "$body"} -D "$headers" -w '\\n%{http_code}' "$url")"
status="\${answer##*"$newline"}" answer="\${answer%"$newline"*}"
# In Azure time passes by itself; here an operation goes on only when it is asked after.
while read -r name operation; do
  case "$name" in [Aa]zure-[Aa]sync[Oo]peration:) for _ in 1 2 3; do curl "$@" -o /dev/null "\${operation%?}"; done ;; esac
done <"$headers"
if [ "$status" -lt 300 ]; then printf %s "$answer"; exit 0; fi
case "$status" in 404) reason='Not Found' ;; *) reason="$status" ;; esac
echo "ERROR: $reason($answer)" >&2
exit 1
`;

/** Runs a script with bash, with the fake `az` first on PATH. */
export async function runScript(
  here: World,
  script: string,
  args: readonly string[] = [],
  extra: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const [file, az] = [join(here.folder, 'script.sh'), join(here.folder, 'az')];
  await writeFile(az, FAKE);
  await chmod(az, 0o755);
  await writeFile(file, script);
  const env = {
    ...process.env,
    PATH: `${here.folder}${delimiter}${process.env['PATH'] ?? ''}`,
    FAKE_ENDPOINT: here.endpoint,
    FAKE_TOKEN: here.accessToken,
    ...extra,
  };
  const child = spawn('bash', [file, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, ...output })));
}

/** Lists the tools that the scripts need and this machine does not have. */
export function lacksTools(): string | undefined {
  const missing = ['bash', 'jq', 'curl'].filter((tool) => spawnSync(tool, ['--version']).error !== undefined);
  return missing.length > 0 ? `this machine has no ${missing.join(', ')}` : undefined;
}
