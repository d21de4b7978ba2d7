import { type FrameTaps, framedMap } from '../kernels/map-sampling.ts';
import type { ContentAxis, ContentCells } from './content-cells.ts';
import type { Span } from './content-span.ts';

/** A rectangle over a grid, in its cells, cut into height x width equal frame cells. It may reach beyond the content. */
export interface Frame {
  readonly across: Span;
  readonly down: Span;
  readonly width: number;
  readonly height: number;
}

/** The taps of resampling to a frame: the same for all maps of a grid over images of one geometry. */
export interface FramePlan {
  readonly gridWidth: number;
  readonly columns: FrameTaps;
  readonly rows: FrameTaps;
}

export function planFrame({ gridWidth, ...content }: ContentCells, frame: Frame): FramePlan {
  const columns = axisTaps(frame.across, frame.width, content.columns);
  const rows = axisTaps(frame.down, frame.height, content.rows);
  return { gridWidth, columns, rows };
}

/**
 * A map resampled to a frame; row-major height x width. Each value is the mean of bilinear samples spread over the part of the frame
 * cell that is content, at most one grid cell apart, so that a frame coarser than the grid loses nothing in between. NaN where no part is
 * content: missing parts are left out, not invented. Padding never bleeds in: the content's edge cells extend.
 */
export function frameMap(map: Float32Array, plan: FramePlan): Float32Array {
  return framedMap(map, plan.gridWidth, plan.rows, plan.columns);
}

function axisTaps({ from, to }: Span, size: number, content: ContentAxis): FrameTaps {
  const step = (to - from) / size;
  const span = Math.ceil(step) + 2;
  const records = new Float64Array(size * (1 + span));
  const heads = new Int32Array(records.buffer);
  for (let i = 0; i < size; i++) {
    const low = Math.max(content.from, from + i * step);
    const high = Math.min(content.to, from + (i + 1) * step);
    // Less than a millionth of a frame cell is rounding, not content.
    if (high < low || high - low < step * 1e-6) continue;
    const samples = Math.max(1, Math.ceil(high - low));
    const record = i * (1 + span);
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
      records[record + 1 + tap]! += (1 - toNext) / samples;
      if (toNext > 0) records[record + 2 + tap]! += toNext / samples;
      count = tap + (toNext > 0 ? 2 : 1);
    }
    heads[2 * record] = start;
    heads[2 * record + 1] = count;
  }
  return { size, span, records };
}
