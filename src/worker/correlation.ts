import { type ContentCells, contentMean, visitContent } from './content-cells.ts';

/**
 * Pearson correlation of two maps on one grid over the content, each cell weighted by its content area; in [-1, 1]. `undefined` when a map
 * is constant or holds values that are not finite.
 */
export function contentCorrelation(
  a: Float32Array,
  b: Float32Array,
  cells: ContentCells,
): number | undefined {
  const meanA = contentMean(a, cells);
  const meanB = contentMean(b, cells);
  let aa = 0;
  let bb = 0;
  let ab = 0;
  visitContent(cells, (cell, area) => {
    const da = (a[cell] as number) - meanA;
    const db = (b[cell] as number) - meanB;
    aa += area * da * da;
    bb += area * db * db;
    ab += area * da * db;
  });
  const correlation = ab / Math.sqrt(aa * bb);
  return Number.isFinite(correlation) ? Math.min(1, Math.max(-1, correlation)) : undefined;
}
