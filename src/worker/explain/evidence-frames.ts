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
  const line = new Float64Array(size);
  let total = 0;
  for (let row = rows.first; row < rows.end; row++) {
    const start = row * gridWidth;
    total += spreadLine(amounts.subarray(start, start + gridWidth), columns, across, line);
    for (let part = down.starts[row]!; part < down.starts[row + 1]!; part++) {
      const [at, height] = [down.bins[part]! * size, down.parts[part]!];
      for (let x = 0; x < size; x++) sums[at + x]! += line[x]! * height;
    }
  }
  return Int32Array.from(sums, (sum) => Math.round((sum / total) * size * size * frameUnit));
}

/** Spreads one row of cells over the columns of the frame, into `line`; returns its sum. */
function spreadLine(
  amounts: Float64Array,
  { first, end }: ContentAxis,
  { starts, bins, parts }: AxisShares,
  line: Float64Array,
): number {
  line.fill(0);
  let total = 0;
  for (let column = first; column < end; column++) {
    const amount = amounts[column]!;
    total += amount;
    for (let part = starts[column]!; part < starts[column + 1]!; part++) {
      line[bins[part]!]! += amount * parts[part]!;
    }
  }
  return total;
}

/** For each cell of an axis, from `starts[cell]` to `starts[cell + 1]`: the cells of the frame that its content lies in, and which part of it. */
interface AxisShares {
  readonly starts: Int32Array;
  readonly bins: Int32Array;
  readonly parts: Float64Array;
}

const sharesOf = rememberedByObject((axis: ContentAxis): AxisShares => {
  const step = (axis.to - axis.from) / evidenceFrameSize;
  const starts = new Int32Array(axis.shares.length + 1);
  const [bins, parts]: [number[], number[]] = [[], []];
  for (let cell = 0; cell < axis.shares.length; cell++) {
    const [low, high] = [Math.max(cell, axis.from), Math.min(cell + 1, axis.to)];
    const first = Math.max(0, Math.floor((low - axis.from) / step));
    for (let bin = first; high > low && bin < evidenceFrameSize; bin++) {
      const start = Math.max(low, axis.from + bin * step);
      const end = Math.min(high, axis.from + (bin + 1) * step);
      if (end > start) {
        bins.push(bin);
        parts.push((end - start) / (high - low));
      }
      if (axis.from + (bin + 1) * step >= high) break;
    }
    starts[cell + 1] = bins.length;
  }
  return { starts, bins: Int32Array.from(bins), parts: Float64Array.from(parts) };
});
