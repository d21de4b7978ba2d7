import { convergedResidual } from './converged-residual.ts';
import { inputCatalog } from './input-catalog.ts';

/**
 * What a measure's value can be, and so how it is binned. Bins are integers, so that merging is exact:
 * `unit`: [0, 1], bin = round(value * 1000); `signed`: [-1, 1], bin = round(value * 1000);
 * `log2`: > 0, bin = round(log2(value) * 32), clamped to [-320, 320], zero in bin -320;
 * `count`: integers >= 0, bin = value up to 1000.
 */
export type MeasureScale = 'unit' | 'signed' | 'log2' | 'count';

export interface MeasureKind {
  /** First part of the column's name, in snake case there (`measure-column.ts`). */
  readonly name: string;
  readonly scale: MeasureScale;
  /** Plain words for people, as in `docs/concepts.md`. */
  readonly words: string;
  /** What a value means, one sentence. */
  readonly meaning: string;
  /** `map`: taken on the fused map and on that of each layer; `layer`: once for each component of a layer; `sample`: once an image. */
  readonly per: 'map' | 'layer' | 'sample';
  /** Only of runs with labels. */
  readonly labeled?: true;
  /** Only of runs with the basis of a dataset. */
  readonly ofBasis?: true;
  /** Of the image as it comes, before any model saw it: listed apart, and not among what ranks images. */
  readonly input?: true;
  /**
   * Images are compared by it: one far from the median of its dataset has the flag `outlier`. Absent where another measure says the same (heat inside
   * boxes and its lift), for what is mostly 0 or 1, and where a threshold holds for every dataset (certainty of the sign, convergence). `positive`: a zero says that
   * there was nothing to measure, as in an image without objects, and is compared with nothing.
   */
  readonly compared?: 'all' | 'positive';
}

/** All measures. No name in snake case may be the beginning of another one: columns are parsed by them. */
const catalog = [
  {
    name: 'entropy',
    scale: 'unit',
    per: 'map',
    words: 'spread of the heat',
    meaning: '0: all heat in one cell, 1: the same everywhere',
    compared: 'all',
  },
  {
    name: 'energyInBoxes',
    scale: 'unit',
    per: 'map',
    words: 'heat inside boxes',
    meaning: "share of the heat inside the model's own boxes, all classes together",
  },
  {
    name: 'boxLift',
    scale: 'log2',
    per: 'map',
    words: 'times an even spread',
    meaning: "heat inside the model's own boxes over the area that they cover; 1 is an even spread",
    compared: 'positive',
  },
  {
    name: 'boxAttainable',
    scale: 'signed',
    per: 'map',
    words: 'share of the attainable',
    meaning:
      "(heat inside - area) / (1 - area) of the model's own boxes: 0 an even spread, 1 all heat inside",
  },
  {
    name: 'borderShare',
    scale: 'unit',
    per: 'map',
    words: 'heat along the border',
    meaning: 'share of the heat in the outer 5 % ring',
  },
  {
    name: 'borderLift',
    scale: 'log2',
    per: 'map',
    words: 'border heat, times an even spread',
    meaning: 'heat in the outer 5 % ring over its area; 1 is an even spread',
    compared: 'positive',
  },
  {
    name: 'centerX',
    scale: 'unit',
    per: 'map',
    words: 'center of the heat, across',
    meaning: '0: left edge, 1: right edge',
    compared: 'all',
  },
  {
    name: 'centerY',
    scale: 'unit',
    per: 'map',
    words: 'center of the heat, down',
    meaning: '0: top edge, 1: bottom edge',
    compared: 'all',
  },
  {
    name: 'peakInBoxes',
    scale: 'unit',
    per: 'map',
    words: 'hottest cell inside a box',
    meaning: "coverage of the hottest cell by the model's own boxes (pointing game), 0 to 1",
  },
  {
    name: 'energyInLabels',
    scale: 'unit',
    per: 'map',
    labeled: true,
    words: 'heat inside labeled boxes',
    meaning: 'share of the heat inside the boxes of the labels, all classes together',
  },
  {
    name: 'labelLift',
    scale: 'log2',
    per: 'map',
    labeled: true,
    words: 'in labeled boxes, times an even spread',
    meaning: 'heat inside labeled boxes over the area they cover; 1 is an even spread',
  },
  {
    name: 'labelAttainable',
    scale: 'signed',
    per: 'map',
    labeled: true,
    words: 'share of the attainable in labels',
    meaning: '(heat in labeled boxes - area) / (1 - area): 0 an even spread, 1 all heat inside',
  },
  {
    name: 'peakInLabels',
    scale: 'unit',
    per: 'map',
    labeled: true,
    words: 'hottest cell inside a labeled box',
    meaning: 'coverage of the hottest cell by the labeled boxes (pointing game), 0 to 1',
  },
  {
    name: 'explainedVariance',
    scale: 'unit',
    per: 'layer',
    words: 'explained variance',
    meaning: "share of the layer's activity that the component shows",
    compared: 'all',
  },
  {
    name: 'residual',
    scale: 'log2',
    per: 'layer',
    words: 'distance from convergence',
    meaning: `||G v - l v|| / l; above ${convergedResidual} the component is not converged`,
  },
  {
    name: 'signMargin',
    scale: 'unit',
    per: 'layer',
    words: 'sign certainty',
    meaning: '|correlation| of the signed map with the L2 norm of the activations',
  },
  {
    name: 'offBasis',
    scale: 'unit',
    per: 'layer',
    words: 'energy off the basis',
    ofBasis: true,
    meaning:
      "share of the layer's energy around the dataset's mean that no component of its basis holds",
  },
  {
    name: 'novelty',
    scale: 'log2',
    per: 'sample',
    words: 'novelty',
    ofBasis: true,
    meaning:
      'energy off the basis per energy on it, times that of the fitted images, in the layer where it is highest; 1: as in those',
  },
  {
    name: 'layerAgreement',
    scale: 'signed',
    per: 'sample',
    words: 'agreement of the layers',
    meaning: 'mean correlation of the layer maps, pair by pair',
    compared: 'all',
  },
  {
    name: 'boxArea',
    scale: 'unit',
    per: 'sample',
    words: 'area of the boxes',
    meaning: 'share of the image that the union of the boxes covers',
    compared: 'positive',
  },
  {
    name: 'detections',
    scale: 'count',
    per: 'sample',
    words: 'objects',
    meaning: 'objects found',
    compared: 'all',
  },
  {
    name: 'labelArea',
    scale: 'unit',
    per: 'sample',
    labeled: true,
    words: 'area of the labeled boxes',
    meaning: 'share of the image that the union of the labeled boxes covers',
  },
  {
    name: 'labeledObjects',
    scale: 'count',
    per: 'sample',
    labeled: true,
    words: 'labeled objects',
    meaning: 'objects that the labels name; 0 for background',
  },
  {
    name: 'confidence',
    scale: 'unit',
    per: 'sample',
    words: 'mean confidence',
    meaning: 'mean score of the objects, or the probability of the top class',
    compared: 'all',
  },
  ...inputCatalog,
] as const satisfies readonly MeasureKind[];

export type MeasureName = (typeof catalog)[number]['name'];
export type MeasureNameOf<Per extends MeasureKind['per']> = Extract<
  (typeof catalog)[number],
  { readonly per: Per }
>['name'];

export const measureCatalog: readonly (MeasureKind & { readonly name: MeasureName })[] = catalog;
