import { keyMix } from '../../shared/run/carry/key-mix.ts';
import type { OverlayPlan, RunSpec } from '../../shared/run/run-spec.ts';
import type { SampleRow } from '../../shared/run/sample-row.ts';

/** The position of a sample in its run, and what was found in it. */
export interface OverlayCandidate {
  /** Position in the whole dataset, from 0. */
  readonly globalIndex: number;
  /** Samples of the dataset. */
  readonly total: number;
  readonly flags: readonly string[];
  /** Where the run says by its image's name which ones are sampled; absent: they are spread by position. */
  readonly isSampled?: boolean | undefined;
}

/**
 * Whether a sample gets an overlay picture. The sampled ones are spread evenly over the dataset and depend on position and
 * total alone, so every shard of every attempt agrees; they are exactly `min(plan.sample, total)`.
 */
export function wantsOverlay(plan: OverlayPlan, candidate: OverlayCandidate): boolean {
  if (plan.all) return true;
  if (plan.flagged && candidate.flags.length > 0) return true;
  if (candidate.isSampled !== undefined) return candidate.isSampled;
  const wanted = Math.min(plan.sample, candidate.total);
  const before = sampledBefore(candidate.globalIndex, wanted, candidate.total);
  return sampledBefore(candidate.globalIndex + 1, wanted, candidate.total) > before;
}

/** Whether an image of a shard gets a picture, by what was found in it. */
export function wantsOverlayOf(
  { options, dataset }: Pick<RunSpec, 'options' | 'dataset'>,
  shard: number,
  { row, key, flags }: Pick<SampleRow, 'row' | 'key' | 'flags'>,
): boolean {
  const { sampleLimit, images: total } = dataset;
  const isSampled = sampleLimit === undefined ? undefined : keyMix(key) <= sampleLimit;
  const globalIndex = shard * options.shardSize + row;
  return wantsOverlay(options.overlays, { globalIndex, total, flags, isSampled });
}

/** Sampled positions below `index`: round(index * wanted / total), in integers. */
function sampledBefore(index: number, wanted: number, total: number): number {
  return Math.floor((2 * index * wanted + total) / (2 * total));
}

/** The same text for the same plan. */
export function canonicalOverlays({ all, flagged, sample }: OverlayPlan): string {
  return JSON.stringify([all, flagged, sample]);
}
