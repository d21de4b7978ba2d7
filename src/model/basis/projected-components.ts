import { sumUnder } from '../../kernels/map-sums.ts';
import { areFinite } from '../../shared/statistics/are-finite.ts';
import { countContent } from '../eigen-cam/count-content.ts';
import { degeneracy } from '../eigen-cam/degeneracy.ts';
import { layerFault } from '../eigen-cam/layer-fault.ts';
import type { PrincipalComponents } from '../eigen-cam/principal-components.ts';

/** One image's outputs of the projection graph for one layer. */
export interface ProjectionInputs {
  /** [k, N]: of the wanted components, in their order. */
  readonly projections: Float32Array;
  /** [K]: squared length of every component of the basis. */
  readonly energies: Float32Array;
  /** Squared length of all activations around the dataset's mean. */
  readonly trace: number;
  /** [N] */
  readonly energy: Float32Array;
  /** [N]: 1 on content cells, else 0. */
  readonly mask: Float32Array;
  /** Counted from 1. */
  readonly components: readonly number[];
}

export interface ProjectedComponents {
  readonly found: PrincipalComponents;
  /** Share of the energy around the dataset's mean that no component of the basis holds, in [0, 1]; absent without any energy. */
  readonly offBasis?: number;
}

/**
 * An image on the components of its dataset. `explainedVariance` is the share of the image's energy around the dataset's mean that the component
 * holds. The components are fixed, so none has a residual.
 */
export function projectedComponents(inputs: ProjectionInputs): ProjectedComponents {
  const { projections, energies, trace, mask, components } = inputs;
  const reason = nothingIn(inputs);
  if (reason !== undefined) return { found: { status: 'degenerate', reason } };
  const content = countContent(mask);
  const found = components.map((component, index) => ({
    ...({ status: 'found', component } as const),
    // The graph's weights are 1 / content.
    map: projections
      .subarray(index * mask.length, (index + 1) * mask.length)
      .map((value) => content * value),
    explainedVariance: Math.min(1, (energies[component - 1] ?? Number.NaN) / trace),
    residual: Number.NaN,
  }));
  const held = energies.reduce((sum, value) => sum + value, 0);
  const offBasis = Math.min(1, Math.max(0, 1 - held / trace));
  return {
    found: { status: 'explained', components: found },
    ...(trace > 0 && { offBasis }),
  };
}

function nothingIn(inputs: ProjectionInputs): string | undefined {
  const { projections, energies, energy, mask } = inputs;
  if (countContent(mask) === 0) return degeneracy.noContent;
  const fault = layerFault(inputs);
  if (fault !== undefined) return fault;
  if (!areFinite(projections) || !areFinite(energies)) return degeneracy.tooLarge;
  return sumUnder(energy, mask) === 0 ? degeneracy.zero : undefined;
}
