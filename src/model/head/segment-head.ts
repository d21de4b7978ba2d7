import type { Detection } from '../../shared/run/detection.ts';
import type { LetterboxGeometry } from '../../shared/run/letterbox-geometry.ts';
import { areFinite } from '../../shared/statistics/are-finite.ts';
import { candidateMasks } from '../candidates/candidate-masks.ts';
import { finishedCandidates, rowColumns } from '../candidates/finished-candidates.ts';
import { columnsOf, keptCandidates } from '../candidates/kept-candidates.ts';
import { type MaskedBox, objectMasks } from '../mask/object-masks.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import { candidatesOf } from './anchor-candidates.ts';
import {
  type AnchorScores,
  type AnchorsLayout,
  addExtras,
  anchorsFault,
  anchorsHead,
  everyScoreOf,
  extrasOf,
  keptAnchors,
} from './anchors-head.ts';
import {
  anchoredFindings,
  type Head,
  inFloat32,
  notFinite,
  type PlacedDetection,
  rowFindings,
} from './head.ts';
import { type Prototypes, prototypesOf } from './prototypes.ts';
import {
  keptBoxRows,
  type RowsAnswer,
  type RowsLayout,
  rowsFault,
  rowsHead,
  scoredClassOf,
} from './rows-head.ts';
import { scaleBox } from './scale-box.ts';

/** As the anchors of a detector, with a coefficient for each prototype behind the scores. */
export type SegmentLayout = Omit<AnchorsLayout, 'kind'> & {
  readonly kind: 'segment';
  readonly prototypes: Prototypes;
};

/** [B, count, height, width]: they leave the graph whole. */
type PrototypeArrays = {
  readonly prototypes: Float32Array;
};

export interface SegmentAnswer {
  readonly kind: 'segment';
  /** `coefficients`: [count, anchors]. */
  readonly arrays: AnchorScores & PrototypeArrays & { readonly coefficients: Float32Array };
}

const unusable = 'mask coefficients';

export const segmentHead: Head<SegmentLayout, SegmentAnswer> = {
  layoutOf(facts) {
    const layout = anchorsHead.layoutOf(facts);
    return layout && { ...layout, kind: 'segment', prototypes: prototypesOf(facts) };
  },
  describe: ({ prototypes, ...layout }) =>
    `${anchorsHead.describe({ ...layout, kind: 'detect', extra: 0 })}, and a mask from ${prototypes.count} prototypes in ${prototypes.output}`,
  moreOutputs: ({ prototypes }) => [prototypes.output],
  hasAllScores: () => true,
  addTo(graph, layout, output, plan) {
    const { tensors } = anchorsHead.addTo(graph, { ...layout, kind: 'detect' }, output, plan);
    const coefficients = addExtras(graph, layout, output);
    const prototypes = addPrototypes(graph, layout.prototypes);
    return { kind: 'segment', tensors: { ...tensors, coefficients, prototypes } };
  },
  faultOf({ arrays }, { confThreshold }) {
    const { coefficients, prototypes } = arrays;
    return (
      anchorsFault(arrays, confThreshold, { values: coefficients, what: unusable }) ??
      prototypesFault(prototypes, () => candidatesOf(arrays, confThreshold).length > 0)
    );
  },
  decode({ arrays }, geometry, rules) {
    const { boxes, coefficients, prototypes } = arrays;
    const found = keptAnchors(arrays, rules).map(({ anchor, ...kept }) => {
      const own = extrasOf(coefficients, anchor, boxes.length / 4);
      return { ...kept, place: anchor, coefficients: own };
    });
    return anchoredFindings(withMasks(found, prototypes, geometry));
  },
  candidates({ arrays: { coefficients, prototypes, ...arrays } }, { maxDetections, input }) {
    const answer = { ...everyScoreOf(arrays), extras: coefficients };
    const { anchors, ...kept } = keptCandidates(answer, maxDetections);
    const count = arrays.boxes.length / 4;
    const own = columnsOf(coefficients, anchors, count);
    const weights = coefficients.length / count;
    const found = { boxes: kept.boxes, coefficients: own, weights };
    return { count: anchors.length, ...kept, masks: candidateMasks(found, prototypes, input) };
  },
};

export type SegmentRowsLayout = Omit<RowsLayout, 'kind'> & {
  readonly kind: 'segment-rows';
  readonly prototypes: Prototypes;
};
export interface SegmentRowsAnswer {
  readonly kind: 'segment-rows';
  readonly columns: number;
  readonly arrays: RowsAnswer['arrays'] & PrototypeArrays;
}

/** Finished rows with the coefficients behind the class. */
export const segmentRowsHead: Head<SegmentRowsLayout, SegmentRowsAnswer> = {
  layoutOf(facts) {
    const layout = rowsHead.layoutOf(facts);
    return layout && { ...layout, kind: 'segment-rows', prototypes: prototypesOf(facts) };
  },
  describe: ({ prototypes, ...layout }) =>
    `${rowsHead.describe({ ...layout, kind: 'nms', extra: 0 })}, mask from ${prototypes.count} prototypes in ${prototypes.output}`,
  moreOutputs: ({ prototypes }) => [prototypes.output],
  hasAllScores: ({ args }) => args.get('nms') !== true,
  addTo(graph, layout, output, plan) {
    const { tensors, columns } = rowsHead.addTo(graph, { ...layout, kind: 'nms' }, output, plan);
    const prototypes = addPrototypes(graph, layout.prototypes);
    return { kind: 'segment-rows', columns, tensors: { ...tensors, prototypes } };
  },
  faultOf({ arrays: { rows, prototypes }, columns }, { confThreshold }) {
    const isUsed = () => rows.some((score, at) => at % columns === 4 && score > confThreshold);
    return (
      rowsFault({ rows, columns }, confThreshold, unusable) ?? prototypesFault(prototypes, isUsed)
    );
  },
  decode({ arrays: { rows, prototypes }, columns }, geometry, rules) {
    const found = keptBoxRows({ rows, columns }, rules).map(({ values, place }) => {
      return { corners: values, ...scoredClassOf(values), place, coefficients: values.subarray(6) };
    });
    return rowFindings(withMasks(found, prototypes, geometry));
  },
  candidates({ arrays: { rows: all, prototypes }, columns }, { maxDetections, input }) {
    const { rows, ...kept } = finishedCandidates({ rows: all, columns }, { maxDetections });
    const boxes = rowColumns(rows, 0, 4);
    const coefficients = rowColumns(rows, 6, columns);
    const found = { boxes, coefficients, weights: columns - 6 };
    return { ...kept, boxes, masks: candidateMasks(found, prototypes, input) };
  },
};

function addPrototypes(graph: GraphBuilder, prototypes: Prototypes): string {
  return graph.output(inFloat32(graph, prototypes));
}

/** Without an object nobody reads them. */
function prototypesFault(prototypes: Float32Array, isUsed: () => boolean): string | undefined {
  return isUsed() && !areFinite(prototypes) ? notFinite('mask prototypes') : undefined;
}

type Found = Pick<Detection, 'score' | 'classId'> & Pick<PlacedDetection, 'place'>;

/** An object without a single pixel is left out, as Ultralytics does. */
function withMasks(
  found: readonly (MaskedBox & Found)[],
  prototypes: Float32Array,
  geometry: LetterboxGeometry,
): PlacedDetection[] {
  const masks = objectMasks(found, prototypes, geometry);
  return found.flatMap(({ corners, score, classId, place }, index): PlacedDetection[] => {
    const mask = masks[index];
    if (mask === undefined) return [];
    return [{ place, detection: { box: scaleBox(corners, geometry), score, classId, mask } }];
  });
}
