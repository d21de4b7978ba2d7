import { kernelMemory } from '../../kernels/kernel-memory.ts';

/** Where a planar image starts in `out`; `plane` and `stride` are the distances between channels and between rows, in bytes. */
export interface PlanarTarget {
  readonly out: Uint8Array;
  readonly offset: number;
  readonly plane: number;
  readonly stride: number;
}

/** Some rows of three planes in the memory of the kernels. */
export interface PlanarRows {
  /** The first, and how many. */
  readonly row: number;
  readonly rows: number;
  /** Address of the first plane, and the distance to the next. */
  readonly to: number;
  readonly plane: number;
}

/** Of pixels at a time: few enough for the fastest cache, many enough to call seldom. */
const pixelsAtOnce = 10_240;

/** Has `make` make width x height pixels, some rows at a time, and copies them to `target`. */
export function writePlanes(
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
