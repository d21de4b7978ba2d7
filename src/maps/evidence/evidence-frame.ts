import { rememberedByObject } from '../../shared/host/remembered.ts';
import { evidenceFrameSize, frameUnit } from '../../shared/statistics/other-images.ts';
import type { ContentAxis, ContentCells } from '../content-cells.ts';

/**
 * What lies in the cells of a map, spread evenly over the content of each, in the cells of a frame over the image: [evidenceFrameSize, evidenceFrameSize], times what
 * an even spread would put there, in units of 1 / `frameUnit`. Whole numbers, so that frames of many images add up to the same in any order. Zeros where nothing lies.
 */
export function evidenceFrame(amounts: Float64Array, cells: ContentCells): Int32Array<ArrayBuffer> {
  const size = evidenceFrameSize;
  const { gridWidth, columns, rows } = cells;
  const [across, down] = [sharesOf(columns), sharesOf(rows)];
  const sums = new Float64Array(size * size);
  const line = new Float64Array(size);
  let total = 0;
  for (let row = rows.first; row < rows.end; row++) {
    const start = row * gridWidth;
    const ofRow = spreadLine(amounts.subarray(start, start + gridWidth), columns, across, line);
    // Most rows hold no peak and no object.
    if (ofRow === 0) continue;
    total += ofRow;
    for (let part = down.starts[row]!; part < down.starts[row + 1]!; part++) {
      const [at, height] = [down.bins[part]! * size, down.parts[part]!];
      for (let x = 0; x < size; x++) sums[at + x]! += line[x]! * height;
    }
  }
  const frame = new Int32Array(size * size);
  if (!(total > 0)) return frame;
  // `Int32Array.from` goes through an iterator, which takes longer than all of the above.
  for (let cell = 0; cell < frame.length; cell++) {
    frame[cell] = Math.round((sums[cell]! / total) * size * size * frameUnit);
  }
  return frame;
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
    if (amount === 0) continue;
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
