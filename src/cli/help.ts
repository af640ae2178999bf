export const EPILOGUE = `
Exit codes:
  0    nothing found, nothing to do, or all done and verified
  1    failed
  2    audit: findings; plan and --dry-run: changes pending
  3    input is needed and no one can be asked
  4    not signed in; nothing of what was asked for could be read; a needed write was forbidden
  5    stopped part-way; the undo log says what was applied
  6    audit: no findings, but something could not be read and is unknown (--allow-unknown makes that 0)
  64   usage error
  130, 143, 129   SIGINT, SIGTERM, SIGHUP

Environment:
  FUNC_HARDEN_ACCESS_TOKEN   token for --auth token
  FUNC_HARDEN_ARM_ENDPOINT   another Azure Resource Manager
  FUNC_HARDEN_SUBSCRIPTION, FUNC_HARDEN_AUTH, FUNC_HARDEN_PROFILE, FUNC_HARDEN_THEME,
  FUNC_HARDEN_STATE, FUNC_HARDEN_OWNER_TAG
                             your settings, over those of config.yaml (func-harden config)
  NO_COLOR, FORCE_COLOR      colours off, on
  ACCESSIBLE                 line prompts, as with --plain
  XDG_STATE_HOME             where the undo log lies, without FUNC_HARDEN_STATE
  XDG_CONFIG_HOME            where func-harden/config.yaml lies

func-harden --licenses prints the licences of everything that is bundled.
Nothing is sent anywhere but to Azure: no telemetry, no update check.`;
