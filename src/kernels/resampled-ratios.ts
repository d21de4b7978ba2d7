import { kernelMemory } from './kernel-memory.ts';
import { kernels } from './kernels.ts';

/** Draws that the kernel takes at once. */
export const drawsAtOnce = 8;

/** A ratio of sums over groups: what each group adds beyond its share, and its weight below the line. */
export interface RatioTerms {
  readonly residuals: Float64Array;
  readonly weights: Float64Array;
}

/**
 * Distance of each draw from the ratio in its own linearized standard errors; 0 for a draw that says nothing: no denominator, or all groups the same.
 *
 * @param draws how often each group was drawn, [draws / 8, groups, 8]
 */
export function studentized(
  { residuals, weights }: RatioTerms,
  draws: Uint8Array,
): Float64Array<ArrayBuffer> {
  const groups = residuals.length;
  const blocks = draws.length / groups / drawsAtOnce;
  kernelMemory.start();
  const residualsAt = kernelMemory.put(residuals);
  const weightsAt = kernelMemory.put(weights);
  const drawsAt = kernelMemory.put(draws);
  const out = kernelMemory.room(blocks * drawsAtOnce * 8);
  kernels.studentize(residualsAt, weightsAt, groups, drawsAt, blocks, out);
  return kernelMemory.doubles(out, blocks * drawsAtOnce).slice() as Float64Array<ArrayBuffer>;
}

/** The same of the sum of two ratios over the same groups; a draw says nothing also where one of them has no denominator. */
export function studentizedPair(
  first: RatioTerms,
  second: RatioTerms,
  draws: Uint8Array,
): Float64Array<ArrayBuffer> {
  const groups = first.residuals.length;
  const blocks = draws.length / groups / drawsAtOnce;
  kernelMemory.start();
  const [firstResiduals, firstWeights, secondResiduals, secondWeights] = [
    first.residuals,
    first.weights,
    second.residuals,
    second.weights,
  ].map((terms) => kernelMemory.put(terms)) as [number, number, number, number];
  const drawsAt = kernelMemory.put(draws);
  const out = kernelMemory.room(blocks * drawsAtOnce * 8);
  kernels.studentizePair(
    firstResiduals,
    firstWeights,
    secondResiduals,
    secondWeights,
    groups,
    drawsAt,
    blocks,
    out,
  );
  return kernelMemory.doubles(out, blocks * drawsAtOnce).slice() as Float64Array<ArrayBuffer>;
}
