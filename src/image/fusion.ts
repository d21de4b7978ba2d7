import type { Fusion } from '../shared/run-spec.ts';
import { resampleBilinear } from './resample.ts';

/** The peers' guard against division by zero (pytorch-grad-cam 1.5.7, `scale_cam_image`). */
const scaleEpsilon = 1e-7;

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
  /** The frame that all maps are brought to, in cells over the model input: the finest grid, or the input itself for parity. */
  readonly width: number;
  readonly height: number;
  /** `contentMask` of the frame. */
  readonly frameMask: Float32Array;
}

/**
 * Negative values to 0, then (x - min) / (1e-7 + max - min) over the cells of the mask: in [0, 1], 0 outside the mask.
 * A constant map becomes all zeros.
 */
export function normalizeMap(map: Float32Array, mask: Float32Array): Float32Array {
  let min = Number.POSITIVE_INFINITY;
  let max = 0;
  for (let i = 0; i < map.length; i++) {
    if (mask[i]! <= 0) continue;
    const value = Math.max(map[i]!, 0);
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const out = new Float32Array(map.length);
  const scale = 1 / (scaleEpsilon + max - min);
  for (let i = 0; i < map.length; i++) {
    if (mask[i]! > 0) out[i] = (Math.max(map[i]!, 0) - min) * scale;
  }
  return out;
}

/**
 * One heatmap out of several layers, in pytorch-grad-cam's order (`base_cam.aggregate_multi_layers`): each layer relu and min-max,
 * bilinear resize to the frame, combine, min-max again. Result: height x width, in [0, 1], 0 outside the frame's content.
 * Rules: `mean` (the peers'), `max`, `variance` (mean weighted by explained variance), `geometric` (with a floor of 1e-3).
 *
 * Padding cells are left out of the resize too, so the content's edge cells are not darkened by the zeros beside them.
 */
export function fuseMaps({ maps, fusion, width, height, frameMask }: FusionPlan): Float32Array {
  if (maps.length === 0) throw new RangeError('fuseMaps: expected at least one map, got none');
  const weights = layerWeights(maps, fusion);
  const combined = new Float32Array(width * height);
  maps.forEach((layer, index) => {
    const framed = frameLayer(layer, { width, height });
    accumulate(combined, framed, fusion, weights[index]!);
  });
  if (fusion === 'geometric') {
    for (let i = 0; i < combined.length; i++) combined[i] = Math.exp(combined[i]!);
  }
  return normalizeMap(combined, frameMask);
}

function layerWeights(maps: readonly LayerMap[], fusion: Fusion): readonly number[] {
  if (fusion !== 'variance') return maps.map(() => 1 / maps.length);
  const total = maps.reduce((sum, { explainedVariance }) => sum + explainedVariance, 0);
  if (!(total > 0)) return maps.map(() => 1 / maps.length);
  return maps.map(({ explainedVariance }) => explainedVariance / total);
}

function frameLayer(
  layer: LayerMap,
  frame: { readonly width: number; readonly height: number },
): Float32Array {
  const { map, mask, gridWidth, gridHeight } = layer;
  const grid = { width: gridWidth, height: gridHeight };
  const framed = resampleBilinear(normalizeMap(map, mask), grid, frame);
  if (mask.every((cell) => cell > 0)) return framed;
  const coverage = resampleBilinear(mask, grid, frame);
  return framed.map((value, i) => (coverage[i]! > 0 ? value / coverage[i]! : 0));
}

function accumulate(
  combined: Float32Array,
  framed: Float32Array,
  fusion: Fusion,
  weight: number,
): void {
  for (let i = 0; i < combined.length; i++) {
    const value = framed[i]!;
    if (fusion === 'max') combined[i] = Math.max(combined[i]!, value);
    else if (fusion === 'geometric') combined[i]! += weight * Math.log(value + geometricFloor);
    else combined[i]! += weight * value;
  }
}
