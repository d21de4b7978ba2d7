import type { GridMap, GridSize } from '../../maps/content-cells.ts';
import { frameLayers, fuseFramed, type LayerMap, normalizeMap } from '../../maps/fusion.ts';
import { coverGrid, type GridCoverage } from '../../maps/grid-coverage.ts';
import { gridMask } from '../../maps/grid-mask.ts';
import type { ObjectCoverage } from '../../maps/object-coverage.ts';
import type { LetterboxGeometry } from '../../shared/run/letterbox-geometry.ts';
import type { ExplainOptions } from '../../shared/run/run-spec.ts';
import type { ExplainedLayer } from '../../worker/explain/interpret-sample.ts';
import { measureMap } from '../../worker/measures/measures.ts';
import type { FusedLayers } from './fusion-candidates.ts';

/** Heat of one map of one image in its objects. */
export interface ObjectHeat {
  /** (E - a) / (1 - a); 0 for a map without heat, as for an even spread. */
  readonly attainable: number;
  /** E; the objects' area for a map without heat. */
  readonly energy: number;
  readonly isDegenerate: boolean;
}

/** Beyond this share of the image nothing is attainable. */
const mostArea = 1 - 1e-6;

/** The objects of one image, for any number of maps. */
export class ImageObjects {
  /** Share of the image, in [0, 1]. */
  readonly area: number;
  readonly #geometry: LetterboxGeometry;
  readonly #coverage: ObjectCoverage | undefined;
  readonly #grids = new Map<string, GridCoverage>();

  constructor(geometry: LetterboxGeometry, coverage: ObjectCoverage | undefined) {
    this.#geometry = geometry;
    this.#coverage = coverage;
    this.area = this.#gridOf({ gridWidth: 1, gridHeight: 1 }).boxes?.area ?? 0;
  }

  /** There are some, and not all of the image is inside. */
  get areMeasurable(): boolean {
    return this.area > 0 && this.area <= mostArea;
  }

  heatOf(map: GridMap): ObjectHeat {
    const { cells, border, boxes } = this.#gridOf(map);
    const { boxAttainable: attainable, energyInBoxes: energy } = measureMap({
      ...{ map: map.map, cells },
      ...{ boxCoverage: boxes?.coverage, borderCoverage: border.coverage },
    });
    return attainable === undefined || energy === undefined
      ? { attainable: 0, energy: this.area, isDegenerate: true }
      : { attainable, energy, isDegenerate: false };
  }

  #gridOf(size: GridSize): GridCoverage {
    const key = `${size.gridWidth}x${size.gridHeight}`;
    const grid = this.#grids.get(key) ?? coverGrid(this.#geometry, size, this.#coverage);
    this.#grids.set(key, grid);
    return grid;
  }
}

export interface MapsRequest {
  readonly layers: readonly ExplainedLayer[];
  readonly geometry: LetterboxGeometry;
  readonly padding: ExplainOptions['padding'];
}

/** The first component of each layer in [0, 1]; as runs fuse and measure it. */
export function layerMaps({ layers, geometry, padding }: MapsRequest): Map<string, LayerMap> {
  const maps = layers.map((layer): [string, LayerMap] => {
    const { name, gridWidth, gridHeight, signed } = layer;
    const mask = gridMask(layer, geometry, padding);
    const map = normalizeMap(signed.subarray(0, gridWidth * gridHeight), mask);
    const explainedVariance = layer.explainedVariance[0] || 0;
    return [name, { map, mask, gridWidth, gridHeight, explainedVariance }];
  });
  return new Map(maps);
}

/** Each fusion's map on the finest grid of its layers, in [0, 1]. */
export function fusedMaps(
  maps: ReadonlyMap<string, LayerMap>,
  fusions: readonly FusedLayers[],
): GridMap[] {
  return fusions.map(({ layers, fusion }) => {
    const parts = layers.flatMap((layer) => maps.get(layer) ?? []);
    const finest = parts.reduce((best, one) => (cellsOf(one) > cellsOf(best) ? one : best));
    const { gridWidth, gridHeight, mask: frameMask } = finest;
    const plan = { maps: parts, fusion, width: gridWidth, height: gridHeight, frameMask };
    return { map: fuseFramed(frameLayers(plan), plan), gridWidth, gridHeight };
  });
}

function cellsOf({ gridWidth, gridHeight }: GridSize): number {
  return gridWidth * gridHeight;
}
