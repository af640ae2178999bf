import { COMMANDS } from './commands.ts';
import { OPTIONS, type OptionName } from './options.ts';

export const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;
export type Shell = (typeof SHELLS)[number];

const long = (name: OptionName): string => OPTIONS[name].flags.split(' ')[0] ?? '';

/** A script for the shell, from the command table: commands, their options, areas and fixed words. */
export function completionScript(shell: Shell, steps: readonly string[]): string {
  const names = COMMANDS.map(({ name }) => name);
  const perCommand = COMMANDS.map(({ name, options }) => ({ name, words: [...options.map(long), '--help'] }));
  const given = (Object.keys(OPTIONS) as OptionName[]).flatMap((name) => {
    const spec = OPTIONS[name];
    const words = name === 'step' ? steps : 'choices' in spec ? spec.choices : [];
    return words.length > 0 ? [{ flag: long(name), words }] : [];
  });
  // A flag that means something else to another command is completed with the words of both.
  const values = [...new Set(given.map(({ flag }) => flag))].map((flag) => ({
    flag,
    words: [...new Set(given.filter((one) => one.flag === flag).flatMap(({ words }) => words))],
  }));
  switch (shell) {
    case 'bash':
    case 'zsh':
      return `${shell === 'zsh' ? 'autoload -U +X bashcompinit && bashcompinit\n' : ''}_func_harden() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command="\${COMP_WORDS[1]}"
  case "$previous" in
${values.map(({ flag, words }) => `    ${flag}) COMPREPLY=($(compgen -W "${words.join(' ')}" -- "$current")); return ;;`).join('\n')}
    steps) COMPREPLY=($(compgen -W "${steps.join(' ')}" -- "$current")); return ;;
    completion) COMPREPLY=($(compgen -W "${SHELLS.join(' ')}" -- "$current")); return ;;
  esac
  if [ "$COMP_CWORD" -eq 1 ]; then COMPREPLY=($(compgen -W "${names.join(' ')} --help --version" -- "$current")); return; fi
  case "$command" in
${perCommand.map(({ name, words }) => `    ${name}) COMPREPLY=($(compgen -W "${words.join(' ')}" -- "$current") $(compgen -f -- "$current")) ;;`).join('\n')}
  esac
}
complete -F _func_harden func-harden
`;
    case 'fish':
      return [
        ...COMMANDS.map(
          ({ name, says }) => `complete -c func-harden -n __fish_use_subcommand -f -a ${name} -d '${says.replaceAll("'", "\\'")}'`,
        ),
        ...perCommand.flatMap(({ name, words }) =>
          words.map((word) => `complete -c func-harden -n '__fish_seen_subcommand_from ${name}' -l ${word.slice(2)}`),
        ),
        ...values.map(({ flag, words }) => `complete -c func-harden -l ${flag.slice(2)} -x -a '${words.join(' ')}'`),
        `complete -c func-harden -n '__fish_seen_subcommand_from steps' -f -a '${steps.join(' ')}'`,
        '',
      ].join('\n');
    case 'powershell':
      return `Register-ArgumentCompleter -Native -CommandName func-harden -ScriptBlock {
  param($word, $ast, $position)
  $given = @($ast.CommandElements | ForEach-Object { $_.ToString() })
  $options = @{
${perCommand.map(({ name, words }) => `    '${name}' = @(${words.map((word) => `'${word}'`).join(', ')})`).join('\n')}
  }
  $words = if ($given.Count -ge 2 -and $options.ContainsKey($given[1])) { $options[$given[1]] + @(${steps.map((step) => `'${step}'`).join(', ')}) } else { @(${names.map((name) => `'${name}'`).join(', ')}) }
  $words | Where-Object { $_ -like "$word*" } | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
}
`;
  }
}
