/**
 * `npm run record -- FILE METHOD PATH [BODY.json]`: sends one request to Azure and adds the exchange to FILE, without secrets, ids and
 * addresses of people. It also sends writes: use an app that is not in use. The token is in FUNC_HARDEN_ACCESS_TOKEN.
 */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { masked } from '../../src/emulator/server/mask.ts';
import type { Json } from '../../src/emulator/state.ts';

const [file, method = '', path = '', bodyFile] = process.argv.slice(2);
const token = process.env['FUNC_HARDEN_ACCESS_TOKEN'];
if (!file || !/^(GET|PUT|PATCH|POST|DELETE)$/.test(method) || !/^\/.+[?&]api-version=/.test(path) || !token) {
  console.error(`Usage: npm run record -- FILE METHOD '/subscriptions/...?api-version=...' [BODY.json]
The token stands in FUNC_HARDEN_ACCESS_TOKEN: az account get-access-token --query accessToken --output tsv`);
  process.exit(64);
}
const NOBODY = '00000000-0000-0000-0000-';
const AZURE = 'https://management.azure.com';
const endpoint = process.env['FUNC_HARDEN_ARM_ENDPOINT'] ?? AZURE;
const KEPT = /^(content-type|location|azure-asyncoperation|retry-after|etag|x-ms-failure-cause|x-ms-ratelimit-.*)$/;

const text = bodyFile === undefined ? null : await readFile(bodyFile, 'utf8');
const response = await fetch(new URL(path, endpoint), {
  method,
  headers: { authorization: `Bearer ${token}`, ...(text === null ? {} : { 'content-type': 'application/json' }) },
  ...(text === null ? {} : { body: text }),
  redirect: 'manual',
});
const answer = await response.text();
const body = (from: string | null): Json => {
  if (!from) return null;
  try {
    return JSON.parse(from) as Json;
  } catch {
    return from;
  }
};
const exchange = {
  method,
  url: `${AZURE}${path}`,
  apiVersion: new URL(path, AZURE).searchParams.get('api-version'),
  status: response.status,
  requestHeaders: {},
  responseHeaders: Object.fromEntries([...response.headers].filter(([name]) => KEPT.test(name))),
  requestBody: masked(body(text), path),
  responseBody: masked(body(answer), path),
  source: { repo: 'recorded by hand', path: new Date().toISOString().slice(0, 10) },
};
const before = await readFile(file, 'utf8').then(
  (old) => JSON.parse(old) as Json[],
  () => [],
);
await writeFile(file, `${nobodys(JSON.stringify([...before, exchange], null, 1).replaceAll(endpoint, AZURE))}\n`);
console.log(
  `${response.status} ${method} ${path.split('?')[0]}\nAdded to ${file}. Read it to its end before you commit it: what this tool does not know as a secret is in it.`,
);

/** Replaces ids consistently over all files, except ids of roles and policies, which have a meaning. IP and mail addresses are removed. */
function nobodys(json: string): string {
  return json
    .replaceAll(/(roleDefinitions\/|policyDefinitions\/)?\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b/gi, (id, means?: string) =>
      means || id.startsWith(NOBODY) ? id : `${NOBODY}${createHash('sha256').update(id.toLowerCase()).digest('hex').slice(0, 12)}`,
    )
    .replaceAll(/[\w.+-]+@[\w-]+(\.[\w-]+)+/g, 'somebody@contoso.example');
}
