import type { FlagName } from '../../shared/catalog/flag-catalog.ts';
import type { ClassScore, Detection } from '../../shared/run/detection.ts';
import type { BoxMap } from '../../shared/run/evidence/box-map.ts';
import type { ClassEvidence } from '../../shared/run/evidence/class-evidence.ts';
import type { SampleLabels } from '../../shared/run/labels/sample-labels.ts';
import type { LetterboxGeometry } from '../../shared/run/letterbox-geometry.ts';
import type { ExplainedSample } from '../../worker/explain/explainer.ts';
import type { ExplainedLayer } from '../../worker/explain/interpret-sample.ts';
import type { Heatmap, LayerMaps } from './heatmap.ts';
import { type Named, named } from './named.ts';

/** The explanation of one image. */
export interface ExplainedImage {
  readonly status: 'success';
  /** How the image was placed in the model's input; `width` and `height` are its own, EXIF rotation applied. */
  readonly geometry: LetterboxGeometry;
  /** Best first; empty for a classifier. */
  readonly detections: readonly Named<Detection>[];
  /** Up to five, best first; empty for a detector. */
  readonly classScores: readonly Named<ClassScore>[];
  /** In the order of the graph. */
  readonly layers: readonly LayerMaps[];
  /** The first component of all layers in one map on the finest grid, in [0, 1]. */
  readonly fused: Heatmap & {
    /** Why the map is degenerate, which is without any heat: one phrase; absent otherwise. */
    readonly degenerateReason?: string;
  };
  /** What the model's scores say of each class that the option `classes` chooses, on the grid; absent where it is `none`, and of a model without such scores. */
  readonly evidence?: readonly Named<ClassEvidence>[];
  /** Where the features of the strongest detections point, best first; absent where `boxMaps` is 0, and of a model whose boxes belong to no cells. */
  readonly boxMaps?: readonly BoxMap[];
  /** By column, as in `docs/results.md`: `box_lift_fused`, `entropy_model_15`, ... A measure that could not be taken is absent. */
  readonly measures: Readonly<Record<string, number>>;
  /** Why the image deserves a look. */
  readonly flags: readonly FlagName[];
  /** What people labeled, where labels were found for an image that was given by its path or address. */
  readonly labels?: SampleLabels;
}

/** An image that could not be explained, and why. */
export interface UnexplainedImage {
  readonly status: 'failed_to_fetch' | 'failed_to_decode' | 'failed_to_infer';
  /** One phrase. */
  readonly reason: string;
}

export type ImageExplanation = ExplainedImage | UnexplainedImage;

interface Facts {
  /** By class id. */
  readonly classNames: readonly string[];
  readonly components: readonly number[];
}

/** Converts the explainer's result for users of the library. */
export function imageExplanation(sample: ExplainedSample, facts: Facts): ImageExplanation {
  if (sample.status !== 'success') return sample;
  const { geometry, measures, flags, fused, labels, evidence, boxMaps } = sample;
  const { gridHeight, gridWidth, map, degenerateReason } = fused;
  return {
    status: 'success',
    geometry,
    detections: sample.detections.map((one) => named(one, facts.classNames)),
    classScores: sample.classScores.map((one) => named(one, facts.classNames)),
    layers: sample.layers.map((layer) => layerMaps(layer, facts.components)),
    fused: {
      ...{ gridHeight, gridWidth, values: map },
      ...(degenerateReason !== undefined && { degenerateReason }),
    },
    ...(evidence && { evidence: evidence.map((one) => named(one, facts.classNames)) }),
    ...(boxMaps && { boxMaps }),
    measures,
    flags,
    ...(labels && { labels }),
  };
}

function layerMaps(layer: ExplainedLayer, components: readonly number[]): LayerMaps {
  const { name, gridHeight, gridWidth, signed, degenerateReason } = layer;
  const cells = gridHeight * gridWidth;
  return {
    layer: name,
    ...(degenerateReason !== undefined && { degenerateReason }),
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
