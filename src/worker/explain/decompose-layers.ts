import { gridMask } from '../../maps/grid-mask.ts';
import { projectedComponents } from '../../model/basis/projected-components.ts';
import { degeneracy } from '../../model/eigen-cam/degeneracy.ts';
import { exactComponents } from '../../model/eigen-cam/exact-components.ts';
import { isSettled } from '../../model/eigen-cam/is-settled.ts';
import type { LayerSums } from '../../model/eigen-cam/layer-fault.ts';
import {
  type ComponentInputs,
  type PrincipalComponents,
  principalComponents,
} from '../../model/eigen-cam/principal-components.ts';
import type { ImageOutputs } from '../../model/session/image-outputs.ts';
import {
  type InputSize,
  type LetterboxGeometry,
  layerForImage,
} from '../../shared/run/letterbox-geometry.ts';
import type { ExplainOptions, TargetLayer } from '../../shared/run/run-spec.ts';
import type { Activations } from '../inference/inference.ts';

/** The principal components of one layer of one image. */
export interface DecomposedLayer extends LayerSums {
  readonly found: PrincipalComponents;
  /** [N]: 1 on content cells, else 0. */
  readonly mask: Float32Array;
  /** Whether the numbers stand. If not, the activations are needed. */
  readonly isSettled: boolean;
  /** Only of a dataset's components, whose sign is settled: share of the energy that none of them holds. */
  readonly onBasis?: { readonly offBasis?: number };
}

interface LayerSettings {
  /** Pixels of the whole input, which the grids of `layers` are for. */
  readonly input: InputSize;
  readonly layers: readonly TargetLayer[];
  readonly options: ExplainOptions;
}

/** The components of every layer: of the graph, or from `activations` where they are given. */
export function decomposeLayers(
  outputs: ImageOutputs,
  geometry: LetterboxGeometry,
  settings: LayerSettings,
  activations?: Activations,
): DecomposedLayer[] {
  const { options } = settings;
  return settings.layers.map((whole, index) => {
    const layer = layerForImage(whole, settings.input, geometry);
    const output = outputs.layers[index];
    if (output === undefined) throw new RangeError(`the graph returned nothing for ${layer.name}`);
    const mask = gridMask(layer, geometry, options.padding);
    if (output.energies.length > 0) return projected(output, mask, options);
    const known = activations?.get(index);
    if (known === undefined) return iterated(layer, output, mask, options);
    const { components } = options;
    const { found, energy } = exactComponents({ activations: known, mask, components });
    // The graph's own sums say what is not finite.
    const sums = hasNumbers(found) ? { energy, trace: 1 } : output;
    return { energy: sums.energy, trace: sums.trace, found, mask, isSettled: true };
  });
}

function hasNumbers(found: PrincipalComponents): boolean {
  return found.status === 'explained' || found.reason !== degeneracy.notFinite;
}

/** On a dataset's components, which are fixed: there is nothing to settle. */
function projected(
  { projections, energies, trace, energy }: ImageOutputs['layers'][number],
  mask: Float32Array,
  { components }: ExplainOptions,
): DecomposedLayer {
  const inputs = { projections, energies, trace, energy, mask, components };
  const { found, ...onBasis } = projectedComponents(inputs);
  return { found, energy, trace, mask, isSettled: true, onBasis };
}

function iterated(
  layer: TargetLayer,
  output: ImageOutputs['layers'][number],
  mask: Float32Array,
  { components }: ExplainOptions,
): DecomposedLayer {
  const cells = layer.gridHeight * layer.gridWidth;
  const { basis, product, projections, trace, energy } = output;
  const side = projections.length > 0 ? 'channels' : 'cells';
  const width = (side === 'channels' ? projections.length : basis.length) / cells;
  const inputs: ComponentInputs = {
    ...{ width, cells, side, basis, product, projections, trace, energy, mask, components },
  };
  const found = principalComponents(inputs);
  return { found, energy, trace, mask, isSettled: isSettled(inputs, found) };
}
