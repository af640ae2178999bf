// Loads the declarations of the areas before anything else, like main does.
import '../../steps/index.ts';
import v8 from 'node:v8';
import { beforeAll } from 'vitest';
import { forgetSecrets } from '../../src/change/secrets.ts';

// Tests run with the same environment on every machine; tests that need other values set them.
for (const name of [
  'CI',
  'NO_COLOR',
  'FORCE_COLOR',
  'ACCESSIBLE',
  'INK_SCREEN_READER',
  'FUNC_HARDEN_ACCESS_TOKEN',
  'FUNC_HARDEN_ARM_ENDPOINT',
  'XDG_STATE_HOME',
]) {
  delete process.env[name];
}
process.env['TZ'] = 'UTC';
process.env['LANG'] = 'C.UTF-8';

// Files share a process.
beforeAll(forgetSecrets);

// A command over many apps collects garbage early, for the rest of its process: here that are all tests that follow.
const setFlags = v8.setFlagsFromString;
v8.setFlagsFromString = (flag) => {
  if (!/^--(?:semi-space-growth-factor|heap-growing-percent)=/.test(flag)) setFlags(flag);
};
