// Loads the declarations of the areas before anything else, like main does.
import '../../steps/index.ts';

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
