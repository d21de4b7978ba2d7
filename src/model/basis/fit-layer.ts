import { type ActivationSums, mergedSums } from '../../shared/basis/activation-sums.ts';
import type { BasisLayer } from '../../shared/basis/basis-description.ts';
import type { HalfSums, LayerBasis } from '../../shared/basis/dataset-basis.ts';
import { type Eigenpair, leadingEigenvectors } from '../eigen-cam/leading-eigenvectors.ts';
import { type Covariance, covarianceOf } from './covariance.ts';
import { eigenvalueGroups, splitHalfNoise, wholeGroups } from './eigenvalue-groups.ts';
import { spanAngle } from './principal-angles.ts';

export interface FittedLayer {
  readonly layer: BasisLayer;
  readonly basis: LayerBasis;
}

/** Eigenvalues beyond the components that the curve shows; the gap behind the last component needs one. */
const shownBeyond = 8;
/** Eigenvalues below this share of the trace are the rounding of float32 products. */
const leastShare = 1e-7;

/**
 * The principal components of one layer over a dataset, from the sums of two halves of its images: eigenvectors of the covariance by block Krylov iteration with
 * Rayleigh-Ritz (without it, vectors of eigenvalues that nearly tie are wrong while their span is right). Keeps as many as wanted, and the rest of the group of the last one.
 * Each component's sign is that by which it correlates with the L2 norm of the activations over all cells, as `--sign l2` does for one image.
 *
 * Throws `RangeError`, with a phrase, for sums without variance and for those of no activations.
 */
export function fitLayer(name: string, halves: HalfSums, wanted: number): FittedLayer {
  const sums = mergedSums(...halves);
  const covariance = covarianceOf(sums);
  const { channels, total } = covariance;
  const shown = Math.min(channels, wanted + shownBeyond);
  const pairs = pairsOf(covariance, shown).filter(({ value }) => value > leastShare * total);
  if (pairs.length === 0) throw new RangeError('the activations are the same in every cell');
  const eigenvalues = pairs.map(({ value }) => value);
  const [first, second] = halves.map((half) => halfPairs(half, pairs.length));
  const noise =
    first && second
      ? splitHalfNoise({ halves: [first.map(varianceAlong), second.map(varianceAlong)] })
      : eigenvalues.map(() => 1);
  const groups = eigenvalueGroups(eigenvalues, noise);
  const components = wholeGroups(groups, Math.min(wanted, pairs.length), channels);
  const kept = pairs.slice(0, components).map((pair) => signed(pair, covariance));
  const vectors = new Float64Array(components * channels);
  kept.forEach(({ vector }, index) => {
    vectors.set(vector, index * channels);
  });
  return {
    basis: { channels, mean: covariance.mean, vectors },
    layer: {
      ...{ name, channels, components, eigenvalues, noise, groups },
      cells: sums.cells,
      totalVariance: total,
      splitAngles: groups.map((group) => (first && second ? turn(group, first, second) : 90)),
      signMargins: kept.map(({ margin }) => margin),
    },
  };
}

function pairsOf({ matrix, channels }: Covariance, wanted: number): readonly Eigenpair[] {
  return leadingEigenvectors(matrix, channels, wanted).slice(0, wanted);
}

/** `undefined` where half of the images hold too few cells to say anything. */
function halfPairs(half: ActivationSums, wanted: number): readonly Eigenpair[] | undefined {
  if (half.cells < 2) return undefined;
  const pairs = pairsOf(covarianceOf(half), wanted);
  return pairs.length === wanted ? pairs : undefined;
}

/** Of the span of a group from one half to the other. */
function turn(
  group: readonly number[],
  first: readonly Eigenpair[],
  second: readonly Eigenpair[],
): number {
  const [a, b] = [first, second].map((pairs) =>
    group.flatMap((component) => pairs[component - 1]?.vector ?? []),
  );
  return a && b ? spanAngle(a, b) : 90;
}

function varianceAlong({ value }: Eigenpair): number {
  return Math.max(0, value);
}

/** With the sign that makes its covariance with the norm positive; its largest entry is positive where there is none. */
function signed(
  { vector, value }: Eigenpair,
  { withNorm, normVariance }: Covariance,
): { vector: Float64Array; margin: number } {
  const shared = vector.reduce((sum, entry, channel) => sum + entry * withNorm[channel]!, 0);
  const extreme = vector.reduce((most, entry) => (Math.abs(entry) > Math.abs(most) ? entry : most));
  const sign = (shared || extreme) < 0 ? -1 : 1;
  const scale = Math.sqrt(value * normVariance);
  const margin = scale > 0 ? Math.min(1, Math.abs(shared) / scale) : 0;
  return { vector: vector.map((entry) => sign * entry), margin };
}
