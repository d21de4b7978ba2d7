import { sumUnder } from '../../kernels/map-sums.ts';
import { convergedResidual } from '../../shared/catalog/converged-residual.ts';
import { countContent } from './count-content.ts';
import { degeneracy } from './degeneracy.ts';
import type { Component, ComponentInputs, PrincipalComponents } from './principal-components.ts';

/** Nothing that more precise numbers would change. */
const final: ReadonlySet<string> = new Set([
  degeneracy.noContent,
  degeneracy.oneCell,
  degeneracy.notFinite,
]);
/** A trace below this leaves float32's range of full precision on the way: activations below about 1e-13. */
const leastTrace = 1e-30;
/** Below these shares float32's rounding, 6e-8, is no longer small beside what varies: of the energy, and of the variance. */
const leastVariance = 1e-7;
const leastEigenvalue = 1e-5;

/**
 * Whether the graph's float32 answer for one layer of one image stands. If not, because a component did not converge, seems to be missing, or
 * is as small as float32's rounding, `exactComponents` has the last word. Costs one look at numbers that are there.
 */
export function isSettled(inputs: ComponentInputs, found: PrincipalComponents): boolean {
  if (found.status === 'degenerate') return final.has(found.reason);
  const { trace, energy, mask, side, basis, width } = inputs;
  const content = countContent(mask);
  if (trace < leastTrace) return false;
  if (trace * content * content < leastVariance * sumUnder(energy, mask)) return false;
  const directions = side === 'channels' ? basis.length / width : content;
  const limit = Math.min(directions, content - 1);
  return found.components.every((component) => stands(component, limit));
}

function stands(component: Component, limit: number): boolean {
  switch (component.status) {
    case 'found':
      return (
        component.residual <= convergedResidual && component.explainedVariance >= leastEigenvalue
      );
    case 'beyond-rank':
      return component.component > limit;
    case 'not-reached':
      return false;
  }
}
