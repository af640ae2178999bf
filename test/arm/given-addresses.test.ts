/** Addresses from options and variables: a password in them is never shown. */
import { expect, test } from 'vitest';
import { settingsOf } from '../../src/app/settings.ts';
import { checkProxy } from '../../src/arm/http/proxy.ts';
import { armEndpoint, cloudOf } from '../../src/arm/sign-in/cloud-endpoints.ts';

const saidBy = (call: () => unknown): string => {
  try {
    call();
  } catch (error) {
    const { message, next } = error as { message: string; next: readonly string[] };
    return [message, ...next].join(' ');
  }
  return 'accepted';
};

test('an endpoint, an authority and a proxy that are invalid are reported without their password', () => {
  const said = [
    saidBy(() => armEndpoint('https://me:hunter2hunter@127.0.0.1:99999/')),
    saidBy(() => armEndpoint('https:me:hunter2hunter@127.0.0.1:99999/')),
    saidBy(() => cloudOf(undefined, 'me:hunter2hunter@login.example')),
    saidBy(() => armEndpoint('http://me:hunter2hunter@arm.example/')),
    saidBy(() => cloudOf(undefined, 'http://me:hunter2hunter@login.example')),
    saidBy(() => checkProxy({ HTTPS_PROXY: 'http://me:hunter2hunter@proxy.example:99999' })),
  ];
  for (const one of said) expect(one).not.toMatch(/hunter2|^accepted$/);
});

test('a proxy whose password is not percent-encoded is reported before the first request', () => {
  expect(saidBy(() => checkProxy({ HTTPS_PROXY: 'http://me:100%zz@proxy.example:8080' }))).toMatch(/^HTTPS_PROXY is not a valid.*% as %25/);
  expect(saidBy(() => checkProxy({ HTTPS_PROXY: 'http://me:100%25zz@proxy.example:8080' }))).toBe('accepted');
});

test('config shows the address of an undo log without a password that was added to it', async () => {
  const settings = await settingsOf({}, { FUNC_HARDEN_STATE: 'https://me:hunter2hunter@account.blob.core.windows.net/log' }, 'linux');
  expect(settings.find(({ name }) => name === 'state')?.value).toBe('https://me:(sensitive value)@account.blob.core.windows.net/log');
});
