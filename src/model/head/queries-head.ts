import type { Detection } from '../../shared/run/detection.ts';
import type { InputSize, LetterboxGeometry } from '../../shared/run/letterbox-geometry.ts';
import { areFinite } from '../../shared/statistics/are-finite.ts';
import { finishedCandidates, rowColumns } from '../candidates/finished-candidates.ts';
import { computingNode, makersOf } from '../onnx/computing-node.ts';
import type { Dimension } from '../onnx/tensor-shape.ts';
import {
  type DetectionRules,
  type Head,
  type HeadFacts,
  type HeadOutput,
  notFinite,
} from './head.ts';
import { impossibleClass, isClassId } from './rows-head.ts';
import { scaleBox } from './scale-box.ts';

/**
 * [B, queries, 6]: cx, cy, w, h as shares of the image, score, class id. Ultralytics before 8.4: [B, queries, 4 + classes], sigmoid scores of
 * every class behind the box. One object a query, without suppression; the image is stretched to the input.
 */
export interface QueriesLayout extends HeadOutput {
  readonly kind: 'queries';
  readonly queries: Dimension;
  readonly columns: number;
  /** The columns behind the box are score and class id, and not the scores of all classes. */
  readonly finished: boolean;
  readonly classes: number | undefined;
}

export interface QueriesAnswer {
  readonly kind: 'queries';
  readonly columns: number;
  readonly finished: boolean;
  /** [B, n, columns] */
  readonly arrays: { readonly rows: Float32Array };
}

/** A transformer's decoder, such as RT-DETR's: recognized by the name of the head, or by boxes that leave the graph through a sigmoid. */
export const queriesHead: Head<QueriesLayout, QueriesAnswer> = {
  preparation: 'stretch',

  layoutOf(facts) {
    const { metadata, outputs, head } = facts;
    const shape = outputs[0]?.shape ?? [];
    const [, queries = 'dynamic', columns] = shape;
    if (shape.length !== 3 || typeof columns !== 'number') return undefined;
    const parts = outputParts(facts);
    const isDecoder = metadata.head === 'RTDETRDecoder' || parts.firstIsSigmoid;
    if (columns < 5 || !isDecoder) return undefined;
    const finished = columns === 6 && parts.count !== 2;
    const classes = finished ? metadata.names?.size : columns - 4;
    return { ...head, kind: 'queries', queries, columns, finished, classes };
  },

  describe({ output, queries, finished, classes }) {
    const scores = finished ? 'score, class' : `${classes} class scores`;
    const each = queries === 'dynamic' ? 'each query' : `each of ${queries} queries`;
    return `${output}: box as shares of the image, ${scores} for ${each}; images are stretched to the input`;
  },

  addTo(graph, { columns, finished }, output) {
    return { kind: 'queries', columns, finished, tensors: { rows: graph.output(output) } };
  },

  faultOf(answer, { confThreshold }) {
    const { columns, finished } = answer;
    for (const { row, score, classId } of queriesOf(answer)) {
      if (!areFinite(row.subarray(4, finished ? 5 : columns))) return notFinite('scores');
      if (score <= confThreshold) continue;
      if (!areFinite(row.subarray(0, 4))) return notFinite('boxes');
      if (!isClassId(classId)) return impossibleClass;
    }
    return undefined;
  },

  decode(answer, geometry, rules) {
    return { detections: decodeQueries(answer, geometry, rules), classScores: [] };
  },

  // As `val` of Ultralytics 8.4.190 (`models/rtdetr/val.py`): queries above the threshold, the best first, in pixels of the input.
  candidates(answer, { input, maxDetections }) {
    const finished = [...queriesOf(answer)].map(({ row, score, classId }) =>
      Float32Array.of(...cornersOf(row, input), score, classId),
    );
    const all = { rows: rowColumns(finished, 0, 6), columns: 6 };
    const { rows, ...kept } = finishedCandidates(all, { maxDetections });
    return { ...kept, boxes: rowColumns(rows, 0, 4) };
  },
};

interface Query {
  readonly row: Float32Array;
  readonly score: number;
  readonly classId: number;
}

function* queriesOf({ arrays: { rows }, columns, finished }: QueriesAnswer): Generator<Query> {
  for (let start = 0; start + columns <= rows.length; start += columns) {
    const row = rows.subarray(start, start + columns);
    if (finished) yield { row, score: row[4] ?? 0, classId: Math.round(row[5] ?? 0) };
    else yield { row, ...bestClass(row.subarray(4)) };
  }
}

function bestClass(scores: Float32Array): { score: number; classId: number } {
  let classId = 0;
  scores.forEach((score, id) => {
    if (score > (scores[classId] ?? 0)) classId = id;
  });
  return { score: scores[classId] ?? 0, classId };
}

/** Detections of one image, in original-image pixels (Ultralytics 8.4.190 `models/rtdetr/predict.py`: the threshold, then the best). */
function decodeQueries(
  answer: QueriesAnswer,
  geometry: LetterboxGeometry,
  { confThreshold, maxDetections }: DetectionRules,
): Detection[] {
  return [...queriesOf(answer)]
    .filter(({ row: [, , w = 0, h = 0], score }) => score > confThreshold && w >= 0 && h >= 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, maxDetections)
    .map(({ row, score, classId }) => {
      return { box: scaleBox(cornersOf(row, geometry), geometry), score, classId };
    });
}

/** Left, top, right, bottom in input pixels. */
function cornersOf(
  [cx = 0, cy = 0, w = 0, h = 0]: Float32Array,
  { inputWidth, inputHeight }: InputSize,
): Float32Array {
  return Float32Array.of(
    (cx - w / 2) * inputWidth,
    (cy - h / 2) * inputHeight,
    (cx + w / 2) * inputWidth,
    (cy + h / 2) * inputHeight,
  );
}

/** Operators that move numbers and leave their values. */
const movers: readonly string[] = [
  ...['Cast', 'Identity', 'Squeeze', 'Unsqueeze', 'Reshape', 'Flatten', 'Transpose', 'Expand'],
  ...['Tile', 'Slice', 'Gather', 'GatherElements', 'GatherND', 'Dropout'],
  ...['QuantizeLinear', 'DequantizeLinear'],
];

/** What the output is concatenated of: the box first. */
function outputParts({ file, head }: HeadFacts): { count: number; firstIsSigmoid: boolean } {
  const makers = makersOf(file.graph);
  const last = computingNode(makers, head.output, movers);
  if (last?.opType !== 'Concat') return { count: 0, firstIsSigmoid: false };
  const boxes = computingNode(makers, last.input[0] ?? '', movers);
  return { count: last.input.length, firstIsSigmoid: boxes?.opType === 'Sigmoid' };
}
