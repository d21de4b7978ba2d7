import type { ExplainedSample } from '../../worker/explain/explainer.ts';
import type { ExplainedLayer } from '../../worker/explain/interpret-sample.ts';
import type { LayerMaps } from './heatmap.ts';
import type { ImageExplanation } from './image-explanation.ts';
import { named } from './named.ts';

interface Facts {
  /** By class id. */
  readonly classNames: readonly string[];
  readonly components: readonly number[];
}

/** What the explainer found, as users of the library get it. */
export function imageExplanationOf(sample: ExplainedSample, facts: Facts): ImageExplanation {
  if (sample.status !== 'success') return sample;
  const { geometry, measures, flags, fused } = sample;
  const { gridHeight, gridWidth, map } = fused;
  return {
    status: 'success',
    geometry,
    detections: sample.detections.map((one) => named(one, facts.classNames)),
    classScores: sample.classScores.map((one) => named(one, facts.classNames)),
    layers: sample.layers.map((layer) => layerMaps(layer, facts.components)),
    fused: { gridHeight, gridWidth, values: map },
    measures,
    flags,
  };
}

function layerMaps(layer: ExplainedLayer, components: readonly number[]): LayerMaps {
  const { name, gridHeight, gridWidth, signed } = layer;
  const cells = gridHeight * gridWidth;
  return {
    layer: name,
    components: components.map((component, index) => ({
      component,
      gridHeight,
      gridWidth,
      values: signed.slice(index * cells, (index + 1) * cells),
      scale: layer.scale[index] ?? 0,
      explainedVariance: layer.explainedVariance[index] ?? Number.NaN,
      signMargin: layer.signMargin[index] ?? Number.NaN,
      residual: layer.residual[index] ?? Number.NaN,
    })),
  };
}
