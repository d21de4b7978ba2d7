import { type ContentAxis, type ContentCells, contentCells } from '../../maps/content-cells.ts';
import { objectCoverage } from '../../maps/object-coverage.ts';
import { rememberedByObject } from '../../shared/host/remembered.ts';
import type { Detection } from '../../shared/run/detection.ts';
import type { ClassEvidence } from '../../shared/run/evidence/class-evidence.ts';
import type { LetterboxGeometry } from '../../shared/run/letterbox-geometry.ts';
import { evidenceFrameSize, frameUnit } from '../../shared/statistics/other-images.ts';
import { votesOf } from '../measures/evidence-in-objects.ts';

/** What one image's evidence of one class adds to the comparison of images with each other, in whole numbers. */
export interface EvidenceFrame {
  readonly classId: number;
  /** [evidenceFrameSize, evidenceFrameSize] over the image: the class's votes, times an even spread, in units of 1 / `frameUnit`. */
  readonly votes: Int32Array<ArrayBuffer>;
  /** The same of the regions of its objects. */
  readonly regions: Int32Array<ArrayBuffer>;
}

/** Of the classes that have both evidence and objects in the image. */
export function evidenceFrames(
  evidence: readonly ClassEvidence[],
  geometry: LetterboxGeometry,
  detections: readonly Detection[],
): EvidenceFrame[] {
  return evidence.flatMap((one) => {
    if (one.inObjects === undefined) return [];
    const { classId, map } = one;
    const cells = contentCells(geometry, one);
    const ofClass = detections.filter((detection) => detection.classId === classId);
    const coverage = objectCoverage(ofClass, geometry)?.(cells);
    if (coverage === undefined) return [];
    const regions = cells.areas.map((area, cell) => area * (coverage[cell] ?? 0));
    const votes = spread(votesOf(map, cells), cells);
    return [{ classId, votes, regions: spread(regions, cells) }];
  });
}

/** What lies in the cells, spread evenly over the content of each, in the cells of the frame; times what an even spread would put there. */
function spread(amounts: Float64Array, cells: ContentCells): Int32Array<ArrayBuffer> {
  const size = evidenceFrameSize;
  const { gridWidth, columns, rows } = cells;
  const [across, down] = [sharesOf(columns), sharesOf(rows)];
  const sums = new Float64Array(size * size);
  let total = 0;
  for (let row = rows.first; row < rows.end; row++) {
    for (let column = columns.first; column < columns.end; column++) {
      const amount = amounts[row * gridWidth + column] ?? 0;
      if (amount === 0) continue;
      total += amount;
      for (const [y, height] of down[row] ?? []) {
        for (const [x, width] of across[column] ?? []) {
          const at = y * size + x;
          sums[at] = (sums[at] ?? 0) + amount * height * width;
        }
      }
    }
  }
  return Int32Array.from(sums, (sum) => Math.round((sum / total) * size * size * frameUnit));
}

/** For each cell of an axis: the cells of the frame that its content lies in, and which part of it. */
const sharesOf = rememberedByObject((axis: ContentAxis): [number, number][][] => {
  const step = (axis.to - axis.from) / evidenceFrameSize;
  return Array.from(axis.shares, (_, cell) => {
    const [low, high] = [Math.max(cell, axis.from), Math.min(cell + 1, axis.to)];
    const parts: [number, number][] = [];
    if (!(high > low)) return parts;
    const first = Math.max(0, Math.floor((low - axis.from) / step));
    for (let bin = first; bin < evidenceFrameSize; bin++) {
      const start = Math.max(low, axis.from + bin * step);
      const end = Math.min(high, axis.from + (bin + 1) * step);
      if (end > start) parts.push([bin, (end - start) / (high - low)]);
      if (axis.from + (bin + 1) * step >= high) break;
    }
    return parts;
  });
});
