import { sumWithNorm } from '../../kernels/map-sums.ts';
import type { SignRule } from '../../shared/run/run-spec.ts';
import { countContent } from './count-content.ts';

export interface SignInputs {
  /** [N]: a component's projections, any sign. */
  readonly map: Float32Array;
  /** [N]: squared L2 norm of the activations over the channels. */
  readonly energy: Float32Array;
  /** [N]: 1 on content cells, else 0. Do not change it afterward. */
  readonly mask: Float32Array;
  readonly rule: SignRule;
}

export interface ComponentSign {
  /** Factor for the map. */
  readonly sign: 1 | -1;
  /** |correlation| of the map with the L2 norm over the content, in [0, 1]: how clear-cut rule `l2` is. 0 where either is constant. */
  readonly margin: number;
}

/**
 * Settles the sign of a component, which the decomposition leaves open: a convention, not a finding. `l2`: positively correlated with
 * the L2 norm of the activations, so that strong activations are high. `max-abs`: the value of the greatest magnitude is positive (Chung & Ying
 * 2025, doi 10.3390/app15137562, equation 13). `none`: unchanged. A tie keeps the map's largest-magnitude cell positive, so that the
 * result never depends on what the decomposition returned.
 */
export function signOfComponent({ map, energy, mask, rule }: SignInputs): ComponentSign {
  const correlation = correlationWithNorm(map, energy, mask);
  const margin = Math.min(Math.abs(correlation), 1);
  const flipped = rule !== 'none' && signOf(rule === 'l2' ? correlation : 0, map, mask) < 0;
  return { sign: flipped ? -1 : 1, margin };
}

function signOf(correlation: number, map: Float32Array, mask: Float32Array): number {
  if (correlation !== 0) return correlation;
  let extreme = 0;
  for (let cell = 0; cell < map.length; cell++) {
    const value = mask[cell] === 0 ? 0 : (map[cell] ?? 0);
    if (Math.abs(value) > Math.abs(extreme)) extreme = value;
  }
  return extreme;
}

/** Pearson's, over content cells; 0 where either side is constant. */
function correlationWithNorm(map: Float32Array, energy: Float32Array, mask: Float32Array): number {
  const first = mask.indexOf(1);
  if (first < 0) return 0;
  // Sums of distances from one of the values: exactly 0 for a constant, and without the loss that squares of far values bring.
  const mapShift = map[first]!;
  const normShift = Math.sqrt(energy[first]!);
  const n = countContent(mask);
  const sums = sumWithNorm({ map, shift: mapShift }, energy, normShift, mask);
  const mapVariance = sums.mapSquares - (sums.map * sums.map) / n;
  const normVariance = sums.normSquares - (sums.norm * sums.norm) / n;
  const scale = Math.sqrt(mapVariance * normVariance);
  return scale > 0 ? (sums.products - (sums.map * sums.norm) / n) / scale : 0;
}
