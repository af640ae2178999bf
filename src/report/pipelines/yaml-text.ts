/** Formats a pipeline file: comments, then YAML, with the release noted behind each pinned commit. */
import { stringify } from 'yaml';

/** Third-party actions, pinned to the commit of a release, because a tag can be moved. */
export const PINNED = {
  checkout: { action: 'actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8', release: 'v5.0.0' },
  node: { action: 'actions/setup-node@a0853c24544627f65ddf259abe73b1d18a591444', release: 'v5.0.0' },
  login: { action: 'azure/login@a457da9ea143d694b1b9c7c869ebb04ebe844ef5', release: 'v2.3.0' },
  sarif: { action: 'github/codeql-action/upload-sarif@f443b600d91635bebf5b0d9ebc620189c0d6fba5', release: 'v4.30.8' },
  keep: { action: 'actions/upload-artifact@ea165f8d65b6e75b540449e92b4886f43607fa02', release: 'v4.6.2' },
  fetch: { action: 'actions/download-artifact@634f93cb2916e3fdff6788551b99b062d0335ce0', release: 'v5.0.0' },
} as const;

export type Step = Readonly<Record<string, unknown>>;

/** Formats the file; `comment` has lines without `#`. */
export function yamlText(comment: readonly string[], content: Step): string {
  const text = stringify(content, { lineWidth: 0, aliasDuplicateObjects: false });
  const released = Object.values(PINNED).reduce(
    (sum, { action, release }) => sum.replaceAll(`uses: ${action}\n`, `uses: ${action} # ${release}\n`),
    text,
  );
  return `${comment.map((line) => (line ? `# ${line}\n` : '#\n')).join('')}${released}`;
}

/** Returns the `uses` member of a step for a pinned action. */
export const uses = (name: keyof typeof PINNED): { readonly uses: string } => ({ uses: PINNED[name].action });

/** Formats an expression of GitHub. */
export const expression = (text: string): string => `\${{ ${text} }}`;
