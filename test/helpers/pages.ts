/** Reads a documentation page: its code blocks by language, and its commands. */

/** Returns the blocks of one language; `''` for blocks without one. */
export function blocksOf(page: string, language: string): string[] {
  return [...page.matchAll(/^ *```([a-z]*)\n([\s\S]*?)^ *```$/gm)].filter(([, of]) => of === language).map(([, , text]) => text!);
}

export interface Shown {
  readonly command: string;
  /** In running text, which may only name a command. */
  readonly inText: boolean;
}

/** Commands of shell blocks, then those in running text, without comments, in their order. */
export function commandsOf(page: string): Shown[] {
  const lines = [...page.matchAll(/^ *```(?:sh|bash|console)\n([\s\S]*?)^ *```$/gm)].flatMap(([, text]) => text!.split('\n'));
  const outside = page.replaceAll(/^ *```[\s\S]*?^ *```$/gm, '');
  const inText = [...outside.matchAll(/`((?:npm (?:run|test|ci)|func-harden|git config|npx(?= )|node test\/)(?: [^`]*)?)`/g)].map(
    ([, line]) => line!,
  );
  const shown = [...lines.map((command) => ({ command, inText: false })), ...inText.map((command) => ({ command, inText: true }))];
  return shown
    .flatMap(({ command, inText }) =>
      command
        .replace(/^\$ /, '')
        .replace(/(^|\s)#.*$/, '')
        .split(' && ')
        .map((one) => ({ command: one.trim(), inText })),
    )
    .filter(({ command }) => command !== '');
}

/** Splits a command like a shell, with single and double quotes only. */
export function wordsOf(command: string): string[] {
  return [...command.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, single, double, bare]) => single ?? double ?? bare!);
}
