import { type ContentCells, contentCells, type GridSize } from '../../maps/content-cells.ts';
import { type CoveringObject, objectCoverage } from '../../maps/object-coverage.ts';
import type { Xyxy } from '../../shared/run/detection.ts';
import type { LetterboxGeometry } from '../../shared/run/letterbox-geometry.ts';
import type { PlacedRegion } from './region-energy.ts';
import { sparseCoverage, valuesAt, windowAround } from './sparse-coverage.ts';
import type { TrustRegion } from './trust-image.ts';

/** The objects of one class on one grid over one image. */
export interface ClassOnGrid {
  readonly cells: ContentCells;
  /** [gridHeight * gridWidth]: the share of each cell that they cover. */
  readonly union: Float32Array;
  placed(region: TrustRegion): PlacedRegion;
}

/** @param regions of the class */
export function classOnGrid(
  regions: readonly TrustRegion[],
  geometry: LetterboxGeometry,
  grid: GridSize,
): ClassOnGrid {
  const cells = contentCells(geometry, grid);
  const objects = regions.flatMap(({ isObject, region }) => (isObject ? [region] : []));
  const covered = (some: readonly CoveringObject[], on = cells): Float32Array =>
    objectCoverage(some, geometry, on)?.(on) ?? new Float32Array(cells.areas.length);
  const union = covered(objects);
  const placed = ({ region, isObject }: TrustRegion): PlacedRegion => {
    const own = sparseCoverage(region, cells);
    const near = isObject ? [] : nearBy(region, objects, cells);
    // Where an object reaches, the union holds it already; where none reaches, the region is alone.
    if (!isObject && near.length === 0) return { own, together: own.shares };
    const around = isObject ? union : covered([region, ...near], windowAround(region, cells));
    return { own, together: valuesAt(around, own.cells) };
  };
  return { cells, union, placed };
}

/** The objects that may share a cell with a region: of rotated boxes all. */
function nearBy(
  region: CoveringObject,
  objects: readonly CoveringObject[],
  cells: ContentCells,
): readonly CoveringObject[] {
  if (region.rotated !== undefined) return objects;
  if (region.mask !== undefined) return nearMasks(region, objects, cells);
  const { geometry, gridWidth, gridHeight } = cells;
  const cellWidth = (geometry.inputWidth * geometry.width) / geometry.newWidth / gridWidth;
  const cellHeight = (geometry.inputHeight * geometry.height) / geometry.newHeight / gridHeight;
  const [left, top, right, bottom] = region.box;
  const reach: Xyxy = [left - cellWidth, top - cellHeight, right + cellWidth, bottom + cellHeight];
  return objects.filter(({ box }) => meet(box, reach));
}

/** All of them where one has no mask: then all count by their boxes. */
function nearMasks(
  { mask }: CoveringObject,
  objects: readonly CoveringObject[],
  { geometry, gridWidth, gridHeight }: ContentCells,
): readonly CoveringObject[] {
  const own = mask?.input;
  const masks = objects.flatMap((one) => one.mask?.input ?? []);
  if (own === undefined || masks.length < objects.length) return objects;
  const [across, down] = [geometry.inputWidth / gridWidth, geometry.inputHeight / gridHeight];
  const { left, top, width, height } = own;
  const reach: Xyxy = [
    ...([left - across, top - down] as const),
    ...([left + width + across, top + height + down] as const),
  ];
  return objects.filter((_, i) => {
    const one = masks[i];
    return one && meet([one.left, one.top, one.left + one.width, one.top + one.height], reach);
  });
}

function meet(one: Xyxy, other: Xyxy): boolean {
  const across = one[0] < other[2] && other[0] < one[2];
  return across && one[1] < other[3] && other[1] < one[3];
}
