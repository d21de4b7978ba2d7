import type { Fusion } from '../../shared/run/run-spec.ts';
import { percent } from '../words/wording.ts';

/** A layer's first component, or several layers' in one map, as the advisor ranks them. */
export interface RankedMap {
  /** In the order of the graph. */
  readonly layers: readonly string[];
  /** Absent for a single layer. */
  readonly fusion?: Fusion;
  /** Mean over the images of (E - a) / (1 - a); a degenerate map counts as 0, as an even spread. */
  readonly attainable: number;
  /** 95 % bootstrap interval over images; absent below `fewestForInterval` images. */
  readonly interval?: readonly [low: number, high: number];
  /** Mean share of the heat inside the objects. */
  readonly energy: number;
  /** Images for which it has no heat at all. */
  readonly degenerate: number;
  /** What a run takes when nothing is said. */
  readonly isDefault: boolean;
  /** These images do not tell it apart from the first place (at 95 %); always false below `fewestForInterval` images, where nobody knows. */
  readonly couldBeBest: boolean;
}

/** Below this, resampling images says nothing. */
export const fewestForInterval = 5;

/** Above this share of the area in objects, a warning says so. */
const mostTellingArea = 0.8;

/** Where the heat of a model's layers lies on a dataset, ranked. */
export interface LayerAdvice {
  /**
   * What heat is held against. Objects: what people labeled, or what the model itself found, which is self-agreement. Of a classifier, its exact class activation: of the labeled class,
   * or of the top class; then E is the mean of the activation over the heat, and a its mean over the image.
   */
  readonly objectsFrom: 'labels' | 'detections' | 'labeled-class' | 'top-class';
  /** Of a classifier: the share of the attainable that the class activation itself has. */
  readonly ceiling?: number;
  /** Detections below it did not count. */
  readonly confThreshold: number;
  /** Best first. */
  readonly ranked: readonly RankedMap[];
  readonly images: {
    readonly listed: number;
    /** With objects that do not cover all of the image. */
    readonly measured: number;
    readonly failed: number;
  };
  readonly objects: number;
  /** Mean share of the area that the objects cover, of the measured images. */
  readonly area: number;
  /** What to take: of all that may be as good as the first place, the default, else the simplest. */
  readonly choice?: RankedMap;
  /** The run that uses it. */
  readonly command: string;
}

/** "model.18", "geometric of model.15 and model.18". */
export function rankedName({ layers, fusion }: Pick<RankedMap, 'layers' | 'fusion'>): string {
  if (fusion === undefined) return layers.join(' ');
  return `${fusion} of ${layers.slice(0, -1).join(', ')} and ${layers.at(-1) ?? ''}`;
}

const sourceWords = {
  labels: 'labeled objects',
  detections: "the model's own objects (self-agreement)",
  'labeled-class': 'the class activation of the labeled class',
  'top-class': 'the class activation of the top class (self-agreement)',
} as const;

export function objectWords({ objectsFrom }: Pick<LayerAdvice, 'objectsFrom'>): string {
  return sourceWords[objectsFrom];
}

/** What "inside" is: of a classifier no region, but a map. */
export function isOfClass({ objectsFrom }: Pick<LayerAdvice, 'objectsFrom'>): boolean {
  return objectsFrom === 'labeled-class' || objectsFrom === 'top-class';
}

/** What an even spread would have: "which cover 34 % of the area". */
export function areaWords(advice: LayerAdvice): string {
  const { area, ceiling } = advice;
  if (!isOfClass(advice)) return `which cover ${percent(area)} of the area`;
  const own = ceiling === undefined ? '' : `; a map like itself would have ${ceiling.toFixed(2)}`;
  return `over the whole image at ${percent(area)}${own}`;
}

/** How much of its heat lies where it should: "62 % inside"; of a classifier how high the class activation is there: "62 % of its peak". */
export function heatWords(advice: Pick<LayerAdvice, 'objectsFrom'>, { energy }: RankedMap): string {
  return `${percent(energy)} ${isOfClass(advice) ? 'of the peak' : 'inside'}`;
}

/** The choice in one sentence. */
export function findingSentence(advice: LayerAdvice): string {
  const { choice } = advice;
  if (choice === undefined) return 'No layer was ranked.';
  const share = `${attainableWords(choice)} of the attainable`;
  const energy = percent(choice.energy);
  return isOfClass(advice)
    ? `${share}: where its heat lies, ${objectWords(advice)} is at ${energy} of its peak, ${areaWords(advice)}.`
    : `${share}: ${energy} of its heat lies in ${objectWords(advice)}, ${areaWords(advice)}.`;
}

/** "0.52 (0.47 to 0.58)". */
export function attainableWords({ attainable, interval }: RankedMap): string {
  const value = attainable.toFixed(2);
  return interval === undefined
    ? value
    : `${value} (${interval[0].toFixed(2)} to ${interval[1].toFixed(2)})`;
}

/** How sure the first place is, what to take, and what the default costs: one sentence each. */
export function verdictSentences(advice: LayerAdvice): string[] {
  const { ranked, images, area } = advice;
  const { measured } = images;
  const crowded =
    area > mostTellingArea && !isOfClass(advice)
      ? [
          `The objects cover ${percent(area)} of the area, which leaves little to tell layers apart.`,
        ]
      : [];
  if (measured < fewestForInterval) {
    const are = measured === 1 ? 'One image is' : `${measured} images are`;
    const few = `${are} too few to tell places apart: take at least ${fewestForInterval}, better 50.`;
    return [...crowded, few, ...choiceSentence(advice)];
  }
  const rivals = ranked.slice(1).filter(({ couldBeBest }) => couldBeBest);
  const named = rivals.slice(0, 4).map(rankedName);
  const names = [...named, ...(rivals.length > 4 ? [`${rivals.length - 4} more`] : [])].join('; ');
  return [
    ...crowded,
    rivals.length === 0
      ? 'These images tell the first place apart from all others.'
      : `These images do not tell the first place apart from: ${names}.`,
    ...choiceSentence(advice),
  ];
}

function choiceSentence({ ranked, choice }: LayerAdvice): string[] {
  if (choice === undefined) return [];
  const place = ranked.indexOf(choice) + 1;
  const taken = `Take ${rankedName(choice)}, ${attainableWords(choice)}`;
  const usual = ranked.findIndex(({ isDefault }) => isDefault);
  const one = ranked[usual];
  if (choice.isDefault) return [`${taken}: it is the default.`];
  const why = place === 1 ? '' : `, at place ${place} and of fewer layers`;
  const than =
    one === undefined
      ? ''
      : ` The default, ${rankedName(one)}, is at place ${usual + 1} with ${attainableWords(one)}.`;
  return [`${taken}${why}.${than}`];
}

/** What the ranking does not say. */
export function adviceCaveats(advice: LayerAdvice): string[] {
  const { objectsFrom, confThreshold, ranked } = advice;
  if (isOfClass(advice)) return [...classCaveats(advice), ...sameImages(ranked)];
  const whose =
    objectsFrom === 'labels'
      ? 'The ranking says where heat lies on these images: in what people labeled.'
      : `The ranking says where heat lies on these images: in what the model itself found with a confidence of ${confThreshold} or more. That is self-agreement: a model that is wrong can agree with itself.`;
  return [
    whose,
    'A map whose heat lies in one object ranks as high as one whose heat lies in all: look at the contact sheet. Early layers answer to color and edges, whatever the model learned.',
    'Heat in boxes is not correctness, and Eigen-CAM shows the main pattern of a layer, all classes together: not a class, not a cause.',
    ...sameImages(ranked),
  ];
}

/** What the ranking of a classifier does not say. */
function classCaveats({ objectsFrom }: LayerAdvice): string[] {
  const whose = objectsFrom === 'labeled-class' ? 'labeled' : 'top';
  return [
    `The ranking says which layers are active where the ${whose} class's score comes from: its exact class activation, the weights of the last layer times the features that it pools. That is the model's own view, right or wrong; nobody said where the object is.`,
    'The class activation is made of the last features, on their grid: layers near them rank high for that alone, and what is finer than its cells counts for nothing. Heat at its peak alone ranks above a map like itself: look at the contact sheet.',
    'Eigen-CAM shows the main pattern of a layer, all classes together: not a class, not a cause. Early layers answer to color and edges, whatever the model learned.',
  ];
}

function sameImages(ranked: LayerAdvice['ranked']): string[] {
  if (ranked.every(({ fusion }) => fusion === undefined)) return [];
  return [
    'The layers that are fused, and the first place, were chosen on the same images, so their figures are a little high; intervals take the images as independent.',
  ];
}

export function adviceTitle(advice: LayerAdvice): string {
  const { choice } = advice;
  if (choice === undefined) return 'No layer was ranked';
  const where = isOfClass(advice) ? 'where the class is seen' : 'in the objects';
  return `Most heat ${where}: ${rankedName(choice)}`;
}

/** "1. 0.52", "model.18", and of a fusion its layers in the third line. */
export function columnLines({ layers, fusion, attainable }: RankedMap, index: number): string[] {
  const place = `${index + 1}. ${attainable.toFixed(2)}`;
  if (fusion === undefined) return [place, layers.join(' ')];
  const short = layers.map((name, i) => (i === 0 ? name : name.replace(/^(?:model|block)\./, '')));
  return [place, `${fusion} of`, short.join(', ')];
}
