import { kernelMemory } from './kernel-memory.ts';
import { kernels } from './kernels.ts';

/** Interleaved 8-bit RGB, row by row: 3 * width * height bytes. */
export interface InterleavedPixels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** Where a planar image starts in `out`; `plane` and `stride` are the distances between channels and between rows, in bytes. */
export interface PlanarTarget {
  readonly out: Uint8Array;
  readonly offset: number;
  readonly plane: number;
  readonly stride: number;
}

/** Two taps for each column of a resize, in cv2's fixed point of 11 bits. */
export interface ColumnTaps {
  /** [width, 3]: byte offset of the left pixel in its row, of the right one, and both weights: left | right << 16. */
  readonly taps: Int32Array;
  /** [width]: byte offset of the left pixel. */
  readonly picks: Int32Array;
  /** No right pixel has a weight: what every row is where both scales are odd, such as 1920 x 1080 to 640 x 360. */
  readonly single: boolean;
}

/** Two taps for each row of a resize, in cv2's fixed point of 11 bits. */
export interface RowTaps {
  /** [height, 4]: the upper source row, the lower one, the weight of each. */
  readonly records: Int32Array;
}

/** Some rows of three planes in the memory of the kernels. */
interface PlanarRows {
  /** The first, and how many. */
  readonly row: number;
  readonly rows: number;
  /** Address of the first plane, and the distance to the next. */
  readonly to: number;
  readonly plane: number;
}

/** Pixels at a time: few enough for the fastest cache, many enough to call seldom. */
const pixelsAtOnce = 10_240;

/** Copies interleaved RGB to three planes. */
export function copyPlanar({ data, width, height }: InterleavedPixels, target: PlanarTarget): void {
  writePlanes(target, { width, height }, ({ row, rows, plane, to }) => {
    const from = kernelMemory.put(data.subarray(row * width * 3, (row + rows) * width * 3));
    kernels.splitPlanes(from, to, plane, rows * width);
  });
}

/** Writes three planes of half the size: each value is the rounded mean of 2 x 2. Width and height must be even. */
export function halvePlanar(image: InterleavedPixels, target: PlanarTarget): void {
  const width = image.width / 2;
  const rowBytes = image.width * 3;
  writePlanes(target, { width, height: image.height / 2 }, ({ row, rows, plane, to }) => {
    const first = 2 * row * rowBytes;
    const from = kernelMemory.put(image.data.subarray(first, first + 2 * rows * rowBytes));
    const whole = kernelMemory.room(12 * plane);
    kernels.splitPlanes(from, whole, 4 * plane, 4 * plane);
    for (let channel = 0; channel < 3; channel++) {
      kernels.halvePlane(whole + channel * 4 * plane, to + channel * plane, width, rows);
    }
  });
}

/** Writes three planes of `columns` x `rows` pixels, each mixed from four by the taps. The shifts are those of cv2's HResizeLinear and VResizeLinear for 8 bits. */
export function resizePlanar(
  image: InterleavedPixels,
  columns: ColumnTaps,
  { records }: RowTaps,
  target: PlanarTarget,
): void {
  const width = columns.picks.length;
  writePlanes(target, { width, height: records.length / 4 }, ({ row, rows, plane, to }) => {
    const taps = kernelMemory.put(columns.taps);
    const picks = kernelMemory.put(columns.picks);
    const source = new SourceRows(image);
    for (let i = 0; i < rows; i++) {
      const record = 4 * (row + i);
      const bottom = records[record + 3]!;
      const above = source.at(records[record]!);
      const start = to + i * width;
      if (columns.single && bottom === 0) kernels.pickRow(above, picks, start, plane, width);
      else {
        const below = source.at(records[record + 1]!);
        kernels.mixRow(above, below, records[record + 2]!, bottom, taps, start, plane, width);
      }
    }
  });
}

/** The two rows of an image requested last, in kernel memory. */
class SourceRows {
  readonly #image: InterleavedPixels;
  readonly #slots: readonly { readonly address: number; row: number }[];

  constructor(image: InterleavedPixels) {
    this.#image = image;
    // One byte more: pixels are read in words.
    const rowBytes = image.width * 3 + 1;
    this.#slots = [0, 1].map(() => ({ address: kernelMemory.room(rowBytes), row: -1 }));
  }

  /** Neighbors are in different slots. */
  at(row: number): number {
    const slot = this.#slots[row % 2]!;
    if (slot.row !== row) {
      const rowBytes = this.#image.width * 3;
      const { data } = this.#image;
      kernelMemory.replace(slot.address, data.subarray(row * rowBytes, (row + 1) * rowBytes));
      slot.row = row;
    }
    return slot.address;
  }
}

/** Calls `make` for width x height pixels, some rows at a time, and copies them to `target`. */
function writePlanes(
  target: PlanarTarget,
  { width, height }: { readonly width: number; readonly height: number },
  make: (rows: PlanarRows) => void,
): void {
  const most = Math.max(1, Math.floor(pixelsAtOnce / width));
  for (let row = 0; row < height; row += most) {
    const rows = Math.min(most, height - row);
    const plane = rows * width;
    kernelMemory.start();
    const to = kernelMemory.room(3 * plane);
    make({ row, rows, to, plane });
    for (let channel = 0; channel < 3; channel++) {
      const start = target.offset + channel * target.plane + row * target.stride;
      copyRows(target, start, to + channel * plane, width, rows);
    }
  }
}

function copyRows(
  { out, stride }: PlanarTarget,
  start: number,
  from: number,
  width: number,
  rows: number,
): void {
  if (stride === width) {
    out.set(kernelMemory.bytes(from, rows * width), start);
    return;
  }
  for (let row = 0; row < rows; row++) {
    out.set(kernelMemory.bytes(from + row * width, width), start + row * stride);
  }
}
