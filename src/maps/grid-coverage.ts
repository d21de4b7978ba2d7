import { rememberedByObject } from '../shared/host/remembered.ts';
import type { LetterboxGeometry } from '../shared/run/letterbox-geometry.ts';
import { borderCoverage } from './border-ring.ts';
import { type ContentCells, contentCells, type GridSize } from './content-cells.ts';
import type { ObjectCoverage } from './object-coverage.ts';

/** Share of each cell's content that something covers, and its share of the whole content. */
export interface Covered {
  readonly coverage: Float32Array;
  readonly area: number;
}

export interface GridCoverage {
  readonly cells: ContentCells;
  readonly border: Covered;
  /** By the objects' own regions. */
  readonly boxes: Covered | undefined;
}

/** Coverage of a grid over one image by its objects and by the border ring. */
export function coverGrid(
  geometry: LetterboxGeometry,
  size: GridSize,
  objects: ObjectCoverage | undefined,
): GridCoverage {
  const cells = contentCells(geometry, size);
  return {
    cells,
    border: borderOf(cells),
    boxes: objects && covered(objects(cells), cells),
  };
}

const borderOf = rememberedByObject((cells: ContentCells) => covered(borderCoverage(cells), cells));

export function covered(coverage: Float32Array, cells: ContentCells): Covered {
  return { coverage, area: weightedSum(cells.areas, coverage) / cells.totalArea };
}

function weightedSum(weights: Float64Array, values: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += weights[i]! * values[i]!;
  return sum;
}
