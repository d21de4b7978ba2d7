import { areFinite } from '../../shared/statistics/are-finite.ts';

/** Sums over a layer's activations that are NaN or infinite when one of them is. */
export interface LayerSums {
  /** [N] */
  readonly energy: Float32Array;
  readonly trace: number;
}

export const tooLarge = 'the activations are infinite, or too large for float32';

/** Why a layer shows nothing, when that is because of numbers that are not finite. Its basis may be NaN where there is nothing to iterate on. */
export function layerFault({ energy, trace }: LayerSums): string | undefined {
  if (areFinite(energy) && Number.isFinite(trace)) return undefined;
  // The energy is the sum of squares: it overflows where the activations themselves do not yet.
  return energy.some(Number.isNaN) ? 'the activations are not finite numbers' : tooLarge;
}
