import { kernelMemory } from './kernel-memory.ts';
import { kernels } from './kernels.ts';

/** A byte for each pixel, [height, width]: 1 inside, 0 outside. */
export interface MaskPixels {
  readonly width: number;
  readonly height: number;
  readonly bits: Uint8Array;
}

/** Columns where pixels differ, row by row, ascending in each. */
export interface MaskEdges {
  /** [height]: how many a row has. */
  readonly counts: Int32Array;
  readonly columns: Int32Array;
}

/** Pixels looked at at a time, so that a mask as large as the input takes no more kernel memory than others. */
const pixelsAtOnce = 65_536;
const vectorBytes = 16;

/** Where the runs of ones of each row begin and end, in turn. */
export function edgesAcross(mask: MaskPixels): MaskEdges {
  return edgesOf(mask, kernels.edgesAcross);
}

/** Where pixels are not as the ones above them; nothing is above the first row. */
export function edgesDown(mask: MaskPixels): MaskEdges {
  return edgesOf(mask, kernels.edgesDown);
}

function edgesOf(
  { width, height, bits }: MaskPixels,
  find: (bits: number, width: number, height: number, counts: number, out: number) => number,
): MaskEdges {
  const most = Math.min(height, Math.max(1, Math.floor(pixelsAtOnce / width)));
  kernelMemory.start();
  const before = kernelMemory.room(width * (most + 1) + vectorBytes);
  const countsAt = kernelMemory.room(most * 4);
  const columnsAt = kernelMemory.room((width + 1) * most * 4);
  const counts = new Int32Array(height);
  const parts: Int32Array[] = [];
  kernelMemory.replace(before, new Uint8Array(width));
  for (let row = 0; row < height; row += most) {
    const count = Math.min(most, height - row);
    const first = Math.max(row - 1, 0) * width;
    const at = before + (row === 0 ? width : 0);
    kernelMemory.replace(at, bits.subarray(first, (row + count) * width));
    const found = find(before + width, width, count, countsAt, columnsAt);
    counts.set(kernelMemory.ints(countsAt, count), row);
    parts.push(kernelMemory.ints(columnsAt, found).slice());
  }
  return { counts, columns: joined(parts) };
}

function joined(parts: readonly Int32Array[]): Int32Array {
  const [first] = parts;
  if (parts.length === 1 && first !== undefined) return first;
  const all = new Int32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
