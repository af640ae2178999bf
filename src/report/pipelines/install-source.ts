import { reportErrors } from '../errors.ts';
/** Where a pipeline takes the tool from: a commit of its repository, or a tarball with its integrity. Neither can be changed by others later. */

export type InstallSource =
  | { readonly kind: 'repository'; readonly repository: string; readonly commit: string }
  | { readonly kind: 'tarball'; readonly url: string; readonly integrity: string };

export const INSTALL_FORMS: readonly string[] = [
  'func-harden pipeline … --install OWNER/REPO@COMMIT: this repository at a commit, 40 hexadecimal digits',
  'func-harden pipeline … --install https://HOST/func-harden.tgz#sha512-…: a tarball of npm pack with its integrity',
];

/** 64 bytes in Base64. */
const INTEGRITY = /^sha512-[A-Za-z0-9+/]{86}==$/;
const REPOSITORY = /^([A-Za-z\d](?:[A-Za-z\d-]{0,38})\/(?!\.{1,2}@)[\w.-]{1,100})@([\da-fA-F]{40})$/;
/** Goes into YAML and into a shell variable as it is. */
const ADDRESS = /^(?:https:\/\/[\w.-]+|http:\/\/(?:127\.0\.0\.1|localhost|\[::1\]))(?::\d{1,5})?\/[\w.~%/+@=-]+\.tgz$/;

/** Reads the value of `--install`. @throws UserError (exit 64) on any other form */
export function installSource(text: string): InstallSource {
  const [, repository, commit] = REPOSITORY.exec(text) ?? [];
  if (repository !== undefined && commit !== undefined) return { kind: 'repository', repository, commit: commit.toLowerCase() };
  const cut = text.indexOf('#');
  const [url, integrity] = cut < 0 ? [text, ''] : [text.slice(0, cut), text.slice(cut + 1)];
  if (ADDRESS.test(url) && INTEGRITY.test(integrity)) return { kind: 'tarball', url, integrity };
  throw reportErrors.invalidInstall({ text, mistake: mistakeIn(text, url, integrity), forms: INSTALL_FORMS });
}

function mistakeIn(text: string, url: string, integrity: string): string {
  if (/^https?:/i.test(text)) {
    if (!ADDRESS.test(url)) return 'the URL of a tarball must begin with https:// and end with .tgz.';
    return integrity === ''
      ? 'the tarball URL has no integrity hash after #.'
      : 'the integrity hash must be sha512- and 88 Base64 characters.';
  }
  if (/^[\w.-]+\/[\w.-]+(@.*)?$/.test(text)) return 'a repository requires a full commit hash: a branch, a tag or a short hash can change.';
  return 'a package name on a registry can belong to someone else.';
}
