import type { CandidateMasks } from '../../shared/run/candidates.ts';
import { visitRuns } from '../../shared/run/coco-rle.ts';
import { overlapEpsilon } from './iou-thresholds.ts';
import type { LabelMap } from './label-map.ts';

/**
 * Intersection over union of masks, [labels in the map's order, candidates], in cells of the prototypes, as Ultralytics' `mask_iou`. A candidate whose run
 * lengths are damaged overlaps nothing.
 */
export function maskOverlaps(map: LabelMap, { counts }: CandidateMasks): Float32Array {
  const labels = map.order.length;
  const overlaps = new Float32Array(labels * counts.length);
  const shared = new Float64Array(labels + 1);
  for (const [j, text] of counts.entries()) {
    shared.fill(0);
    const area = countShared(map, text, shared);
    for (let label = 0; label < labels; label++) {
      const inside = shared[label + 1]!;
      if (inside === 0) continue;
      const all = Math.fround(map.areas[label]! + area - inside);
      overlaps[label * counts.length + j] = inside / Math.fround(all + overlapEpsilon);
    }
  }
  return overlaps;
}

/** Counts the cells of a mask by the label they belong to; returns how many it has. */
function countShared({ size, cells }: LabelMap, counts: string, shared: Float64Array): number {
  let area = 0;
  try {
    visitRuns({ size, counts }, (start, end) => {
      area += end - start;
      for (let i = start; i < end; i++) shared[cells[i]!]! += 1;
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    shared.fill(0);
  }
  return area;
}
