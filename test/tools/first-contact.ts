/** The table of docs/first-contact.md: each kind of write that func-harden sends, and its evidence. */
import { RESOURCES } from '../../src/arm/resource-table.ts';
import { evidenceFor, WRITE_KINDS, type WriteKind } from '../../src/arm/writes/write-proofs.ts';
import { KINDS } from '../../src/azure/index.ts';
import type { ResourceKey } from '../../src/azure/index.ts';

export const BEGIN = '<!-- made by npm run docs -->';
export const END = '<!-- end -->';

const typeOf = (key: ResourceKey): string => {
  const { below, type } = KINDS[key]!;
  if (key === 'accessKey') return 'Microsoft.Web/sites … keys';
  return below === undefined ? (type ?? '') : `Microsoft.Web/sites${below}`;
};
const sourceText = ({ sources }: WriteKind): string =>
  sources
    .map(
      ({ repo, path, index, apiVersion, slot, commit }) =>
        `${repo}${commit ? `@${commit}` : ''} ${path.split('/').at(-1)!}${index === undefined ? '' : ` [${index}]`} (${apiVersion}${slot ? ', slot' : ''})`,
    )
    .join('; ');
const WORDS = { recording: 'recording', schema: 'schema only', none: 'neither' } as const;

function rowOf(kind: WriteKind): string {
  const { key, method, member, note } = kind;
  const onSite = KINDS[key]?.below !== undefined || key === 'accessKey';
  const [app, slot] = [evidenceFor(kind, false), evidenceFor(kind, true)];
  const isSlotOwn = onSite && !KINDS[key]?.siteOnly;
  return `| \`${method} ${typeOf(key)}\` | ${member ? `\`${member}\`` : 'whole'} | ${WORDS[app]} | ${isSlotOwn ? WORDS[slot] : '–'} | ${note ?? sourceText(kind)} |`;
}

/** Every resource that the resource table can write needs a row. */
export function writesTable(): string {
  const alike: readonly string[] = ['siteIdentity', 'identityRoles'];
  for (const [key, { write }] of Object.entries(RESOURCES))
    if (write !== null && !alike.includes(key) && !WRITE_KINDS.some((one) => one.key === key))
      throw new TypeError(`${key} is written, and write-proofs.ts has no row for it`);
  const rows = WRITE_KINDS.map(rowOf);
  const count = (word: keyof typeof WORDS) => WRITE_KINDS.filter((one) => evidenceFor(one, false) === word).length;
  return [
    `${WRITE_KINDS.length} kinds of write: ${count('recording')} with a recording, ${count('schema')} with a schema only, ${count('none')} with neither.`,
    '',
    '| request | member | proof on an app | proof on a slot | source |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

export const withTable = (page: string): string =>
  page.replace(new RegExp(`${BEGIN}[\\s\\S]*${END}`), () => `${BEGIN}\n\n${writesTable()}\n\n${END}`);
