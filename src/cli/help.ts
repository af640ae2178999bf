export const EPILOGUE = `
Exit codes:
  0    nothing found, nothing to do, or all done and verified
  1    failed
  2    audit, findings, source: findings; plan and --dry-run: changes pending
  3    input is needed, but there is no terminal to ask for it
  4    not signed in; none of the selected apps could be read; a required write was forbidden
  5    stopped part-way; the undo log says what was applied
  6    audit, findings: no findings, but something could not be read and is unknown (--allow-unknown makes that 0)
  64   usage error
  130, 143, 129   SIGINT, SIGTERM, SIGHUP

Environment:
  FUNC_HARDEN_ACCESS_TOKEN   token for --auth token
  FUNC_HARDEN_ARM_ENDPOINT   URL of a different Azure Resource Manager
  FUNC_HARDEN_SUBSCRIPTION, FUNC_HARDEN_AUTH, FUNC_HARDEN_PROFILE,
  FUNC_HARDEN_THEME, FUNC_HARDEN_STATE, FUNC_HARDEN_OWNER_TAG
    your settings; they override config.yaml (func-harden config)
  NO_COLOR, FORCE_COLOR      colors off, on
  ACCESSIBLE                 line prompts, as with --plain
  XDG_STATE_HOME             folder of the undo log, if FUNC_HARDEN_STATE is not set
  XDG_CONFIG_HOME            folder of func-harden/config.yaml

func-harden COMMAND --help prints the options of a command.
func-harden --licenses prints the licenses of all bundled packages.
Data is sent only to Azure: no telemetry, no update check.`;
