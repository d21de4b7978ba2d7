import type { LetterboxGeometry } from '../shared/run/letterbox-geometry.ts';
import { type ContentAxis, contentCells, type GridMap } from './content-cells.ts';
import type { ObjectCoverage } from './object-coverage.ts';

/**
 * A heatmap as what covers any grid over its image, where nothing has an outline: of each cell the mean of the map over the part of it that is content. A whole-number enlargement repeats
 * values instead of interpolating, so that sums stay.
 *
 * @param map in [0, 1], over the whole input of the model
 */
export function evidenceCoverage(map: GridMap, geometry: LetterboxGeometry): ObjectCoverage {
  const own = contentCells(geometry, map);
  return (cells) => {
    const across = overlaps(cells.columns, own.columns, cells.gridWidth, own.gridWidth);
    const down = overlaps(cells.rows, own.rows, cells.gridHeight, own.gridHeight);
    return Float32Array.from(cells.areas, (area, cell) => {
      if (!(area > 0)) return 0;
      const columns = across[cell % cells.gridWidth] ?? [];
      let sum = 0;
      for (const row of down[Math.floor(cell / cells.gridWidth)] ?? []) {
        for (const column of columns) {
          sum += row.share * column.share * (map.map[row.cell * own.gridWidth + column.cell] ?? 0);
        }
      }
      return sum;
    });
  };
}

/** A cell of the map and the share of another grid's cell, of what is content of it, that lies on it. */
interface Overlap {
  readonly cell: number;
  readonly share: number;
}

/** For each cell of an axis, the map's cells under its content. */
function overlaps(to: ContentAxis, from: ContentAxis, size: number, ownSize: number): Overlap[][] {
  const scale = ownSize / size;
  return Array.from({ length: size }, (_, index) => {
    const low = Math.max(index, to.from) * scale;
    const high = Math.min(index + 1, to.to) * scale;
    if (!(high > low)) return [];
    const first = Math.max(from.first, Math.floor(low));
    const end = Math.min(from.end, Math.ceil(high));
    return Array.from({ length: Math.max(0, end - first) }, (_, i): Overlap => {
      const cell = first + i;
      const part = Math.min(cell + 1, high) - Math.max(cell, low);
      return { cell, share: Math.max(0, part) / (high - low) };
    });
  });
}
