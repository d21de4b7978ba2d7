/**
 * Bounds of a run. They are above real use, and services allocate memory in proportion to these numbers: a forged run.json must not
 * take one down. Writing checks them too (`write-plan.ts`).
 */
export const runBounds = {
  shards: 1_000_000,
  shardSize: 1_000_000,
  images: 10_000_000_000,
  maxDetections: 100_000,
  components: 100_000,
  boxMaps: 100,
  side: 65_536,
} as const;

/** No model has more classes; a larger number is a mistake, and would cost memory for every class up to it. */
export const maxClassId = 99_999;
