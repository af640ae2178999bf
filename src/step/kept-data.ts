/** Soft delete of blobs, containers and shares. */
import type { Context, Draft, Verdict } from '../step.ts';
import { judgeEach } from './each.ts';
import type { BlobService, FileService } from './resources.ts';

/** Days that deleted data is kept for; what the portal suggests. */
export const KEPT_DAYS = 7;
const kept = { enabled: true, days: KEPT_DAYS };

type Service = (BlobService | FileService) & { readonly name: string };
const services = (all: readonly (BlobService | FileService)[]): Service[] =>
  all.map((one) => ({ ...one, name: `${/blobServices/i.test(one.id) ? 'blobs' : 'shares'} of ${one.id.split('/').at(-3) ?? ''}` }));

export const judgeKept = ({ facts }: Context<unknown>): Verdict =>
  judgeEach(
    [...services(facts.blobServices.value), ...services(facts.fileServices.value)],
    ({ properties }) =>
      Object.entries(properties).some(
        ([name, policy]) => name.endsWith('RetentionPolicy') && (policy as { enabled?: boolean }).enabled !== true,
      )
        ? 'not kept'
        : undefined,
    'kept',
    'the app names no storage account of this subscription',
  );

export const keepDeleted = ({ facts }: Context<unknown>): Draft[] => [
  ...facts.blobServices.value.flatMap(({ id, properties }): Draft[] => [
    ...(properties.deleteRetentionPolicy?.enabled
      ? []
      : [{ at: ['blobServices', 'properties.deleteRetentionPolicy'] as const, of: id, to: kept, absent: { enabled: false } }]),
    ...(properties.containerDeleteRetentionPolicy?.enabled
      ? []
      : [{ at: ['blobServices', 'properties.containerDeleteRetentionPolicy'] as const, of: id, to: kept, absent: { enabled: false } }]),
  ]),
  ...facts.fileServices.value.flatMap(({ id, properties }): Draft[] =>
    properties.shareDeleteRetentionPolicy?.enabled
      ? []
      : [{ at: ['fileServices', 'properties.shareDeleteRetentionPolicy'], of: id, to: kept, absent: { enabled: false } }],
  ),
];
