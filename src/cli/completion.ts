import { COMMANDS, type CommandName, type CommandSpec } from './commands.ts';
import { OPTIONS, type OptionName } from './options.ts';

export const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;
export type Shell = (typeof SHELLS)[number];

/** Names from the undo log. The scripts get them with `func-harden completion runs`, which does not call Azure. */
export const RECORDED_NAMES = ['runs', 'apps'] as const;
export type RecordedNames = (typeof RECORDED_NAMES)[number];

const long = (name: OptionName): string => OPTIONS[name].flags.split(' ')[0] ?? '';

/** Values that complete a flag or an argument: fixed words, and names from the undo log. */
interface Values {
  readonly words: readonly string[];
  readonly recorded?: RecordedNames;
}

interface Completed {
  readonly name: CommandName | 'help';
  readonly says: string;
  readonly flags: readonly string[];
  readonly values: readonly (readonly [flag: string, Values])[];
  readonly argument?: Values;
}

function valuesOf(command: CommandSpec, option: OptionName, steps: readonly string[]): Values | undefined {
  if (option === 'step') return { words: steps };
  if (option === 'app' || option === 'confirm') return { words: [], recorded: 'apps' };
  if (option === 'despiteDamage') return { words: [], recorded: 'runs' };
  const spec = OPTIONS[option];
  const words = command.values?.[option] ?? ('choices' in spec ? spec.choices : undefined);
  return words && { words };
}

function argumentOf(command: CommandName, args: readonly string[], steps: readonly string[]): Values | undefined {
  if (command === 'steps') return { words: steps };
  if (command === 'completion') return { words: SHELLS };
  return args.some((one) => one.includes('run')) ? { words: ['last'], recorded: 'runs' } : undefined;
}

/** Writes a completion script for a shell: commands, options and their values, runs and apps of the undo log. */
export function completionScript(shell: Shell, steps: readonly string[]): string {
  const own = COMMANDS.map((spec): Completed => {
    const { name, summary: says, args, options } = spec;
    const argument = argumentOf(name, args, steps);
    return {
      name,
      says,
      flags: [...new Set([...options.map(long), '--help'])],
      values: options.flatMap((option) => {
        const values = valuesOf(spec, option, steps);
        return values ? [[long(option), values] as const] : [];
      }),
      ...(argument ? { argument } : {}),
    };
  });
  // The parser adds this command.
  const names = own.map(({ name }) => name);
  const commands: readonly Completed[] = [
    ...own,
    { name: 'help', says: 'prints the help of a command', flags: [], values: [], argument: { words: names } },
  ];
  switch (shell) {
    case 'bash':
      return bash(commands);
    case 'zsh':
      // bashcompinit uses compdef, which a zsh without own settings has not loaded.
      return `(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }\nautoload -U +X bashcompinit && bashcompinit\n${bash(commands)}`;
    case 'fish':
      return fish(commands);
    case 'powershell':
      return powershell(commands);
  }
}

/** Options that select the undo log; if the command line has one, that undo log is read. */
const STATE_OPTIONS = ['--state', '--state-dir'] as const;

function bash(commands: readonly Completed[]): string {
  // compgen runs the command substitutions in its list, so that a recorded name never gets there.
  const offer = (words: readonly string[], recorded?: RecordedNames, files = ''): string =>
    `COMPREPLY=($(compgen -W "${words.join(' ')}" -- "$current")${files})${recorded ? `; _func_harden_recorded ${recorded}` : ''}`;
  return `_func_harden_recorded() {
  local name
  while IFS= read -r name; do
    if [[ "$name" == "$current"* ]]; then COMPREPLY+=("$name"); fi
  done < <(func-harden completion "$1" \${state:+--state "$state"} 2>/dev/null)
}
_func_harden() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command="\${COMP_WORDS[1]}" state="" prefix="" i value
  for ((i = 1; i < COMP_CWORD - 1; i++)); do
    case "\${COMP_WORDS[i]}" in
      ${STATE_OPTIONS.join('|')})
        value="\${COMP_WORDS[i + 1]}"
        if [ "$value" = "=" ]; then value="\${COMP_WORDS[i + 2]}"; fi
        state="\${value/#\\~/$HOME}" ;;
    esac
  done
  # bash splits --format=json at =.
  if [ "$current" = "=" ]; then current=""; elif [ "$previous" = "=" ]; then previous="\${COMP_WORDS[COMP_CWORD-2]}"; fi
  # zsh does not split words at =, and replaces the whole word.
  case "$current" in --*=*) previous="\${current%%=*}"; prefix="$previous="; current="\${current#*=}" ;; esac
  for value in "\${COMP_WORDS[@]:1}"; do
    case "$value" in ${STATE_OPTIONS.map((option) => `${option}=*`).join('|')}) state="\${value#*=}"; state="\${state/#\\~/$HOME}" ;; esac
  done
  _func_harden_offer
  if [ -n "$prefix" ]; then COMPREPLY=("\${COMPREPLY[@]/#/$prefix}"); fi
}
_func_harden_offer() {
  # Options without a command are options of the wizard.
  case "$command" in
    -*) command=wizard ;;
    *) if [ "$COMP_CWORD" -eq 1 ]; then ${offer([...commands.map(({ name }) => name), '--help', '--version'])}; return; fi ;;
  esac
  case "$command $previous" in
${commands.flatMap(({ name, values }) => values.map(([flag, one]) => `    "${name} ${flag}") ${offer(one.words, one.recorded)}; return ;;`)).join('\n')}
  esac
  case "$command" in
${commands
  .map(({ name, flags, argument }) => {
    const files = argument && !argument.recorded ? '' : ' $(compgen -f -- "$current")';
    return `    ${name}) ${offer([...flags, ...(name === 'wizard' ? ['--version'] : []), ...(argument?.words ?? [])], argument?.recorded, files)} ;;`;
  })
  .join('\n')}
  esac
}
complete -F _func_harden func-harden
`;
}

function fish(commands: readonly Completed[]): string {
  const list = ({ words, recorded }: Values): string =>
    `${words.join(' ')}${recorded ? ` (func-harden completion ${recorded} (__func_harden_state) 2>/dev/null)` : ''}`.trim();
  const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  return [
    'function __func_harden_state',
    '  set -l words (commandline -opc)',
    '  for index in (seq (count $words))',
    `    if contains -- $words[$index] ${STATE_OPTIONS.join(' ')}; and set -q words[(math $index + 1)]`,
    "      printf '%s\\n' --state $words[(math $index + 1)]",
    `    else if string match -qr -- '^(${STATE_OPTIONS.join('|')})=' $words[$index]`,
    "      printf '%s\\n' --state (string split -m 1 = -- $words[$index])[2]",
    '    end',
    '  end',
    'end',
    '# Options without a command are options of the wizard.',
    'function __func_harden_wizard',
    '  set -l words (commandline -opc)',
    "  test (count $words) -lt 2; or string match -q -- '-*' $words[2]; or test $words[2] = wizard",
    'end',
    ...['help', 'version'].map((flag) => `complete -c func-harden -n __fish_use_subcommand -l ${flag}`),
    ...commands.map(({ name, says }) => `complete -c func-harden -n __fish_use_subcommand -f -a ${name} -d ${quoted(says)}`),
    ...commands.flatMap(({ name, flags, values, argument }) => {
      const isHere = name === 'wizard' ? '__func_harden_wizard' : `__fish_seen_subcommand_from ${name}`;
      const here = `complete -c func-harden -n ${quoted(isHere)}`;
      const known = new Map(values);
      return [
        ...flags.map((flag) => {
          const one = known.get(flag);
          return `${here} -l ${flag.slice(2)}${one ? ` -x -a ${quoted(list(one))}` : ''}`;
        }),
        ...(argument ? [`${here} -f -a ${quoted(list(argument))}`] : []),
      ];
    }),
    '',
  ].join('\n');
}

function powershell(commands: readonly Completed[]): string {
  const list = ({ words, recorded }: Values): string => {
    const fixed = `@(${words.map((word) => `'${word}'`).join(', ')})`;
    return recorded ? `${fixed} + @(func-harden completion ${recorded} @state 2>$null)` : fixed;
  };
  // Script blocks, so that the undo log is read on completion and not at the start of the shell.
  return `Register-ArgumentCompleter -Native -CommandName func-harden -ScriptBlock {
  param($word, $ast, $position)
  $given = @($ast.CommandElements | ForEach-Object { $_.ToString() })
  if ($word -ne '') { $before = @($given | Select-Object -SkipLast 1) } else { $before = $given }
  $state = @()
  for ($index = 1; $index -lt $before.Count - 1; $index++) {
    if ($before[$index] -in @(${STATE_OPTIONS.map((option) => `'${option}'`).join(', ')})) { $state = @('--state', $before[$index + 1]) }
  }
  foreach ($one in $before) { if ($one -match '^(${STATE_OPTIONS.join('|')})=(.+)$') { $state = @('--state', $Matches[2]) } }
  $command = if ($before.Count -ge 2) { if ($before[1] -like '-*') { 'wizard' } else { $before[1] } } else { '' }
  $options = @{
${commands.map(({ name, flags }) => `    '${name}' = @(${flags.map((flag) => `'${flag}'`).join(', ')})`).join('\n')}
  }
  $arguments = @{
${commands.flatMap(({ name, argument }) => (argument ? [`    '${name}' = { ${list(argument)} }`] : [])).join('\n')}
  }
  $values = @{
${commands.flatMap(({ name, values }) => values.map(([flag, one]) => `    '${name} ${flag}' = { ${list(one)} }`)).join('\n')}
  }
  $key = "$command $($before[-1])"
  $words = if ($command -eq '' -and $word -like '-*') { @($options['wizard']) + '--version' }
    elseif ($command -eq '') { @(${commands.map(({ name }) => `'${name}'`).join(', ')}) }
    elseif ($values.ContainsKey($key)) { & $values[$key] }
    else { @($options[$command]) + @(if ($arguments.ContainsKey($command)) { & $arguments[$command] }) }
  $words | Where-Object { $_ -like "$word*" } | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
}
`;
}
