import { z } from 'zod';
import { unreadableEtag } from '../storage/object-store.ts';

/** Characters; S3 takes keys of 1,024 bytes, and folders paths of 4,096. */
export const longestKey = 16_384;

/**
 * One image of a dataset as a manifest line names it. `key` is relative to the run's image root, with `/` between
 * folders, whatever the platform; keys are sorted by their UTF-8 bytes, as S3 lists them.
 */
export const sampleSchema = z.object({
  key: z.string().min(1).max(longestKey),
  sizeBytes: z.number().int().nonnegative(),
  etag: z.string().max(1_024),
});

/** Etag of a sample that was named and does not exist. */
export const missingEtag = 'missing';

export type Sample = z.infer<typeof sampleSchema>;

/** Returns whether, by its listing, a sample's file is unreadable; its row will say why. */
export function isAbsent({ etag }: Pick<Sample, 'etag'>): boolean {
  return etag === missingEtag || etag === unreadableEtag;
}

/** Outcome of one sample; everything but `success` carries a reason. After img2dataset. */
export const sampleStatuses = [
  'success',
  'failed_to_fetch',
  'failed_to_decode',
  'failed_to_infer',
] as const;

export type SampleStatus = (typeof sampleStatuses)[number];
