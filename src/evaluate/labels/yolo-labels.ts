import { isUtf8 } from 'node:buffer';
import type { NormalizedLabel } from '../../shared/run/labels/label.ts';
import { boxAround } from './box-around.ts';

export interface YoloRules {
  /** Classes that there are; `undefined` when nobody says. */
  readonly classCount?: number | undefined;
  /** Keypoints of a label and numbers for each (2 or 3). */
  readonly keypointShape?: readonly [points: number, numbers: number] | undefined;
  /** The model finds keypoints, so every row has them. */
  readonly withKeypoints: boolean;
}

export type ParsedLabels =
  | {
      readonly status: 'read';
      readonly labels: readonly NormalizedLabel[];
      /** What is odd and does no harm, each with its first line. */
      readonly remarks: readonly { readonly what: string; readonly line: number }[];
    }
  /** As Ultralytics, one bad row makes the whole file unusable. */
  | { readonly status: 'unusable'; readonly what: string; readonly line?: number };

interface Row {
  readonly line: number;
  readonly texts: readonly string[];
}

interface NumberRow {
  readonly line: number;
  /** Class, then coordinates; float32, as Ultralytics compares them. */
  readonly values: readonly number[];
}

class BadRow extends Error {
  readonly line: number | undefined;

  constructor(what: string, line?: number) {
    super(what);
    this.line = line;
  }
}

/** What covers what is found in time that grows with the square of their number. */
export const mostLabels = 10_000;

/** Where Python's `splitlines` ends a line, and what its `split` takes for space. */
const lineEnds = /\r\n|[\n\v\f\r\x85\u2028\u2029]/;
const spaces = /[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;
/** As Python's `float`: digits may be grouped by underscores. */
const number = /^[+-]?(?:\d+(?:_\d+)*(?:\.(?:\d+(?:_\d+)*)?)?|\.\d+(?:_\d+)*)(?:e[+-]?\d+)?$/i;
const tolerance = Math.fround(0.01);
const mostCoordinate = Math.fround(1.01);

/**
 * Reads a YOLO label file as Ultralytics 8.4.190 does (`verify_image_label`): UTF-8 with or without a mark, one object a row. Five columns are a box
 * (class, center, width, height), seven and more a polygon, of which four corners may be a rotated box, and with `withKeypoints` a box and its keypoints. A row
 * that another one repeats counts once. The checks, in its order: kinds of rows not mixed, columns, numbers, coordinates up to 1.01, no negative ones (-0.01
 * for coordinates of which width and height are none), whole classes, classes that exist. Boxes without area pass, as there.
 */
export function parseYoloLabels(bytes: Uint8Array, rules: YoloRules): ParsedLabels {
  try {
    const rows = rowsOf(bytes, rules);
    const beyond = rows[mostLabels];
    if (beyond !== undefined) {
      throw new BadRow(`there are more than ${mostLabels.toLocaleString('en')} rows`, beyond.line);
    }
    if (rows.length === 0) return { status: 'read', labels: [], remarks: [] };
    const isPolygons = !rules.withKeypoints && rows.some(({ texts }) => texts.length > 6);
    const read = isPolygons ? polygonsOf(rows) : boxesOf(rows, rules);
    assertValues(read, isPolygons, rules);
    return { status: 'read', ...labelsOf(read, isPolygons, rules) };
  } catch (error) {
    if (!(error instanceof BadRow)) throw error;
    const { message: what, line } = error;
    return { status: 'unusable', what, ...(line !== undefined && { line }) };
  }
}

/** Each row once. */
function labelsOf(rows: readonly NumberRow[], isPolygons: boolean, rules: YoloRules) {
  const seen = new Set<string>();
  const labels: NormalizedLabel[] = [];
  const lines = new Map<string, number>();
  for (const { line, values } of rows) {
    const text = values.join(' ');
    if (seen.has(text)) {
      lines.set(repeated, lines.get(repeated) ?? line);
      continue;
    }
    seen.add(text);
    const label = labelOf(values, isPolygons, rules);
    labels.push(label);
    const [left, top, right, bottom] = label.box;
    if (!(right > left && bottom > top)) lines.set(withoutArea, lines.get(withoutArea) ?? line);
  }
  return { labels, remarks: [...lines].map(([what, line]) => ({ what, line })) };
}

const repeated = 'a label is there twice and counts once';
const withoutArea = 'the box of a label has no area';

function rowsOf(bytes: Uint8Array, { withKeypoints, keypointShape }: YoloRules): Row[] {
  if (!isUtf8(bytes)) throw new BadRow('it is not UTF-8');
  // The decoder takes one byte order mark away.
  const lines = new TextDecoder().decode(bytes).split(lineEnds);
  const rows = lines.flatMap((text, index): Row[] => {
    const texts = text.split(spaces).filter((part) => part !== '');
    return texts.length === 0 ? [] : [{ line: index + 1, texts }];
  });
  if (withKeypoints || keypointShape === undefined) return rows;
  // Keypoints are not of interest to a model without them.
  const columns = 5 + keypointShape[0] * keypointShape[1];
  return rows.map((row) =>
    row.texts.length === columns ? { ...row, texts: row.texts.slice(0, 5) } : row,
  );
}

function polygonsOf(rows: readonly Row[]): NumberRow[] {
  const box = rows.find(({ texts }) => texts.length === 5);
  if (box !== undefined) throw new BadRow('it mixes boxes and polygons', box.line);
  const odd = rows.find(({ texts }) => texts.length % 2 === 0);
  if (odd !== undefined) throw new BadRow('a polygon has half a point', odd.line);
  const short = rows.find(({ texts }) => texts.length < 3);
  if (short !== undefined) throw new BadRow('a row has no coordinates', short.line);
  return rows.map(numbersOf);
}

function boxesOf(rows: readonly Row[], rules: YoloRules): NumberRow[] {
  const columns = columnsOf(rows, rules);
  const other = rows.find(({ texts }) => texts.length !== columns);
  if (other !== undefined) {
    const what = rules.withKeypoints ? 'a box with its keypoints' : 'a box';
    throw new BadRow(`a row has not the ${columns} columns of ${what}`, other.line);
  }
  return rows.map(numbersOf);
}

function columnsOf([first]: readonly Row[], { withKeypoints, keypointShape }: YoloRules): number {
  if (!withKeypoints) return 5;
  if (keypointShape !== undefined) return 5 + keypointShape[0] * keypointShape[1];
  return first?.texts.length ?? 5;
}

function numbersOf({ line, texts }: Row): NumberRow {
  const values = texts.map((text) => {
    if (!number.test(text)) {
      const isNumber = /^[+-]?(?:nan|inf(?:inity)?)$/i.test(text);
      throw new BadRow(isNumber ? 'a value is not finite' : 'a value is not a number', line);
    }
    return Math.fround(Number(text.replaceAll('_', '')));
  });
  return { line, values };
}

/** Of a polygon the box around it is checked, as there: a point may lie farther out. */
function assertValues(rows: readonly NumberRow[], isPolygons: boolean, rules: YoloRules): void {
  const { classCount = Number.POSITIVE_INFINITY, withKeypoints } = rules;
  const checks: [what: string, isBad: (values: readonly number[]) => boolean][] = [
    ['a value is not finite', (values) => !values.every(Number.isFinite)],
    [
      'a coordinate is above 1: they are shares of the image',
      (values) => {
        const points = withKeypoints ? pointsOf(values, rules) : values.slice(1);
        return points.some((value) => value > mostCoordinate);
      },
    ],
    [
      'a value is negative',
      (values) => Math.min(...values) < -tolerance || Math.min(...values.slice(3, 5)) < 0,
    ],
    ['a class is not a whole number', ([classId]) => !Number.isInteger(classId)],
    ['a class id is negative', ([classId = 0]) => classId < 0],
    ['a class id is beyond the classes there are', ([classId = 0]) => classId >= classCount],
  ];
  const checked = rows.map(({ line, values }) => ({
    line,
    values: isPolygons ? [values[0] ?? 0, ...xywhOf(boxAround(values.slice(1)))] : values,
  }));
  for (const [what, isBad] of checks) {
    const bad = checked.find(({ values }) => isBad(values));
    if (bad !== undefined) throw new BadRow(what, bad.line);
  }
}

function xywhOf([left, top, right, bottom]: NormalizedLabel['box']): number[] {
  return [(left + right) / 2, (top + bottom) / 2, right - left, bottom - top].map(Math.fround);
}

function labelOf(values: readonly number[], isPolygon: boolean, rules: YoloRules): NormalizedLabel {
  const [classId = 0, x = 0, y = 0, width = 0, height = 0] = values;
  if (isPolygon) {
    const polygon = values.slice(1);
    return { classId, box: boxAround(polygon), polygons: [polygon] };
  }
  const box: NormalizedLabel['box'] = [
    x - width / 2,
    y - height / 2,
    x + width / 2,
    y + height / 2,
  ];
  if (!rules.withKeypoints) return { classId, box };
  const keypoints = keypointsOf(values, rules).flatMap((one) => [one.x, one.y, one.visibility]);
  return { classId, box, keypoints };
}

function keypointsOf(values: readonly number[], { keypointShape }: YoloRules) {
  const rest = values.slice(5);
  const size = keypointShape?.[1] ?? (rest.length % 3 === 0 ? 3 : 2);
  return Array.from({ length: Math.floor(rest.length / size) }, (_, i) => {
    const [x = 0, y = 0, visibility] = rest.slice(i * size, (i + 1) * size);
    // Without visibilities, a negative coordinate says that a point is not labeled.
    const implied = x < 0 || y < 0 ? 0 : 2;
    return { x, y, visibility: size === 2 ? implied : (visibility ?? 0) };
  });
}

function pointsOf(values: readonly number[], rules: YoloRules): number[] {
  return keypointsOf(values, rules).flatMap(({ x, y }) => [x, y]);
}
