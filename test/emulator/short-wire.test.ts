/** The way without sockets, which most tests take, against the one through the port: nobody may notice which it was. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inside } from '../helpers/inside.ts';
import { ANSWERS, world } from '../helpers/world.ts';

/** A whole job with an answer that is no JSON, a connection that breaks and a refusal; what differs by nature is left out. */
async function job(sockets: boolean): Promise<unknown> {
  const here = await world({ sockets });
  const file = join(here.folder, 'answers.yaml');
  await writeFile(file, ANSWERS);
  await here.faults([
    { method: 'GET', path: 'sites/fn-orders/slots', times: 2, drop: 'before' },
    { method: 'GET', path: 'config/web', times: 1, status: 200, body: '<html>no JSON</html>' },
    { method: 'PATCH', path: 'sites/fn-orders', times: 1, drop: 'after' },
    { method: 'PUT', path: 'basicPublishingCredentialsPolicies', times: 1, status: 403, body: { error: { code: 'No', message: 'No.' } } },
  ]);
  const timeless = (text: string) =>
    text
      .replaceAll(here.folder, 'FOLDER')
      .replaceAll(new URL(here.endpoint).host, 'HOST')
      .replaceAll(/\d{4}-\d\d-\d\d[T ]?[\d:.]+Z?|\d{8}T\d+Z-\w+|[0-9a-f]{8}-[0-9a-f-]{27}|\d+(\.\d)? m?s\b/g, 'ONCE');
  const ran = [
    await inside(here, ['audit', '--app', 'fn-orders', '--json']),
    await inside(here, ['replay', file, '--yes', '--confirm', 'fn-orders', '--on-failure', 'continue']),
  ].map(({ code, stdout, stderr }) => [code, timeless(stdout), timeless(stderr)]);
  const sent = (await here.exchanges()).map(({ method, url, status }) => `${method} ${timeless(url)} ${status}`);
  return { ran, sent: sent.toSorted() };
}

test('a job without sockets says and sends what it says and sends through them', async () => {
  const [near, far] = [await job(false), await job(true)];
  // What broke off has the status 0 in the exchanges.
  expect(JSON.stringify(far)).toMatch(/FAILED[\s\S]* 0"[\s\S]* 403"/);
  expect(near).toEqual(far);
});
