import { edgesDown, type MaskPixels } from '../../kernels/mask-edges.ts';

/** Where the runs of ones of each column begin and end, in turn. */
export interface ColumnEdges {
  /** [width + 1]: the edges of a column are those from its start to that of the next one. */
  readonly starts: Int32Array;
  readonly rows: Int32Array;
}

export function columnEdges(mask: MaskPixels): ColumnEdges {
  const { width, height } = mask;
  const { counts, columns } = edgesDown(mask);
  const ends = new Int32Array(width);
  for (let at = 0; at < columns.length; at++) ends[columns[at]!]! += 1;
  const starts = new Int32Array(width + 1);
  for (let column = 0; column < width; column++) {
    const start = starts[column]!;
    // A run that reaches the last row ends below it.
    starts[column + 1] = start + ends[column]! + (ends[column]! & 1);
    ends[column] = start;
  }
  const rows = new Int32Array(starts[width]!).fill(height);
  for (let row = 0, at = 0; row < height; row++) {
    for (const end = at + counts[row]!; at < end; at++) {
      const column = columns[at]!;
      rows[ends[column]!] = row;
      ends[column]! += 1;
    }
  }
  return { starts, rows };
}
