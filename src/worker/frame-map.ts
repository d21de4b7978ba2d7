import type { ContentAxis, ContentCells, Span } from './content-cells.ts';

/** A rectangle over a grid, in its cells, cut into height x width equal frame cells. It may reach beyond the content. */
export interface Frame {
  readonly across: Span;
  readonly down: Span;
  readonly width: number;
  readonly height: number;
}

/** For each frame cell of one axis a run of `span` weights that starts at grid cell `starts[i]`; all zero outside the content. */
interface AxisTaps {
  readonly span: number;
  readonly starts: Int32Array;
  readonly weights: Float64Array;
  /** 1 where some of the frame cell is content. */
  readonly inside: Uint8Array;
}

/**
 * A map resampled to a frame; row-major height x width. Each value is the mean of bilinear samples spread over the part of the frame
 * cell that is content, at most one grid cell apart, so that a frame coarser than the grid loses nothing in between. NaN where no part is
 * content: what is not there is left out, not made up. Padding never bleeds in: at the edge of the content its cells go on.
 */
export function frameMap(map: Float32Array, cells: ContentCells, frame: Frame): Float32Array {
  const columns = axisTaps(frame.across, frame.width, cells.columns);
  const rows = axisTaps(frame.down, frame.height, cells.rows);
  const lines = resampleAcross(map, cells, columns, rows);
  const framed = new Float32Array(frame.width * frame.height).fill(Number.NaN);
  for (let j = 0; j < frame.height; j++) {
    if (rows.inside[j] === 0) continue;
    const start = ((rows.starts[j] as number) - cells.rows.first) * frame.width;
    for (let i = 0; i < frame.width; i++) {
      if (columns.inside[i] === 0) continue;
      let sum = 0;
      for (let tap = 0; tap < rows.span; tap++) {
        const weight = rows.weights[j * rows.span + tap] as number;
        if (weight > 0) sum += weight * (lines[start + tap * frame.width + i] as number);
      }
      framed[j * frame.width + i] = sum;
    }
  }
  return framed;
}

/** The content rows that the frame touches, each resampled to the columns of the frame. */
function resampleAcross(
  map: Float32Array,
  cells: ContentCells,
  columns: AxisTaps,
  rows: AxisTaps,
): Float64Array {
  const { first, end } = cells.rows;
  const width = columns.starts.length;
  const lines = new Float64Array((end - first) * width);
  for (const row of touchedRows(rows, cells.rows)) {
    for (let i = 0; i < width; i++) {
      const start = row * cells.gridWidth + (columns.starts[i] as number);
      let sum = 0;
      for (let tap = 0; tap < columns.span; tap++) {
        const weight = columns.weights[i * columns.span + tap] as number;
        if (weight > 0) sum += weight * (map[start + tap] as number);
      }
      lines[(row - first) * width + i] = sum;
    }
  }
  return lines;
}

function axisTaps({ from, to }: Span, size: number, content: ContentAxis): AxisTaps {
  const step = (to - from) / size;
  const span = Math.ceil(step) + 2;
  const starts = new Int32Array(size).fill(content.first);
  const weights = new Float64Array(size * span);
  const inside = new Uint8Array(size);
  for (let i = 0; i < size; i++) {
    const low = Math.max(content.from, from + i * step);
    const high = Math.min(content.to, from + (i + 1) * step);
    // Less than a millionth of a frame cell is rounding, not content.
    if (high < low || high - low < step * 1e-6) continue;
    const samples = Math.max(1, Math.ceil(high - low));
    inside[i] = 1;
    for (let s = 0; s < samples; s++) {
      // Between the middles of cells: cell c has its middle at c + 0.5.
      const at = low + ((s + 0.5) / samples) * (high - low) - 0.5;
      const position = Math.min(content.end - 1, Math.max(content.first, at));
      const cell = Math.floor(position);
      if (s === 0) starts[i] = cell;
      const tap = i * span + cell - (starts[i] as number);
      const toNext = position - cell;
      weights[tap] = (weights[tap] as number) + (1 - toNext) / samples;
      if (toNext > 0) weights[tap + 1] = (weights[tap + 1] as number) + toNext / samples;
    }
  }
  return { span, starts, weights, inside };
}

function touchedRows({ starts, span, inside }: AxisTaps, rows: ContentAxis): Set<number> {
  const touched = new Set<number>();
  starts.forEach((start, i) => {
    if (inside[i] === 0) return;
    for (let row = start; row < Math.min(rows.end, start + span); row++) touched.add(row);
  });
  return touched;
}
