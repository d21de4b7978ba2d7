import type { ContentAxis, ContentCells, Span } from './content-cells.ts';

/** A rectangle over a grid, in its cells, cut into height x width equal frame cells. It may reach beyond the content. */
export interface Frame {
  readonly across: Span;
  readonly down: Span;
  readonly width: number;
  readonly height: number;
}

/** For each frame cell of one axis `counts[i]` weights, those from `i * span`, of the grid cells from `starts[i]`. */
interface AxisTaps {
  readonly span: number;
  readonly starts: Int32Array;
  /** 0 where no part of the frame cell is content. */
  readonly counts: Int32Array;
  readonly weights: Float64Array;
  /** Grid cells that have a weight: [first, end). */
  readonly first: number;
  readonly end: number;
}

/** What resampling to a frame takes: the same for all maps of a grid over images of one geometry. */
export interface FramePlan {
  readonly gridWidth: number;
  readonly columns: AxisTaps;
  readonly rows: AxisTaps;
}

export function planFrame({ gridWidth, ...content }: ContentCells, frame: Frame): FramePlan {
  const columns = axisTaps(frame.across, frame.width, content.columns);
  const rows = axisTaps(frame.down, frame.height, content.rows);
  return { gridWidth, columns, rows };
}

/**
 * A map resampled to a frame; row-major height x width. Each value is the mean of bilinear samples spread over the part of the frame
 * cell that is content, at most one grid cell apart, so that a frame coarser than the grid loses nothing in between. NaN where no part is
 * content: what is not there is left out, not made up. Padding never bleeds in: at the edge of the content its cells go on.
 */
export function frameMap(map: Float32Array, plan: FramePlan): Float32Array {
  const { columns, rows, gridWidth } = plan;
  const width = columns.starts.length;
  const framed = new Float32Array(width * rows.starts.length).fill(Number.NaN);
  const line = new Float64Array(gridWidth);
  for (let j = 0, to = 0; j < rows.starts.length; j++, to += width) {
    const first = j * rows.span;
    const end = first + rows.counts[j]!;
    if (end === first) continue;
    line.fill(0);
    for (let tap = first, row = rows.starts[j]!; tap < end; tap++, row++) {
      addRow(line, rows.weights[tap]!, map, row * gridWidth, columns);
    }
    resampleLine(line, columns, framed, to);
  }
  return framed;
}

/** Adds the cells of a grid row that the frame touches. */
function addRow(
  line: Float64Array,
  weight: number,
  map: Float32Array,
  start: number,
  { first, end }: AxisTaps,
): void {
  for (let column = first; column < end; column++) {
    line[column]! += weight * map[start + column]!;
  }
}

function resampleLine(line: Float64Array, columns: AxisTaps, out: Float32Array, to: number): void {
  const { span, starts, counts, weights } = columns;
  for (let i = 0; i < starts.length; i++) {
    const first = i * span;
    const end = first + counts[i]!;
    if (end === first) continue;
    let sum = 0;
    for (let tap = first, at = starts[i]!; tap < end; tap++, at++) {
      sum += weights[tap]! * line[at]!;
    }
    out[to + i] = sum;
  }
}

function axisTaps({ from, to }: Span, size: number, content: ContentAxis): AxisTaps {
  const step = (to - from) / size;
  const span = Math.ceil(step) + 2;
  const starts = new Int32Array(size);
  const counts = new Int32Array(size);
  const weights = new Float64Array(size * span);
  let first = content.end;
  let end = 0;
  for (let i = 0; i < size; i++) {
    const low = Math.max(content.from, from + i * step);
    const high = Math.min(content.to, from + (i + 1) * step);
    // Less than a millionth of a frame cell is rounding, not content.
    if (high < low || high - low < step * 1e-6) continue;
    const samples = Math.max(1, Math.ceil(high - low));
    let start = 0;
    let count = 0;
    for (let s = 0; s < samples; s++) {
      // Between the middles of cells: cell c has its middle at c + 0.5.
      const at = low + ((s + 0.5) / samples) * (high - low) - 0.5;
      const position = Math.min(content.end - 1, Math.max(content.first, at));
      const cell = Math.floor(position);
      if (s === 0) start = cell;
      const tap = cell - start;
      const toNext = position - cell;
      weights[i * span + tap]! += (1 - toNext) / samples;
      if (toNext > 0) weights[i * span + tap + 1]! += toNext / samples;
      count = tap + (toNext > 0 ? 2 : 1);
    }
    starts[i] = start;
    counts[i] = count;
    first = Math.min(first, start);
    end = Math.max(end, start + count);
  }
  return { span, starts, counts, weights, first: Math.min(first, end), end };
}
