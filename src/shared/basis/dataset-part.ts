import { z } from 'zod';
import { EigenfleetError } from '../errors.ts';

/** More parts than this make files that nobody keeps count of. */
export const mostParts = 10_000;

/** Which part of a dataset one process sums: `--part 2/8`. */
export interface DatasetPart {
  /** Counted from 1. */
  readonly number: number;
  readonly of: number;
}

const partNumber = z.number().int().min(1).max(mostParts);

/** The parts of one dataset that are in a basis; a basis of all of them has none. */
export const datasetPartsSchema = z.object({
  /** Ascending. */
  numbers: z.array(partNumber).min(1),
  of: partNumber,
  /** sha256 over keys and sizes of all of the dataset's images, in their order: parts of one listing share no image. */
  listing: z.string().regex(/^[0-9a-f]{64}$/, 'not a sha256'),
});
export type DatasetParts = z.infer<typeof datasetPartsSchema>;

/** `2/8`. `undefined` for a text that names no part. */
export function parsePart(text: string): DatasetPart | undefined {
  const [, number, of] = /^([1-9]\d{0,4})\/([1-9]\d{0,4})$/.exec(text)?.map(Number) ?? [];
  if (number === undefined || of === undefined) return undefined;
  return number <= of && of <= mostParts ? { number, of } : undefined;
}

/**
 * Whether an image is in a part, by its place in the whole dataset. It is cut into shards of `shardSize` images, which the parts take in turn, so that each has images of all of
 * the dataset and about as many as the others.
 */
export function isInPart(index: number, shardSize: number, { number, of }: DatasetPart): boolean {
  return Math.floor(index / shardSize) % of === number - 1;
}

/**
 * How many of a dataset's images are in a part.
 *
 * @throws EigenfleetError `usage` where it is none, as the dataset makes fewer shards than parts.
 */
export function imagesInPart(images: number, shardSize: number, part: DatasetPart): number {
  const { number, of } = part;
  const shards = Math.ceil(images / shardSize);
  let count = 0;
  for (let shard = number - 1; shard < shards; shard += of) {
    count += Math.min(shardSize, images - shard * shardSize);
  }
  if (count > 0) return count;
  throw new EigenfleetError(
    'usage',
    `Part ${number} of ${of} holds no image: ${images} images make ${shards} shards of up to ${shardSize}, so ask for at most ${shards} parts.`,
  );
}
