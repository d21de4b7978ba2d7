import { normalizeMap, weightedSumOfMaps } from '../kernels/map-values.ts';
import { rememberedByObject } from '../shared/host/remembered.ts';
import type { Fusion } from '../shared/run/run-spec.ts';
import { resampleBilinear } from './resample.ts';

/** Re-exported from the kernel, which defines it. */
export { normalizeMap };

/**
 * Floor of the geometric mean: a cell that one layer holds at zero is damped (by 10 with three layers), not erased, and a
 * layer that is blank everywhere scales all cells alike, which the last min-max removes.
 */
const geometricFloor = 1e-3;

/** One layer's first component, signed, on its own grid (row-major gridHeight x gridWidth). */
export interface LayerMap {
  readonly map: Float32Array;
  /** `contentMask` of the grid; ones everywhere counts padding as content. */
  readonly mask: Float32Array;
  readonly gridWidth: number;
  readonly gridHeight: number;
  /** Share of the layer's variance in the component, in [0, 1]; the weight of the rule `variance`. */
  readonly explainedVariance: number;
}

export interface FusionPlan {
  readonly maps: readonly LayerMap[];
  readonly fusion: Fusion;
  /** The frame that all maps are resized to, in cells over the model input: the finest grid, or the input itself for parity. */
  readonly width: number;
  readonly height: number;
  /** `contentMask` of the frame. */
  readonly frameMask: Float32Array;
}

/**
 * Fuses several layers into one heatmap, in pytorch-grad-cam's order (`base_cam.aggregate_multi_layers`): each layer relu and min-max,
 * bilinear resize to the frame, combine, min-max again. Result: height x width, in [0, 1], 0 outside the frame's content.
 * Rules: `mean` (the peers'), `max`, `variance` (mean weighted by explained variance), `geometric` (with a floor of 1e-3).
 *
 * Padding cells are left out of the resize too, so the content's edge cells are not darkened by the zeros beside them.
 */
export function fuseMaps(plan: FusionPlan): Float32Array {
  const maps = plan.maps.map((layer) => ({ ...layer, map: normalizeMap(layer.map, layer.mask) }));
  const normalized = { ...plan, maps };
  return fuseFramed(frameLayers(normalized), normalized);
}

/**
 * Each layer's map brought to the frame, [height, width]. The maps went through `normalizeMap` with their masks, which must not change
 * afterwards. A map on the frame's grid is returned as it is.
 */
export function frameLayers({
  maps,
  width,
  height,
}: Pick<FusionPlan, 'maps' | 'width' | 'height'>): readonly Float32Array[] {
  return maps.map((layer) => frameLayer(layer, { width, height }));
}

/** The rest of `fuseMaps`: combines the maps of `frameLayers`; height x width. Throws a RangeError without maps. */
export function fuseFramed(framed: readonly Float32Array[], plan: FusionPlan): Float32Array {
  const { maps, fusion, width, height, frameMask } = plan;
  if (maps.length === 0) throw new RangeError('fusion: expected at least one map, got none');
  const weights = layerWeights(maps, fusion);
  const combined =
    fusion === 'mean' || fusion === 'variance'
      ? weightedSumOfMaps(framed, weights, width * height)
      : accumulated(framed, weights, fusion, width * height);
  return normalizeMap(combined, frameMask);
}

function accumulated(
  framed: readonly Float32Array[],
  weights: readonly number[],
  fusion: 'max' | 'geometric',
  cells: number,
): Float32Array {
  const combined = new Float32Array(cells);
  framed.forEach((map, index) => {
    if (fusion === 'max') {
      for (let i = 0; i < cells; i++) combined[i] = Math.max(combined[i]!, map[i]!);
      return;
    }
    const weight = weights[index]!;
    for (let i = 0; i < cells; i++) combined[i]! += weight * Math.log(map[i]! + geometricFloor);
  });
  if (fusion === 'geometric') {
    for (let i = 0; i < cells; i++) combined[i] = Math.exp(combined[i]!);
  }
  return combined;
}

function layerWeights(maps: readonly LayerMap[], fusion: Fusion): readonly number[] {
  if (fusion !== 'variance') return maps.map(() => 1 / maps.length);
  const total = maps.reduce((sum, { explainedVariance }) => sum + explainedVariance, 0);
  if (!(total > 0)) return maps.map(() => 1 / maps.length);
  return maps.map(({ explainedVariance }) => explainedVariance / total);
}

interface Size {
  readonly width: number;
  readonly height: number;
}

function frameLayer(layer: LayerMap, frame: Size): Float32Array {
  const { map, mask, gridWidth, gridHeight } = layer;
  // The normalized map is 0 outside of its mask already.
  if (gridWidth === frame.width && gridHeight === frame.height) return map;
  const grid = { width: gridWidth, height: gridHeight };
  const framed = resampleBilinear(map, grid, frame);
  const { cells, gains } = edgeGains(mask, grid, frame);
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i]!;
    framed[cell] = framed[cell]! * gains[i]!;
  }
  return framed;
}

/** Frame cells of which a mask covers some taps and not others, and one over the share that it covers. */
interface EdgeGains {
  readonly cells: Int32Array;
  readonly gains: Float64Array;
}

/** Remembered with the mask. */
function edgeGains(mask: Float32Array, grid: Size, frame: Size): EdgeGains {
  const known = gainsByFrame(mask);
  const key = `${frame.width} x ${frame.height}`;
  const gains = known.get(key) ?? edgeGainsOf(resampleBilinear(mask, grid, frame));
  known.set(key, gains);
  return gains;
}

function edgeGainsOf(coverage: Float32Array): EdgeGains {
  const cells: number[] = [];
  coverage.forEach((share, cell) => {
    if (share > 0 && share < 1) cells.push(cell);
  });
  return {
    cells: Int32Array.from(cells),
    gains: Float64Array.from(cells, (cell) => 1 / coverage[cell]!),
  };
}

const gainsByFrame = rememberedByObject((_mask: Float32Array) => new Map<string, EdgeGains>());
