import type { OverlayPlan } from '../../shared/run/run-spec.ts';

/** The position of a sample in its run, and what was found in it. */
export interface OverlayCandidate {
  /** Position in the whole dataset, from 0. */
  readonly globalIndex: number;
  /** Samples of the dataset. */
  readonly total: number;
  readonly flags: readonly string[];
}

/**
 * Whether a sample gets an overlay picture. The sampled ones are spread evenly over the dataset and depend on position and
 * total alone, so every shard of every attempt agrees; they are exactly `min(plan.sample, total)`.
 */
export function wantsOverlay(plan: OverlayPlan, candidate: OverlayCandidate): boolean {
  if (plan.all) return true;
  if (plan.flagged && candidate.flags.length > 0) return true;
  const wanted = Math.min(plan.sample, candidate.total);
  const before = sampledBefore(candidate.globalIndex, wanted, candidate.total);
  return sampledBefore(candidate.globalIndex + 1, wanted, candidate.total) > before;
}

/** Sampled positions below `index`: round(index * wanted / total), in integers. */
function sampledBefore(index: number, wanted: number, total: number): number {
  return Math.floor((2 * index * wanted + total) / (2 * total));
}
