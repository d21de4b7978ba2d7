import { edgesAcross } from '../../kernels/mask-edges.ts';
import type { InputMask } from '../../shared/run/detection.ts';

/** From a pixel to its neighbors, as Freeman's chain code: right, up and right, up, ... */
const across = [1, 1, 0, -1, -1, -1, 0, 1] as const;
const down = [0, -1, -1, -1, 0, 1, 1, 1] as const;

/** Marks of pixels on an outline that was traced; on the right edge of the object the negative one. */
const traced = 2;
const tracedRight = -2;

/**
 * The outer borders of a mask's parts, 8-connected, by border following (Suzuki & Abe 1985), as OpenCV's `findContours` with `RETR_EXTERNAL` and
 * `CHAIN_APPROX_SIMPLE` has them, which Ultralytics uses: vertices are pixels, runs along the eight directions keep only their ends, holes and
 * what lies inside them are not outlined. In order of discovery, row by row.
 *
 * @returns x, y, x, y, ... in pixels of the model's input
 */
export function outlinesOf(mask: InputMask): number[][] {
  const { left, top } = mask;
  const field = bordered(mask);
  const outlines: number[][] = [];
  const { cells, stride } = field;
  const { counts, columns } = edgesAcross(mask);
  for (let row = 0, at = 0; row < mask.height; row++) {
    // The last mark to the left: positive inside an object that was traced, or in its hole.
    let mark = 0;
    const start = (row + 1) * stride + 1;
    for (const end = at + counts[row]!; at < end; at += 2) {
      const column = columns[at]!;
      if (cells[start + column] === 1 && mark <= 0) {
        outlines.push(trace(field, start + column, { x: left + column, y: top + row }));
      }
      if (at + 2 < end) mark = lastMark(cells, start + column, start + columns[at + 1]!) ?? mark;
    }
  }
  return outlines;
}

/** In a run of pixels. */
function lastMark(cells: Int8Array, start: number, end: number): number | undefined {
  for (let at = end - 1; at >= start; at--) if (cells[at] !== 1) return cells[at];
  return undefined;
}

interface Field {
  /** 0, 1 or a mark; a border of zeros around it. */
  readonly cells: Int8Array;
  readonly stride: number;
  /** From a cell to its neighbors. */
  readonly steps: readonly number[];
}

function bordered({ width, height, bits }: Pick<InputMask, 'width' | 'height' | 'bits'>): Field {
  const stride = width + 2;
  const cells = new Int8Array(stride * (height + 2));
  for (let row = 0; row < height; row++) {
    cells.set(bits.subarray(row * width, (row + 1) * width), (row + 1) * stride + 1);
  }
  return { cells, stride, steps: across.map((x, i) => x + down[i]! * stride) };
}

/** Follows a border from its first pixel, and marks it. */
function trace({ cells, steps }: Field, start: number, pixel: { x: number; y: number }): number[] {
  let { x, y } = pixel;
  const outline: number[] = [];
  const first = firstNeighbor(cells, steps, start);
  if (first === undefined) {
    cells[start] = tracedRight;
    return [x, y];
  }
  let at = start;
  let direction = first.direction;
  let last = direction ^ 4;
  for (;;) {
    const from = direction;
    do direction = (direction + 1) & 7;
    while (cells[at + steps[direction]!] === 0);
    // The search passed over the right neighbor, which is empty.
    if (((direction - 1) & 0xff) < from) cells[at] = tracedRight;
    else if (cells[at] === 1) cells[at] = traced;
    if (direction !== last) outline.push(x, y);
    last = direction;
    x += across[direction]!;
    y += down[direction]!;
    const next = at + steps[direction]!;
    if (next === start && at === first.at) return outline;
    at = next;
    direction = (direction + 4) & 7;
  }
}

/** The first pixel of the object around one whose left neighbor is empty, clockwise from there. */
function firstNeighbor(cells: Int8Array, steps: readonly number[], start: number) {
  for (let turn = 1; turn < 8; turn++) {
    const direction = (4 - turn) & 7;
    const at = start + steps[direction]!;
    if (cells[at] !== 0) return { direction, at };
  }
  return undefined;
}
