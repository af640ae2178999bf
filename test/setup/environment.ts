// As main does: what areas declare is known before anything is read.
import '../../steps/index.ts';

// Tests see the same world on every machine; those that care set their own.
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
