import type { Component } from '../eigen-cam/principal-components.ts';
import type { Tolerances } from './precision.ts';

/** Eigenvalues nearer to each other than this share of the first one leave the direction open. */
const tie = 1e-2;

/**
 * Whether a component is that of an exact decomposition: by 1 - |r| of the maps, and the explained variance. A direction may turn by what is left open of it, its residual and the
 * rounding of the activations, over the distance to the next eigenvalue (Davis and Kahan 1970).
 *
 * @param exact From the first one on, and one more.
 */
export function isSameComponent(
  found: Component,
  exact: readonly Component[],
  { map, noise }: Pick<Tolerances, 'map' | 'noise'>,
): boolean {
  const wanted = exact[found.component - 1];
  if (found.status !== 'found' || wanted?.status !== 'found') return true;
  const own = wanted.explainedVariance;
  const others = [exact[found.component - 2], exact[found.component]].map(varianceOf);
  const distance = Math.min(...others.map((other) => Math.abs(other - own)));
  const isTied = distance < tie * varianceOf(exact[0]);
  const turned = ((found.residual + noise) * own) / distance;
  const limit = Math.max(map, turned * turned);
  if (Math.abs(found.explainedVariance - own) > Math.max(map, noise)) return false;
  return isTied || 1 - Math.abs(correlation(found.map, wanted.map)) <= limit;
}

function varianceOf(component: Component | undefined): number {
  return component?.status === 'found' ? component.explainedVariance : 0;
}

/** Pearson's. */
function correlation(a: Float32Array, b: Float32Array): number {
  const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / a.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [both, ownA, ownB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]! - meanA, b[i]! - meanB];
    both += x * y;
    ownA += x * x;
    ownB += y * y;
  }
  return ownA > 0 && ownB > 0 ? both / Math.sqrt(ownA * ownB) : 1;
}
