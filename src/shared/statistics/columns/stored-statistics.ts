import { z } from 'zod';
import { isCount } from '../packed-integers.ts';
import { type ShardStatistics, shardStatisticsSchema } from '../shard-statistics.ts';

// Checked by a function, as they are many.
const names = z.custom<readonly string[]>(isTexts);

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

/** Pairs of an integer and a count. */
function isCounted(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.every((one) => {
      const [bin, count] = Array.isArray(one) && one.length === 2 ? one : [];
      return Number.isSafeInteger(bin) && isCount(count);
    })
  );
}

/** As `Detection.classId`, an INT32 that is not negative. */
function isClassId(text: string): boolean {
  return /^\d{1,10}$/.test(text) && Number(text) < 2 ** 31;
}

/** What a person may look for in a marker stands as JSON; everything else is in `columns`. */
export const storedStatisticsSchema = shardStatisticsSchema
  .pick({ images: true, statuses: true, reasons: true, objects: true })
  .extend(shardStatisticsSchema.pick({ imagesWithObjects: true, flaggedImages: true }).shape)
  .extend({
    aspectRatios: z.custom<ShardStatistics['aspectRatios']>(isCounted),
    /** Whose numbers the columns hold, in their order. */
    names: z.object({
      measures: names,
      meanMaps: names,
      classes: names.refine((all) => all.every(isClassId)),
      /** Layers that class evidence is of. */
      layers: names,
      flags: names,
      extremes: names,
    }),
  });

/**
 * `ShardStatistics` as they are stored and merged. `columns` is what `ColumnWriter` writes; its lists, in this order:
 *
 * - `energyByArea`: area bin, energy bin, count, and so on
 * - of each class its objects, its images, and 1 where it has evidence; of each with evidence the images and the sum of `others`, then images by layer
 * - moments (numbers): n, sum, min, max and the first bin of each distribution, in the order in which their bins follow
 * - n of each map, and 1 where its `cells` are there, in the order in which they follow
 * - of each measure its bins: distance from the one before, count, and so on; of each mean map its sums, then its cells where it has them
 * - of each class the bins of `confidence` and `boxArea` and its box map; with evidence the bins of `share`, `area`, `ceiling`, `lift` and `attainable`, and its box map
 * - count of each flag
 * - of each image that is an exemplar, where its key ends in the text, its shard and its row
 * - lengths of the rankings: flags, lowest and highest of each of `extremes`, `evenSample`; then their values (numbers), and which image each one is
 */
export type StoredStatistics = Readonly<z.infer<typeof storedStatisticsSchema>> & {
  readonly columns: Uint8Array;
};
