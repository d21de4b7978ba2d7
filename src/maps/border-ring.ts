import { rememberedByObject } from '../shared/host/remembered.ts';
import { type ContentAxis, type ContentCells, clipSpan } from './content-cells.ts';

/** Width of the ring, as a share of the width (left, right) and of the height (top, bottom) of the content. */
export const ringShare = 0.05;

/**
 * Share of each cell's content that lies in the outer 5 % ring of the image, in [0, 1]; 0 in padding. Row-major, gridHeight x gridWidth.
 * For a classify crop it is the ring of the part that the model saw: an outer edge that was cropped away is unknown.
 * Shared by the images of a geometry: do not change it.
 */
export const borderCoverage = rememberedByObject(makeBorderCoverage);

function makeBorderCoverage(cells: ContentCells): Float32Array {
  const { gridWidth, gridHeight, columns, rows } = cells;
  const coverage = new Float32Array(gridWidth * gridHeight);
  const across = innerShares(columns);
  const down = innerShares(rows);
  for (let row = rows.first; row < rows.end; row++) {
    for (let column = columns.first; column < columns.end; column++) {
      coverage[row * gridWidth + column] = 1 - (across[column] as number) * (down[row] as number);
    }
  }
  return coverage;
}

/** Share of each cell's content on one axis that lies inside the ring. */
function innerShares(axis: ContentAxis): Float64Array {
  const margin = (axis.to - axis.from) * ringShare;
  const inner = { from: axis.from + margin, to: axis.to - margin };
  return axis.shares.map((share, i) => {
    const { from, to } = clipSpan({ from: i, to: i + 1 }, inner);
    return share > 0 ? Math.min(1, Math.max(0, to - from) / share) : 0;
  });
}
