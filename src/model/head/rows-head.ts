import { areFinite } from '../../shared/statistics/are-finite.ts';
import { finishedCandidates, rowColumns } from '../candidates/finished-candidates.ts';
import { type Dimension, isAtLeast } from '../onnx/tensor-shape.ts';
import { extraNumbersOf } from './extra-numbers.ts';
import { type DetectionRules, type Head, type HeadOutput, notFinite, rowFindings } from './head.ts';
import { scaleBox } from './scale-box.ts';

/** [B, rows, 6 + extra]: x1, y1, x2, y2 in input pixels, score, class id, extra; already suppressed, unused rows are zero. */
export interface RowsLayout extends HeadOutput {
  readonly kind: 'nms';
  readonly rows: Dimension;
  readonly columns: number;
  readonly extra: number;
  /** `undefined` where only the names could tell. */
  readonly classes: number | undefined;
}

export interface RowsAnswer {
  readonly kind: 'nms';
  readonly columns: number;
  /** [B, n, columns] */
  readonly arrays: { readonly rows: Float32Array };
}

/** Finished detections, from suppression in the graph or from an end-to-end head. */
export const rowsHead: Head<RowsLayout, RowsAnswer> = {
  layoutOf(facts) {
    const { metadata, outputs, head } = facts;
    const shape = outputs[0]?.shape ?? [];
    const [, rows = 'dynamic', columns] = shape;
    const extra = extraNumbersOf(facts);
    if (shape.length !== 3 || columns !== 6 + extra) return undefined;
    if (!metadata.suppressed && !isAtLeast(rows, columns)) return undefined;
    return { ...head, kind: 'nms', rows, columns, extra, classes: metadata.names?.size };
  },

  describe({ output, rows, extra }) {
    const more = extra === 0 ? '' : `, ${extra} more numbers`;
    return `${output}: up to ${rows} finished detections (embedded NMS): box, score, class${more}`;
  },

  // End-to-end heads rank all scores of all anchors. The suppression of an export keeps the best of each.
  hasAllScores: ({ args }) => args.get('nms') !== true,

  addTo(graph, { columns }, output) {
    return { kind: 'nms', columns, tensors: { rows: graph.output(output) } };
  },

  faultOf({ arrays, columns }, { confThreshold }) {
    return rowsFault({ ...arrays, columns }, confThreshold);
  },

  decode({ arrays, columns }, geometry, rules) {
    const found = keptBoxRows({ ...arrays, columns }, rules).map(({ values, place }) => {
      return { place, detection: { box: scaleBox(values, geometry), ...scoredClassOf(values) } };
    });
    return rowFindings(found);
  },

  candidates({ arrays, columns }, plan) {
    const { rows, ...kept } = finishedCandidates({ ...arrays, columns }, plan);
    return { ...kept, boxes: rowColumns(rows, 0, 4) };
  },
};

/** The highest class id that a row can hold, INT32. */
const highestClassId = 2 ** 31 - 1;

export function isClassId(classId: number): boolean {
  return classId >= 0 && classId <= highestClassId;
}

export const impossibleClass = 'the model returned an impossible class';

interface Rows {
  /** [n, columns]: x1, y1, x2, y2 in input pixels, score, class, and what the task adds; unused rows are zero. */
  readonly rows: Float32Array;
  readonly columns: number;
}

/** A row that counts. */
export interface KeptRow {
  readonly values: Float32Array;
  /** Its index in the answer. */
  readonly place: number;
}

/**
 * The rows that count, best first. The file's own confidence and IoU thresholds were applied when it was exported; a higher `confThreshold`
 * still counts.
 */
export function keptRows({ rows, columns }: Rows, rules: DetectionRules): KeptRow[] {
  const kept: KeptRow[] = [];
  for (let place = 0; (place + 1) * columns <= rows.length; place += 1) {
    const values = rows.subarray(place * columns, (place + 1) * columns);
    if ((values[4] ?? 0) > rules.confThreshold) kept.push({ values, place });
  }
  const scoreOf = ({ values }: KeptRow) => values[4] ?? 0;
  return kept.sort((a, b) => scoreOf(b) - scoreOf(a)).slice(0, rules.maxDetections);
}

/** The rows of upright boxes that count. One whose corners are swapped covers nothing and is left out. */
export function keptBoxRows(answer: Rows, rules: DetectionRules): KeptRow[] {
  return keptRows(answer, rules).filter(({ values }) => {
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = values;
    return x1 <= x2 && y1 <= y2;
  });
}

/** What the columns of a finished row say of its class. */
export function scoredClassOf(row: Float32Array): { score: number; classId: number } {
  return { score: row[4] ?? 0, classId: Math.round(row[5] ?? 0) };
}

/** Why an answer is unusable. `extra`: what follows the class. */
export function rowsFault(
  { rows, columns }: Rows,
  confThreshold: number,
  extra = 'other numbers',
): string | undefined {
  for (let start = 0; start + columns <= rows.length; start += columns) {
    const score = rows[start + 4] ?? 0;
    if (!Number.isFinite(score)) return notFinite('scores');
    if (score <= confThreshold) continue;
    if (!areFinite(rows.subarray(start, start + 4))) return notFinite('boxes');
    if (!isClassId(Math.round(rows[start + 5] ?? 0))) return impossibleClass;
    if (!areFinite(rows.subarray(start + 6, start + columns))) return notFinite(extra);
  }
  return undefined;
}
