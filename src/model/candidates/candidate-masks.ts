import { cellMaskBits } from '../../kernels/mask-values.ts';
import type { CandidateMasks } from '../../shared/run/candidates.ts';
import { RunLengths } from '../../shared/run/coco-rle.ts';
import type { InputSize } from '../../shared/run/letterbox-geometry.ts';
import { columnEdges } from '../mask/column-edges.ts';

interface MaskedCandidates {
  /** [n, 4]: left, top, right, bottom in pixels of the input. */
  readonly boxes: Float32Array;
  /** [n, weights]: weights of the prototypes. */
  readonly coefficients: Float32Array;
  readonly weights: number;
}

/**
 * Masks at the size of the prototypes as Ultralytics 8.4.190 `val` compares them (`utils/ops.py` `process_mask` without `upsample`): the weighted sum of the prototypes where
 * it is above 0, in the cells whose index lies in the box, its right and bottom edge left out. A mask may be empty.
 *
 * @param prototypes [weights, cells] over the whole input
 */
export function candidateMasks(
  { boxes, coefficients, weights }: MaskedCandidates,
  prototypes: Float32Array,
  { inputWidth, inputHeight }: InputSize,
): CandidateMasks {
  const count = boxes.length / 4;
  const cells = prototypes.length / weights;
  const height = Math.round(Math.sqrt((cells * inputHeight) / inputWidth));
  const width = cells / height;
  const regions = Array.from({ length: count }, (_, index) => {
    const [left = 0, top = 0, right = 0, bottom = 0] = boxes.subarray(4 * index);
    const columns = cellsWithin(left, right, width / inputWidth, width);
    const rows = cellsWithin(top, bottom, height / inputHeight, height);
    const own = coefficients.subarray(index * weights, (index + 1) * weights);
    return { columns, rows, weights: Float64Array.from(own) };
  });
  const bits = cellMaskBits({ values: prototypes, height, width }, regions);
  const counts = regions.map((region, index) => runsOf(bits[index]!, region, { height, width }));
  return { size: [height, width], counts };
}

/** Cells [first, end) whose index lies in a span of the input, as float32 has it. */
function cellsWithin(start: number, end: number, cellsPerPixel: number, cells: number) {
  const within = (position: number) =>
    Math.min(Math.max(Math.ceil(Math.fround(position * Math.fround(cellsPerPixel))), 0), cells);
  const first = within(start);
  return { first, end: Math.max(first, within(end)) };
}

type Region = Parameters<typeof cellMaskBits>[1][number];

function runsOf(
  bits: Uint8Array,
  { columns, rows }: Region,
  size: { readonly height: number; readonly width: number },
): string {
  const runs = new RunLengths(size);
  const width = columns.end - columns.first;
  if (bits.length === 0) return runs.encode().counts;
  const { starts, rows: edges } = columnEdges({ bits, width, height: rows.end - rows.first });
  for (let column = 0; column < width; column++) {
    for (let at = starts[column]!; at < starts[column + 1]!; at += 2) {
      runs.add(columns.first + column, rows.first + edges[at]!, rows.first + edges[at + 1]!);
    }
  }
  return runs.encode().counts;
}
