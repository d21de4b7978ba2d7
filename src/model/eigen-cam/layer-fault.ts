import { areFinite } from '../../shared/statistics/are-finite.ts';
import { degeneracy } from './degeneracy.ts';

/** Sums over a layer's activations that are NaN or infinite when one of them is. */
export interface LayerSums {
  /** [N] */
  readonly energy: Float32Array;
  readonly trace: number;
}

/** Returns why a layer shows nothing, if non-finite numbers are the cause. Its basis may be NaN where there is nothing to iterate on. */
export function layerFault({ energy, trace }: LayerSums): string | undefined {
  if (areFinite(energy) && Number.isFinite(trace)) return undefined;
  // The energy is the sum of squares: it overflows before the activations do.
  return energy.some(Number.isNaN) ? degeneracy.notFinite : degeneracy.tooLarge;
}
